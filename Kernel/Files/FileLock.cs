using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>What a lock allows others; the values are fcntl's, but for <see cref="None"/>.</summary>
internal enum LockKind : short
{
    Read = 0,
    Write = 1,
    None = 2,
}

/// <summary>A range of bytes to lock.</summary>
/// <param name="kind">How.</param>
/// <param name="start">The first byte.</param>
/// <param name="end">The last byte, or <see cref="ToEnd"/>.</param>
internal readonly struct LockRange(LockKind kind, ulong start, ulong end)
{
    /// <summary>As far as a file can be long.</summary>
    public const ulong ToEnd = long.MaxValue;

    public LockKind Kind => kind;

    public ulong Start => start;

    public ulong End => end;
}

/// <summary>struct flock.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RecordLock
{
    private const short FromPosition = 1;
    private const short FromEnd = 2;

    public short Kind;
    public short Whence;
    public long Start;
    public long Length;
    public int Process;

    /// <summary>The bytes that it means.</summary>
    /// <param name="file">Whose position and end count.</param>
    /// <param name="range">The result.</param>
    /// <returns><see cref="Errno.EINVAL"/>, <see cref="Errno.EOVERFLOW"/>.</returns>
    public readonly Errno GetRange(OpenFile file, out LockRange range)
    {
        range = default;
        long from = Start;
        switch (Whence)
        {
            case 0:
                break;
            case FromPosition:
                from += (long)file.Position;
                break;
            case FromEnd:
                from += (long)file.Body.EndPosition;
                break;
            default:
                return Errno.EINVAL;
        }
        if (Kind is < 0 or > (short)LockKind.None)
            return Errno.EINVAL;
        long end = Length > 0 ? from + Length - 1 : Length == 0 ? long.MaxValue : from - 1;
        if (Length < 0)
            from += Length;
        if (from < 0)
            return Errno.EINVAL;
        if (end < from)
            return Errno.EOVERFLOW;
        range = new LockRange((LockKind)Kind, (ulong)from, (ulong)end);
        return Errno.None;
    }
}

/// <summary>One lock on a file: of an open file (flock, and fcntl's OFD locks), or of a process (fcntl).</summary>
/// <remarks>flock and fcntl don't see each other. The kernel not being preempted guards the list.</remarks>
internal sealed class FileLock
{
    private FileLock? _next;
    private object _owner = null!;
    private bool _isRecord;
    private int _process;
    private LockKind _kind;
    private ulong _start;
    private ulong _end;

    /// <summary>Sets or drops a lock.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="owner">An <see cref="OpenFile"/> or a <see cref="FileTable"/>.</param>
    /// <param name="isRecord">Whether it is fcntl's.</param>
    /// <param name="process">Who it is, for others who ask.</param>
    /// <param name="range">What to lock; <see cref="LockKind.None"/> unlocks.</param>
    /// <param name="waits">Whether to wait for others' locks.</param>
    /// <returns><see cref="Errno.EAGAIN"/>, <see cref="Errno.ENOLCK"/>, <see cref="Errno.ERESTARTSYS"/>.</returns>
    public static unsafe Errno Set(Inode inode, object owner, bool isRecord, int process, in LockRange range, bool waits)
    {
        while (range.Kind != LockKind.None && FindConflict(inode, owner, isRecord, range) is not null)
        {
            if (!waits)
                return Errno.EAGAIN;
            // A lock that is being changed is given up first (flock(2)).
            if (!isRecord)
                Remove(inode, owner, isRecord, range, out _);
            Waiter waiter = default;
            inode.LockQueue.Add(&waiter);
            WaitResult result = FindConflict(inode, owner, isRecord, range) is not null ? Scheduler.Sleep() : WaitResult.Woken;
            inode.LockQueue.Remove(&waiter);
            if (result == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
        FileLock? made = range.Kind == LockKind.None ? null : FilePools.Locks.Take();
        if (made is null && range.Kind != LockKind.None)
            return Errno.ENOLCK;
        if (!Remove(inode, owner, isRecord, range, out bool isShort))
        {
            if (made is not null)
                FilePools.Locks.Return(made);
            return isShort ? Errno.ENOLCK : Errno.None;
        }
        if (made is not null)
        {
            made._owner = owner;
            made._isRecord = isRecord;
            made._process = process;
            made._kind = range.Kind;
            made._start = range.Start;
            made._end = range.End;
            made._next = inode.FirstLock;
            inode.FirstLock = made;
        }
        inode.LockQueue.WakeAll();
        return Errno.None;
    }

    /// <summary>Says which lock is in the way (F_GETLK); <see cref="LockKind.None"/> if none is.</summary>
    public static void Describe(Inode inode, object owner, in LockRange range, ref RecordLock record)
    {
        if (FindConflict(inode, owner, isRecord: true, range) is not { } conflict)
        {
            record.Kind = (short)LockKind.None;
            return;
        }
        record.Kind = (short)conflict._kind;
        record.Whence = 0;
        record.Start = (long)conflict._start;
        record.Length = conflict._end == LockRange.ToEnd ? 0 : (long)(conflict._end - conflict._start + 1);
        record.Process = conflict._process;
    }

    /// <summary>Drops all locks of somebody who goes away.</summary>
    public static void ReleaseAllOf(Inode inode, object owner)
    {
        FileLock? previous = null;
        for (FileLock? item = inode.FirstLock; item is not null;)
        {
            FileLock? next = item._next;
            if (item._owner != owner)
                previous = item;
            else
                Drop(inode, item, previous);
            item = next;
        }
        inode.LockQueue.WakeAll();
    }

    private static FileLock? FindConflict(Inode inode, object owner, bool isRecord, in LockRange range)
    {
        for (FileLock? item = inode.FirstLock; item is not null; item = item._next)
        {
            if (item._owner != owner && item._isRecord == isRecord && item._start <= range.End && item._end >= range.Start
                && (item._kind == LockKind.Write || range.Kind == LockKind.Write))
                return item;
        }
        return null;
    }

    /// <summary>Takes a range out of an owner's locks, cutting what overlaps.</summary>
    private static bool Remove(Inode inode, object owner, bool isRecord, in LockRange range, out bool isShort)
    {
        isShort = false;
        FileLock? previous = null;
        for (FileLock? item = inode.FirstLock; item is not null;)
        {
            FileLock? next = item._next;
            if (item._owner != owner || item._isRecord != isRecord || item._start > range.End || item._end < range.Start)
            {
                previous = item;
                item = next;
                continue;
            }
            bool hasHead = item._start < range.Start, hasTail = item._end > range.End;
            if (hasHead && hasTail)
            {
                if (FilePools.Locks.Take() is not { } tail)
                {
                    isShort = true;
                    return false;
                }
                (tail._owner, tail._isRecord, tail._process, tail._kind) = (owner, isRecord, item._process, item._kind);
                (tail._start, tail._end) = (range.End + 1, item._end);
                tail._next = item._next;
                item._next = tail;
                item._end = range.Start - 1;
                return true;
            }
            if (hasHead)
                item._end = range.Start - 1;
            else if (hasTail)
                item._start = range.End + 1;
            else
                Drop(inode, item, previous);
            if (hasHead || hasTail)
                previous = item;
            item = next;
        }
        return true;
    }

    private static void Drop(Inode inode, FileLock item, FileLock? previous)
    {
        if (previous is null)
            inode.FirstLock = item._next;
        else
            previous._next = item._next;
        FilePools.Locks.Return(item);
    }
}
