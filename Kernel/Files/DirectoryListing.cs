using System;
using System.Runtime.InteropServices;
using Kernel.Abi;

namespace Kernel.Files;

/// <summary>Where getdents64 puts the entries of a directory: struct linux_dirent64, one after another.</summary>
internal unsafe ref struct DirectoryListing
{
    private const int HeaderSize = 19;
    private const int Alignment = 8;
    private const int TypeShift = 12;

    private Transfer _to;

    public DirectoryListing(in Transfer to, ulong position)
    {
        _to = to;
        Position = position;
    }

    /// <summary>Where the listing goes on: 0 is ".", 1 is "..", then as the directory counts.</summary>
    public ulong Position { get; private set; }

    /// <summary>Why it stopped.</summary>
    public Errno Error { get; private set; }

    /// <summary>Bytes, or an error if there is not a single entry.</summary>
    public readonly SysResult Result => _to.Result(Error);

    /// <summary>Adds an entry.</summary>
    /// <param name="name">At most <see cref="Entry.LongestName"/> bytes.</param>
    /// <param name="inode">Its file's number.</param>
    /// <param name="mode">Its file's type, as in its mode.</param>
    /// <param name="next">Where the listing goes on behind it.</param>
    /// <returns>False if the buffer is full or bad: stop.</returns>
    public bool TryAdd(scoped ReadOnlySpan<byte> name, ulong inode, uint mode, ulong next)
    {
        int length = (HeaderSize + name.Length + Alignment) & -Alignment;
        if (_to.Left < (ulong)length)
        {
            Error = Errno.EINVAL;
            return false;
        }
        byte* record = stackalloc byte[HeaderSize + Entry.LongestName + Alignment + 1];
        var bytes = new Span<byte>(record, length);
        bytes.Clear();
        *(ulong*)record = inode;
        *(ulong*)(record + 8) = next;
        *(ushort*)(record + 16) = (ushort)length;
        record[18] = (byte)(mode >> TypeShift);
        name.CopyTo(bytes[HeaderSize..]);
        if (_to.Put(bytes) < length)
        {
            Error = Errno.EFAULT;
            return false;
        }
        Position = next;
        return true;
    }

    /// <summary>Adds "." and "..", and what follows of a directory in memory.</summary>
    /// <returns>Whether all of "." and ".." has been listed.</returns>
    public bool AddDots(Entry directory)
    {
        if (Position == 0 && !TryAdd("."u8, directory.Inode.Number, FileMode.Directory, 1))
            return false;
        return Position != 1 || TryAdd(".."u8, directory.Parent.Inode.Number, FileMode.Directory, Entry.FirstPosition);
    }

    /// <summary>Adds the children of a directory in memory.</summary>
    public void AddChildren(Entry directory)
    {
        Entry? child = directory.ChildFrom(Position);
        while (child is not null)
        {
            ulong removals = directory.RemovalCount;
            Entry held = child;
            held.AddReference();
            bool fits = TryAdd(held.Name, held.Inode.Number, held.Inode.Mode, held.Position + 1);
            // Writing to the process may have slept.
            child = removals == directory.RemovalCount ? held.Next : directory.ChildFrom(Position);
            held.Release();
            if (!fits)
                return;
        }
    }
}
