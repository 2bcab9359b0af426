using System;
using Kernel.Abi;

namespace Kernel.Files;

internal static unsafe partial class Tree
{
    /// <summary>Opens a file, making it if asked to (open, openat).</summary>
    /// <param name="caller">Whose rights count.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="path">Without a zero byte.</param>
    /// <param name="flags">Of open(2).</param>
    /// <param name="mode">Permissions of a new file.</param>
    /// <param name="file">With a reference for the caller.</param>
    public static Errno Open(in Caller caller, in Place start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, out OpenFile? file)
    {
        file = null;
        if ((flags & OpenFlags.PathOnly) != 0)
            flags &= OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        if ((flags & (OpenFlags.Create | OpenFlags.Directory)) == (OpenFlags.Create | OpenFlags.Directory))
            return Errno.EINVAL;
        if ((flags & OpenFlags.Temporary) != 0)
            return OpenTemporary(caller, start, path, flags, mode, out file);
        if ((flags & OpenFlags.Create) != 0)
            return OpenOrMake(caller, start, path, flags, mode, out file);
        Errno error = PathWalk.Find(caller, start, path, (flags & OpenFlags.NoFollow) == 0, out Place place);
        return error != Errno.None ? error : OpenPlace(caller, ref place, flags, out file);
    }

    /// <summary>Opens what a place is.</summary>
    /// <param name="caller">Whose rights count.</param>
    /// <param name="place">Takes over the caller's references, whatever comes of it.</param>
    /// <param name="flags">Of open(2).</param>
    /// <param name="file">With a reference for the caller.</param>
    public static Errno OpenPlace(in Caller caller, ref Place place, OpenFlags flags, out OpenFile? file)
    {
        file = null;
        Errno error = CheckOpen(caller, place, flags);
        if (error == Errno.None && (flags & OpenFlags.Truncate) != 0 && place.Inode.IsRegular)
        {
            place.Inode.DropSetIds(caller);
            error = place.Inode.SetSize(0);
        }
        if (error == Errno.None)
            return OpenFile.Open(place, flags, out file);
        place.Release();
        return error;
    }

    private static Errno CheckOpen(in Caller caller, in Place place, OpenFlags flags)
    {
        Inode inode = place.Inode;
        if ((flags & OpenFlags.Directory) != 0 && !inode.IsDirectory)
            return Errno.ENOTDIR;
        if ((flags & OpenFlags.PathOnly) != 0)
            return Errno.None;
        if (inode.IsLink)
            return Errno.ELOOP;
        Permission wanted = (flags & OpenFlags.AccessMask) switch
        {
            OpenFlags.ReadOnly => Permission.Read,
            OpenFlags.WriteOnly => Permission.Write,
            _ => Permission.Read | Permission.Write,
        };
        if ((flags & OpenFlags.Truncate) != 0)
            wanted |= Permission.Write;
        bool writes = (wanted & Permission.Write) != 0;
        if (inode.IsDirectory && writes)
            return Errno.EISDIR;
        if (inode.Kind is FileMode.CharacterDevice or FileMode.BlockDevice && (place.Mount!.Flags & MountFlags.NoDevices) != 0)
            return Errno.EACCES;
        Errno error = inode.Check(caller, wanted);
        if (error != Errno.None)
            return error;
        if (writes && place.Mount!.IsReadOnly && (inode.IsRegular || inode.IsLink))
            return Errno.EROFS;
        if (writes && inode.Writers < 0)
            return Errno.ETXTBSY;
        return (flags & OpenFlags.NoAccessTime) != 0 && !inode.IsOwner(caller) ? Errno.EPERM : Errno.None;
    }

    private static Errno OpenOrMake(in Caller caller, in Place start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, out OpenFile? file)
    {
        file = null;
        var walk = new PathWalk(caller, start, path);
        Errno error = FindOrMake(caller, ref walk, flags, mode, out Place place, out bool isNew);
        walk.Dispose();
        if (error != Errno.None)
            return error;
        // Who makes a file may use it as asked, whatever its permissions are.
        return isNew ? OpenFile.Open(place, flags, out file) : OpenPlace(caller, ref place, flags, out file);
    }

