using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System.Buffers.Binary;

/// <summary>Reads and writes integers of a given byte order at any alignment; throws <see cref="ArgumentOutOfRangeException"/> on a short span.</summary>
public static class BinaryPrimitives
{
    private const int BitsPerByte = 8;
    private const ulong OddBytes = 0x00FF00FF00FF00FF;
    private const ulong OddPairs = 0x0000FFFF0000FFFF;

    /// <summary>With the bytes in reverse order.</summary>
    public static ulong ReverseEndianness(ulong value)
    {
        value = ((value & OddBytes) << BitsPerByte) | ((value >> BitsPerByte) & OddBytes);
        value = ((value & OddPairs) << (2 * BitsPerByte)) | ((value >> (2 * BitsPerByte)) & OddPairs);
        return BitOperations.RotateLeft(value, BitOperations.BitsPerUInt32);
    }

    /// <summary>With the bytes in reverse order.</summary>
    public static uint ReverseEndianness(uint value) => (uint)(ReverseEndianness((ulong)value) >> BitOperations.BitsPerUInt32);

    /// <summary>With the bytes in reverse order.</summary>
    public static ushort ReverseEndianness(ushort value) => (ushort)((value << BitsPerByte) | (value >> BitsPerByte));

    /// <summary>Reads 16 bits, least significant byte first.</summary>
    public static ushort ReadUInt16LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<ushort>(source);

    /// <summary>Reads 32 bits, least significant byte first.</summary>
    public static uint ReadUInt32LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<uint>(source);

    /// <summary>Reads 64 bits, least significant byte first.</summary>
    public static ulong ReadUInt64LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<ulong>(source);

    /// <summary>Reads 16 bits, least significant byte first.</summary>
    public static short ReadInt16LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<short>(source);

    /// <summary>Reads 32 bits, least significant byte first.</summary>
    public static int ReadInt32LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<int>(source);

    /// <summary>Reads 64 bits, least significant byte first.</summary>
    public static long ReadInt64LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<long>(source);

    /// <summary>Reads 16 bits, most significant byte first.</summary>
    public static ushort ReadUInt16BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(MemoryMarshal.Read<ushort>(source));

    /// <summary>Reads 32 bits, most significant byte first.</summary>
    public static uint ReadUInt32BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(MemoryMarshal.Read<uint>(source));

    /// <summary>Reads 64 bits, most significant byte first.</summary>
    public static ulong ReadUInt64BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(MemoryMarshal.Read<ulong>(source));

    /// <summary>Writes 16 bits, least significant byte first.</summary>
    public static void WriteUInt16LittleEndian(Span<byte> destination, ushort value) => MemoryMarshal.Write(destination, in value);

    /// <summary>Writes 32 bits, least significant byte first.</summary>
    public static void WriteUInt32LittleEndian(Span<byte> destination, uint value) => MemoryMarshal.Write(destination, in value);

    /// <summary>Writes 64 bits, least significant byte first.</summary>
    public static void WriteUInt64LittleEndian(Span<byte> destination, ulong value) => MemoryMarshal.Write(destination, in value);

    /// <summary>Writes 16 bits, most significant byte first.</summary>
    public static void WriteUInt16BigEndian(Span<byte> destination, ushort value) => WriteUInt16LittleEndian(destination, ReverseEndianness(value));

    /// <summary>Writes 32 bits, most significant byte first.</summary>
    public static void WriteUInt32BigEndian(Span<byte> destination, uint value) => WriteUInt32LittleEndian(destination, ReverseEndianness(value));

    /// <summary>Writes 64 bits, most significant byte first.</summary>
    public static void WriteUInt64BigEndian(Span<byte> destination, ulong value) => WriteUInt64LittleEndian(destination, ReverseEndianness(value));
}
