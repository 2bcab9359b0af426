using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>A stack of frames, linked through their descriptors' <see cref="FrameDescriptor.Next"/>.</summary>
/// <remarks>Guarded by whatever guards its owner. The default value is not an empty stack: call <see cref="Clear"/>.</remarks>
internal struct FrameStack
{
    private uint _top;

    /// <summary>Frames in it.</summary>
    public uint Count { readonly get; private set; }

    /// <summary>The number of the frame that was added last, or <see cref="FrameDescriptor.NoFrame"/> if it is empty.</summary>
    public readonly uint Top => _top;

    /// <summary>Makes it empty, without looking at what was in it.</summary>
    public void Clear()
    {
        _top = FrameDescriptor.NoFrame;
        Count = 0;
    }

    /// <summary>Adds a frame that is in no list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Push(in FrameTable table, FrameNumber frame)
    {
        table.Descriptor(frame)->Next = _top;
        _top = (uint)frame.Value;
        Count++;
    }

    /// <summary>Takes the frame that was added last; the stack is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe FrameNumber Pop(in FrameTable table)
    {
        var frame = new FrameNumber(_top);
        _top = table.Descriptor(frame)->Next;
        Count--;
        return frame;
    }

    /// <summary>Makes frames that are linked already, the last to nothing, the content of this stack, which is empty.</summary>
    public void Adopt(FrameNumber top, uint count)
    {
        _top = (uint)top.Value;
        Count = count;
    }

    /// <summary>Adds the frames of a run.</summary>
    public unsafe void PushAll(in FrameRun run)
    {
        run.Last->Next = _top;
        _top = run.First;
        Count += (uint)run.Count;
    }

    /// <summary>Takes off the frames that were added last, linked, the last to nothing; there are as many.</summary>
    public unsafe FrameNumber TakeOff(in FrameTable table, uint count)
    {
        var top = new FrameNumber(_top);
        FrameNumber last = top;
        for (uint i = 1; i < count; i++)
            last = new FrameNumber(table.Descriptor(last)->Next);
        _top = table.Descriptor(last)->Next;
        table.Descriptor(last)->Next = FrameDescriptor.NoFrame;
        Count -= count;
        return top;
    }
}
