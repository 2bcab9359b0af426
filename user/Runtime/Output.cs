using System;
using System.Runtime.CompilerServices;
using System.Text;

namespace User;

/// <summary>The standard output, gathered into large writes, and the standard error, line by line.</summary>
public static class Output
{
    /// <summary>The number of the standard output.</summary>
    public const int File = 1;

    private const int ErrorFile = 2;
    private const int Capacity = 8192;

    private static Storage s_storage;
    private static int s_length;

    /// <summary>Whether a write failed: whoever reads has gone.</summary>
    public static bool IsBroken { get; private set; }

    /// <summary>Adds bytes.</summary>
    public static void Write(ReadOnlySpan<byte> text)
    {
        while (text.Length > Capacity - s_length)
        {
            int part = Capacity - s_length;
            Append(text[..part]);
            text = text[part..];
            Flush();
        }
        Append(text);
    }

    /// <summary>Adds text of at most <see cref="Utf8Line.Capacity"/> bytes.</summary>
    public static void Write(ref Utf8Line text) => Write(text.Text);

    /// <summary>Adds a line.</summary>
    public static void WriteLine(ref Utf8Line text)
    {
        Write(text.Text);
        Write("\n"u8);
    }

    /// <summary>Writes what was gathered.</summary>
    public static void Flush()
    {
        ReadOnlySpan<byte> rest = ((ReadOnlySpan<byte>)s_storage)[..s_length];
        s_length = 0;
        IsBroken |= !TryWriteAll(File, rest);
    }

    /// <summary>Writes a line to the standard error at once.</summary>
    public static void Error(ref Utf8Line text)
    {
        Span<byte> line = stackalloc byte[Utf8Line.Capacity + 1];
        text.Text.CopyTo(line);
        line[text.Text.Length] = (byte)'\n';
        TryWriteAll(ErrorFile, line[..(text.Text.Length + 1)]);
    }

    /// <summary>Writes all bytes.</summary>
    /// <returns>False if that failed.</returns>
    public static bool TryWriteAll(int file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written = SystemCalls.Write(file, bytes);
            if (ErrnoText.Is(written, Errno.EINTR))
                continue;
            if (written <= 0)
                return false;
            bytes = bytes[(int)written..];
        }
        return true;
    }

    private static void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(((Span<byte>)s_storage)[s_length..]);
        s_length += text.Length;
    }

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }
}
