using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.Processes;

/// <summary>Waiting for a word of user memory to change (futex(2)).</summary>
/// <remarks>
/// Waiters stand in a hashed table of queues, each with what its word is known by: the space and the address, or for shared memory
/// the object and the place in it. The word is read with the waiter in the queue already, so that no wake is lost.
/// </remarks>
internal static unsafe class Futexes
{
    /// <summary>In a mask: every waiter.</summary>
    public const uint AnyBit = uint.MaxValue;

    private const int Queues = 256;
    private const ulong HashMultiplier = 0x9e37_79b9_7f4a_7c15;
    private const int HashShift = 56;

    private static readonly WaitQueue[] s_queues = new WaitQueue[Queues];

    /// <summary>Waits until somebody wakes the word, if it has a value.</summary>
    /// <param name="address">The word, a multiple of four.</param>
    /// <param name="expected">Its value, else EAGAIN.</param>
    /// <param name="mask">Which wakes count.</param>
    /// <param name="isPrivate">Whether only this process uses it.</param>
    /// <param name="deadline">Nanoseconds since boot, or <see cref="Scheduler.Forever"/>.</param>
    public static SysResult Wait(ulong address, uint expected, uint mask, bool isPrivate, ulong deadline)
    {
        if (mask == 0)
            return Errno.EINVAL;
        Errno error = FindKey(address, isPrivate, out ulong key);
        if (error != Errno.None)
            return error;
        while (true)
        {
            // The page is made present before the thread counts as sleeping.
            if (!UserMemory.TryReadWord(address, out uint value))
                return Errno.EFAULT;
            if (value != expected)
                return Errno.EAGAIN;
            Waiter waiter = default;
            waiter.Key = key;
            waiter.Mask = mask;
            ref WaitQueue queue = ref QueueOf(key);
            queue.Add(&waiter);
            bool isUnchanged = UserMemory.TryReadWord(address, out value) && value == expected;
            WaitResult result = isUnchanged ? Scheduler.Sleep(deadline) : WaitResult.Woken;
            queue.Remove(&waiter);
            if (waiter.WasWoken)
                return 0;
            if (!isUnchanged)
                return Errno.EAGAIN;
            if (result == WaitResult.TimedOut)
                return Errno.ETIMEDOUT;
            if (result == WaitResult.Interrupted)
                return deadline == Scheduler.Forever ? Errno.ERESTARTSYS : Errno.EINTR;
        }
    }

    /// <summary>Wakes threads that wait for a word: as in Linux at least one, even if none is asked for.</summary>
    /// <returns>How many.</returns>
    public static SysResult Wake(ulong address, int most, uint mask = AnyBit, bool isPrivate = false)
    {
        if (mask == 0)
            return Errno.EINVAL;
        Errno error = FindKey(address, isPrivate, out ulong key);
        return error != Errno.None ? error : QueueOf(key).WakeMatching(key, mask, Math.Max(most, 1));
    }

    /// <summary>Wakes some threads that wait for a word and lets others wait for another word.</summary>
    /// <param name="address">The word.</param>
    /// <param name="wakeMost">How many to wake.</param>
    /// <param name="other">The other word.</param>
    /// <param name="moveMost">How many to move.</param>
    /// <param name="isPrivate">Whether only this process uses them.</param>
    /// <param name="comparand">What the first word must have, else EAGAIN; null for anything.</param>
    /// <returns>How many were woken or moved.</returns>
    public static SysResult Requeue(ulong address, int wakeMost, ulong other, int moveMost, bool isPrivate, uint? comparand)
    {
        if (wakeMost < 0 || moveMost < 0)
            return Errno.EINVAL;
        Errno error = FindKey(address, isPrivate, out ulong key);
        if (error == Errno.None)
            error = FindKey(other, isPrivate, out ulong _);
        if (error != Errno.None)
            return error;
        if (comparand is { } expected)
        {
            if (!UserMemory.TryReadWord(address, out uint value))
                return Errno.EFAULT;
            if (value != expected)
                return Errno.EAGAIN;
        }
        FindKey(other, isPrivate, out ulong otherKey);
        int woken = QueueOf(key).WakeMatching(key, AnyBit, wakeMost);
        int moved = QueueOf(key).Move(key, ref QueueOf(otherKey), otherKey, moveMost);
        return woken + moved;
    }

