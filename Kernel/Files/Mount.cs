using System;
using System.Threading;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>Flags of mount(2).</summary>
[Flags]
internal enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSetId = 2,
    NoDevices = 4,
    NoExecute = 8,
    Synchronous = 16,
    Remount = 32,
    NoAccessTime = 1024,
    NoDirectoryAccessTime = 2048,
    Bind = 4096,
    Move = 8192,
    Recursive = 16384,
    Silent = 32768,
    Unbindable = 1 << 17,
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
    RelativeAccessTime = 1 << 21,
    StrictAccessTime = 1 << 24,

    /// <summary>What a mount keeps.</summary>
    Kept = ReadOnly | NoSetId | NoDevices | NoExecute | NoAccessTime | NoDirectoryAccessTime | RelativeAccessTime,
}

/// <summary>A file system, or a part of one, shown at a place of the tree.</summary>
/// <remarks>Counted: places hold it. The table of mounts has one reference while it is there.</remarks>
internal sealed unsafe class Mount
{
    private int _references = 1;
    private byte* _source;
    private int _sourceLength;

    public FileSystem System { get; private set; } = null!;

    /// <summary>What it shows at its place.</summary>
    public Entry Root { get; private set; } = null!;

    /// <summary>The mount that it is mounted in, and the entry there. Null for the root of all, and when it has been taken off.</summary>
    public Mount? Parent { get; private set; }

    public Entry? Point { get; private set; }

    public MountFlags Flags { get; set; }

    /// <summary>Its number in listings.</summary>
    public int Id { get; private set; }

    public Mount? Next { get; internal set; }

    public int References => Volatile.Read(ref _references);

    /// <summary>What is mounted, as it was named: the first field of /proc/mounts.</summary>
    public ReadOnlySpan<byte> Source => _source == null ? "none"u8 : new ReadOnlySpan<byte>(_source, _sourceLength);

    public bool IsReadOnly => (Flags & MountFlags.ReadOnly) != 0;

    /// <summary>Makes a mount that is nowhere yet.</summary>
    /// <param name="system">Counts one mount more.</param>
    /// <param name="root">What it shows; gets a reference.</param>
    /// <param name="source">Its name; may be cut.</param>
    /// <param name="flags">Of mount(2).</param>
    /// <returns>Null when memory has run out.</returns>
    public static Mount? TryCreate(FileSystem system, Entry root, ReadOnlySpan<byte> source, MountFlags flags)
    {
        if (FilePools.Mounts.Take() is not { } mount)
            return null;
        if (source.Length > 0)
        {
            mount._sourceLength = Math.Min(source.Length, Entry.LongestName);
            mount._source = ByteBlocks.Take(mount._sourceLength);
            if (mount._source == null)
            {
                FilePools.Mounts.Return(mount);
                return null;
            }
            source[..mount._sourceLength].CopyTo(new Span<byte>(mount._source, mount._sourceLength));
        }
        mount.System = system;
        system.MountCount++;
        root.AddReference();
        mount.Root = root;
        mount.Flags = flags & MountFlags.Kept;
        mount.Id = Mounts.NextId();
        return mount;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Drops a reference; the last one also lets the file system go if it was its last mount.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        Root.Release();
        ByteBlocks.Return(_source);
        FileSystem system = System;
        FilePools.Mounts.Return(this);
        if (--system.MountCount == 0)
            system.Destroy();
    }

    internal void PutOn(in Place place)
    {
        place.AddReference();
        Parent = place.Mount;
        Point = place.Entry;
        Point!.MountCount++;
    }

    internal void TakeOff()
    {
        var place = new Place(Parent!, Point!);
        Parent = null;
        Point = null;
        place.Entry!.MountCount--;
        place.Release();
    }
}

/// <summary>All mounts of the machine.</summary>
internal static class Mounts
{
    private static Mount? s_first;
    private static int s_lastId = 20;

    /// <summary>The root of all; it has no parent.</summary>
    public static Mount Root { get; private set; } = null!;

    /// <summary>The first of all, in the order in which they were mounted; the others by <see cref="Mount.Next"/>.</summary>
    public static Mount? First => s_first;

    public static int NextId() => ++s_lastId;

    /// <summary>Makes a mount the root of all. At boot.</summary>
    public static void SetRoot(Mount mount)
    {
        Root = mount;
        Append(mount);
    }

    /// <summary>What is mounted on an entry, the latest first.</summary>
    public static Mount? Find(Mount parent, Entry point)
    {
        for (Mount? mount = s_first; mount is not null; mount = mount.Next)
            if (mount.Parent == parent && mount.Point == point)
                return mount;
        return null;
    }

    /// <summary>Shows a mount at a place. Takes over the caller's reference.</summary>
    public static void Add(Mount mount, in Place place)
    {
        mount.PutOn(place);
        Append(mount);
    }

    /// <summary>Takes a mount away (umount2(2)).</summary>
    /// <param name="mount">Not the root of all.</param>
    /// <param name="isLazy">Even if it is in use: it goes with its last user.</param>
    /// <param name="extraReferences">Those that the caller has.</param>
    /// <returns><see cref="Errno.EBUSY"/>.</returns>
    public static Errno Remove(Mount mount, bool isLazy, int extraReferences)
    {
        if (HasChildren(mount) && !isLazy)
            return Errno.EBUSY;
        if (!isLazy && mount.References > 1 + extraReferences)
            return Errno.EBUSY;
        while (isLazy && FindChild(mount) is { } child)
            Remove(child, isLazy: true, 0);
        if (s_first == mount)
        {
            s_first = mount.Next;
        }
        else
        {
            Mount before = s_first!;
            while (before.Next != mount)
                before = before.Next!;
            before.Next = mount.Next;
        }
        mount.Next = null;
        mount.TakeOff();
        mount.Release();
        return Errno.None;
    }

    /// <summary>Whether something is mounted in it.</summary>
    public static bool HasChildren(Mount mount) => FindChild(mount) is not null;

    private static Mount? FindChild(Mount mount)
    {
        for (Mount? other = s_first; other is not null; other = other.Next)
            if (other.Parent == mount)
                return other;
        return null;
    }

    private static void Append(Mount mount)
    {
        mount.Next = null;
        if (s_first is null)
        {
            s_first = mount;
            return;
        }
        Mount last = s_first;
        while (last.Next is { } next)
            last = next;
        last.Next = mount;
    }
}
