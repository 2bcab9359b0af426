using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>A processor's place.</summary>
public sealed class ProcessorAffinity(uint apicId, uint domain)
{
    /// <summary>Number of its local interrupt controller.</summary>
    public uint ApicId => apicId;

    /// <summary>Number of the group of processors and memory that are near to each other.</summary>
    public uint Domain => domain;
}

/// <summary>A memory range's place.</summary>
public sealed class MemoryAffinity(PhysicalAddress start, ulong length, uint domain, bool isHotPluggable, bool isNonVolatile)
{
    /// <summary>Its first byte.</summary>
    public PhysicalAddress Start => start;

    /// <summary>Its size in bytes.</summary>
    public ulong Length => length;

    /// <summary>Number of the group of processors and memory that are near to each other.</summary>
    public uint Domain => domain;

    /// <summary>Whether it may be taken out while the machine runs.</summary>
    public bool IsHotPluggable => isHotPluggable;

    /// <summary>Whether it keeps its content without power.</summary>
    public bool IsNonVolatile => isNonVolatile;
}

/// <summary>The table of what is near to what (ACPI 6.5, 5.2.16). Only enabled entries are kept.</summary>
public sealed class Srat
{
    private const int EntriesOffset = 48;
    private const uint EnabledFlag = 1;
    private const uint HotPluggableFlag = 2;
    private const uint NonVolatileFlag = 4;

    private enum EntryType : byte
    {
        LocalApic = 0,
        Memory = 1,
        LocalX2Apic = 2,
    }

    /// <summary>The processors.</summary>
    public List<ProcessorAffinity> Processors { get; } = [];

    /// <summary>The memory ranges; empty ones and those that leave the address space are left out.</summary>
    public List<MemoryAffinity> Memory { get; } = [];

    /// <summary>Reads the table up to its end or the first broken entry. Entries of unknown types are skipped.</summary>
    public static Srat Parse(ReadOnlySpan<byte> table)
    {
        var srat = new Srat();
        ReadOnlySpan<byte> entries = TableField.From(table, EntriesOffset);
        while (TableField.TryTakeEntry(ref entries, out ReadOnlySpan<byte> entry))
            srat.Add(entry);
        return srat;
    }

    private void Add(ReadOnlySpan<byte> entry)
    {
        switch ((EntryType)entry[0])
        {
            case EntryType.LocalApic when entry.Length >= 16 && (TableField.Read32(entry, 4) & EnabledFlag) != 0:
                // The domain's lowest byte is apart from the three others, which came later.
                Processors.Add(new ProcessorAffinity(entry[3], entry[2] | ((TableField.Read32(entry, 8) >> 8) << 8)));
                break;
            case EntryType.LocalX2Apic when entry.Length >= 24 && (TableField.Read32(entry, 12) & EnabledFlag) != 0:
                Processors.Add(new ProcessorAffinity(TableField.Read32(entry, 8), TableField.Read32(entry, 4)));
                break;
            case EntryType.Memory when entry.Length >= 40:
                AddMemory(entry);
                break;
        }
    }

    private void AddMemory(ReadOnlySpan<byte> entry)
    {
        uint flags = TableField.Read32(entry, 28);
        ulong start = TableField.Read64(entry, 8);
        ulong length = TableField.Read64(entry, 16);
        if ((flags & EnabledFlag) != 0 && length != 0 && length <= ulong.MaxValue - start)
            Memory.Add(new MemoryAffinity(
                new PhysicalAddress(start),
                length,
                TableField.Read32(entry, 2),
                (flags & HotPluggableFlag) != 0,
                (flags & NonVolatileFlag) != 0));
    }
}
