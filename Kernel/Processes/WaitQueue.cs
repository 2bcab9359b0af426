using System.Runtime.CompilerServices;
using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>One thread's place in one wait queue. On the thread's stack while it waits.</summary>
internal unsafe struct Waiter
{
    internal Waiter* Next;
    internal Waiter* Previous;
    internal nint Thread;

    // Where it stands: another thread may have moved it.
    internal nint Queue;
    internal bool IsWoken;

    /// <summary>What the waiter waits for, where a queue serves several things (futexes: the address).</summary>
    public ulong Key;

    /// <summary>As <see cref="Key"/>: bits of which one must match (futexes).</summary>
    public uint Mask;

    /// <summary>Whether somebody woke it since it was added.</summary>
    public readonly bool WasWoken => IsWoken;
}

/// <summary>
/// Threads that wait for something to happen to the object whose field this is. The default value is an empty queue.
/// </summary>
/// <remarks>
/// To wait: <see cref="Add"/>, look whether it has happened, if not <see cref="Scheduler.Sleep"/>, then
/// <see cref="Remove"/>, and look again. A wake between Add and Sleep makes Sleep return at once, so none is lost. One thread
/// may be in several queues. Wakes may come from interrupt handlers. Never copy one.
/// </remarks>
internal unsafe struct WaitQueue
{
    private InterruptLock _lock;
    private Waiter* _first;
    private Waiter* _last;

    /// <summary>How often somebody was to be woken: it changes whenever what is waited for may have happened.</summary>
    public uint WakeCount { get; private set; }

    /// <summary>Whether nobody waits.</summary>
    public readonly bool IsEmpty => _first == null;

    /// <summary>Puts the current thread into the queue and marks it as going to sleep.</summary>
    /// <param name="waiter">A new one, on the caller's stack.</param>
    public void Add(Waiter* waiter)
    {
        Thread thread = Thread.Current;
        using InterruptLock.Scope _ = _lock.Enter();
        waiter->Thread = thread.Handle;
        waiter->IsWoken = false;
        Append(waiter);
        Scheduler.PrepareToSleep(thread);
    }

    /// <summary>Takes the current thread out of the queue. It is awake then.</summary>
    public void Remove(Waiter* waiter)
    {
        ref WaitQueue queue = ref Unsafe.AsRef<WaitQueue>((void*)waiter->Queue);
        using (InterruptLock.Scope _ = queue._lock.Enter())
            queue.Unlink(waiter);
        Scheduler.CancelSleep(Thread.Current);
    }

    /// <summary>Wakes everybody.</summary>
    public void WakeAll()
    {
        WakeCount++;
        if (_first == null)
            return;
        using InterruptLock.Scope _ = _lock.Enter();
        for (Waiter* waiter = _first; waiter != null; waiter = waiter->Next)
            Wake(waiter);
    }

    /// <summary>Wakes who waits longest and has not been woken yet.</summary>
    public void WakeOne()
    {
        WakeCount++;
        if (_first == null)
            return;
        using InterruptLock.Scope _ = _lock.Enter();
        for (Waiter* waiter = _first; waiter != null; waiter = waiter->Next)
        {
            if (waiter->IsWoken)
                continue;
            Wake(waiter);
            return;
        }
    }

    /// <summary>Wakes those that wait for a key, the longest waiting first.</summary>
    /// <param name="key">What they wait for.</param>
    /// <param name="mask">Has a bit in common with theirs.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>How many were woken.</returns>
    public int WakeMatching(ulong key, uint mask, int most)
    {
        int count = 0;
        if (_first == null)
            return 0;
        using InterruptLock.Scope _ = _lock.Enter();
        for (Waiter* waiter = _first; waiter != null && count < most; waiter = waiter->Next)
        {
            if (waiter->IsWoken || waiter->Key != key || (waiter->Mask & mask) == 0)
                continue;
            Wake(waiter);
            count++;
        }
        return count;
    }

    /// <summary>Lets those that wait for a key wait in another queue for another key from now on.</summary>
    /// <param name="key">What they wait for.</param>
    /// <param name="other">Where they shall wait; may be this queue.</param>
    /// <param name="otherKey">What for.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>How many there were.</returns>
    public int Move(ulong key, ref WaitQueue other, ulong otherKey, int most)
    {
        int count = 0;
        for (Waiter* waiter = _first; waiter != null && count < most;)
        {
            Waiter* next = waiter->Next;
            if (!waiter->IsWoken && waiter->Key == key)
            {
                using (InterruptLock.Scope _ = _lock.Enter())
                    Unlink(waiter);
                waiter->Key = otherKey;
                using (InterruptLock.Scope _ = other._lock.Enter())
                    other.Append(waiter);
                count++;
            }
            waiter = next;
        }
        return count;
    }

    private static void Wake(Waiter* waiter)
    {
        waiter->IsWoken = true;
        Scheduler.Wake(Thread.FromHandle(waiter->Thread));
    }

    private void Append(Waiter* waiter)
    {
        waiter->Queue = (nint)Unsafe.AsPointer(ref this);
        waiter->Next = null;
        waiter->Previous = _last;
        if (_last != null)
            _last->Next = waiter;
        else
            _first = waiter;
        _last = waiter;
    }

    private void Unlink(Waiter* waiter)
    {
        if (waiter->Previous != null)
            waiter->Previous->Next = waiter->Next;
        else
            _first = waiter->Next;
        if (waiter->Next != null)
            waiter->Next->Previous = waiter->Previous;
        else
            _last = waiter->Previous;
    }
}

/// <summary>Why a sleep ended.</summary>
internal enum WaitResult : byte
{
    /// <summary>Somebody woke the thread, or will have: look at what it waits for.</summary>
    Woken = 0,

    /// <summary>A signal is there, or the thread shall end.</summary>
    Interrupted,

    /// <summary>The time has come.</summary>
    TimedOut,
}

/// <summary>A lock that sleeps. For what may take long or touch user memory. The default value is a free lock.</summary>
/// <remarks>Not recursive, not for interrupt handlers, never under a spin lock. Never copy one.</remarks>
internal unsafe struct Mutex
{
    private int _state;
    private WaitQueue _waiting;

    /// <summary>Waits for the lock, whatever signals come.</summary>
    public void Lock()
    {
        while (System.Threading.Interlocked.Exchange(ref _state, 1) != 0)
        {
            Waiter waiter = default;
            _waiting.Add(&waiter);
            if (System.Threading.Volatile.Read(ref _state) != 0)
                Scheduler.Sleep(Scheduler.Forever, isInterruptible: false);
            _waiting.Remove(&waiter);
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Unlock()
    {
        System.Threading.Volatile.Write(ref _state, 0);
        _waiting.WakeOne();
    }
}
