using Kernel.Mm;

namespace Kernel.Drivers.Pci;

/// <summary>What a base address register opens.</summary>
public enum BaseAddressKind : byte
{
    /// <summary>Nothing: the register isn't there.</summary>
    None = 0,

    /// <summary>Ports.</summary>
    Port,

    /// <summary>Memory below 4 GiB.</summary>
    Memory32,

    /// <summary>Memory anywhere; the register takes the place of two.</summary>
    Memory64,
}

/// <summary>A window of a PCI function (PCI local bus specification 3.0, 6.2.5.1).</summary>
/// <param name="Kind">Ports or memory.</param>
/// <param name="Start">The first port or the first byte of memory; 0 if the firmware gave it no place.</param>
/// <param name="Size">In ports or bytes; a power of two, 0 without a window.</param>
/// <param name="IsPrefetchable">Whether reading memory there has no effects.</param>
public readonly record struct BaseAddress(BaseAddressKind Kind, ulong Start, ulong Size, bool IsPrefetchable)
{
    private const uint PortFlag = 1;
    private const uint TypeMask = 0b110;
    private const uint Type64Bits = 0b100;
    private const uint PrefetchableFlag = 1 << 3;
    private const uint PortAddressMask = ~0b11u;
    private const uint MemoryAddressMask = ~0b1111u;
    private const uint PortUpperHalf = 0xffff_0000;

    /// <summary>The first byte of a memory window.</summary>
    public PhysicalAddress Memory => new(Start);

    /// <summary>Whether a register's value says that the next one is its upper half.</summary>
    public static bool IsWide(uint value) => (value & (PortFlag | TypeMask)) == Type64Bits;

    /// <summary>Reads a window.</summary>
    /// <param name="value">The register.</param>
    /// <param name="upper">The next register, if this one <see cref="IsWide"/>; else 0.</param>
    /// <param name="probe">What the register shows after all ones were written to it.</param>
    /// <param name="upperProbe">The same of the next register, if this one <see cref="IsWide"/>; else 0.</param>
    public static BaseAddress Decode(uint value, uint upper, uint probe, uint upperProbe)
    {
        if (probe == 0)
            return default;
        if ((value & PortFlag) != 0)
        {
            uint mask = probe & PortAddressMask;
            // Devices may implement 16 bits of the address only.
            uint size = (mask & PortUpperHalf) == 0 ? ~(mask | PortUpperHalf) + 1 : ~mask + 1;
            return Create(BaseAddressKind.Port, value & PortAddressMask, mask == 0 ? 0 : size, false);
        }

        bool isPrefetchable = (value & PrefetchableFlag) != 0;
        uint lowMask = probe & MemoryAddressMask;
        if (!IsWide(value))
            return Create(BaseAddressKind.Memory32, value & MemoryAddressMask, lowMask == 0 ? 0 : ~lowMask + 1, isPrefetchable);
        ulong wideMask = ((ulong)upperProbe << 32) | lowMask;
        ulong start = ((ulong)upper << 32) | (value & MemoryAddressMask);
        return Create(BaseAddressKind.Memory64, start, wideMask == 0 ? 0 : ~wideMask + 1, isPrefetchable);
    }

    private static BaseAddress Create(BaseAddressKind kind, ulong start, ulong size, bool isPrefetchable) =>
        size == 0 ? default : new BaseAddress(kind, start, size, isPrefetchable);
}
