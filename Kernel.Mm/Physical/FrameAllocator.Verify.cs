using System;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <content>Counters, and the check that every frame is where the counters say.</content>
public sealed partial class FrameAllocator
{
    /// <summary>Frames that nobody has, zeroed ones and those in processors' lists included. Exact while nothing allocates.</summary>
    public ulong FreeFrames
    {
        get
        {
            ulong free = _freeInZones + _looseFrames + ZeroedFrames;
            foreach (FrameCache cache in _caches)
                free += cache.Free.Count;
            return free;
        }
    }

    /// <summary>Free frames that are filled with zeros already.</summary>
    public ulong ZeroedFrames
    {
        get
        {
            ulong zeroed = _zeroed.Count;
            foreach (FrameCache cache in _caches)
                zeroed += cache.Zeroed.Count;
            return zeroed;
        }
    }

    /// <summary>Frames that an owner has.</summary>
    public ulong UsedBy(FrameOwner owner)
    {
        long used = _usedPastCaches[(int)owner];
        foreach (FrameCache cache in _caches)
            used += cache.UsedBy(owner);
        return (ulong)used;
    }

    /// <summary>Free blocks of exactly 2^order frames, of all nodes and limits.</summary>
    public ulong CountOfBlocks(int order)
    {
        ulong count = 0;
        foreach (ref readonly FrameBlocks zone in _zones.AsSpan())
            count += zone.CountOf(order);
        return count;
    }

    /// <summary>Frames in the largest free block, as far as blocks go: 1024 stands for that or more.</summary>
    public ulong LargestFreeBlock
    {
        get
        {
            for (int order = LargestOrder; order >= 0; order--)
                if (CountOfBlocks(order) != 0)
                    return 1UL << order;
            return 0;
        }
    }

    /// <summary>
    /// Finds the longest run of consecutive frames that nobody has, across blocks of any size; zeroed frames and those in
    /// processors' lists belong to it. Exact while nothing allocates. Linear in memory.
    /// </summary>
    public ulong FindLargestFreeRun()
    {
        ulong largest = 0;
        foreach (FrameRange range in _ranges)
        {
            ulong run = 0;
            for (FrameNumber frame = range.Start; frame.Value < range.End.Value; frame += 1)
            {
                run = _table[frame].State == FrameState.Used ? 0 : run + 1;
                largest = ulong.Max(largest, run);
            }
        }
        return largest;
    }

    /// <summary>
    /// Walks all descriptors and compares them with the counters: every frame is in exactly one state, free and used
    /// frames make up all frames, each owner's count is right, every free block is aligned and joined, every free frame is in exactly one
    /// list, of its kind.
    /// </summary>
    /// <returns>What is wrong first; null if nothing is.</returns>
    /// <remarks>Nothing may allocate or free meanwhile.</remarks>
    public string? Verify()
    {
        var tally = new Tally();
        foreach (FrameRange range in _ranges)
        {
            string? problem = VerifyRange(range, ref tally);
            if (problem is not null)
                return problem;
        }
        if (tally.Total != TotalFrames)
            return "the ranges don't add up to the total";
        if (tally.InBlocks != _freeInZones)
            return "frames in free blocks are not as many as counted";
        if (tally.Zeroed != ZeroedFrames)
            return "zeroed frames are not as many as in the lists";
        if (tally.Zeroed + tally.InBlocks + tally.Cached != FreeFrames)
            return "free frames are not as many as counted";
        for (FrameOwner owner = FrameOwner.User; owner <= FrameOwner.Kernel; owner++)
            if (tally.UsedBy(owner) != UsedBy(owner))
                return "an owner has not as many frames as counted";
        return VerifyLists();
    }

    private string? VerifyRange(FrameRange range, ref Tally tally)
    {
        ulong tailsLeft = 0;
        for (FrameNumber frame = range.Start; frame.Value < range.End.Value; frame += 1)
        {
            ref FrameDescriptor descriptor = ref _table[frame];
            if (tailsLeft > 0 != (descriptor.State == FrameState.FreeTail))
                return "a free block has other frames in it, or lacks its first";
            if (tailsLeft > 0)
                tailsLeft--;
            if (descriptor.State == FrameState.FreeHead)
            {
                if (!IsProperBlock(frame, descriptor.Order, range))
                    return "a free block is misaligned, leaves its range or should have joined its buddy";
                tailsLeft = (1UL << descriptor.Order) - 1;
            }
            if (descriptor.State != FrameState.Used && descriptor.Owner != FrameOwner.None)
                return "a free frame has an owner";
            if (!tally.Add(descriptor))
                return "a frame of the allocator is absent, or used by nobody";
        }
        return tailsLeft == 0 ? null : "a free block leaves its range";
    }

    private bool IsProperBlock(FrameNumber block, int order, FrameRange range)
    {
        if (order > LargestOrder || (block.Value & ((1UL << order) - 1)) != 0 || block.Value + (1UL << order) > range.End.Value)
            return false;
        if (order == LargestOrder)
            return true;
        var buddy = new FrameNumber(block.Value ^ (1UL << order));
        if (buddy.Value < range.Start.Value || buddy.Value >= range.End.Value)
            return true;
        ref FrameDescriptor descriptor = ref _table[buddy];
        return descriptor.State != FrameState.FreeHead || descriptor.Order != order;
    }

    private struct Tally
    {
        private OwnerCounts _used;

        public ulong Total, InBlocks, Cached, Zeroed;

        public readonly ulong UsedBy(FrameOwner owner) => _used[(int)owner];

        public bool Add(in FrameDescriptor descriptor)
        {
            Total++;
            switch (descriptor.State)
            {
                case FrameState.FreeHead or FrameState.FreeTail:
                    InBlocks++;
                    return true;
                case FrameState.Cached:
                    Cached++;
                    return true;
                case FrameState.Zeroed:
                    Zeroed++;
                    return true;
                case FrameState.Used when descriptor.Owner != FrameOwner.None:
                    _used[(int)descriptor.Owner]++;
                    return true;
                default:
                    return false;
            }
        }

        [InlineArray((int)FrameOwner.Kernel + 1)]
        private struct OwnerCounts
        {
            private ulong _first;
        }
    }
}
