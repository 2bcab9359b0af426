using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <content>Reading, writing, positions and lengths.</content>
internal static unsafe partial class FileCalls
{
    private const long Day = 86_400_000_000_000;

    /// <summary>Where a read or write begins.</summary>
    private const ulong AtPosition = ulong.MaxValue;

    /// <summary>read(descriptor, buffer, bytes).</summary>
    public static SysResult Read(SystemCallFrame* frame) => TransferOne(frame, AtPosition, isWrite: false);

    /// <summary>write(descriptor, buffer, bytes).</summary>
    public static SysResult Write(SystemCallFrame* frame) => TransferOne(frame, AtPosition, isWrite: true);

    /// <summary>pread64(descriptor, buffer, bytes, position).</summary>
    public static SysResult ReadAt(SystemCallFrame* frame) =>
        (long)frame->Argument3 < 0 ? Errno.EINVAL : TransferOne(frame, frame->Argument3, isWrite: false);

    /// <summary>pwrite64(descriptor, buffer, bytes, position).</summary>
    public static SysResult WriteAt(SystemCallFrame* frame) =>
        (long)frame->Argument3 < 0 ? Errno.EINVAL : TransferOne(frame, frame->Argument3, isWrite: true);

    /// <summary>readv(descriptor, vectors, count).</summary>
    public static SysResult ReadVector(SystemCallFrame* frame) => TransferVector(frame, AtPosition, isWrite: false);

    /// <summary>writev(descriptor, vectors, count).</summary>
    public static SysResult WriteVector(SystemCallFrame* frame) => TransferVector(frame, AtPosition, isWrite: true);

    /// <summary>preadv(descriptor, vectors, count, position).</summary>
    public static SysResult ReadVectorAt(SystemCallFrame* frame) =>
        (long)frame->Argument3 < 0 ? Errno.EINVAL : TransferVector(frame, frame->Argument3, isWrite: false);

    /// <summary>pwritev(descriptor, vectors, count, position).</summary>
    public static SysResult WriteVectorAt(SystemCallFrame* frame) =>
        (long)frame->Argument3 < 0 ? Errno.EINVAL : TransferVector(frame, frame->Argument3, isWrite: true);

    /// <summary>preadv2(descriptor, vectors, count, position, -, flags); position -1 is the file's own.</summary>
    public static SysResult ReadVectorWithFlags(SystemCallFrame* frame) => TransferVectorWithFlags(frame, isWrite: false);

    /// <summary>pwritev2: as preadv2.</summary>
    public static SysResult WriteVectorWithFlags(SystemCallFrame* frame) => TransferVectorWithFlags(frame, isWrite: true);

    /// <summary>lseek(descriptor, offset, whence).</summary>
    public static SysResult Seek(SystemCallFrame* frame)
    {
        const ulong set = 0, current = 1, end = 2, data = 3, hole = 4;
        if (Files.Peek((int)frame->Argument0) is not { } file || file.IsPathOnly)
            return Errno.EBADF;
        if (!file.Body.IsSeekable)
            return Errno.ESPIPE;
        long offset = (long)frame->Argument1;
        ulong size = file.Body.EndPosition;
        switch (frame->Argument2)
        {
            case set:
                break;
            case current:
                offset += (long)file.Position;
                break;
            case end:
                offset += (long)size;
                break;
            case data or hole:
                SysResult found = file.Body.SeekContent((ulong)offset, frame->Argument2 == hole);
                if (found.IsError)
                    return found;
                offset = found.Value;
                break;
            default:
                return Errno.EINVAL;
        }
        if (offset < 0)
            return Errno.EINVAL;
        file.Position = file.Body.KeepsPosition ? (ulong)offset : 0;
        return (long)file.Position;
    }

    /// <summary>truncate(path, bytes).</summary>
    public static SysResult Truncate(SystemCallFrame* frame)
    {
        if ((long)frame->Argument1 < 0)
            return Errno.EINVAL;
        Errno error = FindPath(WorkingDirectory, frame->Argument0, followsLast: true, allowsEmpty: false, out Place place);
        if (error != Errno.None)
            return error;
        error = CheckFileSize(frame->Argument1);
        if (error == Errno.None)
            error = Tree.Truncate(Caller.Current, place, frame->Argument1);
        place.Release();
        return error;
    }

    /// <summary>ftruncate(descriptor, bytes).</summary>
    public static SysResult TruncateOpen(SystemCallFrame* frame)
    {
        if ((long)frame->Argument1 < 0)
            return Errno.EINVAL;
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        Errno error = file.IsPathOnly ? Errno.EBADF : !file.CanWrite || file.Inode is not { IsRegular: true } ? Errno.EINVAL : CheckFileSize(frame->Argument1);
        if (error == Errno.None)
        {
            file.Inode!.DropSetIds(Caller.Current);
            error = file.Inode.SetSize(frame->Argument1);
        }
        file.Release();
        return error;
    }

