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
    /// <remarks>Budget: 25 instructions with a zeroed frame in the cache; 330 with another one.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TakeZeroed(
        FrameCache cache, FrameOwner owner, out FrameNumber frame, AllocationPriority priority = AllocationPriority.Normal)
    {
        if (cache.TryLock())
        {
            if (cache.Zeroed.Count != 0)
            {
                frame = Take(cache, ref cache.Zeroed, owner);
                cache.Unlock();
                return true;
            }
            frame = new FrameNumber(TakeAndClear(cache, owner, priority));
        }
        else
        {
            frame = new FrameNumber(TakeAndClearPastCache(owner, priority));
        }
        return frame.Value != FrameDescriptor.NoFrame;
    }

    /// <summary>Takes another frame from a cache that has no zeroed one, and zeroes it. The cache is locked, and gets unlocked.</summary>
    /// <returns>The frame's number or <see cref="FrameDescriptor.NoFrame"/>.</returns>
    private uint TakeAndClear(FrameCache cache, FrameOwner owner, AllocationPriority priority)
    {
        if (_zeroed.Count != 0 && RefillZeroed(cache))
        {
            FrameNumber zeroed = Take(cache, ref cache.Zeroed, owner);
            cache.Unlock();
            return (uint)zeroed.Value;
        }
        if (cache.Free.Count == 0 && !Refill(cache, priority))
        {
            cache.Unlock();
            return TakeAndClearPastCache(owner, priority);
        }
        FrameNumber frame = Take(cache, ref cache.Free, owner);
        cache.Unlock();
        Hardware.Current.ClearPage(DirectMap.Pointer(frame.Address));
        return (uint)frame.Value;
    }

    private uint TakeAndClearPastCache(FrameOwner owner, AllocationPriority priority)
    {
        if (AllocateFromZones(owner, priority) is not { } frame)
            return FrameDescriptor.NoFrame;
        Hardware.Current.ClearPage(DirectMap.Pointer(frame.Address));
        return (uint)frame.Value;
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
