using System.Numerics;

namespace System;

/// <summary>A 32-bit signed integer.</summary>
public readonly partial struct Int32 : IBinaryInteger<int>, ISignedNumber<int>
{
    /// <summary>The smallest value.</summary>
    public const int MinValue = -0x7FFFFFFF - 1;

    /// <summary>The largest value.</summary>
    public const int MaxValue = 0x7FFFFFFF;

    static bool INumberBase<int>.IsSigned => true;

    static ulong INumberBase<int>.ToBits(int value) => (ulong)(long)value;

    static int INumberBase<int>.FromBits(ulong bits) => (int)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(int other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is int other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(int other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static int Min(int x, int y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static int Max(int x, int y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static int Clamp(int value, int min, int max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (int Quotient, int Remainder) DivRem(int left, int right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(int value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static int Log2(int value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static int PopCount(int value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static int LeadingZeroCount(int value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static int TrailingZeroCount(int value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static int RotateLeft(int value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static int RotateRight(int value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static int Abs(int value) => IntegerMath.Abs(value);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(int value) => IntegerMath.Sign(value);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
