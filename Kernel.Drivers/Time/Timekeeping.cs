using Kernel.Drivers.Acpi;
using Kernel.Drivers.Interrupts;

namespace Kernel.Drivers.Time;

/// <summary>Sets up clock and timer at boot.</summary>
public static class Timekeeping
{
    private const ulong HertzPerKilohertz = 1_000;

    /// <summary>
    /// Finds the frequencies of the timestamp counter and the local timer, which takes about a millisecond, starts the
    /// clock and reads the date.
    /// </summary>
    /// <param name="bootTicks">The timestamp counter when the kernel was entered.</param>
    /// <param name="timerVector">The vector that the timer shall raise.</param>
    /// <remarks>Needs <see cref="AcpiTables"/> and <see cref="InterruptController"/>. Interrupts must be off.</remarks>
    public static void Initialize(ulong bootTicks, byte timerVector)
    {
        if (LocalApic.IsPresent)
            LocalApic.StartFreeRun();
        if (!TryMeasure(out CalibrationResult result, out string source))
        {
            if (!TimestampFrequency.TryQueryNominal(out ulong nominal))
            {
                Log.Error($"time: nothing to measure the processor's clock against: no clock and no timer");
                return;
            }

            result = new CalibrationResult(nominal, 0);
            source = "nominal frequency";
        }

        Clock.Start(result.Frequency, bootTicks, source);
        TimerDevice.Initialize(timerVector, result.SecondFrequency);
        Log.Info($"time: {result.Frequency / HertzPerKilohertz} kHz from {source}{(ProcessorIdentity.HasInvariantTimestamp ? "" : ", not invariant")}");
        Log.Info($"time: {TimerDevice.Name} at {TimerDevice.Frequency / HertzPerKilohertz} kHz");
        ReadDate();
    }

    /// <summary>Measures against the best reference that runs.</summary>
    private static bool TryMeasure(out CalibrationResult result, out string source)
    {
        var target = default(ProcessorCounters);
        ReferenceCounter? known = TimestampFrequency.TryQuery(out ulong frequency) ? new TimestampCounter(frequency) : null;
        if (Try(known, ref target, out result, out source))
        {
            result = result with { Frequency = frequency };
            return true;
        }

        return Try(Hpet.TryOpen(AcpiTables.Hpet.Registers), ref target, out result, out source)
            || Try(PowerTimer.TryOpen(AcpiTables.Fadt), ref target, out result, out source)
            || Try(IntervalTimer.Open(), ref target, out result, out source);
    }

    private static bool Try(ReferenceCounter? reference, ref ProcessorCounters target, out CalibrationResult result, out string source)
    {
        result = default;
        source = reference?.Name ?? "";
        return reference is not null && Calibration.TryMeasure(reference, ref target, out result)
            && TimestampFrequency.IsPlausible(result.Frequency);
    }

    private static void ReadDate()
    {
        if (!RealTimeClock.TryRead(AcpiTables.Fadt.CenturyIndex, out CivilTime now))
        {
            Log.Warn($"time: no battery-backed clock with a valid date");
            return;
        }

        Clock.SetDate(now);
        Log.Info($"time: {now.Year}-{now.Month:d2}-{now.Day:d2} {now.Hour:d2}:{now.Minute:d2}:{now.Second:d2} UTC");
    }
}
