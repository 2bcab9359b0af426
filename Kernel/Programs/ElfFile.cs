using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.Programs;

/// <summary>The header of an ELF file for 64 bits (System V ABI, object files).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ElfHeader
{
    public const ushort FixedType = 2;
    public const ushort SharedType = 3;

    private const uint Magic = 0x464c_457f;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const ushort MachineX64 = 62;
    private const int MaximumSegments = 128;

    private uint _magic;
    private byte _class, _data, _version, _osAbi;
    private ulong _padding;
    public ushort Type;
    private ushort _machine;
    private uint _fileVersion;
    public ulong Entry;
    public ulong SegmentsOffset;
    private ulong _sectionsOffset;
    private uint _flags;
    private ushort _headerSize;
    private ushort _segmentSize;
    public ushort SegmentCount;
    private ushort _sectionSize, _sectionCount, _sectionNames;

    /// <summary>Whether this kernel can run it.</summary>
    public readonly bool IsValid => _magic == Magic && _class == Class64 && _data == LittleEndian && _machine == MachineX64
        && Type is FixedType or SharedType && _segmentSize == sizeof(ElfSegment) && SegmentCount is > 0 and <= MaximumSegments;
}

/// <summary>A program header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ElfSegment
{
    public const uint LoadType = 1;
    public const uint InterpreterType = 3;
    public const uint HeadersType = 6;
    public const uint StackType = 0x6474_e551;

    private const uint ExecuteFlag = 1;
    private const uint WriteFlag = 2;
    private const uint ReadFlag = 4;

    public uint Type;
    private readonly uint _flags;
    public ulong Offset;
    public ulong Address;
    private readonly ulong _physicalAddress;
    public ulong FileSize;
    public ulong MemorySize;
    public ulong Alignment;

    /// <summary>Whether its pages may hold instructions.</summary>
    public readonly bool IsExecutable => (_flags & ExecuteFlag) != 0;

    /// <summary>Whether its pages may be written.</summary>
    public readonly bool IsWritable => (_flags & WriteFlag) != 0;

    /// <summary>What its pages allow.</summary>
    public readonly Protection Protection
    {
        get
        {
            if ((_flags & (ReadFlag | WriteFlag | ExecuteFlag)) == 0)
                return Protection.None;
            Protection protection = Protection.User | Protection.Read;
            if ((_flags & WriteFlag) != 0)
                protection |= Protection.Write;
            if ((_flags & ExecuteFlag) != 0)
                protection |= Protection.Execute;
            return protection;
        }
    }
}

/// <summary>Where a file was mapped.</summary>
internal struct LoadedElf
{
    /// <summary>What is added to the file's addresses.</summary>
    public ulong Bias;
    public ulong Entry;

    /// <summary>Address of the program headers, zero if they are not mapped; and how many.</summary>
    public ulong Segments;
    public ushort SegmentCount;
    public ulong CodeStart, CodeEnd, DataStart, DataEnd;

    /// <summary>The end of the last segment.</summary>
    public ulong End;

    /// <summary>Whether the program asks for an executable stack.</summary>
    public bool WantsExecutableStack;
}

/// <summary>Maps ELF files into a new address space.</summary>
internal static unsafe class ElfFile
{
    /// <summary>Maps a file's segments.</summary>
    /// <param name="space">Where to; not in use yet, and dropped by the caller if this fails.</param>
    /// <param name="file">The file.</param>
    /// <param name="bias">Where a file without fixed addresses shall begin; zero: anywhere below <paramref name="top"/>.</param>
    /// <param name="top">See <paramref name="bias"/>.</param>
    /// <param name="interpreter">Gets the path of the interpreter that the file asks for.</param>
    /// <param name="interpreterLength">Length of it; zero for none.</param>
    /// <param name="loaded">Where everything is.</param>
    /// <returns>ENOEXEC for what is no such file, ENOMEM, what reading says.</returns>
    public static Errno Load(AddressSpace space, Inode file, ulong bias, ulong top, Span<byte> interpreter, out int interpreterLength, out LoadedElf loaded)
    {
        interpreterLength = 0;
        loaded = default;
        ElfHeader header = default;
        SysResult read = file.ReadAt(0, new Span<byte>(&header, sizeof(ElfHeader)));
        if (read.IsError)
            return read.Error;
        if (read.Value < sizeof(ElfHeader) || !header.IsValid)
            return Errno.ENOEXEC;
        ElfSegment* segments = stackalloc ElfSegment[header.SegmentCount];
        int size = header.SegmentCount * sizeof(ElfSegment);
        read = file.ReadAt(header.SegmentsOffset, new Span<byte>(segments, size));
        if (read.IsError || read.Value < size)
            return read.IsError ? read.Error : Errno.ENOEXEC;
        var all = new ReadOnlySpan<ElfSegment>(segments, header.SegmentCount);
        if (!TryMeasure(all, out PageRange extent))
            return Errno.ENOEXEC;
        Errno error = FindInterpreter(file, all, interpreter, out interpreterLength);
        if (error != Errno.None)
            return error;
        if (header.Type == ElfHeader.SharedType)
        {
            error = bias == 0 ? FindPlace(space, extent.Pages, top, out bias) : Errno.None;
            if (error != Errno.None)
                return error;
            bias -= extent.Start.Value;
        }
        else
        {
            bias = 0;
        }
        loaded.Bias = bias;
        loaded.Entry = header.Entry + bias;
        loaded.SegmentCount = header.SegmentCount;
        loaded.CodeStart = ulong.MaxValue;
        loaded.DataStart = ulong.MaxValue;
        foreach (ref readonly ElfSegment segment in all)
        {
            if (segment.Type == ElfSegment.LoadType)
            {
                error = MapSegment(space, file, segment, bias);
                if (error != Errno.None)
                    return error;
                Note(ref loaded, segment, header.SegmentsOffset);
            }
            loaded.WantsExecutableStack |= segment.Type == ElfSegment.StackType && segment.IsExecutable;
        }
        return Errno.None;
    }

