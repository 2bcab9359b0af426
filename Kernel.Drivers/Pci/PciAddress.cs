namespace Kernel.Drivers.Pci;

/// <summary>Where a PCI function is.</summary>
/// <param name="Bus">Number of the bus.</param>
/// <param name="Device">0 to 31.</param>
/// <param name="Function">0 to 7.</param>
public readonly record struct PciAddress(byte Bus, byte Device, byte Function)
{
    /// <summary>Number of devices on a bus.</summary>
    public const int DevicesPerBus = 32;

    /// <summary>Number of functions of a device.</summary>
    public const int FunctionsPerDevice = 8;

    private const int BusShift = 8;
    private const int DeviceShift = 3;

    /// <summary>The number that the hardware uses: bus, device and function in 16 bits.</summary>
    public ushort Number => (ushort)((Bus << BusShift) | (Device << DeviceShift) | Function);
}
