namespace Kernel.Drivers.Pci;

/// <summary>Configuration space through two ports: mechanism 1 (PCI local bus specification 3.0, 3.2.2.3.2).</summary>
/// <remarks>A lock guards the pair of ports.</remarks>
internal sealed class PortConfiguration : PciConfiguration
{
    private const ushort AddressPort = 0xcf8;
    private const ushort DataPort = 0xcfc;
    private const uint Enable = 1u << 31;
    private const int NumberShift = 8;
    private const int WordOffsetMask = 3;
    private const int HalfOffsetMask = 2;

    private InterruptLock _lock;

    /// <inheritdoc/>
    public override int Length => 256;

    /// <summary>Whether the ports are there.</summary>
    /// <returns>Null without them.</returns>
    public static PortConfiguration? TryOpen()
    {
        uint before = Port.In32(AddressPort);
        Port.Out32(AddressPort, Enable);
        bool isPresent = Port.In32(AddressPort) == Enable;
        Port.Out32(AddressPort, before);
        return isPresent ? new PortConfiguration() : null;
    }

    /// <inheritdoc/>
    public override uint Read32(PciAddress address, int offset)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        Select(address, offset);
        return Port.In32(DataPort);
    }

    /// <inheritdoc/>
    public override void Write32(PciAddress address, int offset, uint value)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        Select(address, offset);
        Port.Out32(DataPort, value);
    }

    /// <inheritdoc/>
    public override void Write16(PciAddress address, int offset, ushort value)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        Select(address, offset);
        Port.Out16((ushort)(DataPort + (offset & HalfOffsetMask)), value);
    }

    private static void Select(PciAddress address, int offset) =>
        Port.Out32(AddressPort, Enable | ((uint)address.Number << NumberShift) | ((uint)offset & ~(uint)WordOffsetMask));
}
