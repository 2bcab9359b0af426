using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>A regular file of a file system in memory: its content is a memory object, which mappings show.</summary>
/// <remarks>
/// The memory object may outlive the last name and open file in a mapping; the file's storage stays until it is gone
/// (<see cref="OnReleased"/>). Its mutex keeps writers and changes of length apart; it is held while bytes are copied.
/// </remarks>
internal sealed unsafe class MemoryFile : Inode
{
    private FileObject? _content;
    private Mutex _changes;

    /// <inheritdoc/>
    public override ulong Size => _content?.Size ?? 0;

    /// <inheritdoc/>
    public override ulong AllocatedBytes => (_content?.ResidentPages ?? 0) << Page.Shift;

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <inheritdoc/>
    public override bool CanPoll => false;

    /// <summary>Makes an empty one. Null when memory has run out.</summary>
    public static MemoryFile? TryCreate(MemoryFileSystem system, in NewFile wanted)
    {
        if (FilePools.MemoryFiles.Take() is not { } file)
            return null;
        file._content = FileObject.Create(VirtualMemory.Manager, file);
        if (file._content is null)
        {
            FilePools.MemoryFiles.Return(file);
            return null;
        }
        file.Initialize(system, wanted.Mode, wanted.User, wanted.Group);
        file.Seals = FileSeals.Seal;
        return file;
    }

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        ulong size = Size;
        if (position >= size)
            return 0;
        to.Limit(size - position);
        while (to.Left > 0 && !to.HasFailed)
        {
            ulong at = position + to.Done;
            uint inPage = (uint)(at & Page.OffsetMask);
            ulong length = Math.Min(to.Left, Page.Size - inPage);
            if (_content!.GetPage(at >> Page.Shift) is { } frame)
            {
                to.Put(new ReadOnlySpan<byte>((byte*)DirectMap.Pointer(frame.Address) + inPage, (int)length));
                _content.PutPage(frame);
            }
            else
            {
                to.PutZeros(length);
            }
            Scheduler.YieldIfNeeded();
        }
        return to.Result();
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        if (from.Left == 0)
            return 0;
        _changes.Lock();
        if (file is not null && (file.Flags & OpenFlags.Append) != 0)
            position = Size;
        Errno error = position >= FileObject.MaximumSize ? Errno.EFBIG
            : (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0 ? Errno.EPERM
            : (Seals & FileSeals.Grow) != 0 && position >= Size ? Errno.EPERM : Errno.None;
        if (error == Errno.None)
            from.Limit(((Seals & FileSeals.Grow) != 0 ? Size : FileObject.MaximumSize) - position);
        while (from.Left > 0 && !from.HasFailed && error == Errno.None)
        {
            ulong at = position + from.Done;
            error = _content!.BeginWrite(at, (int)Math.Min(from.Left, Page.Size), out PageWrite write).ToErrno();
            if (error == Errno.None)
                error = _content.EndWrite(ref write, from.Take(write.Bytes)).ToErrno();
            Scheduler.YieldIfNeeded();
        }
        _changes.Unlock();
        if (from.Done > 0)
            Touch(FileTimes.Modify | FileTimes.Change);
        return from.Result(error);
    }

    /// <inheritdoc/>
    public override Errno SetSize(ulong bytes)
    {
        _changes.Lock();
        bool isSealed = (Seals & (bytes < Size ? FileSeals.Shrink : bytes > Size ? FileSeals.Grow : FileSeals.None)) != 0;
        Status status = isSealed ? Status.Success : _content!.SetSize(bytes);
        _changes.Unlock();
        return isSealed ? Errno.EPERM : Changed(status);
    }

    /// <inheritdoc/>
    public override Errno Allocate(AllocateMode mode, ulong offset, ulong bytes)
    {
        const AllocateMode known = AllocateMode.KeepSize | AllocateMode.PunchHole;
        if ((mode & ~known) != 0 || (mode & known) == AllocateMode.PunchHole)
            return Errno.EOPNOTSUPP;
        if (offset > FileObject.MaximumSize || bytes > FileObject.MaximumSize - offset)
            return Errno.EFBIG;
        _changes.Lock();
        bool punches = (mode & AllocateMode.PunchHole) != 0;
        if (punches ? (Seals & (FileSeals.Write | FileSeals.FutureWrite)) != 0 : (Seals & FileSeals.Grow) != 0 && offset + bytes > Size)
        {
            _changes.Unlock();
            return Errno.EPERM;
        }
        Status status = punches
            ? _content!.PunchHole(offset, bytes)
            : _content!.Allocate(offset, bytes, (mode & AllocateMode.KeepSize) != 0);
        _changes.Unlock();
        return Changed(status);
    }

    /// <inheritdoc/>
    public override bool CanBeSealed => true;

    /// <inheritdoc/>
    public override Errno AddSeals(FileSeals seals)
    {
        if ((seals & ~FileSeals.All) != 0)
            return Errno.EINVAL;
        if ((Seals & FileSeals.Seal) != 0)
            return Errno.EPERM;
        if ((seals & ~Seals & FileSeals.Write) != 0 && _content!.HasWritableMappings)
            return Errno.EBUSY;
        Seals |= seals;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override SysResult SeekContent(ulong position, bool hole)
    {
        ulong? found = position >= Size ? null : hole ? _content!.FindHole(position) : _content!.FindData(position);
        return found is { } at ? at : Errno.ENXIO;
    }

    /// <inheritdoc/>
    public override Errno GetContent(OpenFile file, out MemoryObject? content)
    {
        _content!.AddReference();
        content = _content;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override bool TryCharge(ulong pages)
    {
        var system = (MemoryFileSystem)System;
        if (pages > system.MostPages - Math.Min(system.UsedPages, system.MostPages))
            return false;
        system.UsedPages += pages;
        return true;
    }

    /// <inheritdoc/>
    public override void Uncharge(ulong pages) => ((MemoryFileSystem)System).UsedPages -= pages;

    /// <inheritdoc/>
    public override void OnReleased(FileObject file)
    {
        var system = (MemoryFileSystem)System;
        FilePools.MemoryFiles.Return(this);
        system.NoteDestroyed();
    }

    /// <inheritdoc/>
    protected override void Destroy() => _content!.Release();

    private Errno Changed(Status status)
    {
        if (status == Status.Success)
            Touch(FileTimes.Modify | FileTimes.Change);
        return status.ToErrno();
    }
}
