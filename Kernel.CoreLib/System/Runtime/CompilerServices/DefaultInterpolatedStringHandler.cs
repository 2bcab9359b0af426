using System.Runtime.InteropServices;
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>For the compiler: an interpolated string that becomes a <see cref="string"/>.</summary>
/// <remarks>
/// Up to 128 characters are gathered on the stack and only the string is allocated. Longer texts also leave behind
/// the arrays in which they grew: repeated work formats into spans instead.
/// </remarks>
[InterpolatedStringHandler]
public ref struct DefaultInterpolatedStringHandler
{
    private const int InlineCapacity = 128;

    private Storage _storage;
    private char[]? _array;
    private int _length;

    /// <summary>For the compiler.</summary>
    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
    }

    /// <summary>For the compiler; the provider is ignored.</summary>
    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount, IFormatProvider? provider)
    {
    }

    private Span<char> Buffer => _array ?? MemoryMarshal.CreateSpan(ref Unsafe.As<Storage, char>(ref _storage), InlineCapacity);

    /// <summary>The text between holes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendLiteral(string value) => AppendFormatted(value.AsSpan());

    /// <summary>A hole with any value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
    {
        bool truncated;
        do
        {
            var writer = new SpanTextWriter<char>(Buffer, _length);
            writer.Append(value, alignment, format);
            truncated = Finish(writer.Length, writer.IsTruncated);
        }
        while (truncated);
    }

    /// <summary>A hole with a string.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(string? value, int alignment = 0, string? format = null) => AppendFormatted(value.AsSpan(), alignment);

    /// <summary>A hole with UTF-16.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment = 0, string? format = null)
    {
        bool truncated;
        do
        {
            var writer = new SpanTextWriter<char>(Buffer, _length);
            writer.Append(value, alignment);
            truncated = Finish(writer.Length, writer.IsTruncated);
        }
        while (truncated);
    }

    /// <summary>A hole with UTF-8.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AppendFormatted(scoped ReadOnlySpan<byte> value, int alignment = 0, string? format = null)
    {
        bool truncated;
        do
        {
            var writer = new SpanTextWriter<char>(Buffer, _length);
            writer.Append(value, alignment);
            truncated = Finish(writer.Length, writer.IsTruncated);
        }
        while (truncated);
    }

    /// <inheritdoc/>
    public override string ToString() => new(Buffer[.._length]);

    /// <summary>The string; the handler is empty afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string ToStringAndClear()
    {
        string text = ToString();
        _array = null;
        _length = 0;
        return text;
    }

    /// <summary>Keeps what was appended, or doubles the buffer so that the caller can try again.</summary>
    private bool Finish(int length, bool truncated)
    {
        if (!truncated)
        {
            _length = length;
            return false;
        }

        Span<char> old = Buffer;
        var array = new char[old.Length * 2];
        old[.._length].CopyTo(array);
        _array = array;
        return true;
    }

    [InlineArray(InlineCapacity)]
    private struct Storage
    {
        private char _first;
    }
}
