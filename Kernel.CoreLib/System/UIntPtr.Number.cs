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
