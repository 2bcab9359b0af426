using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace CosmosVm.SymbolTool;

/// <summary>From <paramref name="Address"/> on, until the next row, code comes from this line.</summary>
/// <param name="Address">Of an instruction.</param>
/// <param name="File">Path as the compiler wrote it, without a leading "./".</param>
/// <param name="Line">Counted from 1; 0 where the code comes from no line.</param>
/// <param name="IsEnd">Whether the row only ends a sequence: no code from <paramref name="Address"/> on.</param>
public readonly record struct LineRow(ulong Address, string File, int Line, bool IsEnd);

/// <summary>Runs the line-number programs of .debug_line, DWARF versions 2 to 5 (DWARF 5 standard, section 6.2).</summary>
public ref struct DwarfLineReader
{
    private const uint Escape64Bit = 0xffffffff;
    private const int OpCopy = 1;
    private const int OpAdvancePc = 2;
    private const int OpAdvanceLine = 3;
    private const int OpSetFile = 4;
    private const int OpConstAddPc = 8;
    private const int OpFixedAdvancePc = 9;
    private const int ExtendedEndSequence = 1;
    private const int ExtendedSetAddress = 2;
    private const int ContentPath = 1;
    private const int ContentDirectoryIndex = 2;

    private readonly ReadOnlySpan<byte> _lines;
    private readonly ReadOnlySpan<byte> _lineStrings;
    private readonly ReadOnlySpan<byte> _strings;
    private int _position;

    private DwarfLineReader(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> lineStrings, ReadOnlySpan<byte> strings)
    {
        _lines = lines;
        _lineStrings = lineStrings;
        _strings = strings;
    }

    /// <summary>All rows of a linked <paramref name="elf"/>, sorted by address.</summary>
    /// <exception cref="InvalidDataException">The section is damaged or of a version from the future.</exception>
    public static List<LineRow> ReadAll(ElfFile elf)
    {
        var reader = new DwarfLineReader(
            elf.Contents(".debug_line").Span, elf.Contents(".debug_line_str").Span, elf.Contents(".debug_str").Span);
        var rows = new List<LineRow>();
        try
        {
            while (reader._position < reader._lines.Length)
                reader.ReadUnit(rows);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException(".debug_line is damaged", error);
        }

        // A row that begins a sequence comes after the row that ends another one at the same address.
        var order = new int[rows.Count];
        for (int index = 0; index < order.Length; index++)
            order[index] = index;
        Array.Sort(order, (left, right) =>
        {
            int result = rows[left].Address.CompareTo(rows[right].Address);
            if (result == 0)
                result = rows[right].IsEnd.CompareTo(rows[left].IsEnd);
            return result != 0 ? result : left.CompareTo(right);
        });
        return new List<LineRow>(Array.ConvertAll(order, index => rows[index]));
    }

    private void ReadUnit(List<LineRow> rows)
    {
        uint length = ReadUInt32();
        if (length == Escape64Bit)
            throw new InvalidDataException(".debug_line uses the 64-bit format, which isn't supported");
        int end = _position + (int)length;
        int version = ReadUInt16();
        if (version is < 2 or > 5)
            throw new InvalidDataException($".debug_line has version {version}, which isn't supported");
        if (version == 5)
            _position += 2;
        uint headerLength = ReadUInt32();
        int program = _position + (int)headerLength;
        int minimumInstruction = ReadByte();
        if (version >= 4)
            _position++;
        _position++;
        var lineBase = (sbyte)ReadByte();
        int lineRange = ReadByte();
        int opcodeBase = ReadByte();
        ReadOnlySpan<byte> operandCounts = _lines.Slice(_position, opcodeBase - 1);
        _position += opcodeBase - 1;
        List<string> files = version == 5 ? ReadFilesVersion5() : ReadFilesVersion4();

        _position = program;
        ulong address = 0;
        int file = 1;
        int line = 1;
        while (_position < end)
        {
            int opcode = ReadByte();
            if (opcode >= opcodeBase)
            {
                int adjusted = opcode - opcodeBase;
                address += (ulong)(adjusted / lineRange * minimumInstruction);
                line += lineBase + (adjusted % lineRange);
                rows.Add(new LineRow(address, files[file], line, false));
                continue;
            }

            switch (opcode)
            {
                case 0:
                    int next = (int)ReadUnsigned();
                    next += _position;
                    int extended = ReadByte();
                    if (extended == ExtendedEndSequence)
                    {
                        rows.Add(new LineRow(address, "", 0, true));
                        (address, file, line) = (0, 1, 1);
                    }
                    else if (extended == ExtendedSetAddress)
                    {
                        address = BinaryPrimitives.ReadUInt64LittleEndian(_lines[_position..]);
                    }

                    _position = next;
                    break;
                case OpCopy:
                    rows.Add(new LineRow(address, files[file], line, false));
                    break;
                case OpAdvancePc:
                    address += ReadUnsigned() * (ulong)minimumInstruction;
                    break;
                case OpAdvanceLine:
                    line += (int)ReadSigned();
                    break;
                case OpSetFile:
                    file = (int)ReadUnsigned();
                    break;
                case OpConstAddPc:
                    address += (ulong)((255 - opcodeBase) / lineRange * minimumInstruction);
                    break;
                case OpFixedAdvancePc:
                    address += ReadUInt16();
                    break;
                default:
                    for (int count = operandCounts[opcode - 1]; count > 0; count--)
                        ReadUnsigned();
                    break;
            }
        }
    }

    /// <summary>Files are counted from 1; folder 0 is the compiler's own, of which this table doesn't tell.</summary>
    private List<string> ReadFilesVersion4()
    {
        var folders = new List<string> { "" };
        while (_lines[_position] != 0)
            folders.Add(ReadString());
        _position++;
        var files = new List<string> { "" };
        while (_lines[_position] != 0)
        {
            string name = ReadString();
            files.Add(Combine(folders[(int)ReadUnsigned()], name));
            ReadUnsigned();
            ReadUnsigned();
        }

        _position++;
        return files;
    }

    private List<string> ReadFilesVersion5()
    {
        var folders = new List<string>();
        foreach ((string name, _) in ReadEntriesVersion5())
            folders.Add(folders.Count == 0 ? name : Combine(folders[0], name));
        var files = new List<string>();
        foreach ((string name, int folder) in ReadEntriesVersion5())
            files.Add(Combine(folders[folder], name));
        return files;
    }

    private List<(string Name, int Folder)> ReadEntriesVersion5()
    {
        int formatCount = ReadByte();
        var formats = new List<(ulong Content, ulong Form)>();
        for (int index = 0; index < formatCount; index++)
            formats.Add((ReadUnsigned(), ReadUnsigned()));
        var entries = new List<(string, int)>();
        for (ulong count = ReadUnsigned(); count > 0; count--)
        {
            string name = "";
            int folder = 0;
            foreach ((ulong content, ulong form) in formats)
            {
                (string text, ulong number) = ReadForm(form);
                if (content == ContentPath)
                    name = text;
                else if (content == ContentDirectoryIndex)
                    folder = (int)number;
            }

            entries.Add((name, folder));
        }

        return entries;
    }

    /// <summary>Reads a value in one of the forms that file tables use (DWARF 5 standard, section 7.5.6).</summary>
    private (string Text, ulong Number) ReadForm(ulong form)
    {
        switch (form)
        {
            case 0x05: // DW_FORM_data2
                return ("", ReadUInt16());
            case 0x06: // DW_FORM_data4
                return ("", ReadUInt32());
            case 0x08: // DW_FORM_string
                return (ReadString(), 0);
            case 0x0b: // DW_FORM_data1
                return ("", ReadByte());
            case 0x0e: // DW_FORM_strp
                return (StringAt(_strings, (int)ReadUInt32()), 0);
            case 0x0f: // DW_FORM_udata
                return ("", ReadUnsigned());
            case 0x1e: // DW_FORM_data16
                _position += 16;
                return ("", 0);
            case 0x1f: // DW_FORM_line_strp
                return (StringAt(_lineStrings, (int)ReadUInt32()), 0);
            default:
                throw new InvalidDataException($".debug_line uses form {form:x}, which isn't supported");
        }
    }

    private static string Combine(string folder, string name)
    {
        string path = name.StartsWith('/') || folder.Length == 0 ? name : $"{folder}/{name}";
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path[2..];
        return path.Replace("/./", "/");
    }

    private static string StringAt(ReadOnlySpan<byte> section, int offset)
    {
        ReadOnlySpan<byte> rest = section[offset..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private string ReadString()
    {
        string text = StringAt(_lines, _position);
        _position += Encoding.UTF8.GetByteCount(text) + 1;
        return text;
    }

    private byte ReadByte() => _lines[_position++];

    private ushort ReadUInt16()
    {
        _position += 2;
        return BinaryPrimitives.ReadUInt16LittleEndian(_lines[(_position - 2)..]);
    }

    private uint ReadUInt32()
    {
        _position += 4;
        return BinaryPrimitives.ReadUInt32LittleEndian(_lines[(_position - 4)..]);
    }

    private ulong ReadUnsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
    }

    private long ReadSigned()
    {
        long value = 0;
        for (int shift = 0; ;)
        {
            byte next = ReadByte();
            value |= (long)(next & 0x7f) << shift;
            shift += 7;
            if ((next & 0x80) == 0)
                return (next & 0x40) != 0 && shift < 64 ? value | (-1L << shift) : value;
        }
    }
}
