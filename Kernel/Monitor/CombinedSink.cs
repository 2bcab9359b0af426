using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary>Writes to two sinks, such as the serial port and the screen; either may be missing.</summary>
internal sealed class CombinedSink(TextSink? first, TextSink? second) : TextSink
{
    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> utf8)
    {
        first?.Write(utf8);
        second?.Write(utf8);
    }
}
