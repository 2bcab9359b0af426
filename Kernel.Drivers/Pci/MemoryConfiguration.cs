using Kernel.Drivers.Acpi;
using Kernel.Mm;

namespace Kernel.Drivers.Pci;

/// <summary>Configuration space in memory (PCI Express base specification, 7.2.2).</summary>
internal sealed class MemoryConfiguration : PciConfiguration
{
    private const int NumberShift = 12;
    private const int BusShift = 20;
    private const uint Absent = uint.MaxValue;

    private readonly nint[] _buses;
    private readonly ConfigurationWindow _window;

    private MemoryConfiguration(ConfigurationWindow window)
    {
        _window = window;
        _buses = new nint[byte.MaxValue + 1];
    }

    /// <inheritdoc/>
    public override int Length => 1 << NumberShift;

    /// <summary>Uses a window of segment 0 that starts at bus 0; buses are mapped when they are first used.</summary>
    /// <returns>Null if the window doesn't show the same host bridge as the ports do.</returns>
    public static MemoryConfiguration? TryOpen(ConfigurationWindow window, PciConfiguration ports)
    {
        ulong end = window.Base.Value + ((ulong)(window.LastBus + 1) << BusShift);
        if (window.Segment != 0 || window.FirstBus != 0 || end >> ProcessorIdentity.PhysicalAddressBits != 0)
            return null;
        var memory = new MemoryConfiguration(window);
        return memory.Read32(default, 0) == ports.Read32(default, 0) ? memory : null;
    }

    /// <inheritdoc/>
    public override uint Read32(PciAddress address, int offset)
    {
        nint at = Locate(address, offset);
        return at == 0 ? Absent : Mmio.Read32(at);
    }

    /// <inheritdoc/>
    public override void Write32(PciAddress address, int offset, uint value)
    {
        nint at = Locate(address, offset);
        if (at != 0)
            Mmio.Write32(at, value);
    }

    /// <inheritdoc/>
    public override void Write16(PciAddress address, int offset, ushort value)
    {
        nint at = Locate(address, offset);
        if (at != 0)
            Mmio.Write16(at, value);
    }

    private nint Locate(PciAddress address, int offset)
    {
        if (address.Bus > _window.LastBus)
            return 0;
        ref nint bus = ref _buses[address.Bus];
        if (bus == 0)
            bus = DeviceMemory.Current.Map(_window.Base + ((ulong)address.Bus << BusShift), 1 << BusShift, CachePolicy.Uncached);
        nint inBus = ((nint)address.Number << NumberShift) & ((1 << BusShift) - 1);
        return bus == 0 ? 0 : bus + inBus + offset;
    }
}
