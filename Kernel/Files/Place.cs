using System;
using System.Diagnostics.CodeAnalysis;

namespace Kernel.Files;

/// <summary>Where a path leads: an entry, seen through a mount. A copy has no references of its own until <see cref="AddReference"/>.</summary>
internal struct Place
{
    public Mount? Mount;
    public Entry? Entry;

    public Place(Mount mount, Entry entry)
    {
        Mount = mount;
        Entry = entry;
    }

    public readonly Inode Inode => Entry!.Inode;

    public readonly bool IsNone => Entry is null;

    public readonly bool IsSameAs(in Place other) => Mount == other.Mount && Entry == other.Entry;

    /// <summary>Takes references. Returns itself.</summary>
    public readonly Place AddReference()
    {
        Mount?.AddReference();
        Entry?.AddReference();
        return this;
    }

    /// <summary>Drops the references and forgets them.</summary>
    public void Release()
    {
        Mount? mount = Mount;
        Entry? entry = Entry;
        this = default;
        entry?.Release();
        mount?.Release();
    }

    /// <summary>Goes from a mount point to what is mounted there, as far as it goes.</summary>
    /// <remarks>References move along.</remarks>
    public void EnterMounts()
    {
        while (Entry!.MountCount > 0 && Mounts.Find(Mount!, Entry) is { } mounted)
        {
            var inner = new Place(mounted, mounted.Root);
            inner.AddReference();
            Release();
            this = inner;
        }
    }

    /// <summary>Goes up one directory, but not above a root.</summary>
    public void GoUp(in Place root)
    {
        Place upper = this;
        while (upper.Entry == upper.Mount!.Root && !upper.IsSameAs(root) && upper.Mount.Parent is { } parent)
            upper = new Place(parent, upper.Mount.Point!);
        if (!upper.IsSameAs(root) && !upper.Entry!.IsRoot && upper.Entry != upper.Mount.Root)
            upper.Entry = upper.Entry.Parent;
        upper.AddReference();
        Release();
        this = upper;
        EnterMounts();
    }

    /// <summary>Writes the path from a root to it.</summary>
    /// <param name="root">Where paths begin.</param>
    /// <param name="buffer">Gets it at its end.</param>
    /// <param name="path">The part of the buffer with the path; " (deleted)" stands behind that of a removed file.</param>
    /// <param name="isReachable">Whether the root is above it.</param>
    /// <returns>False if it doesn't fit.</returns>
    public readonly bool TryWritePath(scoped in Place root, Span<byte> buffer, out ReadOnlySpan<byte> path, out bool isReachable)
    {
        path = default;
        int start = buffer.Length;
        isReachable = true;
        if (!Entry!.IsLinked && !TryPrepend(buffer, ref start, " (deleted)"u8))
            return false;
        int end = start;
        Place place = this;
        while (!place.IsSameAs(root))
        {
            if (place.Entry == place.Mount!.Root || place.Entry!.IsRoot)
            {
                if (place.Mount.Parent is not { } parent)
                {
                    isReachable = root.Mount == place.Mount && root.Entry == place.Entry;
                    break;
                }
                place = new Place(parent, place.Mount.Point!);
                continue;
            }
            if (!TryPrepend(buffer, ref start, place.Entry.Name) || !TryPrepend(buffer, ref start, "/"u8))
                return false;
            place.Entry = place.Entry.Parent;
        }
        if (start == end && !TryPrepend(buffer, ref start, "/"u8))
            return false;
        path = buffer[start..];
        return true;
    }

    private static bool TryPrepend(Span<byte> buffer, ref int start, ReadOnlySpan<byte> text)
    {
        if (text.Length > start)
            return false;
        start -= text.Length;
        text.CopyTo(buffer[start..]);
        return true;
    }
}
