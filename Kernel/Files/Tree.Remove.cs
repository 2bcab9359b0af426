using System;
using Kernel.Abi;

namespace Kernel.Files;

internal static unsafe partial class Tree
{
    /// <summary>Removes a name (unlink); the file goes with its last name and its last user.</summary>
    public static Errno Unlink(in Caller caller, in Place start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path);
        Errno error = walk.ToParent();
        if (error == Errno.None && walk.LastKind != LastComponent.Name)
            error = Errno.EISDIR;
        Entry? child = null;
        if (error == Errno.None)
            error = walk.LookUpLast(out child);
        if (error == Errno.None)
        {
            error = UnlinkChild(caller, walk.Parent, child!, walk.MustBeDirectory);
            child!.Release();
        }
        walk.Dispose();
        return error;
    }

    /// <summary>Removes an empty directory (rmdir).</summary>
    public static Errno RemoveDirectory(in Caller caller, in Place start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path);
        Errno error = walk.ToParent();
        if (error == Errno.None)
            error = walk.LastKind switch
            {
                LastComponent.Root => Errno.EBUSY,
                LastComponent.Dot => Errno.EINVAL,
                LastComponent.DotDot => Errno.ENOTEMPTY,
                _ => Errno.None,
            };
        Entry? child = null;
        if (error == Errno.None)
            error = walk.LookUpLast(out child);
        if (error == Errno.None)
        {
            error = RemoveChildDirectory(caller, walk.Parent, child!);
            child!.Release();
        }
        walk.Dispose();
        return error;
    }

    private static Errno UnlinkChild(in Caller caller, in Place parent, Entry child, bool mustBeDirectory)
    {
        Inode inode = child.Inode;
        if (mustBeDirectory)
            return inode.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
        Errno error = CheckRemoval(caller, parent, child);
        if (error != Errno.None)
            return error;
        if (inode.IsDirectory)
            return Errno.EISDIR;
        if (child.MountCount > 0)
            return Errno.EBUSY;
        Drop(parent, child);
        return Errno.None;
    }

    private static Errno RemoveChildDirectory(in Caller caller, in Place parent, Entry child)
    {
        Errno error = CheckRemoval(caller, parent, child);
        if (error != Errno.None)
            return error;
        if (!child.Inode.IsDirectory)
            return Errno.ENOTDIR;
        if (child.MountCount > 0)
            return Errno.EBUSY;
        if (child.FirstChild is not null)
            return Errno.ENOTEMPTY;
        Drop(parent, child);
        return Errno.None;
    }

    /// <summary>Takes a child out that may be taken out.</summary>
    private static void Drop(in Place parent, Entry child)
    {
        Inode inode = child.Inode;
        child.Remove();
        if (inode.IsDirectory)
        {
            inode.Links = 0;
            parent.Inode.Links--;
        }
        else
        {
            inode.Links--;
        }
        inode.Touch(FileTimes.Change);
        parent.Inode.Touch(FileTimes.Modify | FileTimes.Change);
    }
}
