using System;
using System.Runtime;
using System.Threading;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>The machine's frames. Until Kernel.Mm's frame allocator takes over, the early allocator serves.</summary>
/// <remarks>Every method takes the frame lock (interrupts off); it is the innermost lock but for the log's.</remarks>
internal static unsafe class PhysicalMemory
{
    private static EarlyFrameAllocator s_frames;
    private static InterruptLock s_lock;

    /// <summary>Frames that may be used at all.</summary>
    public static ulong TotalFrames => s_frames.TotalFrames;

    /// <summary>Frames not in use.</summary>
    public static ulong FreeFrames => s_frames.FreeFrames;

    /// <summary>Frames that the managed heap took, in frames.</summary>
    public static ulong HeapFrames { get; private set; }

    /// <summary>Takes over the usable regions.</summary>
    public static void Initialize(in MemoryMap map) => s_frames.Initialize(map, new PhysicalAddress(PhysicalReader.Limit));

    /// <summary>Allows frames above 4 GiB, once the direct map covers them.</summary>
    public static void AllowAllAddresses() => s_frames.RemoveLimit();

    /// <summary>Gives a range that the boot used to the allocator: whole frames inside it only.</summary>
    public static void Release(PhysicalAddress start, PhysicalAddress end)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        s_frames.Release(start, end);
    }

    /// <summary>Takes one frame filled with zeros; null when memory has run out.</summary>
    public static FrameNumber? AllocateZeroed() => AllocateZeroed(1);

    /// <summary>Takes consecutive frames filled with zeros; null when there is no run that long.</summary>
    public static FrameNumber? AllocateZeroed(ulong frames)
    {
        FrameNumber? first;
        using (s_lock.Enter())
            first = frames == 1 ? s_frames.Allocate() : s_frames.AllocateContiguous(frames);
        if (first is { } frame)
            new Span<byte>(DirectMap.Pointer(frame.Address), (int)(frames * Page.Size)).Clear();
        return first;
    }

    /// <summary>Gives a frame back.</summary>
    public static void Free(FrameNumber frame)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        s_frames.Free(frame);
    }

    /// <summary>The managed heap's pages (Kernel.CoreLib/Runtime): zeroed, in the direct map; null when there are none.</summary>
    [RuntimeExport("KernelAllocatePages")]
    private static void* AllocateHeapPages(nuint count)
    {
        if (AllocateZeroed(count) is not { } frame)
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

    /// <inheritdoc/>
    public FrameNumber? AllocateZeroed()
    {
        FrameNumber? frame = PhysicalMemory.AllocateZeroed();
        if (frame is not null)
            Count++;
        return frame;
    }
}
