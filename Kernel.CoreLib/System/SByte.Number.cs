using System.Numerics;

namespace System;

/// <summary>A 8-bit signed integer.</summary>
public readonly partial struct SByte : IBinaryInteger<sbyte>, ISignedNumber<sbyte>
{
    /// <summary>The smallest value.</summary>
    public const sbyte MinValue = -0x7F - 1;

    /// <summary>The largest value.</summary>
    public const sbyte MaxValue = 0x7F;

    static bool INumberBase<sbyte>.IsSigned => true;

    static ulong INumberBase<sbyte>.ToBits(sbyte value) => (ulong)(long)value;

    static sbyte INumberBase<sbyte>.FromBits(ulong bits) => (sbyte)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(sbyte other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is sbyte other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(sbyte other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
