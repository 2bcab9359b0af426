using System.Numerics;

namespace System;

/// <summary>A pointer-sized unsigned integer.</summary>
public readonly partial struct UIntPtr : IBinaryInteger<nuint>, IUnsignedNumber<nuint>
{
    /// <summary>The smallest value.</summary>
    public static nuint MinValue => 0;

    /// <summary>The largest value.</summary>
    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    static bool INumberBase<nuint>.IsSigned => false;

    static ulong INumberBase<nuint>.ToBits(nuint value) => value;

    static nuint INumberBase<nuint>.FromBits(ulong bits) => (nuint)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(nuint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is nuint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => ((ulong)this).GetHashCode();

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(nuint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static nuint Min(nuint x, nuint y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static nuint Max(nuint x, nuint y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static nuint Clamp(nuint value, nuint min, nuint max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (nuint Quotient, nuint Remainder) DivRem(nuint left, nuint right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(nuint value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static nuint Log2(nuint value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static nuint PopCount(nuint value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static nuint LeadingZeroCount(nuint value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static nuint TrailingZeroCount(nuint value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static nuint RotateLeft(nuint value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static nuint RotateRight(nuint value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);

    /// <summary>The pointer's address.</summary>
    public unsafe void* ToPointer() => (void*)this;
}
