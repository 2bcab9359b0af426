namespace Kernel.Mm.Physical;

/// <content>Frames filled with zeros before anybody asks for them.</content>
public sealed partial class FrameAllocator
{
    private FrameList _zeroed;

    /// <summary>Takes one frame filled with zeros: one that was zeroed before if there is one.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    public FrameNumber? AllocateZeroed(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        FrameNumber? zeroed = TakeZeroed(processor);
        if (zeroed is { } frame)
        {
            Own(frame, 1, owner);
            processor.Count(owner, 1);
        }
        hardware.LeaveCriticalSection(state);
        if (zeroed is not null)
            return zeroed;
        FrameNumber? other = Allocate(owner, priority);
        if (other is { } content)
            Clear(content);
        return other;
    }

    /// <summary>Zeroes free frames for later: what an idle processor does between two looks at its run queue.</summary>
    /// <param name="most">Frames to zero at most.</param>
    /// <param name="goal">Frames that the pool shall hold.</param>
    /// <returns>Frames zeroed; zero when the pool is full or memory is short.</returns>
    public int FillZeroed(int most, uint goal)
    {
        int done = 0;
        while (done < most)
        {
            FrameNumber frame;
            using (_lock.Enter())
            {
                if (_zeroed.Count >= goal || TakeBlock(0, AddressLimit.None, AllocationPriority.Normal) is not { } block)
                    break;
                frame = block;
            }
            // Nobody else has the frame now, so this needs no lock and interrupts may come.
            Clear(frame);
            using (_lock.Enter())
            {
                _table[frame].State = FrameState.Zeroed;
                _zeroed.Push(_table, frame);
            }
            done++;
        }
        return done;
    }

    /// <summary>A zeroed frame from this processor's list or the pool. In a critical section.</summary>
    private FrameNumber? TakeZeroed(ProcessorFrames processor)
    {
        if (processor.Zeroed.Count == 0)
        {
            using SpinLock.Scope _ = _lock.Enter();
            for (int i = 0; i < Batch && _zeroed.Count != 0; i++)
                processor.Zeroed.Push(_table, _zeroed.Pop(_table));
        }
        return processor.Zeroed.Count == 0 ? null : processor.Zeroed.Pop(_table);
    }

    /// <summary>Moves zeroed frames from this processor's list to the pool. In a critical section.</summary>
    private void DrainZeroed(ProcessorFrames processor, uint frames)
    {
        using SpinLock.Scope _ = _lock.Enter();
        for (; frames > 0; frames--)
            _zeroed.Push(_table, processor.Zeroed.Pop(_table));
    }

    private static unsafe void Clear(FrameNumber frame) =>
        PageContent.Clear(DirectMap.Pointer(frame.Address));
}
