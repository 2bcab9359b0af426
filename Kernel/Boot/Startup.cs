using System;
using Kernel.Arch.X64;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Kernel.Drivers.Interrupts;
using Kernel.Drivers.Pci;
using Kernel.Drivers.Serial;
using Kernel.Drivers.Time;
using Kernel.FileSystems;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>Brings the machine up once the managed run time works, in the order in which one part needs another.</summary>
internal static unsafe class Startup
{
    /// <summary>Bytes typed on the serial port and on the keyboard.</summary>
    public static InputQueue Input { get; } = new();

    /// <summary>The first serial port; null if the machine has none.</summary>
    public static SerialPort? Serial { get; private set; }

    /// <summary>The screen; null if there is none.</summary>
    public static TextConsole? Screen { get; private set; }

    /// <summary>Does it all.</summary>
    public static void Run()
    {
        OpenSerialPort();
        ulong firstByteTicks = Instructions.ReadTimestamp() - KernelEntry.Boot.EntryTicks;
        Log.Info($"CosmosVm {KernelVersion.Text}");
        ReportBoot();
        ProtectMemory();
        OpenScreen();
        Initramfs.Initialize(KernelEntry.Boot.Initramfs);
        StartDevices();
        Log.Info($"boot: entry to first byte {firstByteTicks} ticks");
    }
}
