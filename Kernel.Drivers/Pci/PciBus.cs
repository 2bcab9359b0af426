using System.Collections.Generic;
using Kernel.Drivers.Acpi;

namespace Kernel.Drivers.Pci;

/// <summary>The PCI functions of the machine.</summary>
/// <remarks>Filled once at boot by one processor, only read afterwards.</remarks>
public static class PciBus
{
    private static List<PciFunction> s_functions = [];

    /// <summary>All functions in the order in which they were found: those behind a bridge follow it.</summary>
    public static List<PciFunction> Functions => s_functions;

    /// <summary>Access to configuration space; null on a machine without PCI.</summary>
    public static PciConfiguration? Configuration { get; private set; }

    /// <summary>Finds all functions.</summary>
    /// <remarks>
    /// Needs <see cref="AcpiTables"/> and <see cref="DeviceMemory.Current"/>. Interrupts must be off: while a
    /// function's windows are measured, it doesn't answer, and it may be the screen.
    /// </remarks>
    public static void Enumerate()
    {
        Configuration = Open();
        if (Configuration is null)
        {
            Log.Info($"pci: none");
            return;
        }

        s_functions = Scan(Configuration);
        Log.Info($"pci: {s_functions.Count} functions, {(Configuration is MemoryConfiguration ? "memory-mapped" : "by ports")}");
    }

    /// <summary>Finds all functions that a configuration space shows.</summary>
    public static List<PciFunction> Scan(PciConfiguration space)
    {
        var scan = new BusScan(space);
        scan.ScanBus(0);
        // A host with several roots shows them as functions of its first host bridge; the number is the root bus.
        PciFunction? host = PciFunction.TryRead(space, default);
        if (host is { IsMultiFunction: true, IsHostBridge: true })
            for (byte bus = 1; bus < PciAddress.FunctionsPerDevice; bus++)
                if (PciFunction.TryRead(space, new PciAddress(0, 0, bus)) is { IsHostBridge: true })
                    scan.ScanBus(bus);
        return scan.Functions;
    }

    private static PciConfiguration? Open()
    {
        PortConfiguration? ports = PortConfiguration.TryOpen();
        if (ports is null)
            return null;
        foreach (ConfigurationWindow window in AcpiTables.ConfigurationWindows)
            if (MemoryConfiguration.TryOpen(window, ports) is { } memory)
                return memory;
        return ports;
    }
}
