using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.Arch.X64;

/// <summary>Page faults in the lower half: those of user mode, and of the kernel's own accesses to user memory (<see cref="UserAccess"/>).</summary>
internal static unsafe class PageFaults
{
    private const FaultAccess KnownBits =
        FaultAccess.Present | FaultAccess.Write | FaultAccess.User | FaultAccess.Reserved | FaultAccess.Execute;

    /// <summary>
    /// Deals with a fault, with interrupts as they were in the interrupted code. Nothing is mapped in the lower half as
    /// long as there is none.
    /// </summary>
    public static delegate*<VirtualAddress, FaultAccess, FaultResult> Handler { get; set; }

    /// <summary>Called by Traps.S with the registers that a C# function may change saved, and no others.</summary>
    /// <returns>Whether the interrupted code can go on; if not, the fault is treated as any other exception.</returns>
    [RuntimeExport("page_fault_dispatch")]
    private static bool TryResolve(TrapFrame* frame, VirtualAddress address)
    {
        if ((long)address.Value < 0 || !(frame->FromUser || UserAccess.Contains(frame)))
            return (frame->FromUser || UserAccess.IsProbing) && TryFail(frame, address, FaultResult.NotMapped);
        delegate*<VirtualAddress, FaultAccess, FaultResult> handler = Handler;
        if (handler == null)
            return TryFail(frame, address, FaultResult.NotMapped);
        FaultResult result = handler(address, (FaultAccess)frame->ErrorCode & KnownBits);
        if (result > FaultResult.ResolvedAfterInputOutput)
            return TryFail(frame, address, result);
        Traps.CountPageFault();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryFail(TrapFrame* frame, VirtualAddress address, FaultResult result)
    {
        if (frame->FromUser)
        {
            // The trap's dispatcher makes a signal of it.
            Thread.Current.FaultAddress = address.Value;
            Thread.Current.FaultResult = result;
            return false;
        }
        if (result == FaultResult.Corrupt || !UserAccess.TryFail(frame, result))
            return false;
        Traps.CountPageFault();
        return true;
    }
}
