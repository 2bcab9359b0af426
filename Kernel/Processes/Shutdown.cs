using System.Diagnostics.CodeAnalysis;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Drivers.Acpi;

namespace Kernel.Processes;

/// <summary>Ends of the system that were asked for. With <c>exit</c> on the command line QEMU ends instead, with success.</summary>
internal static class Shutdown
{
    /// <summary>Switches the machine off; returns if it can't be.</summary>
    public static void PowerOff()
    {
        Log.Info($"system: power off");
        ExitIfAsked();
        Instructions.DisableInterrupts();
        if (AcpiTables.IsPresent)
            Power.Off();
        Instructions.EnableInterrupts();
        Log.Error($"system: ACPI can't switch the machine off");
    }

    /// <summary>Starts the machine anew; returns if it can't be.</summary>
    public static void Restart()
    {
        Log.Info($"system: restart");
        ExitIfAsked();
        Instructions.DisableInterrupts();
        Power.Reset();
        Instructions.EnableInterrupts();
    }

    /// <summary>Stops for good.</summary>
    [DoesNotReturn]
    public static void Halt()
    {
        Log.Info($"system: halted");
        ExitIfAsked();
        Instructions.DisableInterrupts();
        while (true)
            Instructions.Halt();
    }

    private static void ExitIfAsked()
    {
        if (CommandLine.Has("exit"u8))
            DebugExit.Exit(DebugExit.Success);
    }
}
