using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <content>Single frames: a processor's own list, refilled and emptied in batches.</content>
public sealed partial class FrameAllocator
{
    /// <summary>Frames moved between a processor's list and the zones at once.</summary>
    private const int Batch = 1 << BatchOrder;

    private const int BatchOrder = 4;

    /// <summary>A processor's list gives a batch back when it is longer than this.</summary>
    private const int LongestList = 3 * Batch;

    // Batches of free frames, each linked by Next, that were not joined with their buddies; their first frames are linked by Previous.
    private uint _loose = FrameDescriptor.NoFrame;
    private uint _looseFrames;

    /// <summary>Takes one frame; its content is whatever was there.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    /// <remarks>Budget: 40 instructions from this processor's list.</remarks>
    public unsafe FrameNumber? Allocate(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        FrameNumber? result = null;
        if (processor.Free.Count != 0 || Refill(processor, priority))
            result = processor.Free.Pop(_table);
        else if (processor.Zeroed.Count != 0 || RefillZeroed(processor))
            result = processor.Zeroed.Pop(_table);
        if (result is { } frame)
            Take(processor, frame, owner);
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
        Give(processor, frame, FrameState.Cached);
        processor.Free.Push(_table, frame);
        if (processor.Free.Count > LongestList)
            Drain(processor);
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>As <see cref="Free"/>, for a frame that is filled with zeros: a page table that has become empty.</summary>
    public void FreeZeroed(FrameNumber frame)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        Give(processor, frame, FrameState.Zeroed);
        processor.Zeroed.Push(_table, frame);
        if (processor.Zeroed.Count > LongestList)
            DrainZeroed(processor, Batch);
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>Makes a frame from a processor's list the property of an owner. In a critical section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Take(ProcessorFrames processor, FrameNumber frame, FrameOwner owner)
    {
        FrameDescriptor* descriptor = _table.Descriptor(frame);
        descriptor->State = FrameState.Used;
        descriptor->Owner = owner;
        processor.Count(owner, 1);
    }

    /// <summary>Ends an owner's property of a frame. In a critical section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Give(ProcessorFrames processor, FrameNumber frame, FrameState state)
    {
        FrameDescriptor* descriptor = _table.Descriptor(frame);
        Debug.Assert(descriptor->IsUnused);
        processor.Count(descriptor->Owner, -1);
        descriptor->State = state;
        descriptor->Owner = FrameOwner.None;
    }

    /// <summary>Gives all frames in this processor's lists, and all loose ones, back to the zones, so that they can join into blocks.</summary>
    public void DrainProcessor()
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        ProcessorFrames processor = _processors[hardware.CurrentProcessor];
        DrainZeroed(processor, processor.Zeroed.Count);
        using (_lock.Enter())
        {
            while (processor.Free.Count != 0)
                GiveBlock(processor.Free.Pop(_table), 0);
            JoinLooseFrames();
        }
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>Fills a processor's empty list: with a loose batch, a block of that size, or single frames. In a critical section.</summary>
    private unsafe bool Refill(ProcessorFrames processor, AllocationPriority priority)
    {
        Debug.Assert(processor.Free.Count == 0);
        using SpinLock.Scope _ = _lock.Enter();
        if (_looseFrames != 0 && (priority == AllocationPriority.Reserve || _freeInZones + _looseFrames - Batch >= ReservedFrames))
        {
            var batch = new FrameNumber(_loose);
            _loose = _table.Descriptor(batch)->Previous;
            _looseFrames -= Batch;
            processor.Free.Adopt(batch, Batch);
            return true;
        }
        if (TakeBlock(BatchOrder, AddressLimit.None, priority) is { } block)
        {
            for (ulong i = Batch; i > 0; i--)
            {
                _table.Descriptor(block + (i - 1))->State = FrameState.Cached;
                processor.Free.Push(_table, block + (i - 1));
            }
            return true;
        }
        for (int i = 0; i < Batch && TakeBlock(0, AddressLimit.None, priority) is { } frame; i++)
        {
            _table.Descriptor(frame)->State = FrameState.Cached;
            processor.Free.Push(_table, frame);
        }
        return processor.Free.Count != 0;
    }

    /// <summary>
    /// Takes a batch off a processor's list that has become too long. In a critical section.
    /// </summary>
    /// <remarks>
    /// On a machine with one node the batch stays together as loose frames: joining frames with their buddies costs ten times
    /// as much, and is put off until somebody needs a block.
    /// </remarks>
    private unsafe void Drain(ProcessorFrames processor)
    {
        using SpinLock.Scope _ = _lock.Enter();
        if (_nodes > 1)
        {
            for (int i = 0; i < Batch; i++)
                GiveBlock(processor.Free.Pop(_table), 0);
            return;
        }
        FrameNumber batch = processor.Free.TakeOff(_table, Batch);
        _table.Descriptor(batch)->Previous = _loose;
        _loose = (uint)batch.Value;
        _looseFrames += Batch;
    }

    /// <summary>Gives all loose frames to the zones. The frame lock is held. Linear in loose frames.</summary>
    private unsafe void JoinLooseFrames()
    {
        while (_looseFrames != 0)
        {
            var frame = new FrameNumber(_loose);
            _loose = _table.Descriptor(frame)->Previous;
            for (int i = 0; i < Batch; i++)
            {
                uint next = _table.Descriptor(frame)->Next;
                GiveBlock(frame, 0);
                frame = new FrameNumber(next);
            }
            _looseFrames -= Batch;
        }
    }
}
