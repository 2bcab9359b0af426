using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace System.Text;

/// <summary>
/// The core of every interpolated-string handler: writes text into a span of UTF-8 (byte) or UTF-16 (char) units.
/// Once something does not fit, everything after it is dropped too.
/// </summary>
internal ref struct SpanTextWriter<TChar> where TChar : unmanaged, IBinaryInteger<TChar>
{
    private readonly Span<TChar> _buffer;
    private int _length;
    private bool _truncated;

    internal SpanTextWriter(Span<TChar> buffer, int length = 0, bool truncated = false)
    {
        _buffer = buffer;
        _length = length;
        _truncated = truncated;
    }

    internal readonly int Length => _length;

    internal readonly bool IsTruncated => _truncated;

    internal readonly Span<TChar> Written => _buffer[.._length];

    private readonly Span<TChar> Free => _buffer[_length..];

    /// <summary>Appends UTF-16; what does not fit is cut off between two characters.</summary>
    internal void Append(scoped ReadOnlySpan<char> text)
    {
        if (_truncated)
            return;
        if (typeof(TChar) == typeof(byte))
        {
            Utf8.FromUtf16(text, AsBytes(Free), out int read, out int written);
            _length += written;
            _truncated = read < text.Length;
        }
        else
        {
            AppendUnits(MemoryMarshal.Cast<char, TChar>(text));
        }
    }

    /// <summary>Appends UTF-8; what does not fit is cut off between two characters.</summary>
    internal void Append(scoped ReadOnlySpan<byte> utf8)
    {
        if (_truncated)
            return;
        if (typeof(TChar) == typeof(byte))
        {
            AppendUnits(MemoryMarshal.Cast<byte, TChar>(utf8));
        }
        else
        {
            Utf8.ToUtf16(utf8, MemoryMarshal.Cast<TChar, char>(Free), out int read, out int written);
            _length += written;
            _truncated = read < utf8.Length;
        }
    }

    internal void Append(scoped ReadOnlySpan<char> text, int alignment)
    {
        int start = _length;
        Append(text);
        Align(start, alignment);
    }

    internal void Append(scoped ReadOnlySpan<byte> utf8, int alignment)
    {
        int start = _length;
        Append(utf8);
        Align(start, alignment);
    }

    /// <summary>Appends a value by its span formatting, or by <see cref="object.ToString"/> when it has none.</summary>
    internal void Append<T>(T value, int alignment, string? format)
    {
        if (_truncated)
            return;
        int start = _length;
        int written;
        if (typeof(TChar) == typeof(byte) && value is IUtf8SpanFormattable)
        {
            Advance(((IUtf8SpanFormattable)value).TryFormat(AsBytes(Free), out written, format.AsSpan(), null), written);
        }
        else if (typeof(TChar) == typeof(char) && value is ISpanFormattable)
        {
            Advance(((ISpanFormattable)value).TryFormat(MemoryMarshal.Cast<TChar, char>(Free), out written, format.AsSpan(), null), written);
        }
        else if (EnumBits.TryRead(value, out ulong bits, out bool signed))
        {
            Advance(Number.TryFormatBits(bits, signed && (long)bits < 0, Unsafe.SizeOf<T>(), Free, out written, format.AsSpan()), written);
        }
        else if (value is not null)
        {
            Append(value.ToString().AsSpan());
        }

        if (alignment != 0)
            Align(start, alignment);
    }

    private void Advance(bool fits, int written)
    {
        if (fits)
            _length += written;
        else
            _truncated = true;
    }

    private void AppendUnits(scoped ReadOnlySpan<TChar> units)
    {
        int length = units.Length;
        if (length > Free.Length)
        {
            _truncated = true;
            length = Free.Length;
            while (length > 0 && !StartsCharacter(units[length]))
                length--;
        }

        units[..length].CopyTo(Free);
        _length += length;
    }

    /// <summary>Pads what was written since <paramref name="start"/>: on the left for a positive width, on the right for a negative one.</summary>
    private void Align(int start, int alignment)
    {
        if (alignment == 0 || _truncated)
            return;
        int characters = 0;
        foreach (TChar unit in _buffer[start.._length])
            characters += StartsCharacter(unit) ? 1 : 0;
        int padding = (alignment < 0 ? -alignment : alignment) - characters;
        if (padding <= 0)
            return;
        if (padding > Free.Length)
        {
            _truncated = true;
            return;
        }

        int paddingStart = _length;
        if (alignment > 0)
        {
            _buffer[start.._length].CopyTo(_buffer[(start + padding)..]);
            paddingStart = start;
        }

        _buffer.Slice(paddingStart, padding).Fill(TChar.FromBits(' '));
        _length += padding;
    }

    private static bool StartsCharacter(TChar unit)
    {
        ulong bits = TChar.ToBits(unit);
        return typeof(TChar) == typeof(byte) ? !Utf8.IsContinuation((byte)bits) : !char.IsLowSurrogate((char)bits);
    }

    private static Span<byte> AsBytes(Span<TChar> span) => MemoryMarshal.Cast<TChar, byte>(span);
}
