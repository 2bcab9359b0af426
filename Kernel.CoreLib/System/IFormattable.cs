namespace System;

/// <summary>Supplies formatting rules. Formatting here is always invariant: providers are accepted and ignored.</summary>
public interface IFormatProvider
{
    /// <summary>The object that formats <paramref name="formatType"/>, or null.</summary>
    object? GetFormat(Type? formatType);
}

/// <summary>Formats itself as a string.</summary>
public interface IFormattable
{
    /// <summary>The value as text; allocates the string.</summary>
    string ToString(string? format, IFormatProvider? formatProvider);
}

/// <summary>Formats itself into a span of characters without allocating.</summary>
/// <remarks>Differs from .NET: does not derive from <see cref="IFormattable"/>, so that an implementation is one method.</remarks>
public interface ISpanFormattable
{
    /// <summary>Writes the value; false, with nothing promised about the content, when the span is too small.</summary>
    bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider);
}

/// <summary>Formats itself into a span of UTF-8 without allocating.</summary>
public interface IUtf8SpanFormattable
{
    /// <summary>Writes the value; false, with nothing promised about the content, when the span is too small.</summary>
    bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider);
}
