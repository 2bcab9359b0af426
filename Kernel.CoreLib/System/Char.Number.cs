using System.Numerics;

namespace System;

/// <summary>A UTF-16 code unit.</summary>
public readonly partial struct Char : IBinaryInteger<char>
{
    /// <summary>The smallest value.</summary>
    public const char MinValue = '\0';

    /// <summary>The largest value.</summary>
    public const char MaxValue = '\uFFFF';

    static bool INumberBase<char>.IsSigned => false;

    static ulong INumberBase<char>.ToBits(char value) => value;

    static char INumberBase<char>.FromBits(ulong bits) => (char)bits;

    /// <summary>Whether both are equal.</summary>
    public bool Equals(char other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is char other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this;

    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    public int CompareTo(char other) => this < other ? -1 : this > other ? 1 : 0;
}
