using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace System.Numerics;

/// <summary>Bit counts and rotations. The baseline instruction set has BSF and BSR, but no POPCNT, LZCNT or TZCNT.</summary>
public static class BitOperations
{
    internal const int BitsPerUInt32 = 32;
    internal const int BitsPerUInt64 = 64;

    /// <summary>Whether exactly one bit is set.</summary>
    public static bool IsPow2(ulong value) => (value & (value - 1)) == 0 && value != 0;

    /// <inheritdoc cref="IsPow2(ulong)"/>
    public static bool IsPow2(uint value) => IsPow2((ulong)value);

    /// <inheritdoc cref="IsPow2(ulong)"/>
    public static bool IsPow2(nuint value) => IsPow2((ulong)value);

    /// <inheritdoc cref="IsPow2(ulong)"/>
    public static bool IsPow2(int value) => value > 0 && IsPow2((ulong)value);

    /// <inheritdoc cref="IsPow2(ulong)"/>
    public static bool IsPow2(long value) => value > 0 && IsPow2((ulong)value);

    /// <summary>The smallest power of two that is not below the value; 0 when it does not fit or the value is 0.</summary>
    public static ulong RoundUpToPowerOf2(ulong value) => value <= 1 ? value : value > 1UL << (BitsPerUInt64 - 1) ? 0 : 1UL << (Log2(value - 1) + 1);

    /// <inheritdoc cref="RoundUpToPowerOf2(ulong)"/>
    public static uint RoundUpToPowerOf2(uint value) => (uint)RoundUpToPowerOf2((ulong)value);

    /// <inheritdoc cref="RoundUpToPowerOf2(ulong)"/>
    public static nuint RoundUpToPowerOf2(nuint value) => (nuint)RoundUpToPowerOf2((ulong)value);

    /// <summary>How many bits are set.</summary>
    public static int PopCount(ulong value)
    {
        // Adds up neighbouring fields of 1, 2 and 4 bits; the multiplication adds the eight bytes into the top one.
        const ulong EverySecondBit = 0x5555555555555555, EverySecondPair = 0x3333333333333333, LowNibbles = 0x0F0F0F0F0F0F0F0F, Ones = 0x0101010101010101;
        const int TopByteShift = 56;
        value -= (value >> 1) & EverySecondBit;
        value = (value & EverySecondPair) + ((value >> 2) & EverySecondPair);
        value = (value + (value >> 4)) & LowNibbles;
        return (int)((value * Ones) >> TopByteShift);
    }

    /// <inheritdoc cref="PopCount(ulong)"/>
    public static int PopCount(uint value) => PopCount((ulong)value);

    /// <inheritdoc cref="PopCount(ulong)"/>
    public static int PopCount(nuint value) => PopCount((ulong)value);

    /// <summary>The position of the lowest bit set; 64 for 0.</summary>
    public static int TrailingZeroCount(ulong value) => value == 0 ? BitsPerUInt64 : (int)X86Base.X64.BitScanForward(value);

    /// <inheritdoc cref="TrailingZeroCount(ulong)"/>
    public static int TrailingZeroCount(long value) => TrailingZeroCount((ulong)value);

    /// <summary>The position of the lowest bit set; 32 for 0.</summary>
    public static int TrailingZeroCount(uint value) => value == 0 ? BitsPerUInt32 : TrailingZeroCount((ulong)value);

    /// <inheritdoc cref="TrailingZeroCount(uint)"/>
    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

    /// <inheritdoc cref="TrailingZeroCount(ulong)"/>
    public static int TrailingZeroCount(nuint value) => TrailingZeroCount((ulong)value);

    /// <inheritdoc cref="TrailingZeroCount(ulong)"/>
    public static int TrailingZeroCount(nint value) => TrailingZeroCount((ulong)value);

    /// <summary>How many zero bits precede the highest bit set; 64 for 0.</summary>
    public static int LeadingZeroCount(ulong value) => value == 0 ? BitsPerUInt64 : BitsPerUInt64 - 1 - Log2(value);

    /// <summary>How many zero bits precede the highest bit set; 32 for 0.</summary>
    public static int LeadingZeroCount(uint value) => value == 0 ? BitsPerUInt32 : BitsPerUInt32 - 1 - Log2(value);

    /// <inheritdoc cref="LeadingZeroCount(ulong)"/>
    public static int LeadingZeroCount(nuint value) => LeadingZeroCount((ulong)value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static int Log2(ulong value) => (int)X86Base.X64.BitScanReverse(value | 1);

    /// <inheritdoc cref="Log2(ulong)"/>
    public static int Log2(uint value) => Log2((ulong)value);

    /// <inheritdoc cref="Log2(ulong)"/>
    public static int Log2(nuint value) => Log2((ulong)value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (BitsPerUInt64 - offset));

    /// <inheritdoc cref="RotateLeft(ulong, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (BitsPerUInt32 - offset));

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (BitsPerUInt64 - offset));

    /// <inheritdoc cref="RotateRight(ulong, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (BitsPerUInt32 - offset));
}
