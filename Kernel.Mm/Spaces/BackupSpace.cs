using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>
/// A backup address space: what a fork froze. It records the leaf tables that parent and child share from then on.
/// </summary>
/// <remarks>
/// <para>
/// The private objects of both name it. A fork of a space that names one already adds to that one, so a family has one
/// backup as long as it shares anything, and no backup refers to another. It has no root, isn't a user of its tables, and
/// no fault looks into it: every space's table is complete.
/// </para>
/// <para>
/// A table is in it exactly while it has two users or more. When the list has become empty, each space stops naming the
/// backup at its next operation; the last one gives it back.
/// </para>
/// <para>Its lock is inside the leaf tables' locks.</para>
/// </remarks>
public sealed class BackupSpace
{
    private FrameAllocator _frames = null!;
    private FrameList _tables;
    private SpinLock _lock;
    private int _names;

    // For Verify: names found so far.
    internal int NamesFound;

    /// <summary>Private objects that name it.</summary>
    public int Names => _names;

    /// <summary>Leaf tables in it, each with two users or more.</summary>
    public uint TableCount => _tables.Count;

    /// <summary>Whether no table is shared any more.</summary>
    public bool IsEmpty => _tables.Count == 0;

    internal void Initialize(FrameAllocator frames)
    {
        _frames = frames;
        _tables.Clear();
        _names = 0;
        NamesFound = 0;
    }

    /// <summary>Counts one more private object that names it.</summary>
    internal void AddName() => Interlocked.Increment(ref _names);

    /// <summary>Counts one less; true if it was the last, and the backup can be given back.</summary>
    internal bool RemoveName()
    {
        // Whoever has just made the list empty may still hold the lock.
        using SpinLock.Scope _ = _lock.Enter();
        return Interlocked.Decrement(ref _names) == 0;
    }

    /// <summary>Records tables, linked with each other, that have just got their second user.</summary>
    internal void Add(in FrameTable frames, FrameNumber first, FrameNumber last, uint count)
    {
        using SpinLock.Scope _ = _lock.Enter();
        _tables.PushAll(frames, first, last, count);
    }

    /// <summary>Forgets a table that has one user left.</summary>
    internal void Remove(LeafTable leaf)
    {
        using SpinLock.Scope _ = _lock.Enter();
        _tables.Remove(_frames.Table, leaf.Frame);
    }

    /// <summary>Counts one user less of the shared tables that consecutive level-2 entries name, and empties these.</summary>
    /// <param name="table">The page table of the user.</param>
    /// <param name="at">The first entry.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="pages">What the user has counted as its pages there is added.</param>
    /// <returns>How many, up to the first that names no table, or one that has one user or is locked.</returns>
    internal unsafe int RemoveUsers(PageTable table, PageTableEntry* at, PageTableEntry* end, ref long pages)
    {
        PageTableEntry* first = at;
        using SpinLock.Scope _ = _lock.Enter();
        for (; at < end && at->IsPresent && !at->IsLarge; at++)
        {
            LeafTable leaf = table.LeafOf(*at);
            // Only tried: who has a table's lock may wait for this one.
            if (leaf.Users == 1 || !leaf.TryLock())
                break;
            int users = leaf.Users;
            if (users > 1)
            {
                pages += leaf.CountedEntries;
                *at = default;
                // Before the count: who is the only user may list it anew without its lock.
                if (users == 2)
                    _tables.Remove(_frames.Table, leaf.Frame);
                leaf.RemoveUser();
            }
            leaf.Unlock();
            if (users == 1)
                break;
        }
        return (int)(at - first);
    }

    /// <summary>The first of its tables; the others follow by <see cref="FrameDescriptor.Next"/>. For checks while nothing runs.</summary>
    internal FrameNumber? FirstTable => _tables.Count == 0 ? null : _tables.First;
}
