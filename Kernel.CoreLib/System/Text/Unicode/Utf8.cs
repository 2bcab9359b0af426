using System.Buffers;
using System.Runtime.CompilerServices;

namespace System.Text.Unicode;

/// <summary>Conversion between UTF-8 and UTF-16, and interpolated strings as UTF-8.</summary>
public static class Utf8
{
    private const int ContinuationMask = 0xC0;
    private const int ContinuationMark = 0x80;

    /// <summary>Converts to UTF-8; an unpaired surrogate becomes U+FFFD.</summary>
    /// <returns><see cref="OperationStatus.DestinationTooSmall"/> when the destination is full; the counts say how far it got.</returns>
    public static OperationStatus FromUtf16(ReadOnlySpan<char> source, Span<byte> destination, out int charsRead, out int bytesWritten)
    {
        charsRead = 0;
        bytesWritten = 0;
        while (charsRead < source.Length)
        {
            char c = source[charsRead];
            if (c < char.FirstNonAscii)
            {
                if (bytesWritten == destination.Length)
                    return OperationStatus.DestinationTooSmall;
                destination[bytesWritten++] = (byte)c;
                charsRead++;
                continue;
            }

            Rune.DecodeFromUtf16(source[charsRead..], out Rune rune, out int consumed);
            if (!rune.TryEncodeToUtf8(destination[bytesWritten..], out int written))
                return OperationStatus.DestinationTooSmall;
            charsRead += consumed;
            bytesWritten += written;
        }

        return OperationStatus.Done;
    }

    /// <summary>Converts to UTF-16; a malformed sequence becomes U+FFFD.</summary>
    /// <returns><see cref="OperationStatus.DestinationTooSmall"/> when the destination is full; the counts say how far it got.</returns>
    public static OperationStatus ToUtf16(ReadOnlySpan<byte> source, Span<char> destination, out int bytesRead, out int charsWritten)
    {
        bytesRead = 0;
        charsWritten = 0;
        while (bytesRead < source.Length)
        {
            Rune.DecodeFromUtf8(source[bytesRead..], out Rune rune, out int consumed);
            if (!rune.TryEncodeToUtf16(destination[charsWritten..], out int written))
                return OperationStatus.DestinationTooSmall;
            bytesRead += consumed;
            charsWritten += written;
        }

        return OperationStatus.Done;
    }

    /// <summary>Whether the bytes are well-formed UTF-8.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(value, out _, out int consumed) != OperationStatus.Done)
                return false;
            value = value[consumed..];
        }

        return true;
    }

    /// <summary>Writes an interpolated string as UTF-8; false, with nothing promised about the content, when it does not fit.</summary>
    public static bool TryWrite(
        Span<byte> destination,
        [InterpolatedStringHandlerArgument(nameof(destination))] Utf8Writer handler,
        out int bytesWritten)
    {
        bytesWritten = handler.IsTruncated ? 0 : handler.Length;
        return !handler.IsTruncated;
    }

    /// <summary>Whether the byte continues a character: 10xxxxxx.</summary>
    internal static bool IsContinuation(byte unit) => (unit & ContinuationMask) == ContinuationMark;
}
