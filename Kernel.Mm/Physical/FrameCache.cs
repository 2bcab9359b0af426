using System.Runtime.CompilerServices;
using System.Threading;

namespace Kernel.Mm.Physical;

/// <summary>Single free frames that lie ready for one processor, and its share of the counters.</summary>
/// <remarks>
/// Its lock is only ever tried: who doesn't get it, an interrupt handler for example, goes to the zones instead. So it needs
/// no critical section, and any processor may use any cache. Inside it the frame lock may be taken. Counters are read by all.
/// </remarks>
internal sealed class FrameCache
{
    private const int Unlocked = 0;
    private const int Taken = 1;

    /// <summary>Frames with any content.</summary>
    public FrameStack Free;

    /// <summary>Frames filled with zeros.</summary>
    public FrameStack Zeroed;

    private OwnerCounts _used;
    private int _state;

    /// <summary>Whether it has no frame, as far as can be told without the lock.</summary>
    public bool IsEmpty => (Free.Count | Zeroed.Count) == 0;

    public FrameCache()
    {
        Free.Clear();
        Zeroed.Clear();
    }

    /// <summary>Takes the lock if it is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLock() => Interlocked.Exchange(ref _state, Taken) == Unlocked;

    /// <summary>Frees the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unlock() => Volatile.Write(ref _state, Unlocked);

    /// <summary>Frames of an owner that were taken here, less those given back: negative if others took them.</summary>
    public long UsedBy(FrameOwner owner) => _used[(int)owner];

    /// <summary>Counts frames taken by an owner, or given back with a negative number. The lock is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(FrameOwner owner, long frames) => _used[(int)owner] += frames;

    [InlineArray((int)FrameOwner.Kernel + 1)]
    private struct OwnerCounts
    {
        private long _first;
    }
}
