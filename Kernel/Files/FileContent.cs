using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Objects;

namespace Kernel.Files;

/// <summary>The bytes of a regular file in memory: a memory object and a length.</summary>
internal unsafe struct FileContent
{
    private const ulong MostPages = 1UL << (63 - Page.Shift);

    private SharedAnonymousObject? _object;

    /// <summary>In bytes.</summary>
    public ulong Size { get; set; }

    public readonly ulong ResidentPages => _object!.ResidentPages;

    /// <summary>Makes the object. False when memory has run out.</summary>
    public bool TryCreate(Inode file)
    {
        _object = SharedAnonymousObject.Create(VirtualMemory.Manager, MostPages);
        return _object is not null;
    }

    /// <summary>The object, with a reference for the caller.</summary>
    public readonly MemoryObject AddReference()
    {
        _object!.OnOpen(null!);
        return _object;
    }

    /// <summary>Reads what lies in one page. The caller has limited it to the length.</summary>
    public readonly Errno Read(ulong position, ref Transfer to)
    {
        byte* buffer = stackalloc byte[BufferSize];
        Span<byte> part = PartOf(buffer, position, to.Left);
        Status status = _object!.ReadPage(null!, position >> Page.Shift, (uint)(position & Page.OffsetMask), part);
        if (status != Status.Success)
            return status.ToErrno();
        to.Put(part);
        return Errno.None;
    }

    /// <summary>Writes what lies in one page.</summary>
    public readonly Errno Write(ulong position, ref Transfer from)
    {
        byte* buffer = stackalloc byte[BufferSize];
        Span<byte> part = PartOf(buffer, position, from.Left);
        int taken = from.Take(part);
        return Store(position, part[..taken]);
    }

    /// <summary>Changes the length. What is behind it is gone.</summary>
    public Errno Truncate(ulong size)
    {
        if (size < Size)
        {
            Errno error = Punch(size, Size - size);
            if (error != Errno.None)
                return error;
        }
        Size = size;
        return Errno.None;
    }

    /// <summary>Makes a range zeros and gives its pages back.</summary>
    public readonly Errno Punch(ulong position, ulong bytes)
    {
        byte* zeros = stackalloc byte[BufferSize];
        new Span<byte>(zeros, BufferSize).Clear();
        ulong end = Math.Min(position + bytes, Size);
        Errno error = Errno.None;
        while (position < end && error == Errno.None)
        {
            Span<byte> part = PartOf(zeros, position, end - position);
            error = Store(position, part);
            position += (ulong)part.Length;
        }
        return error;
    }

    /// <summary>Gives all pages of a range memory.</summary>
    public readonly Errno Fill(ulong position, ulong bytes)
    {
        ulong last = (position + bytes - 1) >> Page.Shift;
        for (ulong page = position >> Page.Shift; page <= last; page++)
        {
            Status status = _object!.WritePage(null!, page, 0, default);
            if (status != Status.Success)
                return status.ToErrno();
        }
        return Errno.None;
    }

    /// <summary>The file is gone; mappings may still have the object.</summary>
    public void Release()
    {
        _object!.Release();
        _object = null;
    }

    private const int BufferSize = 512;

    private static Span<byte> PartOf(byte* buffer, ulong position, ulong left)
    {
        ulong inPage = Page.Size - (position & Page.OffsetMask);
        return new Span<byte>(buffer, (int)Math.Min(BufferSize, Math.Min(inPage, left)));
    }

    private readonly Errno Store(ulong position, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return Errno.None;
        return _object!.WritePage(null!, position >> Page.Shift, (uint)(position & Page.OffsetMask), bytes).ToErrno();
    }
}
