using System.Diagnostics.CodeAnalysis;

namespace System.Runtime;

/// <summary>Walks from the registers of some code up through its callers, for backtraces and for exceptions.</summary>
/// <remarks>
/// Allocates nothing, keeps no state elsewhere, and touches nothing but the image's unwind tables (trusted) and the
/// stack, whose every access it asks about first. A walk ends: every step must go up the stack, except out of an
/// interrupt, which may have changed stacks, and of those only <see cref="MaximumInterrupts"/> are followed.
/// </remarks>
public unsafe struct StackFrameIterator
{
    /// <summary>How many interrupted contexts are followed.</summary>
    public const int MaximumInterrupts = 8;

    private readonly delegate*<ulong, ulong, bool> _canRead;
    private ExceptionContext _registers;
    private FunctionUnwindInformation _function;
    private int _interrupts;
    private bool _started;
    private bool _isExact;
    private bool _isFirst;
    private bool _hasFunction;

    /// <summary>Starts a walk; the first <see cref="MoveNext"/> arrives at the context itself.</summary>
    /// <param name="context">The registers at an instruction.</param>
    /// <param name="canRead">Whether an address and the given number of bytes may be read; null: everything may.</param>
    public StackFrameIterator(in ExceptionContext context, delegate*<ulong, ulong, bool> canRead)
    {
        this = default;
        _canRead = canRead;
        _registers = context;
        _isExact = true;
    }

    /// <summary>The frame's instruction, or the address to which its callee returns: see <see cref="IsReturnAddress"/>.</summary>
    public readonly ulong InstructionPointer => _registers.Rip;

    /// <summary>The frame's stack pointer at <see cref="InstructionPointer"/>.</summary>
    public readonly ulong StackPointer => _registers.Rsp;

    /// <summary>
    /// Whether <see cref="InstructionPointer"/> is a return address: the call ends just before it. Otherwise it is the
    /// instruction itself: in the first frame, and where an interrupt came from.
    /// </summary>
    public readonly bool IsReturnAddress => !_isExact;

    /// <summary>An address that is inside the instruction that the frame is at; for symbols and line numbers.</summary>
    public readonly ulong InstructionAddress => _isExact ? _registers.Rip : _registers.Rip - 1;

    /// <summary>Whether unwind information describes the frame; without it the walk ends here, or guesses once.</summary>
    internal readonly bool HasFunction => _hasFunction;

    /// <summary>The frame's unwind information, if <see cref="HasFunction"/>.</summary>
    [UnscopedRef]
    internal readonly ref readonly FunctionUnwindInformation Function => ref _function;

    /// <summary>The frame's registers; those that its callees may change freely are not meaningful.</summary>
    [UnscopedRef]
    internal readonly ref readonly ExceptionContext Registers => ref _registers;

    /// <summary>Goes on at a context whose <see cref="ExceptionContext.Rip"/> is a return address.</summary>
    internal static StackFrameIterator AtReturnAddress(in ExceptionContext context)
    {
        var frames = new StackFrameIterator(in context, null);
        frames._isExact = false;
        return frames;
    }

    /// <summary>Goes to the next frame.</summary>
    /// <returns>False at the end of the stack, or where it cannot be followed.</returns>
    public bool MoveNext()
    {
        if (!_started)
        {
            _started = true;
            _isFirst = true;
        }
        else
        {
            if (!(_hasFunction ? Unwind() : GuessCaller()))
                return false;
            _isFirst = false;
        }
        if (_registers.Rip == 0 && !_isFirst)
            return false;
        _hasFunction = UnwindTable.TryFind(InstructionAddress, out _function);
        return true;
    }

    private bool Unwind()
    {
        if (!CallFrameProgram.TryRun(in _function, InstructionAddress, out FrameRules rules))
            return false;
        if (rules.RuleOf(ExceptionContext.ReturnAddressNumber) == RegisterRule.Undefined)
            return false;
        ulong frameAddress;
        ExceptionContext caller = _registers;
        fixed (ExceptionContext* current = &_registers)
        {
            var numbered = (ulong*)current;
            if ((uint)rules.FrameRegister >= ExceptionContext.DwarfRegisters)
                return false;
            frameAddress = numbered[rules.FrameRegister] + (ulong)rules.FrameOffset;
            var result = (ulong*)&caller;
            result[ExceptionContext.StackPointerNumber] = frameAddress;
            for (int register = 0; register < ExceptionContext.DwarfRegisters; register++)
                if (!TryApply(ref rules, register, numbered, frameAddress, ref result[register]))
                    return false;
        }
        if (_function.IsSignalFrame)
        {
            if (++_interrupts > MaximumInterrupts)
                return false;
        }
        else if (caller.Rsp < _registers.Rsp || (caller.Rsp == _registers.Rsp && !_isExact))
        {
            return false;
        }
        _isExact = _function.IsSignalFrame;
        _registers = caller;
        return true;
    }

    private readonly bool TryApply(ref FrameRules rules, int register, ulong* current, ulong frameAddress, ref ulong value)
    {
        long operand = rules.OperandOf(register);
        switch (rules.RuleOf(register))
        {
            case RegisterRule.SavedAtOffset:
                return TryRead(frameAddress + (ulong)operand, out value);
            case RegisterRule.ValueOffset:
                value = frameAddress + (ulong)operand;
                return true;
            case RegisterRule.InRegister:
                if ((ulong)operand >= ExceptionContext.DwarfRegisters)
                    return false;
                value = current[operand];
                return true;
            default:
                return true;
        }
    }

    /// <summary>
    /// After a jump or call to an address that is no code, the caller's address is what the call pushed. Only
    /// believed of the first frame, and only if it leads into code that is described.
    /// </summary>
    private bool GuessCaller()
    {
        if (!_isFirst || !_isExact || _canRead == null)
            return false;
        if (!TryRead(_registers.Rsp, out ulong returnAddress) || !UnwindTable.TryFind(returnAddress - 1, out _))
            return false;
        _registers.Rip = returnAddress;
        _registers.Rsp += sizeof(ulong);
        _isExact = false;
        return true;
    }

    private readonly bool TryRead(ulong address, out ulong value)
    {
        value = 0;
        if (_canRead != null && !_canRead(address, sizeof(ulong)))
            return false;
        value = *(ulong*)address;
        return true;
    }
}
