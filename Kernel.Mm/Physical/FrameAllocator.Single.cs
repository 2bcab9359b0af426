using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <content>Single frames: from a processor's cache, refilled and emptied in batches.</content>
public sealed unsafe partial class FrameAllocator
{
    /// <summary>Frames moved between a cache and the zones at once.</summary>
    private const int Batch = 1 << BatchOrder;

    private const int BatchOrder = 5;

    /// <summary>A cache gives a batch back when one of its stacks is longer than this.</summary>
    private const int LongestStack = 3 * Batch;

    // Batches of free frames, each linked by Next, that were not joined with their buddies; their first frames are linked by Previous.
    private uint _loose = FrameDescriptor.NoFrame;
    private uint _looseFrames;

    /// <summary>Takes one frame; its content is whatever was there.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    /// <remarks>Budget: 40 instructions from a cache.</remarks>
    public FrameNumber? Allocate(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal)
    {
        FrameCache cache = CurrentCache;
        if (!cache.TryLock())
            return AllocateFromZones(owner, priority);
        FrameNumber result;
        if (cache.Free.Count != 0 || Refill(cache, priority))
        {
            result = Take(cache, ref cache.Free, owner);
        }
        else if (cache.Zeroed.Count != 0 || (_zeroed.Count != 0 && RefillZeroed(cache)))
        {
            result = Take(cache, ref cache.Zeroed, owner);
        }
        else
        {
            cache.Unlock();
            return AllocateFromZones(owner, priority);
        }
        cache.Unlock();
        return result;
    }

    /// <summary>Gives back one frame that <see cref="Allocate"/> or <see cref="AllocateZeroed"/> gave.</summary>
    /// <remarks>Never fails and never allocates. The frame has no references, mappings or pins left.</remarks>
    public void Free(FrameNumber frame)
    {
        FrameCache cache = CurrentCache;
        if (!cache.TryLock())
        {
            FreeToZones(frame);
            return;
        }
        Give(cache, ref cache.Free, frame, FrameState.Cached);
        if (cache.Free.Count > LongestStack)
            Drain(cache);
        cache.Unlock();
    }

    /// <summary>As <see cref="Free"/>, for a frame that is filled with zeros: a page table that has become empty.</summary>
    public void FreeZeroed(FrameNumber frame)
    {
        FrameCache cache = CurrentCache;
        if (!cache.TryLock())
        {
            FreeToZones(frame);
            return;
        }
        Give(cache, ref cache.Zeroed, frame, FrameState.Zeroed);
        if (cache.Zeroed.Count > LongestStack)
            DrainZeroed(cache, Batch);
        cache.Unlock();
    }

    /// <summary>As <see cref="Free"/>, for all frames of a run, which is empty afterwards.</summary>
    internal void Free(ref FrameRun run)
    {
        FrameCache cache = CurrentCache;
        if (cache.TryLock())
        {
            cache.Count(FrameOwner.User, -run.Count);
            if (run.Count == Batch && cache.Free.Count > LongestStack - Batch && _nodes == 1)
            {
                run.Last->Next = FrameDescriptor.NoFrame;
                AddLoose(new FrameNumber(run.First));
            }
            else
            {
                cache.Free.PushAll(run);
                if (cache.Free.Count > LongestStack)
                    Drain(cache);
            }
            cache.Unlock();
        }
        else
        {
            FreeToZones(run);
        }
        run.Count = 0;
    }

    /// <summary>Gives all frames in this processor's cache, and all loose ones, back to the zones, so that they can join into blocks.</summary>
    public void DrainProcessor()
    {
        FrameCache cache = CurrentCache;
        if (!cache.TryLock())
            return;
        Empty(cache);
        cache.Unlock();
        using SpinLock.Scope _ = _lock.Enter();
        JoinLooseFrames();
    }

    /// <summary>The cache of the processor that runs this; another's will do if the thread moves.</summary>
    internal FrameCache CurrentCache => _caches[Hardware.Current.CurrentProcessor];

    /// <summary>Takes a frame from a cache's stack that isn't empty. The cache is locked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameNumber Take(FrameCache cache, ref FrameStack stack, FrameOwner owner)
    {
        FrameNumber frame = stack.Pop(_table);
        FrameDescriptor* descriptor = _table.Descriptor(frame);
        descriptor->State = FrameState.Used;
        descriptor->Owner = owner;
        cache.Count(owner, 1);
        return frame;
    }

    /// <summary>Puts a frame that its owner has done with on a cache's stack. The cache is locked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Give(FrameCache cache, ref FrameStack stack, FrameNumber frame, FrameState state)
    {
        FrameDescriptor* descriptor = _table.Descriptor(frame);
        Debug.Assert(descriptor->IsUnused);
        cache.Count(descriptor->Owner, -1);
        descriptor->State = state;
        descriptor->Owner = FrameOwner.None;
        stack.Push(_table, frame);
    }

    /// <summary>Takes a frame past a cache that somebody else has locked, or that is empty: the last way, in the end from other processors' caches.</summary>
    private FrameNumber? AllocateFromZones(FrameOwner owner, AllocationPriority priority)
    {
        FrameNumber? frame = TakeSingle(owner, priority);
        if (frame is null && EmptyCaches())
            frame = TakeSingle(owner, priority);
        return frame;
    }

