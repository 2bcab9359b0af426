using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>reboot</c>: starts the machine anew.</summary>
internal sealed class RebootCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "reboot"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "resets the machine"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        ulong flags = Instructions.SaveAndDisableInterrupts();
        Power.Reset();
        Instructions.RestoreInterrupts(flags);
        output.Write("the machine can't be reset by any known way: use its button\n"u8);
        return CommandResult.Done;
    }
}
