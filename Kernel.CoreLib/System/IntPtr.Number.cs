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
