using Kernel.Mm;

namespace Kernel.Drivers;

/// <summary>How drivers reach memory of devices and of the firmware. The kernel brings the implementation.</summary>
public abstract class DeviceMemory
{
    private static DeviceMemory? s_current;

    /// <summary>The machine's; set once at boot, before any driver that needs it starts.</summary>
    public static DeviceMemory Current
    {
        get => s_current!;
        set => s_current = value;
    }

    /// <summary>Maps device registers or a framebuffer for good; there is no way to unmap.</summary>
    /// <param name="start">First byte; need not be page-aligned.</param>
    /// <param name="bytes">Size in bytes.</param>
    /// <param name="policy">How the processor may cache the range.</param>
    /// <returns>Where <paramref name="start"/> is now, or 0 when there is no room or no memory for page tables.</returns>
    public abstract nint Map(PhysicalAddress start, nuint bytes, CachePolicy policy);

    /// <summary>Where RAM or a firmware table can be read. Not for device registers: this mapping is cached.</summary>
    public abstract nint DirectMap(PhysicalAddress address);
}
