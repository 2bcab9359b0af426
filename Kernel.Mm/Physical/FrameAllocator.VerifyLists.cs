namespace Kernel.Mm.Physical;

/// <content>The check that each free frame is in exactly one list, and in one of its kind.</content>
public sealed unsafe partial class FrameAllocator
{
    // In a free frame's OwnerWord, which is zero otherwise: the frame was found in a list.
    private const ulong Found = ulong.MaxValue;

    /// <summary>Walks the lists of all zones, the loose batches, the zeroed pool and the processors' caches.</summary>
    /// <returns>What is wrong first; null if nothing is.</returns>
    /// <remarks>Nothing may allocate or free meanwhile. States and owners were found right before.</remarks>
    private string? VerifyLists()
    {
        string? problem = MarkAll();
        // To the end in any case: the marks have to go.
        foreach (FrameRange range in _ranges)
            for (FrameNumber frame = range.Start; frame.Value < range.End.Value; frame += 1)
            {
                FrameDescriptor* descriptor = _table.Descriptor(frame);
                if (descriptor->State == FrameState.Used)
                    continue;
                bool isListed = descriptor->OwnerWord == Found;
                if (isListed)
                    descriptor->OwnerWord = 0;
                if (isListed == (descriptor->State == FrameState.FreeTail))
                    problem ??= "a free frame is in no list";
                if (descriptor->OwnerWord != 0 || descriptor->References != 0 || descriptor->Mappings != 0 || descriptor->Pins != 0)
                    problem ??= "a free frame has counts of an owner";
            }
        return problem;
    }

    private string? MarkAll()
    {
        for (int zone = 0; zone < _zones.Length; zone++)
            for (int order = 0; order <= LargestOrder; order++)
                if (MarkBlocks(zone, order) is { } problem)
                    return problem;
        foreach (FrameCache cache in _caches)
            if ((MarkStack(cache.Free, FrameState.Cached) ?? MarkStack(cache.Zeroed, FrameState.Zeroed)) is { } problem)
                return problem;
        return MarkStack(_zeroed, FrameState.Zeroed) ?? MarkLoose();
    }

    private string? MarkBlocks(int zone, int order)
    {
        uint count = 0, previous = FrameDescriptor.NoFrame, number = _zones[zone].FirstOf(order);
        while (number != FrameDescriptor.NoFrame)
        {
            if (Mark(number, FrameState.FreeHead) is { } problem)
                return problem;
            FrameDescriptor* head = _table.Descriptor(new FrameNumber(number));
            if (head->Order != order || ZoneIndexOf(new FrameNumber(number)) != zone)
                return "a free block is in the list of another size or zone";
            if (head->Previous != previous)
                return "a list of free blocks isn't the same backwards";
            previous = number;
            number = head->Next;
            count++;
        }
        return count == _zones[zone].CountOf(order) ? null : "a list of free blocks is not as long as counted";
    }

    private string? MarkStack(in FrameStack stack, FrameState state)
    {
        uint next = stack.Top;
        return MarkChain(ref next, stack.Count, state) ?? (next == FrameDescriptor.NoFrame ? null : "a stack of free frames is longer than counted");
    }

    private string? MarkLoose()
    {
        uint left = _looseFrames;
        for (uint batch = _loose; batch != FrameDescriptor.NoFrame; left -= Batch)
        {
            uint next = batch;
            if (left < Batch)
                return "loose frames are more than counted";
            if (MarkChain(ref next, Batch, FrameState.Cached) is { } problem)
                return problem;
            if (next != FrameDescriptor.NoFrame)
                return "a loose batch is too long";
            batch = _table.Descriptor(new FrameNumber(batch))->Previous;
        }
        return left == 0 ? null : "loose frames are fewer than counted";
    }

    /// <summary>Marks frames that are linked one after another.</summary>
    /// <param name="next">The first; afterwards what the last one names.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="state">What they are.</param>
    private string? MarkChain(ref uint next, uint count, FrameState state)
    {
        for (; count > 0; count--)
        {
            if (next == FrameDescriptor.NoFrame)
                return "a list of free frames is shorter than counted";
            if (Mark(next, state) is { } problem)
                return problem;
            next = _table.Descriptor(new FrameNumber(next))->Next;
        }
        return null;
    }

    private string? Mark(uint number, FrameState state)
    {
        if (!IsInRanges(number))
            return "a list names a frame that is not the allocator's";
        FrameDescriptor* descriptor = _table.Descriptor(new FrameNumber(number));
        if (descriptor->State != state)
            return "a frame is in a list that its state contradicts";
        if (descriptor->OwnerWord == Found)
            return "a free frame is in two lists";
        descriptor->OwnerWord = Found;
        return null;
    }

    private bool IsInRanges(ulong frame)
    {
        foreach (FrameRange range in _ranges)
            if (frame >= range.Start.Value && frame < range.End.Value)
                return true;
        return false;
    }
}
