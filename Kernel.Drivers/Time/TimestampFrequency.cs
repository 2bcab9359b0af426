namespace Kernel.Drivers.Time;

/// <summary>What the processor itself says about its timestamp counter's frequency.</summary>
internal static class TimestampFrequency
{
    private const uint TimestampLeaf = 0x15;
    private const uint FrequencyLeaf = 0x16;
    private const uint HypervisorTimingLeaf = 0x4000_0010;
    private const ulong HertzPerKilohertz = 1_000;
    private const ulong HertzPerMegahertz = 1_000_000;

    // No processor with 64 bits ever ran outside of this.
    private const ulong Lowest = 100 * HertzPerMegahertz;
    private const ulong Highest = 20_000 * HertzPerMegahertz;

    /// <summary>The exact frequency, from a hypervisor or from the crystal's.</summary>
    /// <param name="frequency">In hertz.</param>
    /// <returns>False if CPUID doesn't say it or says what can't be.</returns>
    public static bool TryQuery(out ulong frequency)
    {
        frequency = ProcessorIdentity.MaximumHypervisorLeaf >= HypervisorTimingLeaf
            ? ProcessorIdentity.Query(HypervisorTimingLeaf).Eax * HertzPerKilohertz
            : 0;
        if (!IsPlausible(frequency))
            frequency = ProcessorIdentity.MaximumLeaf >= TimestampLeaf ? FromRatio(ProcessorIdentity.Query(TimestampLeaf)) : 0;
        return IsPlausible(frequency);
    }

    /// <summary>The processor's nominal frequency, which is near that of the counter: some differ by half a percent.</summary>
    /// <param name="frequency">In hertz.</param>
    /// <returns>False if CPUID doesn't say it or says what can't be.</returns>
    public static bool TryQueryNominal(out ulong frequency)
    {
        frequency = ProcessorIdentity.MaximumLeaf >= FrequencyLeaf
            ? (ushort)ProcessorIdentity.Query(FrequencyLeaf).Eax * HertzPerMegahertz
            : 0;
        return IsPlausible(frequency);
    }

    /// <summary>From leaf 0x15: the crystal's frequency in ECX times EBX / EAX (Intel SDM vol. 3, 20.7.3).</summary>
    internal static ulong FromRatio(in CpuidLeaf leaf) =>
        leaf.Eax == 0 || leaf.Ebx == 0 || leaf.Ecx == 0 ? 0 : (ulong)leaf.Ecx * leaf.Ebx / leaf.Eax;

    /// <summary>Whether it may be a processor's frequency.</summary>
    internal static bool IsPlausible(ulong frequency) => frequency is >= Lowest and <= Highest;
}
