namespace Kernel.Drivers;

/// <summary>What CPUID says and drivers need to know (Intel SDM vol. 2A, CPUID).</summary>
internal static unsafe class ProcessorIdentity
{
    private const uint FeatureLeaf = 1;
    private const uint HypervisorLeaf = 0x4000_0000;
    private const uint ExtendedLeaf = 0x8000_0000;
    private const uint PowerLeaf = 0x8000_0007;
    private const uint AddressSizeLeaf = 0x8000_0008;

    private const uint MsrBit = 1 << 5;
    private const uint ApicBit = 1 << 9;
    private const uint HypervisorBit = 1u << 31;
    private const uint InvariantTimestampBit = 1 << 8;

    private const byte DefaultAddressBits = 36;

    /// <summary>Whether there is a local interrupt controller that is enabled, and registers to find it.</summary>
    public static bool HasLocalApic => (Query(FeatureLeaf).Edx & (MsrBit | ApicBit)) == (MsrBit | ApicBit);

    /// <summary>Whether the timestamp counter runs at one rate in all power states.</summary>
    public static bool HasInvariantTimestamp =>
        Query(ExtendedLeaf).Eax >= PowerLeaf && (Query(PowerLeaf).Edx & InvariantTimestampBit) != 0;

    /// <summary>Width of a physical address in bits.</summary>
    public static byte PhysicalAddressBits =>
        Query(ExtendedLeaf).Eax >= AddressSizeLeaf ? (byte)Query(AddressSizeLeaf).Eax : DefaultAddressBits;

    /// <summary>The highest basic leaf.</summary>
    public static uint MaximumLeaf => Query(0).Eax;

    /// <summary>The highest leaf of the hypervisor; 0 without one.</summary>
    public static uint MaximumHypervisorLeaf =>
        (Query(FeatureLeaf).Ecx & HypervisorBit) != 0 ? Query(HypervisorLeaf).Eax : 0;

    /// <summary>One leaf, subleaf 0.</summary>
    public static CpuidLeaf Query(uint leaf)
    {
        CpuidLeaf result;
        ProcessorInstructions.QueryCpuid(leaf, 0, (uint*)&result);
        return result;
    }
}

/// <summary>What CPUID returns, in the order of <see cref="ProcessorInstructions.QueryCpuid"/>.</summary>
internal struct CpuidLeaf
{
    /// <summary>The registers after the instruction.</summary>
    public uint Eax, Ebx, Ecx, Edx;
}
