using System.Numerics;

namespace System;

/// <summary>A 64-bit signed integer.</summary>
public readonly partial struct Int64 : IBinaryInteger<long>, ISignedNumber<long>
{
    /// <summary>The smallest value.</summary>
    public const long MinValue = -0x7FFFFFFFFFFFFFFF - 1;

    /// <summary>The largest value.</summary>
    public const long MaxValue = 0x7FFFFFFFFFFFFFFF;

    static bool INumberBase<long>.IsSigned => true;

    static ulong INumberBase<long>.ToBits(long value) => (ulong)(long)value;

    static long INumberBase<long>.FromBits(ulong bits) => (long)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(long other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is long other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => ((ulong)this).GetHashCode();

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(long other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static long Min(long x, long y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static long Max(long x, long y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static long Clamp(long value, long min, long max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (long Quotient, long Remainder) DivRem(long left, long right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(long value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static long Log2(long value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static long PopCount(long value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static long LeadingZeroCount(long value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static long TrailingZeroCount(long value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static long RotateLeft(long value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static long RotateRight(long value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static long Abs(long value) => IntegerMath.Abs(value);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(long value) => IntegerMath.Sign(value);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
