using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.Memory;

/// <summary>Maps device registers for the drivers, each mapping with an unmapped page before and after it.</summary>
internal sealed unsafe class DeviceWindow : DeviceMemory
{
    private InterruptLock _lock;
    private ulong _next = KernelLayout.DeviceWindowStart;

    /// <inheritdoc/>
    public override nint Map(PhysicalAddress start, nuint bytes, CachePolicy policy)
    {
        PhysicalAddress first = start.AlignDown(Page.Size);
        ulong length = (start + bytes).AlignUp(Page.Size) - first;
        if (bytes == 0 || length > KernelLayout.WindowSize)
            return 0;
        using InterruptLock.Scope _ = _lock.Enter();
        // The same offset in a large page lets framebuffers use large pages.
        ulong aligned = (_next + Page.Size + Page.LargeSize - 1) & ~(Page.LargeSize - 1);
        ulong at = length >= Page.LargeSize ? aligned + (first.Value & (Page.LargeSize - 1)) : _next + Page.Size;
        if (at + length > KernelLayout.DeviceWindowStart + KernelLayout.WindowSize)
            return 0;
        PageFlags flags = KernelPageTables.DataFlags | PageFlags.Writable | PageFlags.Dirty | PageAttributes.For(policy);
        Status status = KernelPageTables.Builder.Map(new VirtualAddress(at), first, length, flags, Page.LargeSize);
        if (status != Status.Success)
        {
            // Half a mapping was never used: no processor can have cached it.
            KernelPageTables.Builder.Unmap(new VirtualAddress(at), length);
            return 0;
        }
        _next = at + length;
        return (nint)(at + start.PageOffset);
    }

    /// <inheritdoc/>
    public override nint DirectMap(PhysicalAddress address) => (nint)Mm.DirectMap.Pointer(address);
}
