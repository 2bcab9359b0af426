using System.Buffers;
using System.Text.Unicode;

namespace System.Text;

/// <summary>Conversion between strings and bytes.</summary>
/// <remarks>Differs from .NET: only UTF-8, with U+FFFD for what is malformed. There are no decoders that keep state.</remarks>
public abstract class Encoding
{
    /// <summary>UTF-8 without a byte-order mark.</summary>
    public static Encoding UTF8 { get; } = new Utf8Encoding();

    /// <summary>Number of bytes of the text.</summary>
    public abstract int GetByteCount(ReadOnlySpan<char> chars);

    /// <summary>Number of UTF-16 units of the bytes.</summary>
    public abstract int GetCharCount(ReadOnlySpan<byte> bytes);

    /// <summary>Converts; throws <see cref="ArgumentException"/> when the destination is too short.</summary>
    public abstract int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes);

    /// <summary>Converts; throws <see cref="ArgumentException"/> when the destination is too short.</summary>
    public abstract int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars);

    /// <summary>Converts into a new array.</summary>
    public byte[] GetBytes(string s)
    {
        var bytes = new byte[GetByteCount(s)];
        GetBytes(s, bytes);
        return bytes;
    }

    /// <summary>Converts into a new string.</summary>
    public string GetString(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return string.Empty;
        string text = string.FastAllocateString(GetCharCount(bytes));
        GetChars(bytes, text.MutableSpan);
        return text;
    }

    private sealed class Utf8Encoding : Encoding
    {
        public override int GetByteCount(ReadOnlySpan<char> chars)
        {
            int count = 0;
            while (!chars.IsEmpty)
            {
                Rune.DecodeFromUtf16(chars, out Rune rune, out int consumed);
                count += rune.Utf8SequenceLength;
                chars = chars[consumed..];
            }

            return count;
        }

        public override int GetCharCount(ReadOnlySpan<byte> bytes)
        {
            int count = 0;
            while (!bytes.IsEmpty)
            {
                Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
                count += rune.Utf16SequenceLength;
                bytes = bytes[consumed..];
            }

            return count;
        }

        public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
        {
            if (Utf8.FromUtf16(chars, bytes, out _, out int written) != OperationStatus.Done)
                ThrowHelper.DestinationTooShort();
            return written;
        }

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            if (Utf8.ToUtf16(bytes, chars, out _, out int written) != OperationStatus.Done)
                ThrowHelper.DestinationTooShort();
            return written;
        }
    }
}
