using System.Numerics;

namespace System;

/// <summary>A 32-bit unsigned integer.</summary>
public readonly partial struct UInt32 : IBinaryInteger<uint>, IUnsignedNumber<uint>
{
    /// <summary>The smallest value.</summary>
    public const uint MinValue = 0;

    /// <summary>The largest value.</summary>
    public const uint MaxValue = 0xFFFFFFFF;

    static bool INumberBase<uint>.IsSigned => false;

    static ulong INumberBase<uint>.ToBits(uint value) => value;

    static uint INumberBase<uint>.FromBits(ulong bits) => (uint)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(uint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is uint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(uint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static uint Min(uint x, uint y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static uint Max(uint x, uint y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static uint Clamp(uint value, uint min, uint max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(uint value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static uint Log2(uint value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static uint PopCount(uint value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static uint LeadingZeroCount(uint value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static uint TrailingZeroCount(uint value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static uint RotateLeft(uint value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static uint RotateRight(uint value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
