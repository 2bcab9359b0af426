using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>clear</c>: empties the screen and the serial terminal.</summary>
internal sealed class ClearCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "clear"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "clears the screen"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        output.Write("\e[H\e[2J"u8);
        return CommandResult.Done;
    }
}
