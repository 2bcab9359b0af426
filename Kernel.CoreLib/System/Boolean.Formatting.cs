namespace System;

/// <summary>True or false.</summary>
public readonly partial struct Boolean : IEquatable<bool>, IComparable<bool>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The text of true.</summary>
    public static readonly string TrueString = "True";

    /// <summary>The text of false.</summary>
    public static readonly string FalseString = "False";

    /// <summary>Whether both are equal.</summary>
    public bool Equals(bool other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is bool other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => this ? 1 : 0;

    /// <summary>False orders before true.</summary>
    public int CompareTo(bool other) => GetHashCode() - other.GetHashCode();

    /// <summary>True or False.</summary>
    public override string ToString() => this ? "True" : "False";

    /// <summary>Writes True or False; the format is ignored.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        ReadOnlySpan<char> text = ToString();
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    /// <inheritdoc cref="TryFormat(Span{char}, out int, ReadOnlySpan{char}, IFormatProvider)"/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        ReadOnlySpan<byte> text = this ? "True"u8 : "False"u8;
        bool fits = text.TryCopyTo(utf8Destination);
        bytesWritten = fits ? text.Length : 0;
        return fits;
    }

    /// <summary>Parses True or False in any case, with white space around it.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out bool result)
    {
        ReadOnlySpan<char> word = value.Trim();
        result = word.Equals("True", StringComparison.OrdinalIgnoreCase);
        return result || word.Equals("False", StringComparison.OrdinalIgnoreCase);
    }
}
