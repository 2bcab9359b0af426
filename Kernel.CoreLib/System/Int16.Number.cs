using System.Numerics;

namespace System;

/// <summary>A 16-bit signed integer.</summary>
public readonly partial struct Int16 : IBinaryInteger<short>, ISignedNumber<short>
{
    /// <summary>The smallest value.</summary>
    public const short MinValue = -0x7FFF - 1;

    /// <summary>The largest value.</summary>
    public const short MaxValue = 0x7FFF;

    static bool INumberBase<short>.IsSigned => true;

    static ulong INumberBase<short>.ToBits(short value) => (ulong)(long)value;

    static short INumberBase<short>.FromBits(ulong bits) => (short)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(short other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is short other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(short other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
