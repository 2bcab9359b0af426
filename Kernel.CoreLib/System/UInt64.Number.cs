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

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
