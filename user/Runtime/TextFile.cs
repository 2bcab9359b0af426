using System;

namespace User;

/// <summary>Small files as a whole: those of /proc.</summary>
public static class TextFile
{
    /// <summary>Reads as much of a file as fits.</summary>
    /// <returns>The part of the buffer that holds it; empty if the file can't be read.</returns>
    public static ReadOnlySpan<byte> Read(scoped ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        nint file = SystemCalls.Open(path, OpenFlags.Read | OpenFlags.CloseOnExecute);
        if (file < 0)
            return default;
        int length = 0;
        while (length < buffer.Length)
        {
            nint read = SystemCalls.Read((int)file, buffer[length..]);
            if (read <= 0)
                break;
            length += (int)read;
        }
        SystemCalls.Close((int)file);
        return buffer[..length];
    }
}
