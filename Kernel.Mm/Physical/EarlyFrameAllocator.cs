namespace Kernel.Mm.Physical;

/// <summary>
/// Hands out frames from the usable regions of a memory map, from the top of the highest allowed region downwards,
/// until the frame allocator takes over. Memory that it did not have can be released to it.
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
            Return(frame.Frame);
        }
    }

    /// <summary>Hands all memory over: what is free as free, what was taken as the kernel's. Nothing is left here.</summary>
    /// <param name="map">The map that <see cref="Initialize"/> got.</param>
    /// <param name="frames">Has none of this memory yet.</param>
    /// <returns>The first refusal of <paramref name="frames"/>, if there is one.</returns>
    public Status HandOver(in MemoryMap map, FrameAllocator frames)
    {
        int piece = 0;
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.Kind != MemoryRegionKind.Usable)
                continue;
            // One region became one or two pieces; each piece lost frames at its end only.
            PhysicalAddress start = region.Start.Value == 0 ? new PhysicalAddress(Page.Size) : region.Start;
            while (start < region.End)
            {
                MemoryRegion free = _free.Regions[piece];
                PhysicalAddress end = piece + 1 < _free.Regions.Length && _free.Regions[piece + 1].Start < region.End
                    ? _free.Regions[piece + 1].Start
                    : region.End;
                Status status = HandOver(start.Frame, free.End.Frame, end.Frame, frames);
                if (status != Status.Success)
                    return status;
                start = end;
                piece++;
            }
        }
        for (; _returned != null; _returned = _returned->Next)
            frames.AddMemory(DirectMap.AddressOf(_returned).Frame, DirectMap.AddressOf(_returned).Frame + 1);
        this = default;
        return Status.Success;
    }

    private static Status HandOver(FrameNumber start, FrameNumber firstTaken, FrameNumber end, FrameAllocator frames)
    {
        if (start != firstTaken && frames.AddMemory(start, firstTaken) is not Status.Success and var refusal)
            return refusal;
        return firstTaken == end ? Status.Success : frames.AddUsed(firstTaken, end, FrameOwner.Kernel);
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

    private void Return(FrameNumber frame)
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
