using System;
using System.Diagnostics.CodeAnalysis;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;

namespace Kernel.Monitor;

/// <summary>What follows the start: whatever the kernel command line asks for, then the monitor.</summary>
internal static class MonitorStart
{
    /// <summary>Obeys <c>panic=KIND</c>, <c>selftest</c> and <c>exit</c>, and becomes the monitor.</summary>
    /// <inheritdoc cref="Shell(TextSink, InputQueue, Action)"/>
    [DoesNotReturn]
    public static void Run(TextSink output, InputQueue input, Action pollInput)
    {
        if (CommandLine.TryGet("panic"u8, out ReadOnlySpan<byte> kind) && !PanicCommand.TryProvoke(kind))
            Log.Error($"panic={kind}: no such kind of panic");
        if (CommandLine.TryGet("selftest"u8, out ReadOnlySpan<byte> suite))
        {
            bool passed = SelftestCommand.Run(suite, output);
            if (CommandLine.Has("exit"u8))
                DebugExit.Exit(passed ? DebugExit.Success : DebugExit.Failure);
        }
        new Shell(output, input, pollInput).Run();
    }
}
