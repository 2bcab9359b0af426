using Kernel.Diagnostics;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>
/// The frame table's place in the kernel's half of the address space. Only what describes memory has frames behind it,
/// so that holes in the memory map cost nothing.
/// </summary>
internal static unsafe class FrameTableWindow
{
    private const ulong FramesPerBlock = 1UL << FrameAllocator.LargestOrder;

    /// <summary>Frames taken in one piece while memory has such pieces: what describes 32 MiB.</summary>
    private const ulong LargestChunk = 64;

    /// <summary>Makes the table for all usable regions; panics when memory doesn't suffice.</summary>
    public static FrameTable Create(in MemoryMap map)
    {
        ulong end = 0;
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.Kind != MemoryRegionKind.Usable)
                continue;
            // Whole blocks of the largest order: the allocator looks at a block's buddy.
            ulong first = region.Start.Frame.Value & ~(FramesPerBlock - 1);
            ulong last = (region.End.Frame.Value + FramesPerBlock - 1) & ~(FramesPerBlock - 1);
            MapDescriptors(first < end ? end : first, last);
            end = last;
        }
        return new FrameTable((void*)KernelLayout.FrameTableStart, new FrameNumber(end));
    }

    private static void MapDescriptors(ulong first, ulong last)
    {
        ulong size = (ulong)FrameTable.DescriptorSize;
        ulong end = last * size;
        ulong chunk = LargestChunk;
        for (ulong offset = first * size; offset < end;)
        {
            ulong frames = ulong.Min(chunk, (end - offset) >> Page.Shift);
            if (PhysicalMemory.AllocateZeroedRun(frames, FrameOwner.Kernel) is not { } run)
            {
                if (chunk == 1)
                    Panic.Fail("no memory for the frame table");
                chunk /= 2;
                continue;
            }
            if (KernelPageTables.Builder.Map(
                new VirtualAddress(KernelLayout.FrameTableStart + offset),
                run.Address,
                frames << Page.Shift,
                KernelPageTables.DataFlags | PageFlags.Writable | PageFlags.Dirty) != Status.Success)
                Panic.Fail("no memory for the frame table's page tables");
            offset += frames << Page.Shift;
        }
    }
}
