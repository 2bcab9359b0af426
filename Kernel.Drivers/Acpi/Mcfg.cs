using System;
using System.Collections.Generic;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>A window of memory-mapped configuration space (PCI firmware specification 3.0, 4.1.2).</summary>
/// <param name="Base">Where bus 0 is or would be.</param>
/// <param name="Segment">Number of the group of buses.</param>
/// <param name="FirstBus">The first bus in the window.</param>
/// <param name="LastBus">The last bus in the window.</param>
public readonly record struct ConfigurationWindow(PhysicalAddress Base, ushort Segment, byte FirstBus, byte LastBus);

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
