using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;

namespace Kernel.SystemCalls;

/// <content>Mounts.</content>
internal static unsafe partial class FileCalls
{
    private const int LongestSource = Entry.LongestName + 1;
    private const int LongestType = 32;
    private const int LongestOptions = 512;

    /// <summary>mount(source, path, type, flags, options).</summary>
    public static SysResult Mount(SystemCallFrame* frame)
    {
        var flags = (MountFlags)frame->Argument3;
        byte* block = ByteBlocks.Take(LongestSource + LongestType + LongestOptions);
        if (block == null)
            return Errno.ENOMEM;
        var source = new Span<byte>(block, LongestSource);
        var type = new Span<byte>(block + LongestSource, LongestType);
        var options = new Span<byte>(block + LongestSource + LongestType, LongestOptions);
        Errno error = ReadText(frame->Argument2, ref type);
        if (error == Errno.None)
            error = ReadText(frame->Argument0, ref source);
        if (error == Errno.None)
            error = ReadText(frame->Argument4, ref options);
        Place place = default;
        if (error == Errno.None)
            error = FindPath(WorkingDirectory, frame->Argument1, followsLast: true, allowsEmpty: false, out place);
        if (error == Errno.None && !Current.User.IsPrivileged)
            error = Errno.EPERM;
        if (error == Errno.None)
            error = MountOn(place, flags, source, type, options, frame->Argument0);
        place.Release();
        ByteBlocks.Return(block);
        return error;
    }

    /// <summary>umount2(path, flags).</summary>
    public static SysResult Unmount(SystemCallFrame* frame)
    {
        const ulong force = 1, detach = 2, expire = 4, noFollow = 8;
        ulong flags = frame->Argument1;
        if ((flags & ~(force | detach | expire | noFollow)) != 0)
            return Errno.EINVAL;
        if (!Current.User.IsPrivileged)
            return Errno.EPERM;
        Errno error = FindPath(WorkingDirectory, frame->Argument0, (flags & noFollow) == 0, allowsEmpty: false, out Place place);
        if (error != Errno.None)
            return error;
        Mount mount = place.Mount!;
        if (place.Entry != mount.Root || mount.Parent is null)
        {
            error = Errno.EINVAL;
            place.Release();
            return error;
        }
        mount.AddReference();
        place.Release();
        error = Mounts.Remove(mount, (flags & detach) != 0, extraReferences: 1);
        mount.Release();
        return error;
    }

    private static Errno MountOn(in Place place, MountFlags flags, ReadOnlySpan<byte> source, ReadOnlySpan<byte> type, ReadOnlySpan<byte> options, ulong sourceAddress)
    {
        const MountFlags propagation = MountFlags.Private | MountFlags.Slave | MountFlags.Shared | MountFlags.Unbindable;
        if ((flags & MountFlags.Remount) != 0)
        {
            if (place.Entry != place.Mount!.Root)
                return Errno.EINVAL;
            place.Mount.Flags = flags & MountFlags.Kept;
            return Errno.None;
        }
        if ((flags & MountFlags.Bind) != 0)
            return Bind(place, flags, sourceAddress);
        // Nothing is propagated between mounts.
        if ((flags & propagation) != 0)
            return Errno.None;
        if ((flags & MountFlags.Move) != 0)
            return Errno.EINVAL;
        return MountTypes.Mount(place, source, type, options, flags);
    }

    private static Errno Bind(in Place place, MountFlags flags, ulong sourceAddress)
    {
        Errno error = FindPath(WorkingDirectory, sourceAddress, followsLast: true, allowsEmpty: false, out Place shown);
        if (error != Errno.None)
            return error;
        if (shown.Inode.IsDirectory != place.Inode.IsDirectory)
            error = Errno.ENOTDIR;
        else if (TryBind(shown, flags) is { } mount)
            Mounts.Add(mount, place);
        else
            error = Errno.ENOMEM;
        shown.Release();
        return error;
    }

    private static Mount? TryBind(in Place shown, MountFlags flags) =>
        Kernel.Files.Mount.TryCreate(shown.Mount!.System, shown.Entry!, shown.Mount.Source, flags | shown.Mount.Flags);

    /// <summary>Reads a text, if there is one.</summary>
    private static Errno ReadText(ulong address, ref Span<byte> text)
    {
        if (address == 0)
        {
            text = default;
            return Errno.None;
        }
        Errno error = UserMemory.ReadString(address, text, out int length);
        if (error == Errno.None)
            text = text[..length];
        return error == Errno.ENAMETOOLONG ? Errno.EINVAL : error;
    }
}