    private static bool TryMeasure(ReadOnlySpan<ElfSegment> segments, out PageRange extent)
    {
        ulong start = ulong.MaxValue, end = 0;
        foreach (ref readonly ElfSegment segment in segments)
        {
            if (segment.Type != ElfSegment.LoadType || segment.MemorySize == 0)
                continue;
            if (segment.FileSize > segment.MemorySize || segment.Address + segment.MemorySize < segment.Address
                || segment.Address + segment.MemorySize > Memory.UserMemory.End || segment.Offset + segment.FileSize < segment.Offset
                || ((segment.Address ^ segment.Offset) & Page.OffsetMask) != 0)
            {
                extent = default;
                return false;
            }
            start = Math.Min(start, segment.Address & ~Page.OffsetMask);
            end = Math.Max(end, segment.Address + segment.MemorySize);
        }
        bool isFound = end > start;
        extent = isFound ? PageRange.Between(new VirtualAddress(start), new VirtualAddress(end).AlignUp(Page.Size)) : default;
        return isFound;
    }

    private static Errno FindInterpreter(Inode file, ReadOnlySpan<ElfSegment> segments, Span<byte> path, out int length)
    {
        length = 0;
        foreach (ref readonly ElfSegment segment in segments)
        {
            if (segment.Type != ElfSegment.InterpreterType)
                continue;
            if (segment.FileSize < 2 || segment.FileSize > (ulong)path.Length)
                return Errno.ENOEXEC;
            SysResult read = file.ReadAt(segment.Offset, path[..(int)segment.FileSize]);
            if (read.IsError || read.Value < (long)segment.FileSize || path[(int)segment.FileSize - 1] != 0)
                return read.IsError ? read.Error : Errno.ENOEXEC;
            length = (int)segment.FileSize - 1;
            return Errno.None;
        }
        return Errno.None;
    }

    /// <summary>Finds room by mapping nothing there for a moment.</summary>
    private static Errno FindPlace(AddressSpace space, ulong pages, ulong top, out ulong place)
    {
        var request = new MapRequest(pages, Protection.None) { Highest = new VirtualAddress(top) };
        Status status = space.Map(request, out VirtualAddress address);
        place = address.Value;
        return status == Status.Success ? space.Unmap(new PageRange(address, pages)).ToErrno() : status.ToErrno();
    }

    private static Errno MapSegment(AddressSpace space, Inode file, in ElfSegment segment, ulong bias)
    {
        ulong start = (segment.Address & ~Page.OffsetMask) + bias;
        ulong fileEnd = segment.Address + segment.FileSize + bias;
        ulong end = segment.Address + segment.MemorySize + bias;
        ulong filePagesEnd = (fileEnd + Page.OffsetMask) & ~Page.OffsetMask;
        ulong pagesEnd = (end + Page.OffsetMask) & ~Page.OffsetMask;
        if (segment.FileSize != 0)
        {
            var request = new MapRequest((filePagesEnd - start) >> Page.Shift, segment.Protection)
            {
                Placement = Placement.Fixed,
                Address = new VirtualAddress(start),
                Flags = VAreaFlags.Private | (segment.IsWritable ? 0 : VAreaFlags.Text),
                Offset = (segment.Offset & ~Page.OffsetMask) >> Page.Shift,
            };
            Errno error = file.MapPrivate(space, ref request);
            if (error != Errno.None)
                return error;
        }
        else
        {
            filePagesEnd = start;
        }
        if (pagesEnd > filePagesEnd)
        {
            var request = new MapRequest((pagesEnd - filePagesEnd) >> Page.Shift, segment.Protection)
            {
                Placement = Placement.Fixed,
                Address = new VirtualAddress(filePagesEnd),
            };
            Status status = space.Map(request, out VirtualAddress _);
            if (status != Status.Success)
                return status == Status.AlreadyExists ? Errno.ENOEXEC : status.ToErrno();
        }
        return end > fileEnd && segment.FileSize != 0 && segment.IsWritable ? ClearTail(space, fileEnd, Math.Min(filePagesEnd, end)) : Errno.None;
    }

    /// <summary>The rest of the last page that the file fills: zeros, not what follows in the file.</summary>
    private static Errno ClearTail(AddressSpace space, ulong from, ulong to)
    {
        Span<byte> zeros = stackalloc byte[512];
        zeros.Clear();
        while (from < to)
        {
            int count = (int)Math.Min((ulong)zeros.Length, to - from);
            Status status = space.Write(new VirtualAddress(from), zeros[..count]);
            if (status != Status.Success)
                return status.ToErrno();
            from += (ulong)count;
        }
        return Errno.None;
    }

    private static void Note(ref LoadedElf loaded, in ElfSegment segment, ulong headersOffset)
    {
        ulong start = segment.Address + loaded.Bias, fileEnd = start + segment.FileSize, end = start + segment.MemorySize;
        if (headersOffset >= segment.Offset && headersOffset < segment.Offset + segment.FileSize)
            loaded.Segments = start + (headersOffset - segment.Offset);
        if (segment.IsExecutable)
        {
            loaded.CodeStart = Math.Min(loaded.CodeStart, start);
            loaded.CodeEnd = Math.Max(loaded.CodeEnd, fileEnd);
        }
        if (segment.IsWritable)
        {
            loaded.DataStart = Math.Min(loaded.DataStart, start);
            loaded.DataEnd = Math.Max(loaded.DataEnd, fileEnd);
        }
        loaded.End = Math.Max(loaded.End, end);
    }
}