    private FrameNumber? TakeSingle(FrameOwner owner, AllocationPriority priority)
    {
        using SpinLock.Scope _ = _lock.Enter();
        FrameNumber? frame = TakeBlock(0, AddressLimit.None, priority);
        if (frame is null && _zeroed.Count != 0)
            frame = _zeroed.Pop(_table);
        if (frame is { } taken)
        {
            Own(taken, 1, owner);
            Count(owner, 1);
        }
        return frame;
    }

    /// <summary>Gives the frames of all processors' caches to the zones and the pool of zeroed ones. Says whether there were any.</summary>
    /// <remarks>
    /// A cache that is in use is tried again for a time, as long as its user may take, and then left alone. It isn't waited for: it may be that of
    /// a thread that an interrupt handler on this processor stands before, or that waits for us in the same way.
    /// </remarks>
    private bool EmptyCaches()
    {
        const int MostTries = 1000;
        bool found = false;
        foreach (FrameCache cache in _caches)
        {
            for (int tries = 0; tries < MostTries && !cache.IsEmpty; tries++)
            {
                if (cache.TryLock())
                {
                    found = true;
                    Empty(cache);
                    cache.Unlock();
                    break;
                }
                Hardware.Current.Pause();
            }
        }
        return found;
    }

    /// <summary>Gives all frames of a cache, which is locked, to the zones and the pool of zeroed ones.</summary>
    private void Empty(FrameCache cache)
    {
        DrainZeroed(cache, cache.Zeroed.Count);
        using SpinLock.Scope _ = _lock.Enter();
        while (cache.Free.Count != 0)
            GiveBlock(cache.Free.Pop(_table), 0);
    }

    private void FreeToZones(FrameNumber frame)
    {
        using SpinLock.Scope _ = _lock.Enter();
        Count(_table[frame].Owner, -1);
        Disown(frame, 1);
        GiveBlock(frame, 0);
    }

    private void FreeToZones(in FrameRun run)
    {
        Count(FrameOwner.User, -run.Count);
        using SpinLock.Scope _ = _lock.Enter();
        var frame = new FrameNumber(run.First);
        for (int i = 0; i < run.Count; i++)
        {
            uint next = _table.Descriptor(frame)->Next;
            GiveBlock(frame, 0);
            frame = new FrameNumber(next);
        }
    }

    /// <summary>Fills an empty stack: with a loose batch, a block of that size, or single frames. The cache is locked.</summary>
    private bool Refill(FrameCache cache, AllocationPriority priority)
    {
        Debug.Assert(cache.Free.Count == 0);
        using SpinLock.Scope _ = _lock.Enter();
        if (_looseFrames != 0 && (priority == AllocationPriority.Reserve || _freeInZones + _looseFrames - Batch >= ReservedFrames))
        {
            var batch = new FrameNumber(_loose);
            _loose = _table.Descriptor(batch)->Previous;
            _looseFrames -= Batch;
            cache.Free.Adopt(batch, Batch);
            return true;
        }
        if (TakeBlock(BatchOrder, AddressLimit.None, priority) is { } block)
        {
            AddBatch(cache, block);
            return true;
        }
        for (int i = 0; i < Batch && TakeBlock(0, AddressLimit.None, priority) is { } frame; i++)
        {
            _table.Descriptor(frame)->State = FrameState.Cached;
            cache.Free.Push(_table, frame);
        }
        return cache.Free.Count != 0;
    }

    /// <summary>Makes a block the content of a cache's empty stack.</summary>
    private void AddBatch(FrameCache cache, FrameNumber block)
    {
        FrameDescriptor* descriptor = _table.Descriptor(block);
        uint next = (uint)block.Value;
        for (FrameDescriptor* end = descriptor + Batch; descriptor < end; descriptor++)
        {
            descriptor->State = FrameState.Cached;
            descriptor->Next = ++next;
        }
        descriptor[-1].Next = FrameDescriptor.NoFrame;
        cache.Free.Adopt(block, Batch);
    }

    /// <summary>
    /// Takes a batch off a stack that has become too long. The cache is locked.
    /// </summary>
    /// <remarks>
    /// On a machine with one node the batch stays together as loose frames: joining frames with their buddies costs ten times
    /// as much, and is put off until somebody needs a block.
    /// </remarks>
    private void Drain(FrameCache cache)
    {
        using SpinLock.Scope _ = _lock.Enter();
        if (_nodes > 1)
        {
            for (int i = 0; i < Batch; i++)
                GiveBlock(cache.Free.Pop(_table), 0);
            return;
        }
        LinkLoose(cache.Free.TakeOff(_table, Batch));
    }

    private void AddLoose(FrameNumber batch)
    {
        using SpinLock.Scope _ = _lock.Enter();
        LinkLoose(batch);
    }

    /// <summary>Makes a batch loose. The frame lock is held.</summary>
    private void LinkLoose(FrameNumber batch)
    {
        _table.Descriptor(batch)->Previous = _loose;
        _loose = (uint)batch.Value;
        _looseFrames += Batch;
    }

    /// <summary>Gives all loose frames to the zones. The frame lock is held. Linear in loose frames.</summary>
    private void JoinLooseFrames()
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
