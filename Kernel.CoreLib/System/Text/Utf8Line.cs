using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Text;

/// <summary>
/// A line of UTF-8 in a buffer of its own on the caller's stack. A method with a parameter <c>ref Utf8Line line</c>
/// takes interpolated strings without any allocation and reads <see cref="Text"/>.
/// </summary>
/// <remarks>
/// Not in .NET. Text beyond <see cref="Capacity"/> bytes is cut off and <see cref="IsTruncated"/> is set. What the
/// compiler calls for each part of a text is not inlined: it would be in the image hundreds of times.
/// </remarks>
[InterpolatedStringHandler]
public ref struct Utf8Line
{
    /// <summary>Bytes that fit.</summary>
    public const int Capacity = 256;

    private Storage _storage;
    private int _length;
    private bool _truncated;

    /// <summary>An empty line.</summary>
    public Utf8Line()
    {
    }

    /// <summary>For the compiler.</summary>
    public Utf8Line(int literalLength, int formattedCount)
    {
    }

    /// <summary>Whether something did not fit and was dropped.</summary>
    public readonly bool IsTruncated => _truncated;

    /// <summary>The UTF-8 written so far.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_storage)[.._length];

    /// <summary>For the compiler: the text between holes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendLiteral(string value) => AppendFormatted(value.AsSpan());

    /// <summary>For the compiler: a hole with any value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
    {
        var writer = new Utf8Writer(_storage, _length, _truncated);
        writer.AppendFormatted(value, alignment, format);
        Keep(writer);
    }

    /// <summary>For the compiler: a hole with a string.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(string? value, int alignment = 0, string? format = null) => AppendFormatted(value.AsSpan(), alignment);

    /// <summary>For the compiler: a hole with UTF-16.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null)
    {
        var writer = new Utf8Writer(_storage, _length, _truncated);
        writer.AppendFormatted(value, alignment);
        Keep(writer);
    }

    /// <summary>For the compiler: a hole with UTF-8.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(scoped ReadOnlySpan<byte> value, int alignment = 0, string? format = null)
    {
        var writer = new Utf8Writer(_storage, _length, _truncated);
        writer.AppendFormatted(value, alignment);
        Keep(writer);
    }

    private void Keep(scoped Utf8Writer writer)
    {
        _length = writer.Length;
        _truncated = writer.IsTruncated;
    }

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }
}