    /// <summary>Changes a word as one access, wakes threads that wait for another, and, if the old value says so, those of this one.</summary>
    /// <param name="address">The other word.</param>
    /// <param name="most">How many of its waiters at most.</param>
    /// <param name="target">The word to change.</param>
    /// <param name="targetMost">How many of its waiters at most.</param>
    /// <param name="operation">What to do and to compare, as FUTEX_OP encodes it (futex(2)).</param>
    /// <param name="isPrivate">Whether only this process uses them.</param>
    public static SysResult WakeWithOperation(ulong address, int most, ulong target, int targetMost, uint operation, bool isPrivate)
    {
        const uint shiftFlag = 8;
        uint kind = operation >> 28, comparison = (operation >> 24) & 0xf;
        // Both arguments are signed numbers of 12 bits.
        int argument = (int)(operation << 8) >> 20, comparand = (int)(operation << 20) >> 20;
        if ((kind & shiftFlag) != 0)
            argument = 1 << (argument & 31);
        kind &= ~shiftFlag;
        Errno error = FindKey(address, isPrivate, out ulong key);
        if (error == Errno.None)
            error = FindKey(target, isPrivate, out ulong _);
        if (error != Errno.None)
            return error;
        if (kind > 4 || comparison > 5)
            return Errno.ENOSYS;
        if (!UserMemory.TryReadWord(target, out uint old))
            return Errno.EFAULT;
        while (true)
        {
            uint value = kind switch
            {
                0 => (uint)argument,
                1 => old + (uint)argument,
                2 => old | (uint)argument,
                3 => old & ~(uint)argument,
                _ => old ^ (uint)argument,
            };
            uint seen = old;
            if (!UserMemory.TryCompareExchange(target, ref seen, value))
                return Errno.EFAULT;
            if (seen == old)
                break;
            old = seen;
        }
        bool isTrue = comparison switch
        {
            0 => (int)old == comparand,
            1 => (int)old != comparand,
            2 => (int)old < comparand,
            3 => (int)old <= comparand,
            4 => (int)old > comparand,
            _ => (int)old >= comparand,
        };
        int woken = QueueOf(key).WakeMatching(key, AnyBit, Math.Max(most, 1));
        if (isTrue)
        {
            FindKey(target, isPrivate, out ulong targetKey);
            woken += QueueOf(targetKey).WakeMatching(targetKey, AnyBit, Math.Max(targetMost, 1));
        }
        return woken;
    }

    private static ref WaitQueue QueueOf(ulong key) => ref s_queues[(int)((key * HashMultiplier) >> HashShift)];

    /// <summary>What a word is known by. Shared memory is known by its object, whoever maps it where.</summary>
    private static Errno FindKey(ulong address, bool isPrivate, out ulong key)
    {
        key = 0;
        if ((address & 3) != 0)
            return Errno.EINVAL;
        if (!UserMemory.IsUser(address, sizeof(uint)))
            return Errno.EFAULT;
        AddressSpace space = Thread.Current.Process.Space!;
        ulong owner = HandleOf(space);
        ulong place = address;
        if (!isPrivate)
        {
            space.BeginListing();
            if (space.Find(new VirtualAddress(address)) is { IsPrivate: false, Object: { } shared } area)
            {
                owner = HandleOf(shared);
                place = (area.PageAt(new VirtualAddress(address)) << Page.Shift) + (address & Page.OffsetMask);
            }
            space.EndListing();
        }
        key = owner * HashMultiplier + place;
        return Errno.None;
    }

    private static ulong HandleOf(object item) => (ulong)ObjectHandle.Of(item);
}
