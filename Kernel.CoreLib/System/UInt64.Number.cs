using System.Numerics;

namespace System;

/// <summary>A 64-bit unsigned integer.</summary>
public readonly partial struct UInt64 : IBinaryInteger<ulong>, IUnsignedNumber<ulong>
{
    /// <summary>The smallest value.</summary>
    public const ulong MinValue = 0;

    /// <summary>The largest value.</summary>
    public const ulong MaxValue = 0xFFFFFFFFFFFFFFFF;

    static bool INumberBase<ulong>.IsSigned => false;

    static ulong INumberBase<ulong>.ToBits(ulong value) => value;

    static ulong INumberBase<ulong>.FromBits(ulong bits) => (ulong)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(ulong other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ulong other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)this ^ (int)(this >> 32);

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(ulong other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static ulong Min(ulong x, ulong y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static ulong Max(ulong x, ulong y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static ulong Clamp(ulong value, ulong min, ulong max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(ulong value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static ulong Log2(ulong value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static ulong PopCount(ulong value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static ulong LeadingZeroCount(ulong value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static ulong TrailingZeroCount(ulong value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static ulong RotateLeft(ulong value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static ulong RotateRight(ulong value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
