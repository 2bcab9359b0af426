using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>The address range types of the BIOS call E820, which both boot protocols use (ACPI 6.5, table 15.4).</summary>
internal static class FirmwareMemoryType
{
    private const uint Memory = 1;
    private const uint AcpiReclaimable = 3;
    private const uint AcpiNonVolatile = 4;
    private const uint Unusable = 5;

    /// <summary>What a type means for us; unknown types are reserved.</summary>
    public static MemoryRegionKind ToKind(uint type) => type switch
    {
        Memory => MemoryRegionKind.Usable,
        AcpiReclaimable => MemoryRegionKind.AcpiReclaimable,
        AcpiNonVolatile => MemoryRegionKind.AcpiNonVolatile,
        Unusable => MemoryRegionKind.Defective,
        _ => MemoryRegionKind.Reserved,
    };
}
