namespace System.Runtime;

/// <summary>An address of shared generic code together with the dictionary that it needs.</summary>
/// <remarks>Code is aligned to 4 bytes at least, so that a bit tells such an address from a plain one.</remarks>
internal unsafe struct FatFunctionPointer
{
    private const nint Tag = 2;

    /// <summary>The code.</summary>
    internal nint Code;

    /// <summary>Points at the dictionary.</summary>
    internal nint* Dictionary;

    internal static bool Is(nint functionPointer) => (functionPointer & Tag) != 0;

    internal static FatFunctionPointer* Get(nint functionPointer) => (FatFunctionPointer*)(functionPointer - Tag);

    /// <summary>Whether two addresses, plain or not, lead to the same code with the same dictionary.</summary>
    internal static bool CallsSame(nint left, nint right)
    {
        if (left == right)
            return true;
        if (!Is(left) || !Is(right))
            return false;
        FatFunctionPointer* first = Get(left);
        FatFunctionPointer* second = Get(right);
        return first->Code == second->Code && *first->Dictionary == *second->Dictionary;
    }
}