    private static Errno FindOrMake(in Caller caller, ref PathWalk walk, OpenFlags flags, uint mode, out Place place, out bool isNew)
    {
        place = default;
        isNew = false;
        while (true)
        {
            Errno error = walk.ToParent();
            if (error != Errno.None)
                return error;
            if (walk.LastKind != LastComponent.Name || walk.MustBeDirectory)
                return Errno.EISDIR;
            error = walk.LookUpLast(out Entry? child);
            if (error == Errno.ENOENT)
            {
                error = MakeIn(caller, walk.Parent, walk.LastName, FileMode.Regular | (mode & FileMode.PermissionMask), 0, default, out child);
                if (error != Errno.None)
                    return error;
                isNew = true;
            }
            else if (error != Errno.None)
            {
                return error;
            }
            else if ((flags & OpenFlags.Exclusive) != 0)
            {
                child!.Release();
                return Errno.EEXIST;
            }
            bool hasArrived = false;
            if (child!.Inode.IsLink)
            {
                error = (flags & OpenFlags.NoFollow) != 0 ? Errno.ELOOP : walk.FollowLast(child, out hasArrived);
                child.Release();
                if (error != Errno.None)
                    return error;
                if (!hasArrived)
                    continue;
                place = walk.Parent.AddReference();
                return place.Inode.IsDirectory ? Reject(ref place) : Errno.None;
            }
            walk.Parent.Mount!.AddReference();
            place = new Place(walk.Parent.Mount, child);
            place.EnterMounts();
            return place.Inode.IsDirectory ? Reject(ref place) : Errno.None;
        }
    }

    private static Errno Reject(ref Place place)
    {
        place.Release();
        return Errno.EISDIR;
    }

    /// <summary>O_TMPFILE: a file without a name.</summary>
    private static Errno OpenTemporary(in Caller caller, in Place start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, out OpenFile? file)
    {
        file = null;
        if ((flags & OpenFlags.Directory) == 0 || (flags & OpenFlags.AccessMask) == 0)
            return Errno.EINVAL;
        Errno error = PathWalk.Find(caller, start, path, followsLast: true, out Place directory);
        if (error != Errno.None)
            return error;
        error = directory.Inode.IsDirectory ? CheckChange(caller, directory) : Errno.ENOTDIR;
        if (error == Errno.None)
        {
            uint permissions = mode & FileMode.PermissionMask & ~caller.Paths.Umask;
            error = OpenNameless(directory, caller, permissions, (flags & OpenFlags.Exclusive) == 0, flags & ~OpenFlags.Directory, out file);
        }
        directory.Release();
        return error;
    }

    /// <summary>Opens a new regular file that no directory holds.</summary>
    /// <param name="directory">Whose file system it is made in.</param>
    /// <param name="caller">Becomes the owner.</param>
    /// <param name="permissions">Of the file.</param>
    /// <param name="canBeLinked">Whether link may give it a name.</param>
    /// <param name="flags">Of open(2).</param>
    /// <param name="file">With a reference for the caller.</param>
    /// <param name="name">What listings show.</param>
    public static Errno OpenNameless(
        in Place directory, in Caller caller, uint permissions, bool canBeLinked, OpenFlags flags, out OpenFile? file, ReadOnlySpan<byte> name = default)
    {
        file = null;
        var wanted = new NewFile { Mode = FileMode.Regular | permissions, User = caller.User.FileUser, Group = caller.User.FileGroup };
        Errno error = directory.Mount!.System.TryCreate(wanted, out Inode? inode);
        if (error != Errno.None)
            return error == Errno.ENOENT ? Errno.EOPNOTSUPP : error;
        if (Entry.CreateNameless(directory.Entry!, name, inode!, canBeLinked) is not { } entry)
            return Errno.ENOMEM;
        directory.Mount.AddReference();
        return OpenFile.Open(new Place(directory.Mount, entry), flags & ~OpenFlags.Temporary, out file);
    }
}
