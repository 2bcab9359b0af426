using System.Diagnostics.CodeAnalysis;
using System.Runtime;

namespace System;

/// <summary>What surrounds the code.</summary>
public static class Environment
{
    /// <summary>What ends a line of text.</summary>
    public static string NewLine => "\n";

    /// <summary>Number of the processor that runs this, from zero.</summary>
    public static int CurrentManagedThreadId => (int)KernelHooks.ProcessorIndex();

    /// <summary>Stops the machine with a message.</summary>
    [DoesNotReturn]
    public static void FailFast(string? message) => FatalHooks.FailFast(message);

    [RuntimeExport("RuntimeFailFast")]
    private static void FailFastInCompiledCode() => FatalHooks.FailFast("compiled code found its frame damaged");
}
