using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>A window of memory-mapped configuration space (PCI firmware specification 3.0, 4.1.2).</summary>
public sealed class ConfigurationWindow(PhysicalAddress start, ushort segment, byte firstBus, byte lastBus)
{
    /// <summary>Where bus 0 is or would be.</summary>
    public PhysicalAddress Base => start;

    /// <summary>Number of the group of buses.</summary>
    public ushort Segment => segment;

    /// <summary>The first bus in the window.</summary>
    public byte FirstBus => firstBus;

    /// <summary>The last bus in the window.</summary>
    public byte LastBus => lastBus;
}

/// <summary>The table of memory-mapped configuration space.</summary>
public static class Mcfg
{
    private const int EntriesOffset = 44;
    private const int EntryLength = 16;
    private const int SegmentOffset = 8;
    private const int FirstBusOffset = 10;
    private const int LastBusOffset = 11;

    /// <summary>All windows that make sense.</summary>
    public static List<ConfigurationWindow> Parse(ReadOnlySpan<byte> table)
    {
        List<ConfigurationWindow> windows = [];
        ReadOnlySpan<byte> entries = TableField.From(table, EntriesOffset);
        for (; entries.Length >= EntryLength; entries = entries[EntryLength..])
        {
            var window = new ConfigurationWindow(
                new PhysicalAddress(TableField.Read64(entries, 0)),
                TableField.Read16(entries, SegmentOffset),
                entries[FirstBusOffset],
                entries[LastBusOffset]);
            if (window.Base.Value != 0 && window.Base.IsPageAligned && window.FirstBus <= window.LastBus)
                windows.Add(window);
        }

        return windows;
    }
}
