using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>echo</c>: repeats its arguments, for scripts that mark places in a log.</summary>
internal sealed class EchoCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "echo"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[TEXT]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "repeats the text"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        output.WriteLine(arguments.From(0));
        return CommandResult.Done;
    }
}
