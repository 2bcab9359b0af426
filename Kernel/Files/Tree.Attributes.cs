using System;
using Kernel.Abi;

namespace Kernel.Files;

/// <summary>What utimensat sets.</summary>
internal readonly struct NewTimes
{
    /// <summary>Nanoseconds since 1970; null leaves a time as it is.</summary>
    public long? Access { get; init; }

    public long? Modify { get; init; }

    /// <summary>Whether the times are both the present: then write permission is enough.</summary>
    public bool IsNow { get; init; }
}

internal static unsafe partial class Tree
{
    private const uint KeepId = uint.MaxValue;

    /// <summary>Sets permissions (chmod).</summary>
    public static Errno SetMode(in Caller caller, in Place place, uint mode)
    {
        Inode inode = place.Inode;
        Errno error = CheckOwner(caller, place);
        if (error != Errno.None)
            return error;
        if (inode.IsLink)
            return Errno.EOPNOTSUPP;
        mode &= FileMode.PermissionMask;
        if (!caller.IsPrivileged && !caller.User.IsIn(inode.Group))
            mode &= ~FileMode.SetGroup;
        inode.Mode = inode.Kind | mode;
        inode.Touch(FileTimes.Change);
        return Errno.None;
    }

    /// <summary>Sets owner and group (chown); all ones leave one as it is.</summary>
    public static Errno SetOwner(in Caller caller, in Place place, uint user, uint group)
    {
        Inode inode = place.Inode;
        if (place.Mount is { IsReadOnly: true })
            return Errno.EROFS;
        if (!caller.IsPrivileged)
        {
            bool isOwner = caller.User.FileUser == inode.User;
            if (user != KeepId && (!isOwner || user != inode.User))
                return Errno.EPERM;
            if (group != KeepId && (!isOwner || (group != inode.Group && !caller.User.IsIn(group))))
                return Errno.EPERM;
        }
        if (inode.System.IsFixed)
            return Errno.EPERM;
        if (user != KeepId)
            inode.User = user;
        if (group != KeepId)
            inode.Group = group;
        if (!inode.IsDirectory && (user != KeepId || group != KeepId))
        {
            inode.Mode &= ~FileMode.SetUser;
            if ((inode.Mode & FileMode.GroupExecute) != 0)
                inode.Mode &= ~FileMode.SetGroup;
        }
        inode.Touch(FileTimes.Change);
        return Errno.None;
    }

    /// <summary>Sets the times of access and change (utimensat).</summary>
    public static Errno SetTimes(in Caller caller, in Place place, in NewTimes times)
    {
        Inode inode = place.Inode;
        if (times.Access is null && times.Modify is null)
            return Errno.None;
        if (place.Mount is { IsReadOnly: true })
            return Errno.EROFS;
        if (!inode.IsOwner(caller))
        {
            if (!times.IsNow)
                return Errno.EPERM;
            Errno error = inode.Check(caller, Permission.Write);
            if (error != Errno.None)
                return error;
        }
        if (times.Access is { } access)
            inode.AccessTime = access;
        if (times.Modify is { } modify)
            inode.ModifyTime = modify;
        inode.Touch(FileTimes.Change);
        return Errno.None;
    }

    /// <summary>Changes a file's length (truncate).</summary>
    public static Errno Truncate(in Caller caller, in Place place, ulong bytes)
    {
        Inode inode = place.Inode;
        if (inode.IsDirectory)
            return Errno.EISDIR;
        if (!inode.IsRegular)
            return Errno.EINVAL;
        if (place.Mount is { IsReadOnly: true })
            return Errno.EROFS;
        Errno error = inode.Check(caller, Permission.Write);
        if (error != Errno.None)
            return error;
        if (inode.Writers < 0)
            return Errno.ETXTBSY;
        inode.DropSetIds(caller);
        return inode.SetSize(bytes);
    }

    private static Errno CheckOwner(in Caller caller, in Place place) =>
        place.Mount is { IsReadOnly: true } ? Errno.EROFS : place.Inode.System.IsFixed || !place.Inode.IsOwner(caller) ? Errno.EPERM : Errno.None;
}
