using System;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>What can be done with the tree of all files, by path. Errors are Linux's.</summary>
/// <remarks>
/// Split by operation. Every path begins at a place (the working directory, or the directory of a descriptor) unless it is
/// absolute. The kernel not being preempted makes each change atomic; nothing here touches user memory.
/// </remarks>
internal static unsafe partial class Tree
{
    /// <summary>Makes a file, directory, fifo or device (mknod, mkdir, symlink).</summary>
    /// <param name="caller">Becomes the owner.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="path">Nothing is there.</param>
    /// <param name="mode">Type and permissions; the caller's umask is taken off.</param>
    /// <param name="device">Which device, for a device file.</param>
    /// <param name="target">A symbolic link's.</param>
    public static Errno Make(in Caller caller, in Place start, ReadOnlySpan<byte> path, uint mode, ulong device = 0, ReadOnlySpan<byte> target = default)
    {
        var walk = new PathWalk(caller, start, path);
        Errno error = CheckNew(ref walk, (mode & FileMode.TypeMask) == FileMode.Directory);
        if (error == Errno.None)
        {
            error = MakeIn(caller, walk.Parent, walk.LastName, mode, device, target, out Entry? created);
            created?.Release();
        }
        walk.Dispose();
        return error;
    }

    /// <summary>Gives a file one name more (link).</summary>
    /// <param name="caller">Whose rights count.</param>
    /// <param name="file">No directory.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="path">The new name.</param>
    public static Errno Link(in Caller caller, in Place file, in Place start, ReadOnlySpan<byte> path)
    {
        var walk = new PathWalk(caller, start, path);
        Errno error = CheckNew(ref walk, isDirectory: false);
        if (error == Errno.None)
            error = LinkIn(caller, file, walk.Parent, walk.LastName);
        walk.Dispose();
        return error;
    }

    /// <summary>Finds the directory for a new name, which must be free.</summary>
    private static Errno CheckNew(ref PathWalk walk, bool isDirectory)
    {
        Errno error = walk.ToParent();
        if (error != Errno.None)
            return error;
        if (walk.LastKind != LastComponent.Name)
            return Errno.EEXIST;
        error = walk.LookUpLast(out Entry? existing);
        if (error == Errno.None)
        {
            existing!.Release();
            return Errno.EEXIST;
        }
        if (error != Errno.ENOENT)
            return error;
        return walk.MustBeDirectory && !isDirectory ? Errno.ENOENT : walk.Parent.Mount!.IsReadOnly ? Errno.EROFS : Errno.None;
    }

    /// <summary>Makes a file of a name that is free.</summary>
    /// <param name="created">With a reference for the caller.</param>
    private static Errno MakeIn(
        in Caller caller, in Place parent, ReadOnlySpan<byte> name, uint mode, ulong device, ReadOnlySpan<byte> target, out Entry? created)
    {
        created = null;
        Errno error = CheckChange(caller, parent);
        if (error != Errno.None)
            return error;
        uint kind = mode & FileMode.TypeMask;
        if (kind is FileMode.CharacterDevice or FileMode.BlockDevice && !caller.IsPrivileged && device != 0)
            return Errno.EPERM;
        if (kind != FileMode.SymbolicLink)
            mode &= ~caller.Paths.Umask;
        Inode directory = parent.Inode;
        uint group = caller.User.FileGroup;
        if ((directory.Mode & FileMode.SetGroup) != 0)
        {
            group = directory.Group;
            if (kind == FileMode.Directory)
                mode |= FileMode.SetGroup;
        }
        var wanted = new NewFile { Mode = mode, User = caller.User.FileUser, Group = group, Device = device, Target = target };
        error = parent.Mount!.System.TryCreate(wanted, out Inode? inode);
        if (error != Errno.None)
            return error;
        inode!.Links = kind == FileMode.Directory ? 2u : 1;
        created = Entry.Create(parent.Entry!, name, inode);
        if (created is null)
            return Errno.ENOMEM;
        if (kind == FileMode.Directory)
            directory.Links++;
        directory.Touch(FileTimes.Modify | FileTimes.Change);
        return Errno.None;
    }

    private static Errno LinkIn(in Caller caller, in Place file, in Place parent, ReadOnlySpan<byte> name)
    {
        Inode inode = file.Inode;
        if (file.Mount != parent.Mount)
            return Errno.EXDEV;
        Errno error = CheckChange(caller, parent);
        if (error != Errno.None)
            return error;
        if (inode.IsDirectory || inode.System.IsFixed)
            return Errno.EPERM;
        if (inode.Links == 0 && !file.Entry!.IsTemporary)
            return Errno.ENOENT;
        inode.AddReference();
        if (Entry.Create(parent.Entry!, name, inode) is not { } created)
            return Errno.ENOMEM;
        inode.Links++;
        inode.Touch(FileTimes.Change);
        parent.Inode.Touch(FileTimes.Modify | FileTimes.Change);
        created.Release();
        return Errno.None;
    }

    /// <summary>Whether names may be made in a directory.</summary>
    private static Errno CheckChange(in Caller caller, in Place directory)
    {
        if (directory.Mount!.IsReadOnly)
            return Errno.EROFS;
        if (!directory.Entry!.IsLinked)
            return Errno.ENOENT;
        return directory.Inode.Check(caller, Permission.Write | Permission.Execute);
    }

    /// <summary>Whether a name may be taken out of a directory.</summary>
    private static Errno CheckRemoval(in Caller caller, in Place directory, Entry child)
    {
        if (directory.Mount!.IsReadOnly)
            return Errno.EROFS;
        Errno error = directory.Inode.Check(caller, Permission.Write | Permission.Execute);
        if (error != Errno.None)
            return error;
        if (directory.Inode.System.IsFixed)
            return Errno.EPERM;
        bool isSticky = (directory.Inode.Mode & FileMode.Sticky) != 0;
        return isSticky && !child.Inode.IsOwner(caller) && !directory.Inode.IsOwner(caller) ? Errno.EPERM : Errno.None;
    }
}
