using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>The unwind table of the running image.</summary>
internal static unsafe class UnwindTable
{
    [RuntimeImport("*", "ExceptionUnwindTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* GetStart();

    [RuntimeImport("*", "ExceptionUnwindTableEnd")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* GetEnd();

    /// <summary>Finds the function that contains an instruction.</summary>
    /// <returns>False if no unwind information covers the address.</returns>
    public static bool TryFind(ulong address, out FunctionUnwindInformation information)
    {
        byte* start = GetStart();
        return new UnwindTableReader(start, (ulong)(GetEnd() - start)).TryFind(address, out information);
    }
}