    /// <summary>fallocate(descriptor, mode, offset, bytes).</summary>
    public static SysResult Allocate(SystemCallFrame* frame)
    {
        long offset = (long)frame->Argument2, bytes = (long)frame->Argument3;
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        Errno error;
        if (offset < 0 || bytes <= 0)
            error = Errno.EINVAL;
        else if (!file.CanWrite)
            error = Errno.EBADF;
        else if (file.Body is Pipe)
            error = Errno.ESPIPE;
        else if (file.Inode is not { } inode || !(inode.IsRegular || inode.IsDirectory))
            error = Errno.ENODEV;
        else
            error = inode.IsDirectory ? Errno.EISDIR : inode.Allocate((AllocateMode)frame->Argument1, (ulong)offset, (ulong)bytes);
        file.Release();
        return error;
    }

    /// <summary>fsync(descriptor), fdatasync(descriptor).</summary>
    public static SysResult SynchronizeFile(SystemCallFrame* frame)
    {
        if (Files.Peek((int)frame->Argument0) is not { } file || file.IsPathOnly)
            return Errno.EBADF;
        return file.Body.Synchronize();
    }

    /// <summary>sync(): everything is in memory.</summary>
    public static SysResult SynchronizeAll(SystemCallFrame* frame) => 0;

    /// <summary>syncfs(descriptor).</summary>
    public static SysResult SynchronizeSystem(SystemCallFrame* frame) => Files.Peek((int)frame->Argument0) is null ? Errno.EBADF : 0;

    /// <summary>sync_file_range(descriptor, offset, bytes, flags).</summary>
    public static SysResult SynchronizeRange(SystemCallFrame* frame)
    {
        const ulong knownFlags = 7;
        if (Files.Peek((int)frame->Argument0) is not { } file || file.IsPathOnly)
            return Errno.EBADF;
        long offset = (long)frame->Argument1, end = (long)(frame->Argument1 + frame->Argument2);
        if ((frame->Argument3 & ~knownFlags) != 0 || offset < 0 || end < offset)
            return Errno.EINVAL;
        return file.Inode is { Kind: FileMode.Regular or FileMode.Directory or FileMode.BlockDevice } ? 0 : Errno.ESPIPE;
    }

    /// <summary>posix_fadvise(descriptor, offset, bytes, advice).</summary>
    public static SysResult AdviseFile(SystemCallFrame* frame)
    {
        const ulong highestAdvice = 5;
        if (Files.Peek((int)frame->Argument0) is not { } file || file.IsPathOnly)
            return Errno.EBADF;
        return file.Body is Pipe ? Errno.ESPIPE : frame->Argument3 > highestAdvice || (long)frame->Argument2 < 0 ? Errno.EINVAL : 0;
    }

    /// <summary>readahead(descriptor, offset, count): all is in memory.</summary>
    public static SysResult ReadAhead(SystemCallFrame* frame)
    {
        if (Files.Peek((int)frame->Argument0) is not { CanRead: true } file)
            return Errno.EBADF;
        return file.Inode is { IsRegular: true } ? 0 : Errno.EINVAL;
    }

    /// <summary>sendfile(to, from, position*, bytes).</summary>
    public static SysResult SendFile(SystemCallFrame* frame)
    {
        ulong address = frame->Argument2;
        ulong position = AtPosition;
        if (address != 0 && !UserMemory.Read(address, out position))
            return Errno.EFAULT;
        if (Files.Get((int)frame->Argument1) is not { } from)
            return Errno.EBADF;
        if (Files.Get((int)frame->Argument0) is not { } to)
        {
            from.Release();
            return Errno.EBADF;
        }
        SysResult result;
        if (!from.CanRead || !to.CanWrite)
            result = Errno.EBADF;
        else if (address != 0 && !from.Body.IsSeekable)
            result = Errno.ESPIPE;
        // What can't be read again might get lost between the two, an end of file that was typed too.
        else if (from.Inode is null || !from.Body.IsSeekable || (to.Flags & OpenFlags.Append) != 0 || (address != 0 && (long)position < 0))
            result = Errno.EINVAL;
        else
            result = Send(to, from, ref position, Math.Min(frame->Argument3, Transfer.Most));
        to.Release();
        from.Release();
        if (address != 0 && result.Value > 0 && !UserMemory.Write(address, position))
            return Errno.EFAULT;
        return result;
    }

    /// <summary>Whether a file may become so long (RLIMIT_FSIZE); sends SIGXFSZ if not.</summary>
    private static Errno CheckFileSize(ulong bytes)
    {
        if (bytes <= Current.Limits[(int)Resource.FileSize].Current)
            return Errno.None;
        Signals.Send(Current, Signal.SIGXFSZ);
        return Errno.EFBIG;
    }

