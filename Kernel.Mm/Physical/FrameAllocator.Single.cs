using System.Diagnostics;

namespace Kernel.Mm.Physical;

/// <content>Single frames: a processor's own list, refilled and emptied in batches.</content>
public sealed partial class FrameAllocator
{
    /// <summary>Frames moved between a processor's list and the zones at once.</summary>
    private const int Batch = 16;

    /// <summary>A processor's list gives a batch back when it is longer than this.</summary>
    private const int LongestList = 3 * Batch;

    /// <summary>Takes one frame; its content is whatever was there.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    public FrameNumber? Allocate(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        FrameNumber? result = null;
        if (processor.Free.Count != 0 || Refill(processor, priority))
            result = processor.Free.Pop(_table);
        else if (TakeZeroed(processor) is { } zeroed)
            result = zeroed;
        if (result is { } frame)
        {
            Own(frame, 1, owner);
            processor.Count(owner, 1);
        }
        hardware.LeaveCriticalSection(state);
        return result;
    }

    /// <summary>Gives back one frame that <see cref="Allocate"/> or <see cref="AllocateZeroed"/> gave.</summary>
    /// <remarks>Never fails and never allocates. The frame has no references, mappings or pins left.</remarks>
    public void Free(FrameNumber frame)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        ref FrameDescriptor descriptor = ref _table[frame];
        processor.Count(descriptor.Owner, -1);
        Disown(frame, 1);
        descriptor.State = FrameState.Cached;
        processor.Free.Push(_table, frame);
        if (processor.Free.Count > LongestList)
            Drain(processor, Batch);
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>As <see cref="Free"/>, for a frame that is filled with zeros: a page table that has become empty.</summary>
    public void FreeZeroed(FrameNumber frame)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        processor.Count(_table[frame].Owner, -1);
        Disown(frame, 1);
        _table[frame].State = FrameState.Zeroed;
        processor.Zeroed.Push(_table, frame);
        if (processor.Zeroed.Count > LongestList)
            DrainZeroed(processor, Batch);
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>Gives all frames in this processor's lists back to the zones, so that they can join into blocks.</summary>
    public void DrainProcessor()
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        Drain(processor, processor.Free.Count);
        DrainZeroed(processor, processor.Zeroed.Count);
        hardware.LeaveCriticalSection(state);
    }

    private bool Refill(ProcessorFrames processor, AllocationPriority priority)
    {
        using SpinLock.Scope _ = _lock.Enter();
        for (int i = 0; i < Batch && TakeBlock(0, AddressLimit.None, priority) is { } frame; i++)
        {
            _table[frame].State = FrameState.Cached;
            processor.Free.Push(_table, frame);
        }
        return processor.Free.Count != 0;
    }

    private void Drain(ProcessorFrames processor, uint frames)
    {
        Debug.Assert(frames <= processor.Free.Count);
        using SpinLock.Scope _ = _lock.Enter();
        for (; frames > 0; frames--)
            GiveBlock(processor.Free.Pop(_table), 0);
    }
}
