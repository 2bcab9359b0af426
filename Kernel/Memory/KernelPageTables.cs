using System;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>
/// The kernel's own page tables: image write-xor-execute, direct map of memory in large pages, windows for devices
/// and stacks. Null and the identity map of Entry.S are not in them.
/// </summary>
/// <remarks>Built at start-up; later changes go through <see cref="DeviceWindow"/> and <see cref="KernelStacks"/> under their locks.</remarks>
internal static class KernelPageTables
{
    private const ulong LowMemoryEnd = 1UL << 20;

    private static PageTableFrames? s_frames;
    private static PageTableBuilder s_builder;

    /// <summary>The root table.</summary>
    public static PhysicalAddress Root => s_builder.Root;

    /// <summary>Edits the kernel's mappings.</summary>
    public static PageTableBuilder Builder => s_builder;

    /// <summary>Frames used by the kernel's page tables.</summary>
    public static ulong FrameCount => s_frames!.Count;

    /// <summary>How many of them the frame allocator knows as page tables.</summary>
    public static ulong FrameCountFromAllocator => s_frames!.CountFromAllocator;

    /// <summary>What every kernel mapping has that is not code; global where the processor allows it.</summary>
    public static PageFlags DataFlags => PageFlags.NoExecute | GlobalFlag | PageFlags.Accessed;

    private static PageFlags GlobalFlag => CpuFeatures.Current.HasGlobalPages ? PageFlags.Global : PageFlags.None;

    /// <summary>Builds the tables and loads them. Panics if memory doesn't suffice.</summary>
    public static void Build(in MemoryMap map)
    {
        var frames = new PageTableFrames();
        s_frames = frames;
        if (frames.AllocateZeroed() is not { } root)
        {
            Panic.Fail("no memory for the kernel's page tables");
            return;
        }
        s_builder = new PageTableBuilder(root.Address, frames, CpuFeatures.Current.HasHugePages);
        MapDirect(map);
        MapImage();
        Require(s_builder.EnsureTopLevel(new VirtualAddress(KernelLayout.DeviceWindowStart)));
        Require(s_builder.EnsureTopLevel(new VirtualAddress(KernelLayout.KernelSpaceStart)));
        Require(s_builder.EnsureTopLevel(new VirtualAddress(KernelLayout.StackWindowStart)));
        Require(s_builder.EnsureTopLevel(new VirtualAddress(KernelLayout.FrameTableStart)));
    }

    /// <summary>Maps memory, low memory (firmware's tables) and reserved ranges below the end of memory that hold tables.</summary>
    private static void MapDirect(in MemoryMap map)
    {
        var mappedTo = new PhysicalAddress(LowMemoryEnd);
        MapDirect(new PhysicalAddress(0), mappedTo);
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.Kind is MemoryRegionKind.Reserved or MemoryRegionKind.Defective)
                continue;
            // Neighbouring regions may share a page; it is mapped once.
            PhysicalAddress start = region.Start.AlignDown(Page.Size);
            PhysicalAddress end = region.End.AlignUp(Page.Size);
            if (start < mappedTo)
                start = mappedTo;
            if (end <= start)
                continue;
            MapDirect(start, end);
            mappedTo = end;
        }
    }

    private static void MapDirect(PhysicalAddress start, PhysicalAddress end) =>
        Require(s_builder.Map(
            new VirtualAddress(KernelLayout.DirectMapStart + start.Value), start, end - start, DataFlags | PageFlags.Writable | PageFlags.Dirty));

    private static void MapImage()
    {
        MapImage(KernelImage.Start, KernelImage.ConstantsStart, GlobalFlag | PageFlags.Accessed);
        MapImage(KernelImage.ConstantsStart, KernelImage.DataStart, DataFlags);
        MapImage(KernelImage.DataStart, KernelImage.BootTablesStart, DataFlags | PageFlags.Writable | PageFlags.Dirty);
        // The boot tables and the guard below the boot stack stay unmapped.
        MapImage(KernelImage.BootStackBottom, KernelImage.DataEnd, DataFlags | PageFlags.Writable | PageFlags.Dirty);
        MapImage(KernelImage.DataEnd, KernelImage.End, DataFlags);
    }

    private static void MapImage(VirtualAddress start, VirtualAddress end, PageFlags flags) =>
        Require(s_builder.Map(start, KernelImage.ToPhysical(start), end - start, flags, Page.Size));

    private static void Require(Status status)
    {
        if (status != Status.Success)
            Panic.Fail("the kernel's page tables can't be built");
    }
}
