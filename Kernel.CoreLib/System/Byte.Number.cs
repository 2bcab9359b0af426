using System.Numerics;

namespace System;

/// <summary>A 8-bit unsigned integer.</summary>
public readonly partial struct Byte : IBinaryInteger<byte>, IUnsignedNumber<byte>
{
    /// <summary>The smallest value.</summary>
    public const byte MinValue = 0;

    /// <summary>The largest value.</summary>
    public const byte MaxValue = 0xFF;

    static bool INumberBase<byte>.IsSigned => false;

    static ulong INumberBase<byte>.ToBits(byte value) => value;

    static byte INumberBase<byte>.FromBits(ulong bits) => (byte)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(byte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is byte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(byte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static byte Min(byte x, byte y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static byte Max(byte x, byte y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static byte Clamp(byte value, byte min, byte max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (byte Quotient, byte Remainder) DivRem(byte left, byte right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(byte value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static byte Log2(byte value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static byte PopCount(byte value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static byte LeadingZeroCount(byte value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static byte TrailingZeroCount(byte value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static byte RotateLeft(byte value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static byte RotateRight(byte value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
