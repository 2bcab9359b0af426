using System.Numerics;

namespace System;

/// <summary>A 32-bit unsigned integer.</summary>
public readonly partial struct UInt32 : IBinaryInteger<uint>, IUnsignedNumber<uint>
{
    /// <summary>The smallest value.</summary>
    public const uint MinValue = 0;

    /// <summary>The largest value.</summary>
    public const uint MaxValue = 0xFFFFFFFF;

    static bool INumberBase<uint>.IsSigned => false;

    static ulong INumberBase<uint>.ToBits(uint value) => value;

    static uint INumberBase<uint>.FromBits(ulong bits) => (uint)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(uint other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is uint other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(uint other) => this < other ? -1 : this > other ? 1 : 0;

    /// <summary>The value in decimal.</summary>
    public override string ToString() => Number.ToString(this, default);

    /// <summary>Formats as D, X, x or B.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormat(this, utf8Destination, out bytesWritten, format);
}
