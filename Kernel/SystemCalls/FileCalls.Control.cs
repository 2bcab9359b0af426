using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <content>fcntl, flock, ioctl.</content>
internal static unsafe partial class FileCalls
{
    private const uint CloseOnExecFlag = 1;

    /// <summary>What fcntl does.</summary>
    private enum ControlCommand
    {
        Duplicate = 0,
        GetFlags = 1,
        SetFlags = 2,
        GetStatus = 3,
        SetStatus = 4,
        GetLock = 5,
        SetLock = 6,
        SetLockWaiting = 7,
        SetOwner = 8,
        GetOwner = 9,
        GetFileLock = 36,
        SetFileLock = 37,
        SetFileLockWaiting = 38,
        DuplicateCloseOnExec = 1030,
        SetPipeSize = 1031,
        GetPipeSize = 1032,
        AddSeals = 1033,
        GetSeals = 1034,
    }

    /// <summary>fcntl(descriptor, command, argument).</summary>
    public static SysResult Control(SystemCallFrame* frame)
    {
        int descriptor = (int)frame->Argument0;
        ulong argument = frame->Argument2;
        if (Files.Peek(descriptor) is not { } file)
            return Errno.EBADF;
        var command = (ControlCommand)frame->Argument1;
        if (file.IsPathOnly && command is not (ControlCommand.Duplicate or ControlCommand.DuplicateCloseOnExec or ControlCommand.GetFlags
            or ControlCommand.SetFlags or ControlCommand.GetStatus))
            return Errno.EBADF;
        switch (command)
        {
            case ControlCommand.Duplicate or ControlCommand.DuplicateCloseOnExec:
                if (argument >= Math.Min(FileLimit, FileTable.Most))
                    return Errno.EINVAL;
                return DuplicateFrom(descriptor, (int)argument, command == ControlCommand.DuplicateCloseOnExec);
            case ControlCommand.GetFlags:
                return Files.IsClosedOnExec(descriptor) ? (int)CloseOnExecFlag : 0;
            case ControlCommand.SetFlags:
                Files.SetClosedOnExec(descriptor, (argument & CloseOnExecFlag) != 0);
                return 0;
            case ControlCommand.GetStatus:
                return (int)file.Flags;
            case ControlCommand.SetStatus:
                file.Flags = (file.Flags & ~OpenFlags.Settable) | ((OpenFlags)argument & OpenFlags.Settable);
                return 0;
            case ControlCommand.SetOwner:
                file.SignalOwner = (int)argument;
                return 0;
            case ControlCommand.GetOwner:
                return file.SignalOwner;
            case ControlCommand.SetPipeSize:
                return file.Body is Pipe pipe ? pipe.SetCapacity(argument, Caller.Current.IsPrivileged) : Errno.EBADF;
            case ControlCommand.GetSeals:
                return file.Inode is { CanBeSealed: true } shown ? (int)shown.Seals : Errno.EINVAL;
            case ControlCommand.AddSeals:
                return file.Inode is not { CanBeSealed: true } sealable ? Errno.EINVAL : !file.CanWrite ? Errno.EPERM : sealable.AddSeals((FileSeals)argument);
            case ControlCommand.GetPipeSize:
                return file.Body is Pipe sized ? sized.Capacity : Errno.EBADF;
            case ControlCommand.GetLock or ControlCommand.SetLock or ControlCommand.SetLockWaiting:
            case ControlCommand.GetFileLock or ControlCommand.SetFileLock or ControlCommand.SetFileLockWaiting:
                return ControlLock(file, command, argument);
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>flock(descriptor, operation).</summary>
    public static SysResult Lock(SystemCallFrame* frame)
    {
        const ulong shared = 1, exclusive = 2, nonBlocking = 4, unlock = 8;
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        ulong operation = frame->Argument1;
        LockKind? kind = (operation & ~nonBlocking) switch
        {
            shared => LockKind.Read,
            exclusive => LockKind.Write,
            unlock => LockKind.None,
            _ => null,
        };
        Errno error = kind is not { } wanted ? Errno.EINVAL : file.Inode is null || file.IsPathOnly ? Errno.EBADF
            : FileLock.Set(file.Inode, file, isRecord: false, 0, new LockRange(wanted, 0, LockRange.ToEnd), waits: (operation & nonBlocking) == 0);
        file.Release();
        return error;
    }

    /// <summary>ioctl(descriptor, request, argument).</summary>
    public static SysResult ControlDevice(SystemCallFrame* frame)
    {
        const uint setNonBlocking = 0x5421, setAsync = 0x5452, closeOnExec = 0x5451, notCloseOnExec = 0x5450, bytesToRead = 0x541b;
        int descriptor = (int)frame->Argument0;
        var request = (uint)frame->Argument1;
        ulong argument = frame->Argument2;
        if (Files.Get(descriptor) is not { } file)
            return Errno.EBADF;
        SysResult result;
        if (file.IsPathOnly)
        {
            result = Errno.EBADF;
        }
        else if (request is closeOnExec or notCloseOnExec)
        {
            Files.SetClosedOnExec(descriptor, request == closeOnExec);
            result = 0;
        }
        else if (request is setNonBlocking or setAsync)
        {
            OpenFlags flag = request == setNonBlocking ? OpenFlags.NonBlocking : OpenFlags.Async;
            bool isRead = UserMemory.Read(argument, out int value);
            if (isRead)
                file.Flags = value != 0 ? file.Flags | flag : file.Flags & ~flag;
            result = isRead ? 0 : Errno.EFAULT;
        }
        else if (request == bytesToRead && file.Inode is { IsRegular: true })
        {
            result = UserMemory.Write(argument, (int)(file.Inode.Size - file.Position)) ? 0 : Errno.EFAULT;
        }
        else
        {
            result = file.Body.Control(file, request, argument);
        }
        file.Release();
        return result;
    }

    /// <summary>fcntl's record locks: of the process, or of the open file.</summary>
    private static SysResult ControlLock(OpenFile file, ControlCommand command, ulong address)
    {
        if (!UserMemory.Read(address, out RecordLock record))
            return Errno.EFAULT;
        bool isOfFile = command >= ControlCommand.GetFileLock;
        if (isOfFile && record.Process != 0)
            return Errno.EINVAL;
        if (file.Inode is not { } inode)
            return Errno.EBADF;
        Errno error = record.GetRange(file, out LockRange range);
        if (error != Errno.None)
            return error;
        object owner = isOfFile ? file : Files;
        if (command is ControlCommand.GetLock or ControlCommand.GetFileLock)
        {
            if (range.Kind == LockKind.None)
                return Errno.EINVAL;
            FileLock.Describe(inode, owner, range, ref record);
            return UserMemory.Write(address, record) ? 0 : Errno.EFAULT;
        }
        if ((range.Kind == LockKind.Read && !file.CanRead) || (range.Kind == LockKind.Write && !file.CanWrite))
            return Errno.EBADF;
        file.AddReference();
        bool waits = command is ControlCommand.SetLockWaiting or ControlCommand.SetFileLockWaiting;
        error = FileLock.Set(inode, owner, isRecord: true, isOfFile ? -1 : Current.Id, range, waits);
        file.Release();
        return error;
    }
}
