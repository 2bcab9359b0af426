using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Files;

/// <summary>
/// A name in a directory, or the root of a file system. For file systems in memory the entries are the directories; for
/// volatile ones they exist while somebody uses them.
/// </summary>
/// <remarks>
/// Counted: its children, places and open files hold it, and for file systems in memory its directory does. The kernel not being
/// preempted guards the links.
/// </remarks>
internal sealed unsafe class Entry
{
    /// <summary>The longest name, in bytes.</summary>
    public const int LongestName = 255;

    private byte* _name;
    private int _nameLength;
    private int _references = 1;

    /// <summary>The directory that it is in; itself for a root. A removed entry keeps it.</summary>
    public Entry Parent { get; private set; } = null!;

    /// <summary>What it names.</summary>
    public Inode Inode { get; private set; } = null!;

    /// <summary>Its name; empty for a root.</summary>
    public ReadOnlySpan<byte> Name => new(_name, _nameLength);

    /// <summary>Whether a lookup finds it: false once it has been removed.</summary>
    public bool IsLinked { get; private set; }

    /// <summary>How many file systems are mounted on it.</summary>
    public int MountCount { get; set; }

    /// <summary>Its first child, in the order in which they were made.</summary>
    public Entry? FirstChild { get; private set; }

    /// <summary>The next child of its directory; still set once it has been removed only if nothing was removed since.</summary>
    public Entry? Next { get; private set; }

    /// <summary>Where it stands in its directory's listing: grows from child to child.</summary>
    public ulong Position { get; private set; }

    /// <summary>How many children it has.</summary>
    public ulong ChildCount { get; private set; }

    /// <summary>Changes whenever a child is removed.</summary>
    public ulong RemovalCount { get; private set; }

    public bool IsRoot => Parent == this;

    /// <summary>Whether it stands for a file that never had a name (O_TMPFILE) and may still get one.</summary>
    public bool IsTemporary { get; private set; }

    private Entry? _lastChild;
    private Entry? _previous;
    private ulong _lastPosition = FirstPosition - 1;
    private Entry? _nextInBucket;
    private uint _hash;

    /// <summary>The position of a first child: "." and ".." come before.</summary>
    public const ulong FirstPosition = 2;

    /// <summary>Makes the root of a file system.</summary>
    /// <param name="inode">Takes over a reference to it.</param>
    /// <returns>Null when memory has run out; the inode is released then.</returns>
    public static Entry? CreateRoot(Inode inode)
    {
        if (FilePools.Entries.Take() is not { } entry)
        {
            inode.Release();
            return null;
        }
        entry.Parent = entry;
        entry.Inode = inode;
        entry.IsLinked = true;
        inode.AnyEntry = entry;
        return entry;
    }

    /// <summary>Makes an entry for a file and puts it into a directory.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="name">At most <see cref="LongestName"/> bytes; nothing there has it.</param>
    /// <param name="inode">Takes over a reference to it.</param>
    /// <returns>With a reference for the caller besides the directory's; null when memory has run out, the inode is released then.</returns>
    public static Entry? Create(Entry parent, ReadOnlySpan<byte> name, Inode inode)
    {
        if (TryTake(name) is not { } entry)
        {
            inode.Release();
            return null;
        }
        entry.Inode = inode;
        inode.AnyEntry = entry;
        entry.LinkTo(parent);
        // A volatile directory doesn't keep it.
        if (!parent.Inode.IsVolatileDirectory)
            entry.AddReference();
        return entry;
    }

    /// <summary>Makes an entry for a file without a name: it is in no directory.</summary>
    /// <param name="parent">Where it would be.</param>
    /// <param name="name">What listings show.</param>
    /// <param name="inode">Takes over a reference to it.</param>
    /// <param name="canBeLinked">Whether link may give it a name.</param>
    /// <returns>With a reference for the caller; null when memory has run out, the inode is released then.</returns>
    public static Entry? CreateNameless(Entry parent, ReadOnlySpan<byte> name, Inode inode, bool canBeLinked)
    {
        if (name.IsEmpty)
            name = "#"u8;
        if (TryTake(name) is not { } entry)
        {
            inode.Release();
            return null;
        }
        parent.AddReference();
        entry.Parent = parent;
        entry.Inode = inode;
        entry.IsTemporary = canBeLinked;
        inode.AnyEntry = entry;
        return entry;
    }

    /// <summary>The child of a name, if it is there, with a reference for the caller.</summary>
    public Entry? Find(ReadOnlySpan<byte> name)
    {
        uint hash = EntryTable.Hash(this, name);
        for (Entry? entry = EntryTable.Bucket(hash); entry is not null; entry = entry._nextInBucket)
        {
            if (entry._hash != hash || entry.Parent != this || !entry.Name.SequenceEqual(name))
                continue;
            entry.AddReference();
            return entry;
        }
        return null;
    }

    /// <summary>The first child at a position or behind it.</summary>
    public Entry? ChildFrom(ulong position)
    {
        Entry? child = FirstChild;
        while (child is not null && child.Position < position)
            child = child.Next;
        return child;
    }

    /// <summary>Takes it out of its directory. What holds it still can use it.</summary>
    public void Remove()
    {
        Unlink();
        if (!Parent.Inode.IsVolatileDirectory)
            Release();
    }

