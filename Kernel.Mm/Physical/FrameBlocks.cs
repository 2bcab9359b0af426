using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>
/// Free memory of one zone in blocks of 2^order frames, each aligned to its size (the buddy system: Knuth, The Art of
/// Computer Programming, vol. 1, 2.5). A block that becomes free joins its buddy if that is free too.
/// </summary>
/// <remarks>Guarded by the allocator's lock.</remarks>
internal struct FrameBlocks
{
    /// <summary>The largest order: blocks of 1024 frames, 4 MiB.</summary>
    public const int LargestOrder = 10;

    private OrderLists _lists;

    /// <summary>Free frames in all blocks.</summary>
    public ulong FreeFrames { get; private set; }

    /// <summary>Makes it empty.</summary>
    public void Clear()
    {
        for (int order = 0; order <= LargestOrder; order++)
            _lists[order].Clear();
        FreeFrames = 0;
    }

    /// <summary>Free blocks of exactly one order.</summary>
    public readonly uint CountOf(int order) => _lists[order].Count;

    /// <summary>The number of the first block of one order, or <see cref="FrameDescriptor.NoFrame"/>.</summary>
    public readonly uint FirstOf(int order) => _lists[order].Head;

    /// <summary>Takes a block, splitting a larger one if it must.</summary>
    /// <returns>The first frame; null when no block is that large. The state of all frames but the first is the caller's to set.</returns>
    public FrameNumber? Take(in FrameTable table, int order)
    {
        int found = order;
        while (found <= LargestOrder && _lists[found].Count == 0)
            found++;
        if (found > LargestOrder)
            return null;
        FrameNumber block = _lists[found].First;
        Unlist(table, block, found);
        for (int half = found - 1; half >= order; half--)
            List(table, block + (1UL << half), half);
        ref FrameDescriptor head = ref table[block];
        head.State = FrameState.Used;
        head.Order = (byte)order;
        return block;
    }

    /// <summary>Takes a certain free block as it is.</summary>
    public void TakeWhole(in FrameTable table, FrameNumber block)
    {
        int order = table[block].Order;
        Unlist(table, block, order);
        table[block].State = FrameState.Used;
    }

    /// <summary>Gives a block, and joins it with its buddies as far as these are free.</summary>
    /// <remarks>Touches the block's own descriptors and one for each order that it joins.</remarks>
    public void Give(in FrameTable table, FrameNumber block, int order)
    {
        byte node = table[block].Node;
        MarkTails(table, block, order);
        for (; order < LargestOrder; order++)
        {
            var buddy = new FrameNumber(block.Value ^ (1UL << order));
            ref FrameDescriptor descriptor = ref table[buddy];
            if (descriptor.State != FrameState.FreeHead || descriptor.Order != order || descriptor.Node != node)
                break;
            Unlist(table, buddy, order);
            descriptor.State = FrameState.FreeTail;
            if (buddy.Value < block.Value)
                block = buddy;
        }
        List(table, block, order);
    }

    /// <summary>Unrolled: at start-up all of memory comes through here.</summary>
    private static unsafe void MarkTails(in FrameTable table, FrameNumber block, int order)
    {
        const ulong AtOnce = 4;
        FrameDescriptor* descriptor = table.Descriptor(block);
        FrameDescriptor* end = descriptor + (1UL << order);
        for (; descriptor + AtOnce <= end; descriptor += AtOnce)
        {
            descriptor[0].State = FrameState.FreeTail;
            descriptor[1].State = FrameState.FreeTail;
            descriptor[2].State = FrameState.FreeTail;
            descriptor[3].State = FrameState.FreeTail;
        }
        for (; descriptor < end; descriptor++)
            descriptor->State = FrameState.FreeTail;
    }

    private void List(in FrameTable table, FrameNumber block, int order)
    {
        ref FrameDescriptor head = ref table[block];
        head.State = FrameState.FreeHead;
        head.Order = (byte)order;
        _lists[order].Push(table, block);
        FreeFrames += 1UL << order;
    }

    private void Unlist(in FrameTable table, FrameNumber block, int order)
    {
        _lists[order].Remove(table, block);
        FreeFrames -= 1UL << order;
    }

    [InlineArray(LargestOrder + 1)]
    private struct OrderLists
    {
        private FrameList _first;
    }
}
