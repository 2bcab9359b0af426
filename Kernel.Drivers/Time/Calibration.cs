namespace Kernel.Drivers.Time;

/// <summary>What is measured while a reference counter passes a known time.</summary>
public interface ICalibrationTarget
{
    /// <summary>Ticks of the counter whose frequency is wanted; it counts up and doesn't wrap.</summary>
    ulong ReadTicks();

    /// <summary>Ticks of a second such counter.</summary>
    ulong ReadSecondTicks();
}

/// <summary>Frequencies found by a measurement.</summary>
/// <param name="Frequency">Of the first counter, per second.</param>
/// <param name="SecondFrequency">Of the second counter, per second.</param>
public readonly record struct CalibrationResult(ulong Frequency, ulong SecondFrequency);

/// <summary>Measures counters against a reference in one window of about a millisecond.</summary>
public static class Calibration
{
    /// <summary>The window: long against the time that one access to a slow timer takes.</summary>
    private const ulong WindowsPerSecond = 1_000;

    // A counter that doesn't move must not hang the machine. Far above what a working one needs.
    private const int MaxReadsPerTick = 20_000;
    private const int MaxReads = 2_000_000;

    // Of so many tries the one counts that was disturbed least, by firmware or by a hypervisor.
    private const int Tries = 5;

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
        if (!TryMark(reference, ref target, out Mark start)
            || !TryPass(reference, start.Reference, reference.Frequency / WindowsPerSecond)
            || !TryMark(reference, ref target, out Mark end))
            return false;
        ulong passed = (end.Reference - start.Reference) & reference.Mask;
        if (passed == 0)
            return false;
        result = new CalibrationResult(
            Scale(end.Ticks - start.Ticks, reference.Frequency, passed),
            Scale(end.SecondTicks - start.SecondTicks, reference.Frequency, passed));
        return result.Frequency != 0;
    }

    /// <summary>Finds out what the counters show at a tick of the reference.</summary>
    private static bool TryMark<TTarget>(ReferenceCounter reference, ref TTarget target, out Mark best)
        where TTarget : struct, ICalibrationTarget
    {
        best = new Mark { Doubt = ulong.MaxValue };
        for (int i = 0; i < Tries; i++)
        {
            if (!TryFindTick(reference, ref target, out Mark mark))
                return false;
            if (mark.Doubt < best.Doubt)
                best = mark;
        }

        return true;
    }

    private static bool TryFindTick<TTarget>(ReferenceCounter reference, ref TTarget target, out Mark mark)
        where TTarget : struct, ICalibrationTarget
    {
        mark = default;
        ulong old = reference.Read();
        ulong before = target.ReadTicks();
        for (int i = 0; i < MaxReadsPerTick; i++)
        {
            mark.Reference = reference.Read();
            ulong after = target.ReadTicks();
            if (mark.Reference != old)
            {
                mark.SecondTicks = target.ReadSecondTicks();
                mark.Ticks = before + (after - before) / 2;
                mark.Doubt = target.ReadTicks() - before;
                return true;
            }

            before = after;
        }

        return false;
    }

    /// <summary>Waits until the reference has counted on.</summary>
    private static bool TryPass(ReferenceCounter reference, ulong from, ulong ticks)
    {
        for (int i = 0; i < MaxReads; i++)
            if (((reference.Read() - from) & reference.Mask) >= ticks)
                return true;
        return false;
    }

    /// <summary>Ticks per second from ticks in a window; 0 if the window was so long that the product overflows.</summary>
    private static ulong Scale(ulong ticks, ulong referenceFrequency, ulong passed) =>
        ticks > ulong.MaxValue / referenceFrequency ? 0 : ticks * referenceFrequency / passed;

    /// <summary>What all counters show at one moment.</summary>
    private struct Mark
    {
        public ulong Reference, Ticks, SecondTicks;

        /// <summary>How long the moment was, in ticks of the first counter.</summary>
        public ulong Doubt;
    }
}
