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

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
