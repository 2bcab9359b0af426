using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;

namespace Kernel.Files;

/// <summary>A regular file of a file system in memory.</summary>
internal sealed unsafe class MemoryFile : Inode
{
    /// <summary>The longest a file can be, in bytes.</summary>
    public const ulong LongestFile = long.MaxValue & ~Page.OffsetMask;

    private FileContent _content;

    /// <inheritdoc/>
    public override ulong Size => _content.Size;

    /// <inheritdoc/>
    public override ulong AllocatedBytes => _content.ResidentPages << Page.Shift;

    /// <inheritdoc/>
    public override bool IsSeekable => true;

    /// <summary>Makes an empty one. Null when memory has run out.</summary>
    public static MemoryFile? TryCreate(MemoryFileSystem system, in NewFile wanted)
    {
        if (FilePools.MemoryFiles.Take() is not { } file)
            return null;
        if (!file._content.TryCreate(file))
        {
            FilePools.MemoryFiles.Return(file);
            return null;
        }
        file.Initialize(system, wanted.Mode, wanted.User, wanted.Group);
        return file;
    }

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        ulong size = Size;
        if (position >= size)
            return 0;
        to.Limit(size - position);
        Errno error = Errno.None;
        while (to.Left > 0 && !to.HasFailed && error == Errno.None)
            error = _content.Read(position + to.Done, ref to);
        return to.Result(error);
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        if (from.Left == 0)
            return 0;
        if (position >= LongestFile)
            return Errno.EFBIG;
        from.Limit(LongestFile - position);
        Errno error = Errno.None;
        while (from.Left > 0 && !from.HasFailed && error == Errno.None)
        {
            error = _content.Write(position + from.Done, ref from);
            if (position + from.Done > Size && from.Done > 0)
                _content.Size = position + from.Done;
        }
        if (from.Done > 0)
            Touch(FileTimes.Modify | FileTimes.Change);
        return from.Result(error == Errno.ENOMEM ? Errno.ENOSPC : error);
    }

    /// <inheritdoc/>
    public override Errno SetSize(ulong bytes)
    {
        if (bytes > LongestFile)
            return Errno.EFBIG;
        Errno error = _content.Truncate(bytes);
        if (error == Errno.None)
            Touch(FileTimes.Modify | FileTimes.Change);
        return error;
    }

    /// <inheritdoc/>
    public override Errno Allocate(AllocateMode mode, ulong offset, ulong bytes)
    {
        const AllocateMode known = AllocateMode.KeepSize | AllocateMode.PunchHole;
        if ((mode & ~known) != 0 || (mode & known) == AllocateMode.PunchHole)
            return Errno.EOPNOTSUPP;
        if (offset > LongestFile || bytes > LongestFile - offset)
            return Errno.EFBIG;
        Errno error;
        if ((mode & AllocateMode.PunchHole) != 0)
        {
            error = _content.Punch(offset, bytes);
        }
        else
        {
            error = _content.Fill(offset, bytes);
            if (error == Errno.None && (mode & AllocateMode.KeepSize) == 0 && offset + bytes > Size)
                _content.Size = offset + bytes;
        }
        if (error == Errno.None)
            Touch(FileTimes.Modify | FileTimes.Change);
        return error == Errno.ENOMEM ? Errno.ENOSPC : error;
    }

    /// <inheritdoc/>
    public override Errno GetContent(OpenFile file, out MemoryObject? content)
    {
        content = _content.AddReference();
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        _content.Release();
        var system = (MemoryFileSystem)System;
        FilePools.MemoryFiles.Return(this);
        system.NoteDestroyed();
    }
}
