namespace Kernel.Mm.Physical;

/// <summary>How high a frame's address may be, for devices that can't reach everything.</summary>
public enum AddressLimit : byte
{
    /// <summary>Below 16 MiB: DMA of the ISA bus.</summary>
    Below16MiB = 0,

    /// <summary>Below 4 GiB: devices with 32-bit addresses.</summary>
    Below4GiB,

    /// <summary>Anywhere.</summary>
    None,
}

/// <summary>Who may have the last frames.</summary>
public enum AllocationPriority : byte
{
    /// <summary>Leaves the reserve alone.</summary>
    Normal = 0,

    /// <summary>May use the reserve: work that frees memory, or that must not fail half-way.</summary>
    Reserve,
}
