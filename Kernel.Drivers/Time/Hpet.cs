using Kernel.Mm;

namespace Kernel.Drivers.Time;

/// <summary>The high-precision event timer's main counter (IA-PC HPET specification 1.0a, 2.3).</summary>
public sealed class Hpet : ReferenceCounter
{
    private const int PeriodOffset = 0x004;
    private const int ConfigurationOffset = 0x010;
    private const int CounterOffset = 0x0f0;
    private const int RegisterBytes = 0x400;

    private const uint Enable = 1;

    private const ulong FemtosecondsPerSecond = 1_000_000_000_000_000;
    private const uint MaxPeriod = 100_000_000;
    private const uint MinPeriod = 1_000;

    private readonly nint _registers;

    private Hpet(nint registers, uint period)
    {
        _registers = registers;
        Frequency = (FemtosecondsPerSecond + period / 2) / period;
    }

    /// <inheritdoc/>
    public override string Name => "HPET";

    /// <inheritdoc/>
    public override ulong Frequency { get; }

    /// <summary>The lower half of the counter: some have only that, and it does for any window.</summary>
    public override ulong Mask => uint.MaxValue;

    /// <summary>Maps the timer and lets its counter run.</summary>
    /// <param name="registers">From the ACPI table; zero if there is none.</param>
    /// <returns>Null if there is none or what is there is no such timer.</returns>
    public static Hpet? TryOpen(PhysicalAddress registers)
    {
        if (registers.Value == 0 || registers.Value >> ProcessorIdentity.PhysicalAddressBits != 0)
            return null;
        nint at = DeviceMemory.Current.Map(registers, RegisterBytes, CachePolicy.Uncached);
        if (at == 0)
            return null;
        uint period = Mmio.Read32(at + PeriodOffset);
        if (period is < MinPeriod or > MaxPeriod)
            return null;
        Mmio.Write32(at + ConfigurationOffset, Mmio.Read32(at + ConfigurationOffset) | Enable);
        return new Hpet(at, period);
    }

    /// <inheritdoc/>
    public override ulong Read() => Mmio.Read32(_registers + CounterOffset);
}
