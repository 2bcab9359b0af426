using System;
using System.Runtime.CompilerServices;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>Events of poll(2) and epoll(7).</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    Input = 0x001,
    Priority = 0x002,
    Output = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    Invalid = 0x020,
    NormalInput = 0x040,
    BandInput = 0x080,
    NormalOutput = 0x100,
    BandOutput = 0x200,
    ReadHangUp = 0x2000,

    Readable = Input | NormalInput,
    Writable = Output | NormalOutput,

    /// <summary>Of files that never make anybody wait.</summary>
    Always = Readable | Writable,
}

/// <summary>Lets the thread that runs wait for changes of several files at once: the queues that they name.</summary>
/// <remarks>Not to be copied once something waits. Give it back with <see cref="Stop"/> before anything else that may sleep.</remarks>
internal unsafe ref struct Poller
{
    private const int InFirst = 6;

    private FirstWaiters _first;
    private WaiterBlock* _blocks;
    private bool _isActive;

    /// <summary>Makes one.</summary>
    /// <param name="isActive">Whether it shall wait at all.</param>
    public Poller(bool isActive)
    {
        _first = default;
        _isActive = isActive;
    }

    /// <summary>Queues that it waits in.</summary>
    public int Count { get; private set; }

    /// <summary>What has happened in the queues that were named: it changes whenever something may have changed.</summary>
    public uint Changes { get; set; }

    /// <summary>Whether memory ran out: not everything is waited for.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>How deeply epolls watch epolls.</summary>
    public int Depth { get; set; }

    /// <summary>Waits in a queue too, if it waits at all.</summary>
    public void Wait(ref WaitQueue queue)
    {
        Changes += queue.WakeCount;
        if (!_isActive)
            return;
        Waiter* waiter = NextWaiter();
        if (waiter == null)
        {
            HasFailed = true;
            return;
        }
        *waiter = default;
        queue.Add(waiter);
        Count++;
    }

    /// <summary>There is something to report: nothing more is waited for.</summary>
    public void Deactivate() => _isActive = false;

    /// <summary>Leaves all queues.</summary>
    public void Stop()
    {
        for (int index = 0; index < Count; index++)
            RemoveAt(index);
        while (_blocks != null)
        {
            WaiterBlock* next = _blocks->Next;
            ByteBlocks.Return(_blocks);
            _blocks = next;
        }
        Count = 0;
        _isActive = false;
    }

    private void RemoveAt(int index)
    {
        Waiter* waiter = WaiterAt(index);
        ObjectQueueOf(waiter).Remove(waiter);
    }

    // Remove finds the queue in the waiter itself.
    private static ref WaitQueue ObjectQueueOf(Waiter* waiter) => ref Unsafe.AsRef<WaitQueue>((void*)waiter->Queue);

    private Waiter* WaiterAt(int index)
    {
        if (index < InFirst)
            return (Waiter*)Unsafe.AsPointer(ref _first) + index;
        index -= InFirst;
        // The latest block comes first; all others are full.
        int inBlocks = Count - InFirst, blocks = (inBlocks + WaiterBlock.Capacity - 1) / WaiterBlock.Capacity;
        WaiterBlock* block = _blocks;
        for (int skip = blocks - 1 - index / WaiterBlock.Capacity; skip > 0; skip--)
            block = block->Next;
        return (Waiter*)(block + 1) + index % WaiterBlock.Capacity;
    }

    private Waiter* NextWaiter()
    {
        if (Count < InFirst)
            return (Waiter*)Unsafe.AsPointer(ref _first) + Count;
        int index = (Count - InFirst) % WaiterBlock.Capacity;
        if (index == 0)
        {
            var block = (WaiterBlock*)ByteBlocks.Take(ByteBlocks.Longest);
            if (block == null)
                return null;
            block->Next = _blocks;
            _blocks = block;
        }
        return (Waiter*)(_blocks + 1) + index;
    }

    /// <summary>The start of a frame full of waiters.</summary>
    private struct WaiterBlock
    {
        public static int Capacity => (ByteBlocks.Longest - sizeof(WaiterBlock)) / sizeof(Waiter);

        public WaiterBlock* Next;
    }

    [InlineArray(InFirst)]
    private struct FirstWaiters
    {
        private Waiter _waiter;
    }
}
