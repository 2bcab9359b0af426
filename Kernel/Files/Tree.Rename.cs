using System;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>Flags of renameat2(2).</summary>
[Flags]
internal enum RenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
    Whiteout = 4,
}

internal static unsafe partial class Tree
{
    /// <summary>Gives a file another name, replacing what has it (rename).</summary>
    public static Errno Rename(
        in Caller caller, in Place start, ReadOnlySpan<byte> path, in Place newStart, ReadOnlySpan<byte> newPath, RenameFlags flags)
    {
        if ((flags & ~(RenameFlags.NoReplace | RenameFlags.Exchange)) != 0 || flags == (RenameFlags.NoReplace | RenameFlags.Exchange))
            return Errno.EINVAL;
        var from = new PathWalk(caller, start, path);
        var to = new PathWalk(caller, newStart, newPath);
        Errno error = from.ToParent();
        if (error == Errno.None)
            error = to.ToParent();
        if (error == Errno.None && from.Parent.Mount != to.Parent.Mount)
            error = Errno.EXDEV;
        if (error == Errno.None && from.LastKind != LastComponent.Name)
            error = Errno.EBUSY;
        if (error == Errno.None && to.LastKind != LastComponent.Name)
            error = (flags & RenameFlags.NoReplace) != 0 ? Errno.EEXIST : Errno.EBUSY;
        if (error == Errno.None && from.Parent.Mount!.IsReadOnly)
            error = Errno.EROFS;
        Entry? source = null, target = null;
        if (error == Errno.None)
            error = from.LookUpLast(out source);
        if (error == Errno.None)
        {
            error = to.LookUpLast(out target);
            if (error == Errno.ENOENT && (flags & RenameFlags.Exchange) == 0)
                error = Errno.None;
            else if (error == Errno.None && (flags & RenameFlags.NoReplace) != 0)
                error = Errno.EEXIST;
        }
        if (error == Errno.None)
            error = CheckSlashes(source!, target, from.MustBeDirectory, to.MustBeDirectory, flags);
        if (error == Errno.None)
            error = RenameEntry(caller, from.Parent, source!, to.Parent, target, to.LastName, flags);
        source?.Release();
        target?.Release();
        to.Dispose();
        from.Dispose();
        return error;
    }

    private static Errno CheckSlashes(Entry source, Entry? target, bool fromDirectory, bool toDirectory, RenameFlags flags)
    {
        bool isExchange = (flags & RenameFlags.Exchange) != 0;
        if (!source.Inode.IsDirectory && (fromDirectory || (toDirectory && !isExchange)))
            return Errno.ENOTDIR;
        return isExchange && toDirectory && !target!.Inode.IsDirectory ? Errno.ENOTDIR : Errno.None;
    }

    private static Errno RenameEntry(
        in Caller caller, in Place parent, Entry source, in Place newParent, Entry? target, ReadOnlySpan<byte> name, RenameFlags flags)
    {
        if (newParent.Entry!.IsWithin(source))
            return Errno.EINVAL;
        if (target is not null && parent.Entry!.IsWithin(target))
            return (flags & RenameFlags.Exchange) != 0 ? Errno.EINVAL : Errno.ENOTEMPTY;
        if (target is not null && target.Inode == source.Inode)
            return Errno.None;
        Errno error = CheckRemoval(caller, parent, source);
        if (error == Errno.None)
            error = target is null ? CheckChange(caller, newParent) : CheckRemoval(caller, newParent, target);
        bool changesParent = parent.Entry != newParent.Entry;
        bool isExchange = (flags & RenameFlags.Exchange) != 0;
        if (error == Errno.None && target is not null && !isExchange)
            error = CheckReplace(source, target);
        if (error == Errno.None && (source.MountCount > 0 || target is { MountCount: > 0 }))
            error = Errno.EBUSY;
        // A directory's ".." changes with its parent.
        if (error == Errno.None && changesParent && source.Inode.IsDirectory)
            error = source.Inode.Check(caller, Permission.Write);
        if (error != Errno.None)
            return error;
        if (isExchange)
        {
            MoveLink(source, parent, newParent);
            MoveLink(target!, newParent, parent);
            Entry.Exchange(source, target!);
        }
        else
        {
            byte* text = ByteBlocks.Take(name.Length);
            if (text == null)
                return Errno.ENOMEM;
            name.CopyTo(new Span<byte>(text, name.Length));
            if (target is not null)
                Drop(newParent, target);
            MoveLink(source, parent, newParent);
            source.Move(newParent.Entry!, text, name.Length);
        }
        source.Inode.Touch(FileTimes.Change);
        parent.Inode.Touch(FileTimes.Modify | FileTimes.Change);
        newParent.Inode.Touch(FileTimes.Modify | FileTimes.Change);
        return Errno.None;
    }

    private static Errno CheckReplace(Entry source, Entry target)
    {
        if (source.Inode.IsDirectory != target.Inode.IsDirectory)
            return target.Inode.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
        return target.FirstChild is not null ? Errno.ENOTEMPTY : Errno.None;
    }

    private static void MoveLink(Entry child, in Place parent, in Place newParent)
    {
        if (!child.Inode.IsDirectory || parent.Entry == newParent.Entry)
            return;
        parent.Inode.Links--;
        newParent.Inode.Links++;
    }
}
