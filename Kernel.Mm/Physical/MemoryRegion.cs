namespace Kernel.Mm.Physical;

/// <summary>
/// What the boot loader or firmware says a range of physical memory is, ordered by how little may be done with it:
/// where two reports overlap, the larger value wins.
/// </summary>
public enum MemoryRegionKind
{
    /// <summary>No region.</summary>
    None = 0,

    /// <summary>Ordinary memory, free for use.</summary>
    Usable,

    /// <summary>What the boot left for the kernel to read: command line, initramfs, information blocks.</summary>
    BootReclaimable,

    /// <summary>Holds ACPI tables; free for use once they have been read.</summary>
    AcpiReclaimable,

    /// <summary>The kernel image.</summary>
    KernelImage,

    /// <summary>ACPI's own storage, kept over sleep. Never touched.</summary>
    AcpiNonVolatile,

    /// <summary>Broken cells. Never touched.</summary>
    Defective,

    /// <summary>Nothing is known about it, or it is device memory. Never touched.</summary>
    Reserved,
}

/// <summary>A range of physical memory of one kind.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Kind">What it is.</param>
public readonly record struct MemoryRegion(PhysicalAddress Start, PhysicalAddress End, MemoryRegionKind Kind)
{
    /// <summary>In bytes.</summary>
    public ulong Length => End - Start;
}
