using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>Stacks in their own window, each between two pages that are never mapped, so that an overflow faults.</summary>
internal static class KernelStacks
{
    private static InterruptLock s_lock;
    private static ulong s_next = KernelLayout.StackWindowStart;

    /// <summary>Makes a stack that lives as long as the kernel. Panics when memory has run out.</summary>
    /// <param name="bytes">Size, a multiple of the page size.</param>
    /// <returns>The address after its last byte: what a stack pointer starts with.</returns>
    public static VirtualAddress Create(ulong bytes)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        var bottom = new VirtualAddress(s_next + Page.Size);
        s_next = (bottom + bytes).Value;
        for (ulong offset = 0; offset < bytes; offset += Page.Size)
        {
            if (PhysicalMemory.AllocateZeroed(FrameOwner.Kernel) is not { } frame
                || KernelPageTables.Builder.Map(
                    bottom + offset, frame.Address, Page.Size, KernelPageTables.DataFlags | PageFlags.Writable | PageFlags.Dirty) != Status.Success)
                Panic.Fail("no memory for a kernel stack");
        }
        return bottom + bytes;
    }

    /// <summary>Whether an address lies in an unmapped page of the stack window, or below the boot stack: a stack overflow.</summary>
    public static bool IsGuard(VirtualAddress address)
    {
        if (address.AlignDown(Page.Size) == Boot.KernelImage.BootStackGuard)
            return true;
        return address.Value >= KernelLayout.StackWindowStart
            && address.Value < s_next
            && !new PageTableWalk(KernelPageTables.Root, address).IsMapped;
    }
}
