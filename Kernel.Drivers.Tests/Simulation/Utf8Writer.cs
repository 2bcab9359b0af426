using System.Globalization;
using System.Runtime.CompilerServices;

namespace System.Text;

/// <summary>Stands in for the core library's writer, which rests on that library's own number formatting.</summary>
[InterpolatedStringHandler]
public ref struct Utf8Writer
{
    private readonly Span<byte> _buffer;

    public Utf8Writer(Span<byte> buffer) => _buffer = buffer;

    public Utf8Writer(int literalLength, int formattedCount, Utf8Writer writer) => this = writer;

    internal Utf8Writer(Span<byte> buffer, int length, bool isTruncated)
    {
        _buffer = buffer;
        Length = length;
        IsTruncated = isTruncated;
    }

    public int Length { get; private set; }

    public bool IsTruncated { get; private set; }

    public readonly ReadOnlySpan<byte> Text => _buffer[..Length];

    public void Append([InterpolatedStringHandlerArgument("")] Utf8Writer text) => this = text;

    public void Append(scoped ReadOnlySpan<byte> utf8)
    {
        int length = Math.Min(utf8.Length, _buffer.Length - Length);
        IsTruncated |= length < utf8.Length;
        utf8[..length].CopyTo(_buffer[Length..]);
        Length += length;
    }

    public void AppendLiteral(string value) => Append(Encoding.UTF8.GetBytes(value));

    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null) =>
        AppendPadded(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString(), alignment);

    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null) =>
        AppendPadded(value.ToString(), alignment);

    public void AppendFormatted(scoped ReadOnlySpan<byte> value, int alignment = 0, string? format = null) =>
        AppendPadded(Encoding.UTF8.GetString(value), alignment);

    private void AppendPadded(string? text, int alignment)
    {
        text ??= "";
        AppendLiteral(alignment < 0 ? text.PadRight(-alignment) : text.PadLeft(alignment));
    }
}
