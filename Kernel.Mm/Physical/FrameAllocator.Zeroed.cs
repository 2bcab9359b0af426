namespace Kernel.Mm.Physical;

/// <content>Frames filled with zeros before anybody asks for them.</content>
public sealed partial class FrameAllocator
{
    private FrameList _zeroed;

    /// <summary>Takes one frame filled with zeros: one that was zeroed before if there is one.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    /// <remarks>Budget: 40 instructions from this processor's list of zeroed frames.</remarks>
    public FrameNumber? AllocateZeroed(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        if (processor.Zeroed.Count != 0 || RefillZeroed(processor))
        {
            FrameNumber zeroed = processor.Zeroed.Pop(_table);
            Take(processor, zeroed, owner);
            hardware.LeaveCriticalSection(state);
            return zeroed;
        }
        hardware.LeaveCriticalSection(state);
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

    /// <summary>Moves zeroed frames from the pool to this processor's list, if there are any. In a critical section.</summary>
    private bool RefillZeroed(ProcessorFrames processor)
    {
        if (_zeroed.Count == 0)
            return false;
        using SpinLock.Scope _ = _lock.Enter();
        for (int i = 0; i < Batch && _zeroed.Count != 0; i++)
            processor.Zeroed.Push(_table, _zeroed.Pop(_table));
        return processor.Zeroed.Count != 0;
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
