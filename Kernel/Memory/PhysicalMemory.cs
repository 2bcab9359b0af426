using System;
using System.Runtime;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Diagnostics;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>The machine's frames: the early allocator while the machine starts, the frame allocator from then on.</summary>
/// <remarks>
/// Until <see cref="StartFrameAllocator"/> one processor runs, with interrupts off. Afterwards any context may call;
/// the frame allocator's lock is the innermost but for the log's.
/// </remarks>
internal static unsafe class PhysicalMemory
{
    /// <summary>Zeroed frames that an idle processor keeps ready: 2 MiB.</summary>
    private const uint ZeroedGoal = 512;

    /// <summary>Frames zeroed between two looks for other work: some thousand instructions.</summary>
    private const int ZeroedAtOnce = 8;

    private const int LongestClear = 1 << 30;

    private static EarlyFrameAllocator s_early;
    private static FrameAllocator? s_frames;

    /// <summary>Whether the frame allocator has started.</summary>
    public static bool HasFrameAllocator => s_frames is not null;

    /// <summary>The frame allocator; only once it has started.</summary>
    public static FrameAllocator Frames => s_frames!;

    /// <summary>Frames that may be used at all.</summary>
    public static ulong TotalFrames => s_frames?.TotalFrames ?? s_early.TotalFrames;

    /// <summary>Frames not in use.</summary>
    public static ulong FreeFrames => s_frames?.FreeFrames ?? s_early.FreeFrames;

    /// <summary>Frames that the managed heap took.</summary>
    public static ulong HeapFrames { get; private set; }

    /// <summary>Takes over the usable regions.</summary>
    public static void Initialize(in MemoryMap map) => s_early.Initialize(map, new PhysicalAddress(PhysicalReader.Limit));

    /// <summary>Allows frames above 4 GiB, once the direct map covers them.</summary>
    public static void AllowAllAddresses() => s_early.RemoveLimit();

    /// <summary>Makes the frame table, and hands everything over to the frame allocator.</summary>
    /// <param name="map">The map that <see cref="Initialize"/> got.</param>
    public static void StartFrameAllocator(in MemoryMap map)
    {
        Hardware.Current = new KernelHardware();
        FrameTable table = FrameTableWindow.Create(map);
        var frames = new FrameAllocator(table, nodes: 1);
        if (s_early.HandOver(map, frames) != Status.Success)
            Panic.Fail("the frame allocator refuses a region of the memory map");
        s_frames = frames;
    }

    /// <summary>Gives a range that the boot used to the allocator: whole frames inside it only.</summary>
    public static void Release(PhysicalAddress start, PhysicalAddress end) => s_early.Release(start, end);

    /// <summary>Takes one frame filled with zeros; null when memory has run out.</summary>
    public static FrameNumber? AllocateZeroed(FrameOwner owner) =>
        s_frames is null ? AllocateZeroedRun(1, owner) : s_frames.AllocateZeroed(owner);

    /// <summary>Takes consecutive frames filled with zeros; null when there is no run that long.</summary>
    public static FrameNumber? AllocateZeroedRun(ulong frames, FrameOwner owner)
    {
        if (frames > LongestClear >> Page.Shift)
            return null;
        FrameNumber? first = s_frames is null ? s_early.AllocateContiguous(frames) : s_frames.AllocateContiguous(owner, frames);
        if (first is { } frame)
            new Span<byte>(DirectMap.Pointer(frame.Address), (int)(frames << Page.Shift)).Clear();
        return first;
    }

    /// <summary>Gives a frame back.</summary>
    public static void Free(FrameNumber frame) => Frames.Free(frame);

    /// <summary>Zeroes some free frames for later. For a processor that has nothing else to do.</summary>
    /// <returns>Whether there was something to zero.</returns>
    public static bool ZeroFramesWhileIdle() => Frames.FillZeroed(ZeroedAtOnce, ZeroedGoal) > 0;

    /// <summary>The managed heap's pages (Kernel.CoreLib/Runtime): zeroed, in the direct map; null when there are none.</summary>
    [RuntimeExport("KernelAllocatePages")]
    private static void* AllocateHeapPages(nuint count)
    {
        if (AllocateZeroedRun(count, FrameOwner.Kernel) is not { } frame)
            return null;
        HeapFrames += count;
        return DirectMap.Pointer(frame.Address);
    }
}

/// <summary>Gives page tables their frames.</summary>
internal sealed class PageTableFrames : IFrameSource
{
    /// <summary>Frames given so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>How many of them came from the frame allocator, which knows them as page tables.</summary>
    public ulong CountFromAllocator { get; private set; }

    /// <inheritdoc/>
    public FrameNumber? AllocateZeroed()
    {
        FrameNumber? frame = PhysicalMemory.AllocateZeroed(FrameOwner.PageTable);
        if (frame is not null)
        {
            Count++;
            if (PhysicalMemory.HasFrameAllocator)
                CountFromAllocator++;
        }
        return frame;
    }
}
