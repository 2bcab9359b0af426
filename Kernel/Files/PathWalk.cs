using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>How a path's last component is to be taken.</summary>
internal enum LastComponent : byte
{
    /// <summary>A name.</summary>
    Name = 0,

    /// <summary>None: the path is a root.</summary>
    Root,

    /// <summary>".".</summary>
    Dot,

    /// <summary>"..".</summary>
    DotDot,
}

/// <summary>
/// Finds what a path names (path_resolution(7)). Symbolic links on the way are followed without recursion: what is left of a path
/// behind a link waits on a stack.
/// </summary>
/// <remarks>Give it back with <see cref="Dispose"/>. The path's bytes must stay until then.</remarks>
internal unsafe ref struct PathWalk
{
    /// <summary>Symbolic links that one path may lead through.</summary>
    public const int MostLinks = 40;

    /// <summary>The longest path with its zero byte.</summary>
    public const int LongestPath = 4096;

    private readonly Caller _caller;
    private Place _current;
    private ReadOnlySpan<byte> _rest;
    private RestStack _stack;
    private int _depth;
    private int _links;
    private nint _heldLink;
    private byte* _linkText;

    /// <summary>Prepares a walk.</summary>
    /// <param name="caller">Whose root and rights count.</param>
    /// <param name="start">Where relative paths begin; the walk takes its own reference.</param>
    /// <param name="path">Without a zero byte.</param>
    public PathWalk(in Caller caller, in Place start, ReadOnlySpan<byte> path)
    {
        _caller = caller;
        _rest = path;
        _current = (IsAbsolute(path) ? caller.Paths.Root : start).AddReference();
    }

    /// <summary>After <see cref="ToParent"/>: the directory that the last component is in. No reference for the caller.</summary>
    public readonly Place Parent => _current;

    /// <summary>The last component.</summary>
    public ReadOnlySpan<byte> LastName { get; private set; }

    public LastComponent LastKind { get; private set; }

    /// <summary>Whether slashes follow it: it must be a directory.</summary>
    public bool MustBeDirectory { get; private set; }

    /// <summary>Walks the whole path.</summary>
    /// <param name="caller">As for the constructor.</param>
    /// <param name="start">As for the constructor.</param>
    /// <param name="path">Without a zero byte.</param>
    /// <param name="followsLast">Whether a symbolic link at its end is followed.</param>
    /// <param name="found">With references for the caller.</param>
    public static Errno Find(in Caller caller, in Place start, ReadOnlySpan<byte> path, bool followsLast, out Place found)
    {
        var walk = new PathWalk(caller, start, path);
        Errno error = walk.ToEnd(followsLast, out found);
        walk.Dispose();
        return error;
    }

    /// <summary>Walks to the directory that holds the last component, which is not looked up.</summary>
    public Errno ToParent()
    {
        if (_rest.IsEmpty)
            return Errno.ENOENT;
        while (true)
        {
            SkipSlashes();
            if (_rest.IsEmpty)
            {
                if (_depth > 0)
                {
                    Pop();
                    continue;
                }
                LastKind = LastComponent.Root;
                LastName = default;
                return Errno.None;
            }
            Errno error = CheckSearch();
            if (error != Errno.None)
                return error;
            ReadOnlySpan<byte> name = TakeName();
            if (name.Length > Entry.LongestName)
                return Errno.ENAMETOOLONG;
            bool hasSlash = !_rest.IsEmpty;
            SkipSlashes();
            // What waits on the stack has a component at least.
            if (_rest.IsEmpty && _depth == 0)
            {
                MustBeDirectory |= hasSlash;
                LastName = name;
                LastKind = KindOf(name);
                return Errno.None;
            }
            error = Step(name);
            if (error != Errno.None)
                return error;
        }
    }

    /// <summary>Looks up the last component, after <see cref="ToParent"/>; what it names, not what is mounted there.</summary>
    /// <param name="child">With a reference for the caller. <see cref="Errno.ENOENT"/> leaves null.</param>
    public readonly Errno LookUpLast(out Entry? child) => LookUp(_current.Entry!, LastName, out child);

    /// <summary>Goes into a symbolic link that is the last component; <see cref="ToParent"/> goes on from there.</summary>
    public Errno FollowLast(Entry link, out bool hasArrived) => Follow(link, out hasArrived);

    /// <summary>Walks to the end.</summary>
    public Errno ToEnd(bool followsLast, out Place found)
    {
        found = default;
        while (true)
        {
            Errno error = ToParent();
            if (error != Errno.None)
                return error;
            if (LastKind != LastComponent.Name)
            {
                if (LastKind == LastComponent.DotDot)
                    _current.GoUp(_caller.Paths.Root);
                return Arrive(out found);
            }
            error = LookUpLast(out Entry? child);
            if (error != Errno.None)
                return error;
            if (child!.Inode.IsLink && (followsLast || MustBeDirectory))
            {
                error = Follow(child, out bool hasArrived);
                child.Release();
                if (error != Errno.None)
                    return error;
                if (hasArrived)
                    return Arrive(out found);
                continue;
            }
            MoveTo(child);
            return Arrive(out found);
        }
    }

    /// <summary>Gives back what the walk holds.</summary>
    public void Dispose()
    {
        _current.Release();
        for (; _depth > 0; _depth--)
            DropLink(_stack[_depth - 1].Link, _stack[_depth - 1].Text);
        DropLink(_heldLink, _linkText);
        _heldLink = 0;
        _linkText = null;
    }

    /// <summary>A directory's child of some name.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">Not "." or "..".</param>
    /// <param name="child">With a reference for the caller.</param>
    public static Errno LookUp(Entry directory, ReadOnlySpan<byte> name, out Entry? child)
    {
        child = directory.Find(name);
        if (child is not null)
        {
            if (!child.Inode.IsStale)
                return Errno.None;
            child.Remove();
            child.Release();
            child = null;
        }
        if (name.Length > Entry.LongestName)
            return Errno.ENAMETOOLONG;
        if (!directory.Inode.IsVolatileDirectory)
            return Errno.ENOENT;
        Errno error = directory.Inode.Find(name, out Inode? inode);
        if (error != Errno.None)
            return error;
        child = Entry.Create(directory, name, inode!);
        return child is null ? Errno.ENOMEM : Errno.None;
    }

    private static bool IsAbsolute(ReadOnlySpan<byte> path) => path.Length > 0 && path[0] == (byte)'/';

    private static LastComponent KindOf(ReadOnlySpan<byte> name) => name switch
    {
        [(byte)'.'] => LastComponent.Dot,
        [(byte)'.', (byte)'.'] => LastComponent.DotDot,
        _ => LastComponent.Name,
    };

    private static void DropLink(nint link, byte* text)
    {
        if (link != 0)
            Entry.FromHandle(link).Release();
        ByteBlocks.Return(text);
    }

    private Errno Arrive(out Place found)
    {
        found = default;
        if (MustBeDirectory && !_current.Inode.IsDirectory)
            return Errno.ENOTDIR;
        found = _current.AddReference();
        return Errno.None;
    }

    private readonly Errno CheckSearch()
    {
        Inode directory = _current.Inode;
        return directory.IsDirectory ? directory.Check(_caller, Permission.Execute) : Errno.ENOTDIR;
    }

    private Errno Step(ReadOnlySpan<byte> name)
    {
        switch (KindOf(name))
        {
            case LastComponent.Dot:
                return Errno.None;
            case LastComponent.DotDot:
                _current.GoUp(_caller.Paths.Root);
                return Errno.None;
        }
        Errno error = LookUp(_current.Entry!, name, out Entry? child);
        if (error != Errno.None)
            return error;
        if (!child!.Inode.IsLink)
        {
            MoveTo(child);
            return Errno.None;
        }
        error = Follow(child, out _);
        child.Release();
        return error;
    }

    /// <summary>Goes to a child, whose reference the walk takes over.</summary>
    private void MoveTo(Entry child)
    {
        _current.Mount!.AddReference();
        var next = new Place(_current.Mount, child);
        _current.Release();
        _current = next;
        _current.EnterMounts();
    }

    /// <summary>Puts a link's target in front of the rest of the path.</summary>
    private Errno Follow(Entry link, out bool hasArrived)
    {
        hasArrived = false;
        if (++_links > MostLinks)
            return Errno.ELOOP;
        if (link.Inode.TryFollow(out Place target, out Errno error))
        {
            if (error != Errno.None)
                return error;
            _current.Release();
            _current = target;
            hasArrived = true;
            return Errno.None;
        }
        byte* text = null;
        if (link.Inode.IsVolatileLink)
        {
            text = ByteBlocks.Take(Entry.LongestName);
            if (text == null)
                return Errno.ENOMEM;
        }
        error = link.Inode.ReadLink(new Span<byte>(text, text == null ? 0 : Entry.LongestName), out ReadOnlySpan<byte> path);
        if (error == Errno.None && path.IsEmpty)
            error = Errno.ENOENT;
        if (error != Errno.None)
        {
            ByteBlocks.Return(text);
            return error;
        }
        Push();
        link.AddReference();
        _heldLink = link.Handle;
        _linkText = text;
        _rest = path;
        if (IsAbsolute(path))
        {
            _current.Release();
            _current = _caller.Paths.Root.AddReference();
        }
        return Errno.None;
    }

    private void Push()
    {
        if (_rest.IsEmpty)
        {
            // Nothing to come back to.
            DropLink(_heldLink, _linkText);
            return;
        }
        _stack[_depth++] = new Rest
        {
            Path = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_rest)),
            Length = _rest.Length,
            Link = _heldLink,
            Text = _linkText,
        };
    }

    private void Pop()
    {
        DropLink(_heldLink, _linkText);
        Rest rest = _stack[--_depth];
        _rest = new ReadOnlySpan<byte>(rest.Path, rest.Length);
        _heldLink = rest.Link;
        _linkText = rest.Text;
    }

    private void SkipSlashes()
    {
        while (_rest.Length > 0 && _rest[0] == (byte)'/')
            _rest = _rest[1..];
    }

    private ReadOnlySpan<byte> TakeName()
    {
        int end = _rest.IndexOf((byte)'/');
        if (end < 0)
            end = _rest.Length;
        ReadOnlySpan<byte> name = _rest[..end];
        _rest = _rest[end..];
        return name;
    }

    /// <summary>What is left of a path behind a link, and the link whose target that path is.</summary>
    private struct Rest
    {
        public byte* Path;
        public int Length;
        public nint Link;
        public byte* Text;
    }

    [InlineArray(MostLinks + 1)]
    private struct RestStack
    {
        private Rest _first;
    }
}
