using Kernel.Drivers.Interrupts;

namespace Kernel.Drivers.Time;

/// <summary>The two counters of a processor that are measured at boot: timestamp counter and local timer.</summary>
internal struct ProcessorCounters : ICalibrationTarget
{
    /// <inheritdoc/>
    public ulong ReadTicks() => ProcessorInstructions.ReadTimestamp();

    /// <summary>Ticks since the local timer was started; 0 without one.</summary>
    public ulong ReadSecondTicks() => LocalApic.IsPresent ? uint.MaxValue - LocalApic.TimerCount : 0;
}
