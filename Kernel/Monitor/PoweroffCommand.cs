using System;
using Kernel.Arch.X64;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Console;

namespace Kernel.Monitor;

/// <summary><c>poweroff</c>: switches the machine off.</summary>
internal sealed class PoweroffCommand : MonitorCommand
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "poweroff"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "switches the machine off"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        if (!AcpiTables.IsPresent)
        {
            output.Write("only ACPI could switch the machine off, and it has no ACPI tables\n"u8);
            return CommandResult.Done;
        }
        ulong flags = Instructions.SaveAndDisableInterrupts();
        Power.Off();
        Instructions.RestoreInterrupts(flags);
        output.Write("ACPI could not switch the machine off; the log says why\n"u8);
        return CommandResult.Done;
    }
}
