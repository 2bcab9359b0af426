namespace System.Runtime;

/// <summary>What kind of code a frame belongs to, from the first byte of its language-specific data.</summary>
internal enum FrameKind
{
    /// <summary>The main body of a compiled method, or assembly without exception table.</summary>
    Method,

    /// <summary>A catch, finally or fault handler of a method.</summary>
    Handler,

    /// <summary>A filter of a method.</summary>
    Filter,

    /// <summary>The stub that a catch handler returns to (ExceptionHandling.S).</summary>
    CatchStub,

    /// <summary>The stub that a finally or fault handler returns to while an exception passes.</summary>
    FinallyStub,

    /// <summary>The stub that called a filter.</summary>
    FilterStub,
}

/// <summary>What a protected region does with an exception.</summary>
internal enum ClauseKind
{
    /// <summary>Catches a type and those derived from it.</summary>
    Typed = 0,

    /// <summary>Runs a handler (finally, or fault) and lets the exception go on.</summary>
    Fault = 1,

    /// <summary>Catches what its filter wants.</summary>
    Filter = 2,

    /// <summary>Separates two regions of the same extent where one is nested in the other.</summary>
    Unused = 3,
}

/// <summary>One protected region and its handler.</summary>
internal unsafe struct ExceptionClause
{
    /// <summary>What it does.</summary>
    public ClauseKind Kind;

    /// <summary>First protected byte of code, as offset from the method's start.</summary>
    public uint TryStart;

    /// <summary>One past the last protected byte.</summary>
    public uint TryEnd;

    /// <summary>The handler funclet.</summary>
    public ulong Handler;

    /// <summary>The filter funclet of a <see cref="ClauseKind.Filter"/>.</summary>
    public ulong Filter;

    /// <summary>The type that a <see cref="ClauseKind.Typed"/> catches.</summary>
    public MethodTable* CaughtType;

    /// <summary>Whether it protects an instruction.</summary>
    public readonly bool Covers(ulong offset) => offset >= TryStart && offset < TryEnd;

    /// <summary>Whether two clauses belong to the same try statement: handlers of one don't protect each other.</summary>
    public readonly bool ProtectsSameAs(in ExceptionClause other) => TryStart == other.TryStart && TryEnd == other.TryEnd;
}

/// <summary>ilc's exception table of a method: its clauses, inner ones before outer ones.</summary>
/// <remarks>
/// The language-specific data of the method's main body is: a flag byte; a relative 32-bit reference to associated data
/// if flagged; one to the clauses if flagged. That of a funclet is: a flag byte; a relative reference to the main body's
/// data; the distance from the method's start to the funclet's. ExceptionHandling.S marks its stubs in the same way with
/// a kind that ilc does not use and a second byte that tells them apart.
/// </remarks>
internal unsafe struct MethodExceptionTable
{
    private const byte KindMask = 0x03;
    private const byte KindHandler = 1;
    private const byte KindFilter = 2;
    private const byte KindStub = 3;
    private const byte HasClauses = 0x04;
    private const byte HasAssociatedData = 0x10;
    private const uint ClauseKindMask = 3;
    private const int ClauseKindBits = 2;

    private byte* _next;
    private uint _remaining;
    private int _index;

    /// <summary>Starts at a method's first clause.</summary>
    public MethodExceptionTable(in FunctionUnwindInformation function)
    {
        this = default;
        MethodStart = function.Start;
        byte* data = function.LanguageData;
        if (data == null)
            return;
        Kind = KindOf(data);
        if (Kind >= FrameKind.CatchStub)
            return;
        if (Kind != FrameKind.Method)
        {
            byte* reference = data + 1;
            MethodStart -= (ulong)((int*)reference)[1];
            data = Follow(reference);
        }
        ReadMain(data);
    }

    /// <summary>What the function is.</summary>
    public FrameKind Kind { get; private set; }

    /// <summary>The start of the method that the function is, or is a funclet of.</summary>
    public ulong MethodStart { get; private set; }

    /// <summary>Reads the next clause.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="index">Its number; 0 is the first.</param>
    /// <returns>False after the last.</returns>
    public bool MoveNext(out ExceptionClause clause, out int index)
    {
        clause = default;
        index = _index;
        if (_remaining == 0)
            return false;
        _remaining--;
        _index++;

        clause.TryStart = ReadInteger();
        uint lengthAndKind = ReadInteger();
        clause.TryEnd = clause.TryStart + (lengthAndKind >> ClauseKindBits);
        clause.Kind = (ClauseKind)(lengthAndKind & ClauseKindMask);
        if (clause.Kind == ClauseKind.Unused)
            return true;
        clause.Handler = MethodStart + ReadInteger();
        if (clause.Kind == ClauseKind.Typed)
        {
            clause.CaughtType = (MethodTable*)Follow(_next);
            _next += sizeof(int);
        }
        else if (clause.Kind == ClauseKind.Filter)
        {
            clause.Filter = MethodStart + ReadInteger();
        }
        return true;
    }

    private static FrameKind KindOf(byte* data) => (*data & KindMask) switch
    {
        KindHandler => FrameKind.Handler,
        KindFilter => FrameKind.Filter,
        KindStub => (FrameKind)data[1],
        _ => FrameKind.Method,
    };

    private void ReadMain(byte* data)
    {
        byte flags = *data++;
        if ((flags & HasAssociatedData) != 0)
            data += sizeof(int);
        if ((flags & HasClauses) == 0)
            return;
        _next = Follow(data);
        _remaining = ReadInteger();
    }

    private static byte* Follow(byte* reference) => reference + *(int*)reference;

    /// <summary>
    /// An unsigned integer of one to five bytes; the number of trailing one bits of the first byte is that of further
    /// bytes, and four of them mean a plain 32-bit number.
    /// </summary>
    private uint ReadInteger()
    {
        const int LongestPacked = 4;
        const int BitsPerByte = 8;

        int further = 0;
        while (further < LongestPacked && (*_next >> further & 1) != 0)
            further++;
        uint value;
        if (further == LongestPacked)
        {
            value = *(uint*)(_next + 1);
        }
        else
        {
            value = 0;
            for (int i = 0; i <= further; i++)
                value |= (uint)_next[i] << (BitsPerByte * i);
            value >>= further + 1;
        }
        _next += further + 1;
        return value;
    }
}
