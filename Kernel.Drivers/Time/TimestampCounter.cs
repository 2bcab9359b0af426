namespace Kernel.Drivers.Time;

/// <summary>The processor's timestamp counter of known frequency as a reference for other counters.</summary>
/// <param name="frequency">In hertz.</param>
internal sealed class TimestampCounter(ulong frequency) : ReferenceCounter
{
    /// <inheritdoc/>
    public override string Name => "CPUID";

    /// <inheritdoc/>
    public override ulong Frequency => frequency;

    /// <inheritdoc/>
    public override ulong Mask => ulong.MaxValue;

    /// <inheritdoc/>
    public override ulong Read() => ProcessorInstructions.ReadTimestamp();
}
