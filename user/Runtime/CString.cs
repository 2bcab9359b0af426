using System;

namespace User;

/// <summary>Text as the kernel wants it: bytes with a zero behind them.</summary>
public static unsafe class CString
{
    /// <summary>The longest path, its zero included (Linux's PATH_MAX).</summary>
    public const int LongestPath = 4096;

    /// <summary>The text before the zero; empty for null.</summary>
    public static ReadOnlySpan<byte> Span(byte* text)
    {
        int length = 0;
        while (text is not null && text[length] != 0)
            length++;
        return new ReadOnlySpan<byte>(text, length);
    }

    /// <summary>Copies text and puts a zero behind it.</summary>
    /// <returns>False if it doesn't fit; the buffer then holds an empty text.</returns>
    public static bool TryCopy(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        bool fits = text.Length < buffer.Length;
        if (fits)
            text.CopyTo(buffer);
        buffer[fits ? text.Length : 0] = 0;
        return fits;
    }
}
