using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace CosmosVm.SymbolTool;

/// <summary>Collects the bytes of a table.</summary>
internal sealed class TableBuilder
{
    private const int BitsPerGroup = 7;
    private const byte GroupMask = 0x7f;
    private const byte ContinuationBit = 0x80;
    private const byte SignBit = 0x40;

    /// <summary>What has been added so far.</summary>
    public List<byte> Bytes { get; } = [];

    /// <summary>Adds bytes as they are.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);

    /// <summary>Adds four bytes.</summary>
    public void AddUInt32(uint value)
    {
        Span<byte> raw = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(raw, value);
        Bytes.AddRange(raw);
    }

    /// <summary>Adds eight bytes.</summary>
    public void AddUInt64(ulong value)
    {
        Span<byte> raw = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(raw, value);
        Bytes.AddRange(raw);
    }

    /// <summary>Adds a number in groups of seven bits, unsigned (DWARF 5, 7.6).</summary>
    public void AddUnsigned(ulong value)
    {
        for (; value > GroupMask; value >>= BitsPerGroup)
            Bytes.Add((byte)(value | ContinuationBit));
        Bytes.Add((byte)value);
    }

    /// <summary>Adds a number in groups of seven bits, signed (DWARF 5, 7.6).</summary>
    public void AddSigned(long value)
    {
        for (; value is < -SignBit or >= SignBit; value >>= BitsPerGroup)
            Bytes.Add((byte)(value | ContinuationBit));
        Bytes.Add((byte)(value & GroupMask));
    }
}
