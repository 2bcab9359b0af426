namespace Kernel.Mm.Physical;

/// <summary>A list of frames, linked through their descriptors in both directions.</summary>
/// <remarks>Guarded by whatever guards its owner. The default value is not an empty list: call <see cref="Clear"/>.</remarks>
internal struct FrameList
{
    private uint _first;

    /// <summary>Frames, or blocks, in the list.</summary>
    public uint Count { get; private set; }

    /// <summary>The frame that was added last.</summary>
    public readonly FrameNumber First => new(_first);

    /// <summary>Its number, or <see cref="FrameDescriptor.NoFrame"/> if the list is empty.</summary>
    public readonly uint Head => _first;

    /// <summary>Makes the list empty, without looking at what was in it.</summary>
    public void Clear()
    {
        _first = FrameDescriptor.NoFrame;
        Count = 0;
    }

    /// <summary>Adds a frame that is in no list.</summary>
    public void Push(in FrameTable table, FrameNumber frame)
    {
        ref FrameDescriptor descriptor = ref table[frame];
        descriptor.Previous = FrameDescriptor.NoFrame;
        descriptor.Next = _first;
        if (_first != FrameDescriptor.NoFrame)
            table[new FrameNumber(_first)].Previous = (uint)frame.Value;
        _first = (uint)frame.Value;
        Count++;
    }

    /// <summary>Adds frames that are linked with each other already, but for the ends.</summary>
    public void PushAll(in FrameTable table, FrameNumber first, FrameNumber last, uint count)
    {
        table[first].Previous = FrameDescriptor.NoFrame;
        table[last].Next = _first;
        if (_first != FrameDescriptor.NoFrame)
            table[new FrameNumber(_first)].Previous = (uint)last.Value;
        _first = (uint)first.Value;
        Count += count;
    }

    /// <summary>Takes the frame that was added last; the list is not empty.</summary>
    public FrameNumber Pop(in FrameTable table)
    {
        var frame = new FrameNumber(_first);
        Remove(table, frame);
        return frame;
    }

    /// <summary>Takes a frame out of the middle.</summary>
    public void Remove(in FrameTable table, FrameNumber frame)
    {
        ref FrameDescriptor descriptor = ref table[frame];
        if (descriptor.Previous == FrameDescriptor.NoFrame)
            _first = descriptor.Next;
        else
            table[new FrameNumber(descriptor.Previous)].Next = descriptor.Next;
        if (descriptor.Next != FrameDescriptor.NoFrame)
            table[new FrameNumber(descriptor.Next)].Previous = descriptor.Previous;
        Count--;
    }
}
