using System.Numerics;

namespace System;

/// <summary>A 16-bit unsigned integer.</summary>
public readonly partial struct UInt16 : IBinaryInteger<ushort>, IUnsignedNumber<ushort>
{
    /// <summary>The smallest value.</summary>
    public const ushort MinValue = 0;

    /// <summary>The largest value.</summary>
    public const ushort MaxValue = 0xFFFF;

    static bool INumberBase<ushort>.IsSigned => false;

    static ulong INumberBase<ushort>.ToBits(ushort value) => value;

    static ushort INumberBase<ushort>.FromBits(ulong bits) => (ushort)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(ushort other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ushort other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(ushort other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static ushort Min(ushort x, ushort y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static ushort Max(ushort x, ushort y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static ushort Clamp(ushort value, ushort min, ushort max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (ushort Quotient, ushort Remainder) DivRem(ushort left, ushort right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(ushort value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static ushort Log2(ushort value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static ushort PopCount(ushort value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static ushort LeadingZeroCount(ushort value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static ushort TrailingZeroCount(ushort value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static ushort RotateLeft(ushort value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static ushort RotateRight(ushort value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
