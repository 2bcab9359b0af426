namespace System;

/// <summary>A 32-bit IEEE 754 number.</summary>
/// <remarks>Differs from .NET: text is in simple fixed form (see docs/corelib.md), there is no parsing and no generic mathematics.</remarks>
public readonly partial struct Single : IEquatable<float>, IComparable<float>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The smallest finite value.</summary>
    public const float MinValue = -3.40282346638528859e+38f;

    /// <summary>The largest finite value.</summary>
    public const float MaxValue = 3.40282346638528859e+38f;

    /// <summary>The smallest value above zero.</summary>
    public const float Epsilon = 1.4E-45f;

    /// <summary>Not a number.</summary>
    public const float NaN = (float)0.0 / (float)0.0;

    /// <summary>Positive infinity.</summary>
    public const float PositiveInfinity = (float)1.0 / (float)0.0;

    /// <summary>Negative infinity.</summary>
    public const float NegativeInfinity = (float)(-1.0) / (float)0.0;

    /// <summary>Whether the value is not a number.</summary>
#pragma warning disable CS1718 // Only NaN differs from itself.
    public static bool IsNaN(float value) => value != value;
#pragma warning restore CS1718

    /// <summary>Whether the value is infinite.</summary>
    public static bool IsInfinity(float value) => value is PositiveInfinity or NegativeInfinity;

    /// <summary>Whether the value is positive infinity.</summary>
    public static bool IsPositiveInfinity(float value) => value == PositiveInfinity;

    /// <summary>Whether the value is negative infinity.</summary>
    public static bool IsNegativeInfinity(float value) => value == NegativeInfinity;

    /// <summary>Whether the value is neither infinite nor NaN.</summary>
    public static bool IsFinite(float value) => !IsNaN(value) && !IsInfinity(value);

    /// <summary>Whether both are equal; NaN equals NaN.</summary>
    public bool Equals(float other) => this == other || (IsNaN(this) && IsNaN(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is float other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => this == 0 ? 0 : BitConverter.SingleToInt32Bits(this).GetHashCode();

    /// <summary>Orders numbers; NaN comes before all others.</summary>
    public int CompareTo(float other) => this < other ? -1 : this > other ? 1 : this == other ? 0 : IsNaN(this) ? (IsNaN(other) ? 0 : -1) : 1;

    /// <summary>Up to six digits after the point.</summary>
    public override string ToString() => ToString(null);

    /// <summary>Formats as F with a number of digits.</summary>
    public string ToString(string? format)
    {
        Span<char> text = stackalloc char[Number.MaxFloatLength];
        Number.TryFormatFloat(this, text, out int written, format.AsSpan());
        return new string(text[..written]);
    }

    /// <summary>Formats as F with a number of digits.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormatFloat(this, destination, out charsWritten, format);

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Number.TryFormatFloat(this, utf8Destination, out bytesWritten, format);
}
