using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace CosmosVm.SymbolTool;

/// <summary>Appends numbers to the bytes of a table.</summary>
internal static class TableBytes
{
    private const int BitsPerGroup = 7;
    private const byte GroupMask = 0x7f;
    private const byte ContinuationBit = 0x80;
    private const byte SignBit = 0x40;

    /// <summary>Appends four bytes.</summary>
    public static void AddUInt32(this List<byte> bytes, uint value)
    {
        Span<byte> raw = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(raw, value);
        bytes.AddRange(raw);
    }

    /// <summary>Appends eight bytes.</summary>
    public static void AddUInt64(this List<byte> bytes, ulong value)
    {
        Span<byte> raw = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(raw, value);
        bytes.AddRange(raw);
    }

    /// <summary>Appends a number in groups of seven bits, unsigned (DWARF 5, 7.6).</summary>
    public static void AddUnsigned(this List<byte> bytes, ulong value)
    {
        for (; value > GroupMask; value >>= BitsPerGroup)
            bytes.Add((byte)(value | ContinuationBit));
        bytes.Add((byte)value);
    }

    /// <summary>Appends a number in groups of seven bits, signed (DWARF 5, 7.6).</summary>
    public static void AddSigned(this List<byte> bytes, long value)
    {
        for (; value is < -SignBit or >= SignBit; value >>= BitsPerGroup)
            bytes.Add((byte)(value | ContinuationBit));
        bytes.Add((byte)(value & GroupMask));
    }
}
