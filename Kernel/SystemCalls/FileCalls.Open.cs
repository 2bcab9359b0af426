using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <content>Opening, closing, descriptors.</content>
internal static unsafe partial class FileCalls
{
    private const ulong CloseRangeUnshare = 2;
    private const ulong CloseRangeCloseOnExec = 4;
    private const int LongestMemoryName = 249;

    /// <summary>open(path, flags, mode).</summary>
    public static SysResult Open(SystemCallFrame* frame) => OpenFrom(WorkingDirectory, frame->Argument0, frame->Argument1, frame->Argument2);

    /// <summary>openat(directory, path, flags, mode).</summary>
    public static SysResult OpenAt(SystemCallFrame* frame) => OpenFrom((int)frame->Argument0, frame->Argument1, frame->Argument2, frame->Argument3);

    /// <summary>creat(path, mode).</summary>
    public static SysResult Create(SystemCallFrame* frame) =>
        OpenFrom(WorkingDirectory, frame->Argument0, (ulong)(OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.Truncate), frame->Argument1);

    /// <summary>close(descriptor).</summary>
    public static SysResult Close(SystemCallFrame* frame) => Files.Close((int)frame->Argument0);

    /// <summary>close_range(first, last, flags).</summary>
    public static SysResult CloseRange(SystemCallFrame* frame)
    {
        ulong first = (uint)frame->Argument0, last = (uint)frame->Argument1, flags = frame->Argument2;
        if (first > last || (flags & ~(CloseRangeUnshare | CloseRangeCloseOnExec)) != 0)
            return Errno.EINVAL;
        FileTable files = Files;
        for (ulong descriptor = first; descriptor <= last && descriptor < (ulong)files.End; descriptor++)
        {
            if (files.Peek((int)descriptor) is null)
                continue;
            if ((flags & CloseRangeCloseOnExec) != 0)
                files.SetClosedOnExec((int)descriptor, true);
            else
                files.Close((int)descriptor);
        }
        return 0;
    }

    /// <summary>dup(descriptor).</summary>
    public static SysResult Duplicate(SystemCallFrame* frame) => DuplicateFrom((int)frame->Argument0, 0, closeOnExec: false);

    /// <summary>dup2(descriptor, wanted).</summary>
    public static SysResult DuplicateTo(SystemCallFrame* frame)
    {
        int descriptor = (int)frame->Argument0, wanted = (int)frame->Argument1;
        if (descriptor == wanted)
            return Files.Peek(descriptor) is null ? Errno.EBADF : wanted;
        return DuplicateTo(descriptor, wanted, closeOnExec: false);
    }

    /// <summary>dup3(descriptor, wanted, flags).</summary>
    public static SysResult DuplicateWithFlags(SystemCallFrame* frame)
    {
        int descriptor = (int)frame->Argument0, wanted = (int)frame->Argument1;
        var flags = (OpenFlags)frame->Argument2;
        if ((flags & ~OpenFlags.CloseOnExec) != 0 || descriptor == wanted)
            return Errno.EINVAL;
        return DuplicateTo(descriptor, wanted, (flags & OpenFlags.CloseOnExec) != 0);
    }

    /// <summary>memfd_create(name, flags).</summary>
    public static SysResult CreateMemoryFile(SystemCallFrame* frame)
    {
        const ulong closeOnExec = 1, allowSealing = 2, noExecuteSeal = 8, executable = 16;
        ulong flags = frame->Argument1;
        if ((flags & ~(closeOnExec | allowSealing | noExecuteSeal | executable)) != 0 || (flags & (noExecuteSeal | executable)) == (noExecuteSeal | executable))
            return Errno.EINVAL;
        Span<byte> name = stackalloc byte[LongestMemoryName + 1 + 6];
        "memfd:"u8.CopyTo(name);
        Errno error = UserMemory.ReadString(frame->Argument0, name[6..], out int length);
        if (error != Errno.None)
            return error == Errno.ENAMETOOLONG ? Errno.EINVAL : error;
        error = InternalFiles.OpenMemoryFile(name[..(6 + length)], Caller.Current, out OpenFile? file);
        if (error != Errno.None)
            return error;
        if ((flags & allowSealing) != 0)
            file!.Inode!.Seals = FileSeals.None;
        return Install(file!, (flags & closeOnExec) != 0);
    }

    private static SysResult OpenFrom(int directory, ulong address, ulong flags, ulong mode)
    {
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        OpenFile? file = null;
        error = GetStart(directory, path, out Place start);
        if (error == Errno.None)
            error = Tree.Open(Caller.Current, start, path.Text, (OpenFlags)flags, (uint)mode & FileMode.PermissionMask, out file);
        path.Dispose();
        return error == Errno.None ? Install(file!, ((OpenFlags)flags & OpenFlags.CloseOnExec) != 0) : error;
    }

    private static SysResult DuplicateFrom(int descriptor, int lowest, bool closeOnExec)
    {
        if (Files.Get(descriptor) is not { } file)
            return Errno.EBADF;
        SysResult copy = Files.Add(file, lowest, FileLimit, closeOnExec);
        if (copy.IsError)
            file.Release();
        return copy;
    }

    private static SysResult DuplicateTo(int descriptor, int wanted, bool closeOnExec)
    {
        if (wanted < 0 || (ulong)wanted >= Math.Min(FileLimit, FileTable.Most))
            return Errno.EBADF;
        if (Files.Get(descriptor) is not { } file)
            return Errno.EBADF;
        Errno error = Files.Set(wanted, file, closeOnExec);
        if (error == Errno.None)
            return wanted;
        file.Release();
        return error;
    }
}