    /// <summary>Copies from one file to another, a frame at a time.</summary>
    private static SysResult Send(OpenFile to, OpenFile from, ref ulong position, ulong bytes)
    {
        byte* block = ByteBlocks.Take(ByteBlocks.Longest);
        if (block == null)
            return Errno.ENOMEM;
        bool usesOwn = position == AtPosition;
        ulong at = usesOwn ? from.Position : position;
        ulong sent = 0;
        SysResult result = 0;
        while (sent < bytes)
        {
            Transfer into = Transfer.FromKernel(new ReadOnlySpan<byte>(block, (int)Math.Min(bytes - sent, ByteBlocks.Longest)));
            result = ReadFile(from, ref into, at);
            if (result.Value <= 0)
                break;
            Transfer outOf = Transfer.FromKernel(new ReadOnlySpan<byte>(block, (int)result.Value));
            result = WriteFile(to, ref outOf, AtPosition);
            if (result.Value <= 0)
                break;
            at += (ulong)result.Value;
            sent += (ulong)result.Value;
            Scheduler.YieldIfNeeded();
        }
        ByteBlocks.Return(block);
        if (usesOwn)
            from.Position = at;
        else
            position = at;
        return sent > 0 ? sent : result;
    }

    private static SysResult TransferOne(SystemCallFrame* frame, ulong position, bool isWrite)
    {
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        SysResult result = CheckTransfer(file, position, isWrite);
        if (!result.IsError)
        {
            Errno error = Transfer.FromUser(frame->Argument1, frame->Argument2, out Transfer transfer);
            result = error != Errno.None ? error : isWrite ? WriteFile(file, ref transfer, position) : ReadFile(file, ref transfer, position);
        }
        file.Release();
        return result;
    }

    private static SysResult TransferVector(SystemCallFrame* frame, ulong position, bool isWrite)
    {
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        SysResult result = CheckTransfer(file, position, isWrite);
        if (!result.IsError)
        {
            Errno error = Transfer.FromVectors(frame->Argument1, frame->Argument2, out Transfer transfer);
            result = error != Errno.None ? error : isWrite ? WriteFile(file, ref transfer, position) : ReadFile(file, ref transfer, position);
        }
        file.Release();
        return result;
    }

    private static SysResult TransferVectorWithFlags(SystemCallFrame* frame, bool isWrite)
    {
        const ulong knownFlags = 0x1f;
        if ((frame->Argument5 & ~knownFlags) != 0)
            return Errno.EOPNOTSUPP;
        long position = (long)frame->Argument3;
        if (position < -1)
            return Errno.EINVAL;
        return TransferVector(frame, position == -1 ? AtPosition : (ulong)position, isWrite);
    }

    private static SysResult CheckTransfer(OpenFile file, ulong position, bool isWrite)
    {
        if (!(isWrite ? file.CanWrite : file.CanRead))
            return Errno.EBADF;
        return position != AtPosition && !file.Body.IsSeekable ? Errno.ESPIPE : 0;
    }

    /// <summary>Reads from a file that may be read.</summary>
    /// <param name="file">The caller has a reference.</param>
    /// <param name="to">Where to.</param>
    /// <param name="position">Where from; <see cref="AtPosition"/> is the file's own, which moves along.</param>
    private static SysResult ReadFile(OpenFile file, ref Transfer to, ulong position)
    {
        bool moves = position == AtPosition;
        SysResult result = file.Body.Read(file, ref to, moves ? file.Position : position);
        if (result.Value > 0)
        {
            if (moves && file.Body.KeepsPosition)
                file.Position += (ulong)result.Value;
            NoteAccess(file);
        }
        return result;
    }

    /// <summary>Writes to a file that may be written. As <see cref="ReadFile"/>.</summary>
    private static SysResult WriteFile(OpenFile file, ref Transfer from, ulong position)
    {
        bool moves = position == AtPosition;
        ulong at = moves ? file.Position : position;
        if (file.Inode is { IsRegular: true } inode)
        {
            if ((file.Flags & OpenFlags.Append) != 0)
                at = inode.Size;
            ulong limit = Current.Limits[(int)Resource.FileSize].Current;
            if (at >= limit && from.Left > 0)
                return CheckFileSize(ulong.MaxValue);
            from.Limit(limit - at);
            inode.DropSetIds(Caller.Current);
        }
        SysResult result = file.Body.Write(file, ref from, at);
        if (result.Value > 0 && moves && file.Body.KeepsPosition)
            file.Position = at + (ulong)result.Value;
        return result;
    }

    /// <summary>Sets the time of access when it would tell something new (relatime of mount(8)).</summary>
    private static void NoteAccess(OpenFile file)
    {
        if (file.Inode is not { } inode || (file.Flags & OpenFlags.NoAccessTime) != 0 || file.Place.Mount is not { } mount
            || (mount.Flags & (MountFlags.NoAccessTime | MountFlags.ReadOnly)) != 0)
            return;
        if (inode.AccessTime <= inode.ModifyTime || inode.AccessTime <= inode.ChangeTime || Clock.UnixNanoseconds - inode.AccessTime >= Day)
            inode.Touch(FileTimes.Access);
    }
}
