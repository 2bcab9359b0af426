using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;
using Kernel.Files;
using Kernel.Memory;

namespace Kernel.SystemCalls;

/// <content>Permissions, owners and times.</content>
internal static unsafe partial class FileCalls
{
    private const long TimeNow = 0x3fff_ffff;
    private const long TimeOmitted = 0x3fff_fffe;

    /// <summary>chmod(path, mode).</summary>
    public static SysResult ChangeMode(SystemCallFrame* frame) => ChangeModeOf(WorkingDirectory, frame->Argument0, frame->Argument1, 0);

    /// <summary>fchmodat(directory, path, mode).</summary>
    public static SysResult ChangeModeAt(SystemCallFrame* frame) => ChangeModeOf((int)frame->Argument0, frame->Argument1, frame->Argument2, 0);

    /// <summary>fchmodat2(directory, path, mode, flags).</summary>
    public static SysResult ChangeModeWithFlags(SystemCallFrame* frame)
    {
        if ((frame->Argument3 & ~(NoFollow | EmptyPath)) != 0)
            return Errno.EINVAL;
        return ChangeModeOf((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);
    }

    /// <summary>fchmod(descriptor, mode).</summary>
    public static SysResult ChangeModeOfOpen(SystemCallFrame* frame)
    {
        Errno error = FindOpen((int)frame->Argument0, out Place place);
        return error != Errno.None ? error : Tree.SetMode(Caller.Current, place, (uint)frame->Argument1);
    }

    /// <summary>chown(path, user, group).</summary>
    public static SysResult ChangeOwner(SystemCallFrame* frame) =>
        ChangeOwnerOf(WorkingDirectory, frame->Argument0, frame->Argument1, frame->Argument2, 0);

    /// <summary>lchown(path, user, group).</summary>
    public static SysResult ChangeOwnerOfLink(SystemCallFrame* frame) =>
        ChangeOwnerOf(WorkingDirectory, frame->Argument0, frame->Argument1, frame->Argument2, NoFollow);

    /// <summary>fchownat(directory, path, user, group, flags).</summary>
    public static SysResult ChangeOwnerAt(SystemCallFrame* frame)
    {
        if ((frame->Argument4 & ~(NoFollow | EmptyPath)) != 0)
            return Errno.EINVAL;
        return ChangeOwnerOf((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3, frame->Argument4);
    }

    /// <summary>fchown(descriptor, user, group).</summary>
    public static SysResult ChangeOwnerOfOpen(SystemCallFrame* frame)
    {
        Errno error = FindOpen((int)frame->Argument0, out Place place);
        return error != Errno.None ? error : Tree.SetOwner(Caller.Current, place, (uint)frame->Argument1, (uint)frame->Argument2);
    }

    /// <summary>utimensat(directory, path, times, flags); no path means the descriptor's file.</summary>
    public static SysResult SetTimes(SystemCallFrame* frame)
    {
        ulong flags = frame->Argument3, path = frame->Argument1;
        if ((flags & ~(NoFollow | EmptyPath)) != 0)
            return Errno.EINVAL;
        TimePair pair = default;
        if (frame->Argument2 != 0 && !UserMemory.Read(frame->Argument2, out pair))
            return Errno.EFAULT;
        if (frame->Argument2 == 0)
            pair.Access.Fraction = pair.Modify.Fraction = TimeNow;
        if (!IsTime(pair.Access) || !IsTime(pair.Modify))
            return Errno.EINVAL;
        return SetTimes((int)frame->Argument0, path, flags, pair);
    }

    /// <summary>utimes(path, times): in microseconds.</summary>
    public static SysResult SetTimesInMicroseconds(SystemCallFrame* frame) => SetTimesFrom(WorkingDirectory, frame->Argument0, frame->Argument1);

    /// <summary>futimesat(directory, path, times): in microseconds.</summary>
    public static SysResult SetTimesInMicrosecondsAt(SystemCallFrame* frame) =>
        SetTimesFrom((int)frame->Argument0, frame->Argument1, frame->Argument2);

    /// <summary>utime(path, times): in seconds.</summary>
    public static SysResult SetTimesInSeconds(SystemCallFrame* frame)
    {
        TimePair pair = default;
        pair.Access.Fraction = pair.Modify.Fraction = TimeNow;
        if (frame->Argument1 != 0)
        {
            pair = default;
            if (!UserMemory.Read(frame->Argument1, out pair.Access.Seconds) || !UserMemory.Read(frame->Argument1 + sizeof(long), out pair.Modify.Seconds))
                return Errno.EFAULT;
        }
        return SetTimes(WorkingDirectory, frame->Argument0, 0, pair);
    }

    private static SysResult SetTimesFrom(int directory, ulong path, ulong times)
    {
        TimePair pair = default;
        pair.Access.Fraction = pair.Modify.Fraction = TimeNow;
        if (times != 0)
        {
            if (!UserMemory.Read(times, out pair))
                return Errno.EFAULT;
            if (pair.Access.Fraction is < 0 or >= 1_000_000 || pair.Modify.Fraction is < 0 or >= 1_000_000)
                return Errno.EINVAL;
            pair.Access.Fraction *= 1000;
            pair.Modify.Fraction *= 1000;
        }
        return SetTimes(directory, path, 0, pair);
    }

    private static SysResult SetTimes(int directory, ulong path, ulong flags, in TimePair pair)
    {
        Errno error;
        Place place;
        if (path == 0 && directory != WorkingDirectory)
        {
            error = FindOpen(directory, out place);
            if (error == Errno.None)
                place.AddReference();
        }
        else
        {
            error = FindPath(directory, path, (flags & NoFollow) == 0, (flags & EmptyPath) != 0, out place);
        }
        if (error != Errno.None)
            return error;
        bool isNow = pair.Access.Fraction == TimeNow && pair.Modify.Fraction == TimeNow;
        error = Tree.SetTimes(Caller.Current, place, new NewTimes { Access = ToNanoseconds(pair.Access), Modify = ToNanoseconds(pair.Modify), IsNow = isNow });
        place.Release();
        return error;
    }

    private static bool IsTime(in TimeSpecification time) => time.Fraction is TimeNow or TimeOmitted or >= 0 and < NanosecondsPerSecond;

    private static long? ToNanoseconds(in TimeSpecification time)
    {
        const long latest = long.MaxValue / NanosecondsPerSecond - 1;
        return time.Fraction switch
        {
            TimeOmitted => null,
            TimeNow => Clock.UnixNanoseconds,
            _ => Math.Clamp(time.Seconds, -latest, latest) * NanosecondsPerSecond + time.Fraction,
        };
    }

    private static SysResult ChangeModeOf(int directory, ulong path, ulong mode, ulong flags)
    {
        Errno error = FindPath(directory, path, (flags & NoFollow) == 0, (flags & EmptyPath) != 0, out Place place);
        if (error != Errno.None)
            return error;
        error = Tree.SetMode(Caller.Current, place, (uint)mode);
        place.Release();
        return error;
    }

    private static SysResult ChangeOwnerOf(int directory, ulong path, ulong user, ulong group, ulong flags)
    {
        Errno error = FindPath(directory, path, (flags & NoFollow) == 0, (flags & EmptyPath) != 0, out Place place);
        if (error != Errno.None)
            return error;
        error = Tree.SetOwner(Caller.Current, place, (uint)user, (uint)group);
        place.Release();
        return error;
    }

    /// <summary>The place of a descriptor that isn't only for a path. No reference for the caller.</summary>
    private static Errno FindOpen(int descriptor, out Place place)
    {
        place = default;
        if (Files.Peek(descriptor) is not { } file || file.IsPathOnly)
            return Errno.EBADF;
        place = file.Place;
        return place.IsNone ? Errno.EPERM : Errno.None;
    }

    /// <summary>Two times, as utimensat gets them.</summary>
    private struct TimePair
    {
        public TimeSpecification Access, Modify;
    }
}
