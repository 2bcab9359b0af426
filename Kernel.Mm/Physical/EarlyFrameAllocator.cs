namespace Kernel.Mm.Physical;

/// <summary>
/// Hands out frames from the usable regions of a memory map, from the top of the highest allowed region downwards,
/// until the frame allocator takes over. Single frames can come back and are handed out again first.
/// </summary>
/// <remarks>
/// A value without references, so that it works before there is a heap. Not locked by itself: its owner is. What is
/// left of each region is always in one piece, so that it can be handed over.
/// </remarks>
public unsafe struct EarlyFrameAllocator
{
    private MemoryMap _free;
    private PhysicalAddress _limit;
    private FreeFrame* _returned;

    /// <summary>Frames that were usable at the start.</summary>
    public ulong TotalFrames { get; private set; }

    /// <summary>Frames that can still be handed out, those above the limit included.</summary>
    public ulong FreeFrames { get; private set; }

    /// <summary>Takes over all usable regions of a normalized map.</summary>
    /// <param name="map">Only its usable regions are handed out; frame zero never is.</param>
    /// <param name="limit">Nothing at or above it is handed out until <see cref="RemoveLimit"/>; frame-aligned.</param>
    public void Initialize(in MemoryMap map, PhysicalAddress limit)
    {
        _free = default;
        _returned = null;
        _limit = limit;
        TotalFrames = 0;
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.Kind != MemoryRegionKind.Usable)
                continue;
            PhysicalAddress start = region.Start.Value == 0 ? new PhysicalAddress(Page.Size) : region.Start;
            if (start < limit && region.End > limit)
            {
                AddFree(start, limit);
                AddFree(limit, region.End);
            }
            else
            {
                AddFree(start, region.End);
            }
        }
        FreeFrames = TotalFrames;
    }

    /// <summary>Allows all addresses, once the direct map reaches them.</summary>
    public void RemoveLimit() => _limit = new PhysicalAddress(ulong.MaxValue);

    /// <summary>Gives a range to the allocator that it did not have, such as boot memory that was read.</summary>
    public void Release(PhysicalAddress start, PhysicalAddress end)
    {
        for (PhysicalAddress frame = start.AlignUp(Page.Size); frame + Page.Size <= end; frame += Page.Size)
        {
            TotalFrames++;
            Free(frame.Frame);
        }
    }

    /// <summary>Takes one frame; its content is whatever was there.</summary>
    /// <returns>The frame, or null when none is left below the limit.</returns>
    public FrameNumber? Allocate()
    {
        if (_returned == null)
            return AllocateContiguous(1);
        FreeFrame* frame = _returned;
        _returned = frame->Next;
        FreeFrames--;
        return DirectMap.AddressOf(frame).Frame;
    }

    /// <summary>Takes consecutive frames; their content is whatever was there.</summary>
    /// <returns>The first frame, or null when no region below the limit has that many in one piece.</returns>
    public FrameNumber? AllocateContiguous(ulong frames)
    {
        ulong bytes = frames << Page.Shift;
        for (int i = _free.Regions.Length - 1; i >= 0; i--)
        {
            MemoryRegion region = _free.Regions[i];
            if (region.Start >= _limit || region.Length < bytes)
                continue;
            FreeFrames -= frames;
            return _free.TakeFromEnd(i, bytes).Frame;
        }
        return null;
    }

    /// <summary>Gives back one frame that came from here.</summary>
    public void Free(FrameNumber frame)
    {
        var free = (FreeFrame*)DirectMap.Pointer(frame.Address);
        free->Next = _returned;
        _returned = free;
        FreeFrames++;
    }

    private void AddFree(PhysicalAddress start, PhysicalAddress end)
    {
        _free.Add(start, end - start, MemoryRegionKind.Usable);
        TotalFrames += (end - start) >> Page.Shift;
    }

    private struct FreeFrame
    {
        public FreeFrame* Next;
    }
}
