using System.Numerics;

namespace System;

/// <summary>A 16-bit unsigned integer.</summary>
public readonly partial struct UInt16 : IBinaryInteger<ushort>, IUnsignedNumber<ushort>
{
    /// <summary>The smallest value.</summary>
    public const ushort MinValue = 0;

    /// <summary>The largest value.</summary>
    public const ushort MaxValue = 0xFFFF;

    static bool INumberBase<ushort>.IsSigned => false;

    static ulong INumberBase<ushort>.ToBits(ushort value) => value;

    static ushort INumberBase<ushort>.FromBits(ulong bits) => (ushort)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(ushort other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ushort other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(ushort other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
