using System;

namespace Kernel.Drivers.Console;

/// <summary>The part of the kernel's text output that the line editor uses.</summary>
public abstract class TextSink
{
    /// <summary>Writes UTF-8.</summary>
    public abstract void Write(ReadOnlySpan<byte> utf8);
}
