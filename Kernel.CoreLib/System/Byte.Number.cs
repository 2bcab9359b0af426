using System.Numerics;

namespace System;

/// <summary>A 8-bit unsigned integer.</summary>
public readonly partial struct Byte : IBinaryInteger<byte>, IUnsignedNumber<byte>
{
    /// <summary>The smallest value.</summary>
    public const byte MinValue = 0;

    /// <summary>The largest value.</summary>
    public const byte MaxValue = 0xFF;

    static bool INumberBase<byte>.IsSigned => false;

    static ulong INumberBase<byte>.ToBits(byte value) => value;

    static byte INumberBase<byte>.FromBits(ulong bits) => (byte)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(byte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is byte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(byte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