    /// <summary>Gives it another name in the same or another directory.</summary>
    /// <param name="parent">Of the same file system.</param>
    /// <param name="text">The new name: a block that it takes over.</param>
    /// <param name="length">Of the name.</param>
    public void Move(Entry parent, byte* text, int length)
    {
        Unlink();
        ByteBlocks.Return(_name);
        _name = text;
        _nameLength = length;
        Entry old = Parent;
        LinkTo(parent);
        old.Release();
    }

    /// <summary>Lets two entries change places.</summary>
    public static void Exchange(Entry one, Entry other)
    {
        Entry parent = one.Parent, otherParent = other.Parent;
        one.Unlink();
        other.Unlink();
        byte* name = one._name;
        one._name = other._name;
        other._name = name;
        (one._nameLength, other._nameLength) = (other._nameLength, one._nameLength);
        one.LinkTo(otherParent);
        other.LinkTo(parent);
        parent.Release();
        otherParent.Release();
    }

    /// <summary>Whether it is an entry or lies below it.</summary>
    public bool IsWithin(Entry other)
    {
        Entry entry = this;
        while (entry != other)
        {
            if (entry.IsRoot)
                return false;
            entry = entry.Parent;
        }
        return true;
    }

    /// <summary>The object's address, for where a reference must fit into a word. Entries never move.</summary>
    public nint Handle
    {
        get
        {
            Entry entry = this;
            return Unsafe.As<Entry, nint>(ref entry);
        }
    }

    /// <summary>The entry at an address that <see cref="Handle"/> gave.</summary>
    public static Entry FromHandle(nint handle) => Unsafe.As<nint, Entry>(ref handle);

    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Drops a reference.</summary>
    public void Release()
    {
        Entry entry = this;
        // A loop, not a recursion: a chain of directories may be long.
        while (Interlocked.Decrement(ref entry._references) == 0)
        {
            Entry parent = entry.Parent;
            bool isRoot = entry.IsRoot;
            if (entry.IsLinked && !isRoot)
                entry.Unlink();
            Inode inode = entry.Inode;
            if (inode.AnyEntry == entry)
                inode.AnyEntry = null;
            ByteBlocks.Return(entry._name);
            FilePools.Entries.Return(entry);
            inode.Release();
            if (isRoot)
                return;
            entry = parent;
        }
    }

    /// <summary>Takes everything below it out, deepest first: for a file system that goes away.</summary>
    public void RemoveAllBelow()
    {
        Entry entry = this;
        while (true)
        {
            if (entry.FirstChild is { } child)
            {
                entry = child;
                continue;
            }
            if (entry == this)
                return;
            Entry parent = entry.Parent;
            entry.Remove();
            entry = parent;
        }
    }

    /// <summary>A new one with a name; null when memory has run out.</summary>
    private static Entry? TryTake(ReadOnlySpan<byte> name)
    {
        if (FilePools.Entries.Take() is not { } entry)
            return null;
        entry._name = ByteBlocks.Take(name.Length);
        if (entry._name == null)
        {
            FilePools.Entries.Return(entry);
            return null;
        }
        entry._nameLength = name.Length;
        name.CopyTo(new Span<byte>(entry._name, name.Length));
        return entry;
    }

    private void LinkTo(Entry parent)
    {
        parent.AddReference();
        Parent = parent;
        IsLinked = true;
        Position = ++parent._lastPosition;
        Next = null;
        _previous = parent._lastChild;
        if (_previous is not null)
            _previous.Next = this;
        else
            parent.FirstChild = this;
        parent._lastChild = this;
        parent.ChildCount++;
        _hash = EntryTable.Hash(parent, Name);
        ref Entry? bucket = ref EntryTable.Bucket(_hash);
        _nextInBucket = bucket;
        bucket = this;
    }

    private void Unlink()
    {
        IsLinked = false;
        Entry parent = Parent;
        parent.RemovalCount++;
        parent.ChildCount--;
        if (_previous is not null)
            _previous.Next = Next;
        else
            parent.FirstChild = Next;
        if (Next is not null)
            Next._previous = _previous;
        else
            parent._lastChild = _previous;
        _previous = null;
        Next = null;
        ref Entry? bucket = ref EntryTable.Bucket(_hash);
        if (bucket == this)
        {
            bucket = _nextInBucket;
            return;
        }
        Entry before = bucket!;
        while (before._nextInBucket != this)
            before = before._nextInBucket!;
        before._nextInBucket = _nextInBucket;
    }
}

/// <summary>Where entries are found by directory and name.</summary>
internal static class EntryTable
{
    private const ulong FramesPerBucket = 16;
    private const int FewestBuckets = 256;
    private const int MostBuckets = 1 << 20;

    private static Entry?[] s_buckets = null!;
    private static uint s_mask;

    /// <summary>Once, at boot: as many buckets as suit the machine's memory.</summary>
    public static void Initialize()
    {
        int buckets = FewestBuckets;
        while (buckets < MostBuckets && (ulong)buckets < PhysicalMemory.TotalFrames / FramesPerBucket)
            buckets *= 2;
        s_buckets = new Entry?[buckets];
        s_mask = (uint)buckets - 1;
    }

    /// <summary>Where a name's search begins.</summary>
    public static uint Hash(Entry parent, ReadOnlySpan<byte> name)
    {
        // FNV-1a with the directory as its start.
        uint hash = 2166136261 ^ (uint)(parent.Handle >> 4);
        foreach (byte unit in name)
            hash = (hash ^ unit) * 16777619;
        return hash ^ hash >> 15;
    }

    /// <summary>The first entry of a bucket.</summary>
    public static ref Entry? Bucket(uint hash) => ref s_buckets[hash & s_mask];
}
