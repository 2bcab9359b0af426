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

    /// <summary>The first of its tables; the others follow by <see cref="FrameDescriptor.Next"/>. For checks while nothing runs.</summary>
    internal FrameNumber? FirstTable => _tables.Count == 0 ? null : _tables.First;
}
