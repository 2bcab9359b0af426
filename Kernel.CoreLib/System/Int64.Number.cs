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

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
