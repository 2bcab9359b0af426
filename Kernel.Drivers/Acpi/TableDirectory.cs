using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>Finds the ACPI tables of a machine and checks them. What is broken is left out.</summary>
/// <remarks>Not for use by two processors at once while it is being filled.</remarks>
public sealed unsafe class TableDirectory
{
    /// <summary>More than any machine has; bounds what a broken list can cost.</summary>
    public const int MaxTables = 256;

    /// <summary>In bytes. The longest seen, a definition block, was a bit over a megabyte.</summary>
    public const int MaxTableLength = 8 << 20;

    // Where a BIOS puts the root pointer (ACPI 6.5, 5.2.5.1).
    private const ulong ExtendedBiosSegmentAddress = 0x40e;
    private const int ExtendedBiosSearchLength = 1024;
    private const ulong ExtendedBiosLowest = 0x400;
    private const ulong LegacyVideoStart = 0xa_0000;
    private const ulong BiosStart = 0xe_0000;
    private const int BiosLength = 0x2_0000;
    private const int ParagraphShift = 4;

    private readonly DeviceMemory _memory;
    private readonly ulong _addressEnd;
    private readonly List<AcpiTable> _tables = [];
    private readonly List<TableProblem> _problems = [];

    /// <summary>An empty directory.</summary>
    /// <param name="memory">Maps the tables.</param>
    /// <param name="physicalAddressBits">Width of the processor's physical addresses: tables beyond can't exist.</param>
    public TableDirectory(DeviceMemory memory, byte physicalAddressBits)
    {
        _memory = memory;
        _addressEnd = 1UL << Math.Clamp(physicalAddressBits, (byte)32, (byte)52);
    }

    /// <summary>The tables in the order of the firmware's list; the definition block follows the fixed description table.</summary>
    public List<AcpiTable> Tables => _tables;

    /// <summary>The tables left out.</summary>
    public List<TableProblem> Problems => _problems;

    /// <summary>The root pointer; all zero when none was found.</summary>
    public RootPointer Root { get; private set; }

    /// <summary>Finds the root pointer and everything that it leads to.</summary>
    /// <param name="root">Where the boot loader says that it, or a copy, is; zero to look where a BIOS puts it.</param>
    /// <returns>False when there is no root pointer or no list of tables.</returns>
    public bool Load(PhysicalAddress root)
    {
        if (!TryReadRoot(root, out RootPointer pointer) && !TrySearchRoot(out pointer))
            return false;
        Root = pointer;
        return TryList(pointer.Xsdt, TableSignature.Xsdt, sizeof(ulong)) || TryList(pointer.Rsdt, TableSignature.Rsdt, sizeof(uint));
    }

    /// <summary>The table of a name.</summary>
    /// <param name="signature">Its name.</param>
    /// <param name="index">0 for the first of that name.</param>
    /// <returns>One that is not present if there are fewer.</returns>
    public AcpiTable Find(TableSignature signature, int index = 0)
    {
        foreach (AcpiTable table in _tables)
            if (table.Signature == signature && index-- == 0)
                return table;
        return AcpiTable.Absent;
    }

    private bool TryReadRoot(PhysicalAddress address, out RootPointer pointer)
    {
        pointer = default;
        if (!IsReachable(address, RootPointer.Length))
            return false;
        nint at = _memory.Map(address, RootPointer.Length, CachePolicy.WriteBack);
        return at != 0 && RootPointer.TryParse(new ReadOnlySpan<byte>((void*)at, RootPointer.Length), out pointer);
    }

    private bool TrySearchRoot(out RootPointer pointer)
    {
        ulong extended = (ulong)TableField.Read16(LowMemory(ExtendedBiosSegmentAddress, sizeof(ushort)), 0) << ParagraphShift;
        if (extended is >= ExtendedBiosLowest and <= LegacyVideoStart - ExtendedBiosSearchLength
            && RootPointer.TryFind(LowMemory(extended, ExtendedBiosSearchLength), out pointer))
            return true;
        return RootPointer.TryFind(LowMemory(BiosStart, BiosLength), out pointer);
    }

    /// <summary>A part of the first megabyte, all of which the kernel can read at any time.</summary>
    private ReadOnlySpan<byte> LowMemory(ulong address, int bytes)
    {
        nint at = _memory.DirectMap(new PhysicalAddress(address));
        return at == 0 ? default : new ReadOnlySpan<byte>((void*)at, bytes);
    }

    private bool TryList(PhysicalAddress address, TableSignature signature, int addressBytes)
    {
        if (address.Value == 0 || !TryOpen(address, out AcpiTable list))
            return false;
        if (list.Signature != signature)
        {
            _problems.Add(new TableProblem(TableDefect.Signature, list.Signature, address));
            return false;
        }

        ReadOnlySpan<byte> entries = list.Bytes[AcpiTable.HeaderLength..];
        for (; entries.Length >= addressBytes; entries = entries[addressBytes..])
        {
            ulong entry = addressBytes == sizeof(ulong) ? TableField.Read64(entries, 0) : TableField.Read32(entries, 0);
            // Some firmware leaves zeros where an optional table would be.
            if (entry != 0 && !TryAdd(new PhysicalAddress(entry)))
                break;
        }

        return true;
    }

    /// <summary>Adds a table and the definition block that it may refer to.</summary>
    /// <returns>False when the list is full.</returns>
    private bool TryAdd(PhysicalAddress address)
    {
        if (_tables.Count + _problems.Count >= MaxTables)
        {
            _problems.Add(new TableProblem(TableDefect.TooMany, default, address));
            return false;
        }

        if (!TryOpen(address, out AcpiTable table))
            return true;
        _tables.Add(table);
        if (table.Signature == TableSignature.Fadt && Fadt.Parse(table.Bytes).DefinitionBlock is { Value: not 0 } block
            && TryOpen(block, out AcpiTable definition))
            _tables.Add(definition);
        return true;
    }

    private bool TryOpen(PhysicalAddress address, out AcpiTable table)
    {
        table = AcpiTable.Absent;
        nint header = IsReachable(address, AcpiTable.HeaderLength)
            ? _memory.Map(address, AcpiTable.HeaderLength, CachePolicy.WriteBack)
            : 0;
        if (header == 0)
            return Refuse(TableDefect.Unreachable, default, address);
        var bytes = new ReadOnlySpan<byte>((void*)header, AcpiTable.HeaderLength);
        var signature = new TableSignature(TableField.Read32(bytes, 0));
        uint length = TableField.Read32(bytes, AcpiTable.LengthOffset);
        if (length is < AcpiTable.HeaderLength or > MaxTableLength)
            return Refuse(TableDefect.Length, signature, address);
        if (!IsReachable(address, length))
            return Refuse(TableDefect.Unreachable, signature, address);
        nint whole = _memory.Map(address, length, CachePolicy.WriteBack);
        if (whole == 0)
            return Refuse(TableDefect.Unreachable, signature, address);
        if (!TableField.IsChecksumRight(new ReadOnlySpan<byte>((void*)whole, (int)length)))
            return Refuse(TableDefect.Checksum, signature, address);
        table = new AcpiTable(address, whole, (int)length);
        return true;
    }

    private bool Refuse(TableDefect defect, TableSignature signature, PhysicalAddress address)
    {
        _problems.Add(new TableProblem(defect, signature, address));
        return false;
    }

    private bool IsReachable(PhysicalAddress address, ulong bytes) =>
        address.Value != 0 && address.Value < _addressEnd && bytes <= _addressEnd - address.Value;
}
