using System.Collections.Generic;

namespace Kernel.Drivers.Pci;

/// <summary>Looks for functions on buses and behind bridges, each bus once: bridges of broken firmware may form a ring.</summary>
/// <param name="space">Where to look.</param>
internal sealed class BusScan(PciConfiguration space)
{
    private readonly bool[] _seen = new bool[byte.MaxValue + 1];

    /// <summary>What was found.</summary>
    public List<PciFunction> Functions { get; } = [];

    /// <summary>Looks for everything on a bus and behind its bridges.</summary>
    public void ScanBus(byte bus)
    {
        if (_seen[bus])
            return;
        _seen[bus] = true;
        for (byte device = 0; device < PciAddress.DevicesPerBus; device++)
            ScanDevice(bus, device);
    }

    private void ScanDevice(byte bus, byte device)
    {
        int count = 1;
        for (byte number = 0; number < count; number++)
        {
            if (PciFunction.TryRead(space, new PciAddress(bus, device, number)) is not { } function)
                continue;
            if (number == 0 && function.IsMultiFunction)
                count = PciAddress.FunctionsPerDevice;
            Functions.Add(function);
            // Bus 0 has no bridge in front of it: a zero means that the firmware has not set the bridge up.
            if (function is { IsBridge: true, SecondaryBus: not 0 })
                ScanBus(function.SecondaryBus);
        }
    }
}
