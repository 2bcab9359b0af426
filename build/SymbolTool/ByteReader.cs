using System;
using System.Buffers.Binary;
using System.IO;

namespace CosmosVm.SymbolTool;

/// <summary>Reads DWARF's numbers one after the other.</summary>
/// <exception cref="InvalidDataException">Every method: the bytes end too early.</exception>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private const int BitsPerGroup = 7;
    private const byte GroupMask = 0x7f;
    private const byte SignBit = 0x40;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether none is left.</summary>
    public readonly bool IsAtEnd => Remaining == 0;

    /// <summary>How many are left.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)Remaining)
            throw new InvalidDataException("unwind information is cut short");
        ReadOnlySpan<byte> taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <summary>One byte.</summary>
    public byte Byte() => Take(sizeof(byte))[0];

    /// <summary>Four bytes, signed.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Four bytes, unsigned.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>A number in groups of seven bits, unsigned (DWARF 5, 7.6).</summary>
    public ulong Unsigned()
    {
        ulong value = 0;
        byte part;
        int shift = 0;
        do
        {
            part = Byte();
            value |= (ulong)(part & GroupMask) << shift;
            shift += BitsPerGroup;
        }
        while (part > GroupMask);
        return value;
    }

    /// <summary>A number in groups of seven bits, signed (DWARF 5, 7.6).</summary>
    public long Signed()
    {
        long value = 0;
        byte part;
        int shift = 0;
        do
        {
            part = Byte();
            value |= (long)(part & GroupMask) << shift;
            shift += BitsPerGroup;
        }
        while (part > GroupMask);
        return (part & SignBit) != 0 ? value | (-1L << shift) : value;
    }
}
