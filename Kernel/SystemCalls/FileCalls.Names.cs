using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;

namespace Kernel.SystemCalls;

/// <content>Making, removing and changing names.</content>
internal static unsafe partial class FileCalls
{
    /// <summary>mkdir(path, mode).</summary>
    public static SysResult MakeDirectory(SystemCallFrame* frame) => MakeDirectoryIn(WorkingDirectory, frame->Argument0, frame->Argument1);

    /// <summary>mkdirat(directory, path, mode).</summary>
    public static SysResult MakeDirectoryAt(SystemCallFrame* frame) => MakeDirectoryIn((int)frame->Argument0, frame->Argument1, frame->Argument2);

    /// <summary>mknod(path, mode, device).</summary>
    public static SysResult MakeNode(SystemCallFrame* frame) => MakeNodeIn(WorkingDirectory, frame->Argument0, frame->Argument1, frame->Argument2);

    /// <summary>mknodat(directory, path, mode, device).</summary>
    public static SysResult MakeNodeAt(SystemCallFrame* frame) =>
        MakeNodeIn((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>rmdir(path).</summary>
    public static SysResult RemoveDirectory(SystemCallFrame* frame) => RemoveName(WorkingDirectory, frame->Argument0, isDirectory: true);

    /// <summary>unlink(path).</summary>
    public static SysResult Unlink(SystemCallFrame* frame) => RemoveName(WorkingDirectory, frame->Argument0, isDirectory: false);

    /// <summary>unlinkat(directory, path, flags).</summary>
    public static SysResult UnlinkAt(SystemCallFrame* frame)
    {
        if ((frame->Argument2 & ~RemovesDirectory) != 0)
            return Errno.EINVAL;
        return RemoveName((int)frame->Argument0, frame->Argument1, (frame->Argument2 & RemovesDirectory) != 0);
    }

    /// <summary>symlink(target, path).</summary>
    public static SysResult MakeLink(SystemCallFrame* frame) => MakeLinkIn(frame->Argument0, WorkingDirectory, frame->Argument1);

    /// <summary>symlinkat(target, directory, path).</summary>
    public static SysResult MakeLinkAt(SystemCallFrame* frame) => MakeLinkIn(frame->Argument0, (int)frame->Argument1, frame->Argument2);

    /// <summary>link(path, newPath).</summary>
    public static SysResult Link(SystemCallFrame* frame) =>
        LinkFrom(WorkingDirectory, frame->Argument0, WorkingDirectory, frame->Argument1, 0);

    /// <summary>linkat(directory, path, newDirectory, newPath, flags).</summary>
    public static SysResult LinkAt(SystemCallFrame* frame) =>
        LinkFrom((int)frame->Argument0, frame->Argument1, (int)frame->Argument2, frame->Argument3, frame->Argument4);

    /// <summary>rename(path, newPath).</summary>
    public static SysResult Rename(SystemCallFrame* frame) =>
        RenameFrom(WorkingDirectory, frame->Argument0, WorkingDirectory, frame->Argument1, RenameFlags.None);

    /// <summary>renameat(directory, path, newDirectory, newPath).</summary>
    public static SysResult RenameAt(SystemCallFrame* frame) =>
        RenameFrom((int)frame->Argument0, frame->Argument1, (int)frame->Argument2, frame->Argument3, RenameFlags.None);

    /// <summary>renameat2(directory, path, newDirectory, newPath, flags).</summary>
    public static SysResult RenameWithFlags(SystemCallFrame* frame) =>
        RenameFrom((int)frame->Argument0, frame->Argument1, (int)frame->Argument2, frame->Argument3, (RenameFlags)frame->Argument4);

    private static SysResult MakeDirectoryIn(int directory, ulong address, ulong mode)
    {
        const uint allowed = FileMode.AccessMask | FileMode.Sticky;
        return Make(directory, address, FileMode.Directory | ((uint)mode & allowed), 0);
    }

    private static SysResult MakeNodeIn(int directory, ulong address, ulong mode, ulong device)
    {
        uint kind = (uint)mode & FileMode.TypeMask;
        switch (kind)
        {
            case 0:
                kind = FileMode.Regular;
                break;
            case FileMode.Regular or FileMode.Fifo or FileMode.Socket or FileMode.CharacterDevice or FileMode.BlockDevice:
                break;
            case FileMode.Directory:
                return Errno.EPERM;
            default:
                return Errno.EINVAL;
        }
        return Make(directory, address, kind | ((uint)mode & FileMode.PermissionMask), (uint)device);
    }

    private static SysResult Make(int directory, ulong address, uint mode, ulong device)
    {
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        error = GetStart(directory, path, out Place start);
        if (error == Errno.None)
            error = Tree.Make(Caller.Current, start, path.Text, mode, device);
        path.Dispose();
        return error;
    }

    private static SysResult RemoveName(int directory, ulong address, bool isDirectory)
    {
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        error = GetStart(directory, path, out Place start);
        if (error == Errno.None)
            error = isDirectory ? Tree.RemoveDirectory(Caller.Current, start, path.Text) : Tree.Unlink(Caller.Current, start, path.Text);
        path.Dispose();
        return error;
    }

    private static SysResult MakeLinkIn(ulong targetAddress, int directory, ulong address)
    {
        Errno error = UserPath.Read(targetAddress, out UserPath target);
        if (error != Errno.None)
            return error;
        UserPath path = default;
        error = target.IsEmpty ? Errno.ENOENT : UserPath.Read(address, out path);
        Place start = default;
        if (error == Errno.None)
            error = GetStart(directory, path, out start);
        if (error == Errno.None)
            error = Tree.Make(Caller.Current, start, path.Text, FileMode.SymbolicLink | FileMode.AccessMask, 0, target.Text);
        path.Dispose();
        target.Dispose();
        return error;
    }

    private static SysResult LinkFrom(int directory, ulong address, int newDirectory, ulong newAddress, ulong flags)
    {
        if ((flags & ~(Follow | EmptyPath)) != 0)
            return Errno.EINVAL;
        Errno error = FindPath(directory, address, (flags & Follow) != 0, (flags & EmptyPath) != 0, out Place file);
        if (error != Errno.None)
            return error;
        error = UserPath.Read(newAddress, out UserPath path);
        Place start = default;
        if (error == Errno.None)
            error = GetStart(newDirectory, path, out start);
        if (error == Errno.None)
            error = Tree.Link(Caller.Current, file, start, path.Text);
        path.Dispose();
        file.Release();
        return error;
    }

    private static SysResult RenameFrom(int directory, ulong address, int newDirectory, ulong newAddress, RenameFlags flags)
    {
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        error = UserPath.Read(newAddress, out UserPath newPath);
        Place start = default, newStart = default;
        if (error == Errno.None)
            error = GetStart(directory, path, out start);
        if (error == Errno.None)
            error = GetStart(newDirectory, newPath, out newStart);
        if (error == Errno.None)
            error = Tree.Rename(Caller.Current, start, path.Text, newStart, newPath.Text, flags);
        newPath.Dispose();
        path.Dispose();
        return error;
    }
}
