using System;
using Kernel.Drivers.Interrupts;

namespace Kernel.Drivers.Time;

/// <summary>This processor's source of timer interrupts: the local APIC's timer, else channel 0 of the 8254.</summary>
/// <remarks>Takes no locks besides the interrupt controllers' and allocates nothing. Not for two processors at once with the 8254.</remarks>
public static class TimerDevice
{
    // Below this a timer interrupts as fast as it can be served, and nothing else runs.
    private const uint MinLocalCount = 16;
    private const uint MinLegacyCount = 2;

    private static TickRate s_toTicks;
    private static uint s_minCount;
    private static uint s_maxCount;

    /// <summary>Whether there is one and it was set up.</summary>
    public static bool IsPresent { get; private set; }

    /// <summary>Whether it is the local APIC's timer.</summary>
    public static bool IsLocal { get; private set; }

    /// <summary>Its frequency in hertz.</summary>
    public static ulong Frequency { get; private set; }

    /// <summary>The vector that it raises: the 8254 can't choose. Its handler calls <see cref="InterruptController.EndOfInterrupt"/>.</summary>
    public static byte Vector { get; private set; }

    /// <summary>The longest time that it can count, in nanoseconds.</summary>
    public static ulong MaxNanoseconds => IsPresent ? TickRate.ToNanoseconds(Frequency).Convert(s_maxCount) : 0;

    /// <summary>What it is, for people.</summary>
    public static string Name => !IsPresent ? "none" : IsLocal ? "local APIC timer" : "PIT";

    /// <summary>Interrupts once.</summary>
    /// <param name="nanoseconds">
    /// After so long. It is brought to what the device can do, so an interrupt may come early: look at the clock.
    /// </param>
    public static void StartOneShot(ulong nanoseconds)
    {
        uint count = ToCount(nanoseconds);
        if (IsLocal)
            LocalApic.StartOneShot(Vector, count);
        else if (IsPresent)
            IntervalTimer.StartOneShot(count);
    }

    /// <summary>Interrupts again and again until <see cref="Stop"/>.</summary>
    /// <param name="nanoseconds">Time between two interrupts. It is brought to what the device can do.</param>
    public static void StartPeriodic(ulong nanoseconds)
    {
        uint count = ToCount(nanoseconds);
        if (IsLocal)
            LocalApic.StartPeriodic(Vector, count);
        else if (IsPresent)
            IntervalTimer.StartPeriodic(count);
    }

    /// <summary>Interrupts no more; one that is on its way may still arrive.</summary>
    public static void Stop()
    {
        if (IsLocal)
            LocalApic.StopTimer();
        else if (IsPresent)
            IntervalTimer.Stop();
    }

    /// <summary>Takes the local timer, or the 8254 if that has no known frequency.</summary>
    /// <param name="vector">The vector that it shall raise.</param>
    /// <param name="localFrequency">Of the local timer in hertz; 0 if there is none.</param>
    internal static void Initialize(byte vector, ulong localFrequency)
    {
        IsLocal = localFrequency != 0;
        if (IsLocal)
        {
            LocalApic.StopTimer();
            Vector = vector;
            Use(localFrequency, MinLocalCount, uint.MaxValue);
            return;
        }

        IntervalTimer.Stop();
        Vector = InterruptController.Route(IntervalTimer.Request, vector);
        if (Vector == 0)
            return;
        Use(IntervalTimer.TicksPerSecond, MinLegacyCount, IntervalTimer.MaxCount);
        InterruptController.Unmask(IntervalTimer.Request);
    }

    private static void Use(ulong frequency, uint minCount, uint maxCount)
    {
        Frequency = frequency;
        s_toTicks = TickRate.FromNanoseconds(frequency);
        s_minCount = minCount;
        s_maxCount = maxCount;
        IsPresent = true;
    }

    private static uint ToCount(ulong nanoseconds) => (uint)Math.Clamp(s_toTicks.Convert(nanoseconds), s_minCount, s_maxCount);
}
