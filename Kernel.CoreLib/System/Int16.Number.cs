using System.Numerics;

namespace System;

/// <summary>A 16-bit signed integer.</summary>
public readonly partial struct Int16 : IBinaryInteger<short>, ISignedNumber<short>
{
    /// <summary>The smallest value.</summary>
    public const short MinValue = -0x7FFF - 1;

    /// <summary>The largest value.</summary>
    public const short MaxValue = 0x7FFF;

    static bool INumberBase<short>.IsSigned => true;

    static ulong INumberBase<short>.ToBits(short value) => (ulong)(long)value;

    static short INumberBase<short>.FromBits(ulong bits) => (short)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(short other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is short other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(short other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static short Min(short x, short y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static short Max(short x, short y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static short Clamp(short value, short min, short max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (short Quotient, short Remainder) DivRem(short left, short right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(short value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static short Log2(short value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static short PopCount(short value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static short LeadingZeroCount(short value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static short TrailingZeroCount(short value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static short RotateLeft(short value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static short RotateRight(short value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static short Abs(short value) => IntegerMath.Abs(value);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(short value) => IntegerMath.Sign(value);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
