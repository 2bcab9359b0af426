using System;
using System.Text;

namespace Kernel.Drivers.Console;

/// <summary>Where text goes: the serial line, the screen. Nothing here allocates.</summary>
/// <remarks>Interpolated strings go through <see cref="Utf8Line"/>, so one call writes at most 256 bytes of them.</remarks>
public abstract class TextSink
{
    /// <summary>The next sink of the log; the log's lock guards it.</summary>
    internal TextSink? NextLogSink;

    /// <summary>Writes UTF-8. A line feed alone ends a line. A character may be split between two calls.</summary>
    /// <remarks>Safe from any context; each call is written as a whole.</remarks>
    public abstract void Write(ReadOnlySpan<byte> utf8);

    /// <summary>Writes an interpolated string.</summary>
    public void Write(ref Utf8Line text) => Write(text.Text);

    /// <summary>Writes UTF-8 and ends the line.</summary>
    public void WriteLine(ReadOnlySpan<byte> utf8)
    {
        Write(utf8);
        WriteLine();
    }

    /// <summary>Writes an interpolated string and ends the line.</summary>
    public void WriteLine(ref Utf8Line text) => WriteLine(text.Text);

    /// <summary>Ends the line.</summary>
    public void WriteLine() => Write("\n"u8);
}
