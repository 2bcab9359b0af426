using System.Numerics;

namespace System;

/// <summary>A 8-bit signed integer.</summary>
public readonly partial struct SByte : IBinaryInteger<sbyte>, ISignedNumber<sbyte>
{
    /// <summary>The smallest value.</summary>
    public const sbyte MinValue = -0x7F - 1;

    /// <summary>The largest value.</summary>
    public const sbyte MaxValue = 0x7F;

    static bool INumberBase<sbyte>.IsSigned => true;

    static ulong INumberBase<sbyte>.ToBits(sbyte value) => (ulong)(long)value;

    static sbyte INumberBase<sbyte>.FromBits(ulong bits) => (sbyte)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(sbyte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is sbyte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(sbyte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static sbyte Min(sbyte x, sbyte y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static sbyte Max(sbyte x, sbyte y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (sbyte Quotient, sbyte Remainder) DivRem(sbyte left, sbyte right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(sbyte value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static sbyte Log2(sbyte value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static sbyte PopCount(sbyte value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static sbyte LeadingZeroCount(sbyte value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static sbyte TrailingZeroCount(sbyte value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static sbyte RotateLeft(sbyte value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static sbyte RotateRight(sbyte value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static sbyte Abs(sbyte value) => IntegerMath.Abs(value);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(sbyte value) => IntegerMath.Sign(value);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
