using System;
using System.Buffers.Binary;

namespace Kernel.Drivers.Acpi;

/// <summary>Reads fields of firmware tables, which may end before them: older versions of a table are shorter.</summary>
internal static class TableField
{
    /// <summary>The 8-bit field at an offset; 0 if the table ends before it.</summary>
    public static byte Read8(ReadOnlySpan<byte> table, int offset) => Holds(table, offset, sizeof(byte)) ? table[offset] : (byte)0;

    /// <summary>The 16-bit field at an offset; 0 if the table ends before it.</summary>
    public static ushort Read16(ReadOnlySpan<byte> table, int offset) =>
        Holds(table, offset, sizeof(ushort)) ? BinaryPrimitives.ReadUInt16LittleEndian(table[offset..]) : (ushort)0;

    /// <summary>The 32-bit field at an offset; 0 if the table ends before it.</summary>
    public static uint Read32(ReadOnlySpan<byte> table, int offset) =>
        Holds(table, offset, sizeof(uint)) ? BinaryPrimitives.ReadUInt32LittleEndian(table[offset..]) : 0;

    /// <summary>The 64-bit field at an offset; 0 if the table ends before it.</summary>
    public static ulong Read64(ReadOnlySpan<byte> table, int offset) =>
        Holds(table, offset, sizeof(ulong)) ? BinaryPrimitives.ReadUInt64LittleEndian(table[offset..]) : 0;

    /// <summary>Whether the sum of all bytes is zero, as the firmware promises.</summary>
    public static bool IsChecksumRight(ReadOnlySpan<byte> table)
    {
        byte sum = 0;
        foreach (byte value in table)
            sum += value;
        return sum == 0;
    }

    /// <summary>Takes one entry of a list in which each starts with its type and its length, 8 bits each.</summary>
    /// <param name="entries">What is left of the list; moved behind the entry.</param>
    /// <param name="entry">The entry, from its type on.</param>
    /// <returns>False at the end, and when an entry is shorter than its own header or leaves the table.</returns>
    public static bool TryTakeEntry(ref ReadOnlySpan<byte> entries, out ReadOnlySpan<byte> entry)
    {
        const int headerLength = 2;
        entry = default;
        if (entries.Length < headerLength || entries[1] < headerLength || entries[1] > entries.Length)
            return false;
        entry = entries[..entries[1]];
        entries = entries[entry.Length..];
        return true;
    }

    /// <summary>The table from an offset on; empty if it ends before.</summary>
    public static ReadOnlySpan<byte> From(ReadOnlySpan<byte> table, int offset) => offset < table.Length ? table[offset..] : default;

    private static bool Holds(ReadOnlySpan<byte> table, int offset, int bytes) => offset <= table.Length - bytes;
}
