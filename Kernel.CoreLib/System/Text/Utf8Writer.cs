using System.Runtime.CompilerServices;

namespace System.Text;

/// <summary>
/// Writes UTF-8 into a span without allocating: literals, spans, and every value that implements
/// <see cref="IUtf8SpanFormattable"/>. Text that does not fit is cut off between two characters and
/// <see cref="IsTruncated"/> says so.
/// </summary>
/// <remarks>
/// Not in .NET. It is also an interpolated-string handler. A method takes an interpolated string into a buffer of the
/// caller with <c>[InterpolatedStringHandlerArgument(nameof(buffer))] Utf8Writer text</c>, and a writer in hand appends
/// with <c>writer.Append($"...")</c>. <see cref="Utf8Line"/> brings its own buffer.
/// </remarks>
[InterpolatedStringHandler]
public ref struct Utf8Writer
{
    private SpanTextWriter<byte> _writer;

    /// <summary>Writes to the start of <paramref name="buffer"/>.</summary>
    public Utf8Writer(Span<byte> buffer) => _writer = new SpanTextWriter<byte>(buffer);

    /// <summary>For the compiler: an interpolated string that goes to the start of <paramref name="buffer"/>.</summary>
    public Utf8Writer(int literalLength, int formattedCount, Span<byte> buffer) => _writer = new SpanTextWriter<byte>(buffer);

    /// <summary>For the compiler: an interpolated string that continues <paramref name="writer"/>.</summary>
    public Utf8Writer(int literalLength, int formattedCount, Utf8Writer writer) => _writer = writer._writer;

    internal Utf8Writer(Span<byte> buffer, int length, bool truncated) => _writer = new SpanTextWriter<byte>(buffer, length, truncated);

    /// <summary>Number of bytes written.</summary>
    public readonly int Length => _writer.Length;

    /// <summary>Whether something did not fit and was dropped.</summary>
    public readonly bool IsTruncated => _writer.IsTruncated;

    /// <summary>The UTF-8 written so far.</summary>
    public readonly ReadOnlySpan<byte> Text => _writer.Written;

    /// <summary>Appends an interpolated string.</summary>
    public void Append([InterpolatedStringHandlerArgument("")] Utf8Writer text) => this = text;

    /// <summary>Appends UTF-8.</summary>
    public void Append(scoped ReadOnlySpan<byte> utf8) => _writer.Append(utf8);

    /// <summary>Appends UTF-16.</summary>
    public void Append(scoped ReadOnlySpan<char> text) => _writer.Append(text);

    /// <summary>Appends a string.</summary>
    public void Append(string? text) => _writer.Append(text.AsSpan());

    /// <summary>Appends one byte of UTF-8.</summary>
    public void Append(byte utf8) => _writer.Append(new ReadOnlySpan<byte>(in utf8));

    /// <summary>For the compiler: the text between holes.</summary>
    public void AppendLiteral(string value) => _writer.Append(value.AsSpan());

    /// <summary>For the compiler: a hole with any value.</summary>
    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null) => _writer.Append(value, alignment, format);

    /// <summary>For the compiler: a hole with a string.</summary>
    public void AppendFormatted(string? value, int alignment = 0, string? format = null) => _writer.Append(value.AsSpan(), alignment);

    /// <summary>For the compiler: a hole with UTF-16.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null) => _writer.Append(value, alignment);

    /// <summary>For the compiler: a hole with UTF-8.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<byte> value, int alignment = 0, string? format = null) => _writer.Append(value, alignment);
}
