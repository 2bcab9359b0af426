using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <content>Frames filled with zeros before anybody asks for them.</content>
public sealed unsafe partial class FrameAllocator
{
    private FrameStack _zeroed;

    /// <summary>Takes one frame filled with zeros: one that was zeroed before if there is one.</summary>
    /// <returns>The frame, or null when no memory is left that the priority may take.</returns>
    public FrameNumber? AllocateZeroed(FrameOwner owner, AllocationPriority priority = AllocationPriority.Normal) =>
        TakeZeroed(CurrentCache, owner, out FrameNumber frame, priority) ? frame : null;

    /// <summary>As <see cref="AllocateZeroed"/>, with a cache that the caller knows already.</summary>
    /// <remarks>Budget: 25 instructions with a zeroed frame in the cache; 340 with another one.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TakeZeroed(
        FrameCache cache, FrameOwner owner, out FrameNumber frame, AllocationPriority priority = AllocationPriority.Normal)
    {
        if (cache.Zeroed.Count == 0 || !cache.TryLock())
            return TakeZeroedSlowly(cache, owner, out frame, priority);
        if (cache.Zeroed.Count == 0)
        {
            cache.Unlock();
            return TakeZeroedSlowly(cache, owner, out frame, priority);
        }
        frame = Take(cache, ref cache.Zeroed, owner);
        cache.Unlock();
        return true;
    }

    /// <summary>Refills the cache with zeroed frames, or takes another frame and zeroes it.</summary>
    private bool TakeZeroedSlowly(FrameCache cache, FrameOwner owner, out FrameNumber frame, AllocationPriority priority)
    {
        bool isThere;
        if (!cache.TryLock())
        {
            FrameNumber? other = AllocateFromZones(owner, priority);
            frame = other.GetValueOrDefault();
            isThere = other is not null;
        }
        else
        {
            if (cache.Zeroed.Count != 0 || (_zeroed.Count != 0 && RefillZeroed(cache)))
            {
                frame = Take(cache, ref cache.Zeroed, owner);
                cache.Unlock();
                return true;
            }
            isThere = cache.Free.Count != 0 || Refill(cache, priority);
            frame = isThere ? Take(cache, ref cache.Free, owner) : default;
            cache.Unlock();
        }
        if (isThere)
            Hardware.Current.ClearPage(DirectMap.Pointer(frame.Address));
        return isThere;
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
            Hardware.Current.ClearPage(DirectMap.Pointer(frame.Address));
            using (_lock.Enter())
            {
                _table[frame].State = FrameState.Zeroed;
                _zeroed.Push(_table, frame);
            }
            done++;
        }
        return done;
    }

    /// <summary>Moves zeroed frames from the pool to a cache that has none, if there are any. The cache is locked.</summary>
    private bool RefillZeroed(FrameCache cache)
    {
        using SpinLock.Scope _ = _lock.Enter();
        uint count = uint.Min(_zeroed.Count, Batch);
        if (count != 0)
            cache.Zeroed.Adopt(_zeroed.TakeOff(_table, count), count);
        return count != 0;
    }

    /// <summary>Moves zeroed frames from a cache to the pool. The cache is locked.</summary>
    private void DrainZeroed(FrameCache cache, uint frames)
    {
        using SpinLock.Scope _ = _lock.Enter();
        for (; frames > 0; frames--)
            _zeroed.Push(_table, cache.Zeroed.Pop(_table));
    }
}
