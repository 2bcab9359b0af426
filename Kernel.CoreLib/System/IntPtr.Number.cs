using System.Numerics;

namespace System;

/// <summary>A pointer-sized signed integer.</summary>
public readonly partial struct IntPtr : IBinaryInteger<nint>, ISignedNumber<nint>
{
    /// <summary>The smallest value.</summary>
    public static nint MinValue => unchecked((nint)long.MinValue);

    /// <summary>The largest value.</summary>
    public static nint MaxValue => unchecked((nint)long.MaxValue);

    /// <summary>Width in bytes.</summary>
    public static int Size => Runtime.CompilerServices.Unsafe.SizeOf<nint>();

    static bool INumberBase<nint>.IsSigned => true;

    static ulong INumberBase<nint>.ToBits(nint value) => (ulong)(long)value;

    static nint INumberBase<nint>.FromBits(ulong bits) => (nint)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(nint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is nint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => ((ulong)(long)this).GetHashCode();

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(nint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The smaller value.</summary>
    public static nint Min(nint x, nint y) => y < x ? y : x;

    /// <summary>The larger value.</summary>
    public static nint Max(nint x, nint y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static nint Clamp(nint value, nint min, nint max) => IntegerMath.Clamp(value, min, max);

    /// <summary>Quotient and remainder.</summary>
    public static (nint Quotient, nint Remainder) DivRem(nint left, nint right) => IntegerMath.DivRem(left, right);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    public static bool IsPow2(nint value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    public static nint Log2(nint value) => IntegerMath.Log2(value);

    /// <summary>How many bits are set.</summary>
    public static nint PopCount(nint value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    public static nint LeadingZeroCount(nint value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    public static nint TrailingZeroCount(nint value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    public static nint RotateLeft(nint value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    public static nint RotateRight(nint value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static nint Abs(nint value) => IntegerMath.Abs(value);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(nint value) => IntegerMath.Sign(value);

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
