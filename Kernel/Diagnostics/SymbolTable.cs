using System;
using Kernel.Mm;

namespace Kernel.Diagnostics;

/// <summary>
/// Finds method, file and line of a code address in the table that the build embeds at the end of the kernel image
/// (section .ksyms; build/SymbolTool/README.md describes the format).
/// </summary>
/// <remarks>
/// Made for the panic path: it allocates nothing, takes no lock, throws nothing and reads nothing outside of the
/// table, whatever that contains.
/// </remarks>
public readonly ref struct SymbolTable
{
    private const ulong Magic = 0x3130_4d59_534d_5643; // "CVMSYM01", least significant byte first
    private const uint MagicField = 0;
    private const uint OriginField = 8;
    private const uint SizeField = 16;
    private const uint MethodCountField = 20;
    private const uint GroupTableField = 24;
    private const uint NameTableField = 28;
    private const uint FileTableField = 32;
    private const uint HeaderSize = 40;

    /// <summary>Methods, and strings, that stand behind one entry of an index.</summary>
    private const uint GroupSize = 16;
    private const uint GroupEntrySize = 8;
    private const uint StringIndexEntrySize = 4;

    private readonly ReadOnlySpan<byte> _table;

    /// <summary>Wraps the table in <paramref name="bytes"/>, which may be empty or damaged: then nothing is found.</summary>
    public SymbolTable(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
            return;
        _table = bytes;
        uint size = Read32(SizeField);
        bool isWhole = Read64(MagicField) == Magic && size >= HeaderSize && size <= (uint)bytes.Length;
        _table = isWhole ? bytes.Slice(0, (int)size) : default;
    }

    /// <summary>How many methods the table knows; 0 if there is no usable table.</summary>
    public uint MethodCount => _table.Length == 0 ? 0 : Read32(MethodCountField);

    /// <summary>Finds out which code is at <paramref name="address"/>.</summary>
    /// <param name="address">
    /// Of an instruction. For a return address pass the byte before it: a call may be the last instruction of its line,
    /// even of its method.
    /// </param>
    /// <param name="buffer">Room for both texts; what doesn't fit is cut off. 512 bytes are plenty.</param>
    /// <param name="method">UTF-8, inside <paramref name="buffer"/>, such as "Kernel.Program.Main(int)".</param>
    /// <param name="file">UTF-8, inside <paramref name="buffer"/>, relative to the repository; empty if unknown.</param>
    /// <param name="line">Counted from 1; 0 if unknown.</param>
    /// <returns>Whether a method was found.</returns>
    public bool TryResolve(
        VirtualAddress address, Span<byte> buffer, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> file, out int line)
    {
        method = default;
        file = default;
        line = 0;
        if (_table.Length == 0)
            return false;
        ulong offset = address.Value - Read64(OriginField);
        if (!TryFindMethod(offset, out MethodEntry entry)
            || !TryReadString(Read32(NameTableField), entry.Name, buffer, out int nameLength))
            return false;
        method = buffer.Slice(0, nameLength);

        Span<byte> rest = buffer.Slice(nameLength);
        if (TryFindLine(offset, entry, out uint fileIndex, out int foundLine)
            && TryReadString(Read32(FileTableField), fileIndex, rest, out int fileLength))
        {
            file = rest.Slice(0, fileLength);
            line = foundLine;
        }

        return true;
    }

    private bool TryFindMethod(ulong offset, out MethodEntry entry)
    {
        entry = default;
        uint groupCount = (uint)(((ulong)Read32(MethodCountField) + GroupSize - 1) / GroupSize);
        uint groupTable = Read32(GroupTableField);
        if (groupTable + ((ulong)groupCount * GroupEntrySize) > (uint)_table.Length)
            return false;

        // The last group that begins at or before the offset.
        uint low = 0;
        uint high = groupCount;
        while (low < high)
        {
            uint middle = low + ((high - low) / 2);
            if (Read32(groupTable + (middle * GroupEntrySize)) <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return false;
        uint group = groupTable + ((low - 1) * GroupEntrySize);
        ulong start = Read32(group);
        var cursor = new Cursor(_table, Read32(group + 4), (uint)_table.Length);
        for (uint index = 0; index < GroupSize; index++)
        {
            if (!cursor.TryRead(out ulong gap) || !cursor.TryRead(out ulong length)
                || !cursor.TryRead(out ulong name) || !cursor.TryRead(out ulong lineBytes))
                return false;
            start += gap;
            if (offset < start)
                return false;
            if (offset - start < length)
            {
                entry = new MethodEntry(start, (uint)name, cursor.Position, lineBytes);
                return true;
            }

            start += length;
            if (!cursor.TrySkip(lineBytes))
                return false;
        }

        return false;
    }

    private bool TryFindLine(ulong offset, MethodEntry entry, out uint file, out int line)
    {
        file = 0;
        line = 0;
        bool isFound = false;
        if (entry.LineBytes > (uint)_table.Length - entry.Lines)
            return false;
        var cursor = new Cursor(_table, entry.Lines, entry.Lines + (uint)entry.LineBytes);
        ulong rowStart = entry.Start;
        while (cursor.TryRead(out ulong step))
        {
            rowStart += step >> 1;
            // Code before the first row belongs to it: the method's prologue.
            if (isFound && rowStart > offset)
                break;
            ulong nextFile = file;
            if ((step & 1) != 0 && !cursor.TryRead(out nextFile))
                return false;
            if (!cursor.TryRead(out ulong delta))
                return false;
            file = (uint)nextFile;
            line += (int)(delta >> 1) ^ -(int)(delta & 1);
            isFound = true;
        }

        return isFound;
    }

    /// <summary>Puts string <paramref name="index"/> of a string table into <paramref name="buffer"/>.</summary>
    private bool TryReadString(uint stringTable, uint index, Span<byte> buffer, out int length)
    {
        length = 0;
        if (stringTable + 4UL > (uint)_table.Length)
            return false;
        uint count = Read32(stringTable);
        ulong entry = stringTable + 4UL + ((ulong)(index / GroupSize) * StringIndexEntrySize);
        if (index >= count || entry + StringIndexEntrySize > (uint)_table.Length)
            return false;
        var cursor = new Cursor(_table, Read32((uint)entry), (uint)_table.Length);
        ulong total = 0;
        for (uint position = 0; position <= index % GroupSize; position++)
        {
            if (!cursor.TryRead(out ulong shared) || !cursor.TryRead(out ulong suffix) || shared > total)
                return false;
            total = shared;
            for (; suffix > 0; suffix--)
            {
                if (!cursor.TryReadByte(out byte letter))
                    return false;
                if (total < (uint)buffer.Length)
                    buffer[(int)total] = letter;
                total++;
            }
        }

        length = total < (uint)buffer.Length ? (int)total : buffer.Length;
        return true;
    }

    private ulong Read64(uint offset) => Read32(offset) | ((ulong)Read32(offset + 4) << 32);

    /// <summary>Reads a number at an offset that was checked before.</summary>
    private uint Read32(uint offset)
    {
        int at = (int)offset;
        return _table[at] | ((uint)_table[at + 1] << 8) | ((uint)_table[at + 2] << 16) | ((uint)_table[at + 3] << 24);
    }

    /// <summary>What the table says about one method.</summary>
    /// <param name="Start">First byte, counted from the table's origin.</param>
    /// <param name="Name">Index into the table of names.</param>
    /// <param name="Lines">Where its line rows stand in the table.</param>
    /// <param name="LineBytes">How many bytes these have.</param>
    private readonly record struct MethodEntry(ulong Start, uint Name, uint Lines, ulong LineBytes);

    /// <summary>Reads numbers of variable length, seven bits a byte, low bits first.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> table, uint position, uint end)
    {
        private const int PayloadBits = 7;
        private const byte PayloadMask = 0x7f;
        private const int MaximumShift = 63;

        private readonly ReadOnlySpan<byte> _table = table;

        /// <summary>Where the next byte is read.</summary>
        public uint Position { get; private set; } = position;

        public bool TryReadByte(out byte value)
        {
            value = 0;
            if (Position >= end)
                return false;
            value = _table[(int)Position++];
            return true;
        }

        public bool TryRead(out ulong value)
        {
            value = 0;
            for (int shift = 0; shift <= MaximumShift; shift += PayloadBits)
            {
                if (!TryReadByte(out byte next))
                    return false;
                value |= (ulong)(next & PayloadMask) << shift;
                if ((next & ~PayloadMask) == 0)
                    return true;
            }

            return false;
        }

        public bool TrySkip(ulong bytes)
        {
            if (Position > end || bytes > end - Position)
                return false;
            Position += (uint)bytes;
            return true;
        }
    }
}
