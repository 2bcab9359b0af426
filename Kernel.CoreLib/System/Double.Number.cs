namespace System;

/// <summary>A 64-bit IEEE 754 number.</summary>
/// <remarks>Differs from .NET: text is in simple fixed form (see docs/corelib.md), there is no parsing and no generic mathematics.</remarks>
public readonly partial struct Double : IEquatable<double>, IComparable<double>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The smallest finite value.</summary>
    public const double MinValue = -1.7976931348623157E+308;

    /// <summary>The largest finite value.</summary>
    public const double MaxValue = 1.7976931348623157E+308;

    /// <summary>The smallest value above zero.</summary>
    public const double Epsilon = 4.9406564584124654E-324;

    /// <summary>Not a number.</summary>
    public const double NaN = (double)0.0 / (double)0.0;

    /// <summary>Positive infinity.</summary>
    public const double PositiveInfinity = (double)1.0 / (double)0.0;

    /// <summary>Negative infinity.</summary>
    public const double NegativeInfinity = (double)(-1.0) / (double)0.0;

    /// <summary>Whether the value is not a number.</summary>
#pragma warning disable CS1718 // Only NaN differs from itself.
    public static bool IsNaN(double value) => value != value;
#pragma warning restore CS1718

    /// <summary>Whether the value is infinite.</summary>
    public static bool IsInfinity(double value) => value is PositiveInfinity or NegativeInfinity;

    /// <summary>Whether the value is positive infinity.</summary>
    public static bool IsPositiveInfinity(double value) => value == PositiveInfinity;

    /// <summary>Whether the value is negative infinity.</summary>
    public static bool IsNegativeInfinity(double value) => value == NegativeInfinity;

    /// <summary>Whether the value is neither infinite nor NaN.</summary>
    public static bool IsFinite(double value) => !IsNaN(value) && !IsInfinity(value);

    /// <summary>Whether both are equal; NaN equals NaN.</summary>
    public bool Equals(double other) => this == other || (IsNaN(this) && IsNaN(other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is double other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => this == 0 ? 0 : BitConverter.DoubleToInt64Bits(this).GetHashCode();

    /// <summary>Orders numbers; NaN comes before all others.</summary>
    public int CompareTo(double other) => this < other ? -1 : this > other ? 1 : this == other ? 0 : IsNaN(this) ? (IsNaN(other) ? 0 : -1) : 1;

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
