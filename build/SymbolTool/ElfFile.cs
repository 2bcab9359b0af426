using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace CosmosVm.SymbolTool;

/// <summary>A section of an ELF file.</summary>
/// <param name="Name">Such as ".text".</param>
/// <param name="Type">SHT_* value.</param>
/// <param name="Flags">SHF_* bits.</param>
/// <param name="Address">Where it is loaded, or would be if it were; 0 when it has no place.</param>
/// <param name="Offset">Where its bytes stand in the file.</param>
/// <param name="Size">In bytes; in memory for a section without bytes in the file.</param>
/// <param name="Link">Index of the section that this one refers to.</param>
public readonly record struct ElfSection(
    string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link)
{
    private const uint TypeNoBits = 8;
    private const ulong FlagAlloc = 2;
    private const ulong FlagExecute = 4;

    /// <summary>Whether it takes room in memory.</summary>
    public bool IsLoaded => (Flags & FlagAlloc) != 0;

    /// <summary>Whether it holds code.</summary>
    public bool IsCode => IsLoaded && (Flags & FlagExecute) != 0;

    /// <summary>Whether it takes room in the file.</summary>
    public bool HasBytes => Type != TypeNoBits;
}

/// <summary>A symbol of an ELF file.</summary>
/// <param name="Name">As the linker knows it.</param>
/// <param name="Value">Its address in a linked file.</param>
/// <param name="Size">In bytes; 0 when nobody said.</param>
/// <param name="IsFunction">Whether its type is STT_FUNC.</param>
/// <param name="IsTyped">Whether it has any type; labels of assembly files often have none.</param>
/// <param name="SectionIndex">Index into <see cref="ElfFile.Sections"/>, or a reserved value.</param>
public readonly record struct ElfSymbol(
    string Name, ulong Value, ulong Size, bool IsFunction, bool IsTyped, ushort SectionIndex);

/// <summary>Reads sections and symbols of a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5).</summary>
public sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int SectionHeaderOffsetField = 0x28;
    private const int SectionHeaderSizeField = 0x3a;
    private const int SectionCountField = 0x3c;
    private const int SectionNamesField = 0x3e;
    private const int SymbolSize = 24;
    private const int SymbolTypeMask = 0xf;
    private const int SymbolTypeNone = 0;
    private const int SymbolTypeFunction = 2;

    private readonly byte[] _bytes;

    /// <summary>Reads <paramref name="bytes"/>, which the file keeps.</summary>
    /// <exception cref="InvalidDataException">It is no 64-bit little-endian ELF file, or it is cut short.</exception>
    public ElfFile(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes.Length < HeaderSize || !bytes.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        try
        {
            Sections = ReadSections();
            Symbols = ReadSymbols();
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new InvalidDataException("the ELF file is cut short", error);
        }
    }

    /// <summary>All sections, in the order of the file.</summary>
    public IReadOnlyList<ElfSection> Sections { get; }

    /// <summary>All symbols that have a name, in the order of the file.</summary>
    public IReadOnlyList<ElfSymbol> Symbols { get; }

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    public static ElfFile Open(string path) => new(File.ReadAllBytes(path));

    /// <summary>The bytes of the section called <paramref name="name"/>; none if there is no such section.</summary>
    public ReadOnlyMemory<byte> Contents(string name)
    {
        foreach (ElfSection section in Sections)
        {
            if (section.Name == name && section.HasBytes)
                return _bytes.AsMemory((int)section.Offset, (int)section.Size);
        }

        return default;
    }

    /// <summary>The bytes that stand at an address, loaded or not.</summary>
    /// <exception cref="InvalidDataException">No section has bytes for all of them.</exception>
    public ReadOnlySpan<byte> BytesAt(ulong address, int length)
    {
        foreach (ElfSection section in Sections)
        {
            if (section.Address != 0 && section.HasBytes && address >= section.Address && address - section.Address + (ulong)length <= section.Size)
                return _bytes.AsSpan((int)(section.Offset + (address - section.Address)), length);
        }

        throw new InvalidDataException($"the file has no {length} bytes for address {address:x}");
    }

    private ElfSection[] ReadSections()
    {
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(SectionHeaderOffsetField));
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(SectionHeaderSizeField));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(SectionCountField));
        int names = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(SectionNamesField));
        var sections = new ElfSection[count];
        var nameOffsets = new int[count];
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> entry = _bytes.AsSpan(table + (index * entrySize), entrySize);
            nameOffsets[index] = (int)BinaryPrimitives.ReadUInt32LittleEndian(entry);
            sections[index] = new ElfSection(
                "",
                BinaryPrimitives.ReadUInt32LittleEndian(entry[0x04..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[0x08..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[0x10..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[0x18..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[0x20..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[0x28..]));
        }

        for (int index = 0; index < count; index++)
            sections[index] = sections[index] with { Name = ReadName((int)sections[names].Offset + nameOffsets[index]) };
        return sections;
    }

    private List<ElfSymbol> ReadSymbols()
    {
        var symbols = new List<ElfSymbol>();
        foreach (ElfSection section in Sections)
        {
            if (section.Name != ".symtab")
                continue;
            ElfSection names = Sections[(int)section.Link];
            for (ulong offset = 0; offset + SymbolSize <= section.Size; offset += SymbolSize)
            {
                ReadOnlySpan<byte> entry = _bytes.AsSpan((int)(section.Offset + offset), SymbolSize);
                string name = ReadName((int)names.Offset + (int)BinaryPrimitives.ReadUInt32LittleEndian(entry));
                int type = entry[4] & SymbolTypeMask;
                if (name.Length == 0)
                    continue;
                symbols.Add(new ElfSymbol(
                    name,
                    BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
                    type == SymbolTypeFunction,
                    type != SymbolTypeNone,
                    BinaryPrimitives.ReadUInt16LittleEndian(entry[6..])));
            }
        }

        return symbols;
    }

    private string ReadName(int offset)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(offset);
        int length = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(length < 0 ? rest : rest[..length]);
    }
}
