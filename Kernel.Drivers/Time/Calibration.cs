namespace Kernel.Drivers.Time;

/// <summary>What is measured while a reference counter passes a known time.</summary>
public interface ICalibrationTarget
{
    /// <summary>Ticks of the counter whose frequency is wanted; it counts up and doesn't wrap.</summary>
    ulong ReadTicks();

    /// <summary>Ticks of a second such counter, read right after the first.</summary>
    ulong ReadSecondTicks();
}

/// <summary>Frequencies found by a measurement.</summary>
/// <param name="Frequency">Of the first counter, per second.</param>
/// <param name="SecondFrequency">Of the second counter, per second.</param>
public readonly record struct CalibrationResult(ulong Frequency, ulong SecondFrequency);

/// <summary>Measures a counter against a reference in one window of about a millisecond.</summary>
public static class Calibration
{
    /// <summary>The window: long against the time that one access to a slow timer takes.</summary>
    private const ulong WindowsPerSecond = 1_000;

    // A counter that doesn't move must not hang the machine. Far above what a working one needs.
    private const int MaxReadsPerTick = 20_000;
    private const int MaxReads = 2_000_000;

    /// <summary>Measures.</summary>
    /// <param name="reference">The counter of known frequency.</param>
    /// <param name="target">The counters of unknown frequency.</param>
    /// <param name="result">Their frequencies.</param>
    /// <returns>False if the reference stands still or a result makes no sense.</returns>
    /// <remarks>
    /// It starts and ends at a tick of the reference, so that the reference's period does not count as an error. What
    /// remains is the time of one access to it, about a microsecond on a PC: 0.1 %. Interrupts must be off.
    /// </remarks>
    public static bool TryMeasure<TTarget>(ReferenceCounter reference, ref TTarget target, out CalibrationResult result)
        where TTarget : struct, ICalibrationTarget
    {
        result = default;
        ulong window = reference.Frequency / WindowsPerSecond;
        ulong first = reference.Read();
        if (!TryWaitFor(reference, first, 1, MaxReadsPerTick, out ulong beforeStart))
            return false;
        ulong start = target.ReadTicks();
        ulong secondStart = target.ReadSecondTicks();
        ulong begin = first + beforeStart;
        if (!TryWaitFor(reference, begin, window, MaxReads, out ulong passed))
            return false;
        ulong ticks = target.ReadTicks() - start;
        ulong secondTicks = target.ReadSecondTicks() - secondStart;
        result = new CalibrationResult(Scale(ticks, reference.Frequency, passed), Scale(secondTicks, reference.Frequency, passed));
        return result.Frequency != 0;
    }

    /// <summary>Waits until the reference has counted on.</summary>
    private static bool TryWaitFor(ReferenceCounter reference, ulong from, ulong ticks, int maxReads, out ulong passed)
    {
        passed = 0;
        for (int i = 0; i < maxReads; i++)
        {
            passed = (reference.Read() - from) & reference.Mask;
            if (passed >= ticks)
                return true;
        }

        return false;
    }

    /// <summary>Ticks per second from ticks in a window; windows are so short that the product fits 64 bits.</summary>
    private static ulong Scale(ulong ticks, ulong referenceFrequency, ulong passed) =>
        ticks > ulong.MaxValue / referenceFrequency ? 0 : ticks * referenceFrequency / passed;
}
