using System.Diagnostics;
using System.Threading;

namespace Kernel.Mm.Physical;

/// <content>Blocks of 2^order frames, and contiguous runs of any length for devices.</content>
public sealed partial class FrameAllocator
{
    /// <summary>Takes a block of 2^order frames, aligned to its size.</summary>
    /// <param name="owner">Who gets it.</param>
    /// <param name="order">0 to <see cref="LargestOrder"/>.</param>
    /// <param name="limit">How high it may lie.</param>
    /// <param name="priority">Whether it may use the reserve.</param>
    /// <returns>The first frame, or null when there is no such block. Frames in processors' caches don't count.</returns>
    public FrameNumber? AllocateBlock(
        FrameOwner owner, int order, AddressLimit limit = AddressLimit.None, AllocationPriority priority = AllocationPriority.Normal)
    {
        Debug.Assert(order is >= 0 and <= LargestOrder);
        FrameNumber? block;
        using (_lock.Enter())
            block = TakeBlock(order, limit, priority);
        if (block is { } first)
            Account(first, 1UL << order, owner);
        return block;
    }

    /// <summary>Gives back a block as it was taken.</summary>
    public void FreeBlock(FrameNumber block, int order) => FreeContiguous(block, 1UL << order);

    /// <summary>Takes consecutive frames, of any number.</summary>
    /// <param name="owner">Who gets them.</param>
    /// <param name="frames">How many; at least one.</param>
    /// <param name="alignment">In frames, a power of two; of the first frame.</param>
    /// <param name="limit">How high they may lie.</param>
    /// <returns>
    /// The first frame, or null when no free block holds such a run. Up to the largest order a run that lies across blocks isn't
    /// found. Processors' caches are emptied before it says so.
    /// </returns>
    public FrameNumber? AllocateContiguous(FrameOwner owner, ulong frames, ulong alignment = 1, AddressLimit limit = AddressLimit.None)
    {
        if (frames == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
            return null;
        FrameNumber? result = TakeRun(frames, alignment, limit);
        if (result is null && EmptyCaches())
            result = TakeRun(frames, alignment, limit);
        if (result is { } first)
            Account(first, frames, owner);
        return result;
    }

    private FrameNumber? TakeRun(ulong frames, ulong alignment, AddressLimit limit)
    {
        using SpinLock.Scope _ = _lock.Enter();
        return ulong.Max(frames, alignment) <= 1UL << LargestOrder
            ? TakeRunFromBlock(frames, alignment, limit)
            : TakeRunOfBlocks(frames, alignment, limit);
    }

    /// <summary>Gives back consecutive frames of one owner, whichever way they were taken.</summary>
    public void FreeContiguous(FrameNumber first, ulong frames)
    {
        Count(_table[first].Owner, -(long)frames);
        Disown(first, frames);
        using SpinLock.Scope _ = _lock.Enter();
        GiveRun(first, first + frames);
    }

    private void Account(FrameNumber first, ulong frames, FrameOwner owner)
    {
        Own(first, frames, owner);
        Count(owner, (long)frames);
    }

    private void Count(FrameOwner owner, long frames) => Interlocked.Add(ref _usedPastCaches[(int)owner], frames);

    /// <summary>Takes the smallest block that holds the run and gives back what is behind it.</summary>
    private FrameNumber? TakeRunFromBlock(ulong frames, ulong alignment, AddressLimit limit)
    {
        int order = 0;
        while (1UL << order < ulong.Max(frames, alignment))
            order++;
        if (TakeBlock(order, limit, AllocationPriority.Normal) is not { } block)
            return null;
        GiveRun(block + frames, block + (1UL << order));
        return block;
    }

    /// <summary>Looks for free blocks of the largest order one after another. Linear in memory: for rare, large requests.</summary>
    private FrameNumber? TakeRunOfBlocks(ulong frames, ulong alignment, AddressLimit limit)
    {
        const ulong BlockFrames = 1UL << LargestOrder;
        ulong blocks = (frames + BlockFrames - 1) / BlockFrames;
        ulong end = limit switch
        {
            AddressLimit.Below16MiB => (16UL << 20) >> Page.Shift,
            AddressLimit.Below4GiB => (4UL << 30) >> Page.Shift,
            _ => ulong.MaxValue,
        };
        JoinLooseFrames();
        if (_freeInZones < blocks * BlockFrames + ReservedFrames)
            return null;
        ulong step = ulong.Max(alignment, BlockFrames);
        foreach (FrameRange range in _ranges)
        {
            ulong last = ulong.Min(end, range.End.Value);
            for (ulong start = (range.Start.Value + step - 1) & ~(step - 1); start + blocks * BlockFrames <= last; start += step)
                if (AreFree(start, blocks))
                    return TakeWholeBlocks(start, blocks, frames);
        }
        return null;
    }

    private FrameNumber TakeWholeBlocks(ulong start, ulong blocks, ulong frames)
    {
        for (ulong i = 0; i < blocks; i++)
        {
            var block = new FrameNumber(start + (i << LargestOrder));
            ZoneOf(block).TakeWhole(_table, block);
            _freeInZones -= 1UL << LargestOrder;
        }
        GiveRun(new FrameNumber(start + frames), new FrameNumber(start + (blocks << LargestOrder)));
        return new FrameNumber(start);
    }

    private bool AreFree(ulong start, ulong blocks)
    {
        for (ulong i = 0; i < blocks; i++)
        {
            ref FrameDescriptor head = ref _table[new FrameNumber(start + (i << LargestOrder))];
            if (head.State != FrameState.FreeHead || head.Order != LargestOrder)
                return false;
        }
        return true;
    }

    /// <summary>Gives any run of frames as the largest blocks that fit. The frame lock is held.</summary>
    private void GiveRun(FrameNumber start, FrameNumber end)
    {
        while (start.Value < end.Value)
        {
            int order = LargestBlockAt(start, end);
            GiveBlock(start, order);
            start += 1UL << order;
        }
    }
}
