using System.Runtime.CompilerServices;
using System.Text;

namespace System;

public static partial class MemoryExtensions
{
    /// <summary>Whether both are the same text under the comparison.</summary>
    public static bool Equals(this ReadOnlySpan<char> span, ReadOnlySpan<char> other, StringComparison comparisonType) =>
        span.Length == other.Length && (IgnoresCase(comparisonType) ? span.CompareTo(other, comparisonType) == 0 : span.SequenceEqual(other));

    /// <summary>Orders two texts.</summary>
    public static int CompareTo(this ReadOnlySpan<char> span, ReadOnlySpan<char> other, StringComparison comparisonType)
    {
        bool ignoreCase = IgnoresCase(comparisonType);
        int common = int.Min(span.Length, other.Length);
        for (int index = 0; index < common; index++)
        {
            char left = ignoreCase ? char.ToUpper(span[index]) : span[index];
            char right = ignoreCase ? char.ToUpper(other[index]) : other[index];
            if (left != right)
                return left - right;
        }

        return span.Length - other.Length;
    }

    /// <summary>Whether the text starts with another under the comparison.</summary>
    public static bool StartsWith(this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.Length >= value.Length && span[..value.Length].Equals(value, comparisonType);

    /// <summary>Whether the text ends with another under the comparison.</summary>
    public static bool EndsWith(this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.Length >= value.Length && span[^value.Length..].Equals(value, comparisonType);

    /// <summary>Whether the text occurs under the comparison.</summary>
    public static bool Contains(this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType) =>
        span.IndexOf(value, comparisonType) >= 0;

    /// <summary>Position of the first occurrence under the comparison, or -1.</summary>
    public static int IndexOf(this ReadOnlySpan<char> span, ReadOnlySpan<char> value, StringComparison comparisonType)
    {
        for (int index = 0; index <= span.Length - value.Length; index++)
        {
            if (span.Slice(index, value.Length).Equals(value, comparisonType))
                return index;
        }

        return -1;
    }

    /// <summary>Whether there is only white space.</summary>
    public static bool IsWhiteSpace(this ReadOnlySpan<char> span) => span.TrimStart().IsEmpty;

    /// <summary>Without white space before and after.</summary>
    public static ReadOnlySpan<char> Trim(this ReadOnlySpan<char> span) => span.TrimStart().TrimEnd();

    /// <summary>Without white space before.</summary>
    public static ReadOnlySpan<char> TrimStart(this ReadOnlySpan<char> span)
    {
        int start = 0;
        while (start < span.Length && char.IsWhiteSpace(span[start]))
            start++;
        return span[start..];
    }

    /// <summary>Without white space after.</summary>
    public static ReadOnlySpan<char> TrimEnd(this ReadOnlySpan<char> span)
    {
        int length = span.Length;
        while (length > 0 && char.IsWhiteSpace(span[length - 1]))
            length--;
        return span[..length];
    }

    /// <summary>Writes an interpolated string; false, with nothing promised about the content, when it does not fit.</summary>
    public static bool TryWrite(
        this Span<char> destination,
        [InterpolatedStringHandlerArgument(nameof(destination))] ref TryWriteInterpolatedStringHandler handler,
        out int charsWritten)
    {
        charsWritten = handler.Writer.IsTruncated ? 0 : handler.Writer.Length;
        return !handler.Writer.IsTruncated;
    }

    internal static bool IgnoresCase(StringComparison comparisonType) =>
        comparisonType is StringComparison.OrdinalIgnoreCase or StringComparison.CurrentCultureIgnoreCase or StringComparison.InvariantCultureIgnoreCase;

    /// <summary>For the compiler: an interpolated string that goes into a span of UTF-16.</summary>
    [InterpolatedStringHandler]
    public ref struct TryWriteInterpolatedStringHandler
    {
        internal SpanTextWriter<char> Writer;

        /// <summary>Writes to the start of <paramref name="destination"/>.</summary>
        public TryWriteInterpolatedStringHandler(int literalLength, int formattedCount, Span<char> destination) => Writer = new SpanTextWriter<char>(destination);

        /// <summary>The text between holes.</summary>
        public void AppendLiteral(string value) => Writer.Append(value.AsSpan());

        /// <summary>A hole with any value.</summary>
        public void AppendFormatted<T>(T value, int alignment = 0, string? format = null) => Writer.Append(value, alignment, format);

        /// <summary>A hole with a string.</summary>
        public void AppendFormatted(string? value, int alignment = 0, string? format = null) => Writer.Append(value.AsSpan(), alignment);

        /// <summary>A hole with UTF-16.</summary>
        public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null) => Writer.Append(value, alignment);

        /// <summary>A hole with UTF-8.</summary>
        public void AppendFormatted(scoped ReadOnlySpan<byte> value, int alignment = 0, string? format = null) => Writer.Append(value, alignment);
    }
}
