using System;
using Kernel.Benchmarks;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>bench</c>: what the memory manager's operations cost.</summary>
internal sealed class BenchCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "bench"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "counts the ticks of memory operations"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        MemoryBenchmarks.Run(output);
        return CommandResult.Done;
    }
}
