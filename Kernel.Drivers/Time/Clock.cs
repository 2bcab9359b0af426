namespace Kernel.Drivers.Time;

/// <summary>Time since boot and the time of day, both from the processor's timestamp counter.</summary>
/// <remarks>Set up once at boot; all of it may be called from anywhere afterwards, takes no locks and allocates nothing.</remarks>
public static class Clock
{
    private const long NanosecondsPerSecond = (long)TickRate.NanosecondsPerSecond;

    private static TickRate s_rate;
    private static ulong s_bootTicks;
    private static long s_bootUnixNanoseconds;

    /// <summary>Frequency of the timestamp counter in hertz; 0 before it is known.</summary>
    public static ulong Frequency { get; private set; }

    /// <summary>How the frequency was found.</summary>
    public static string Source { get; private set; } = "not known yet";

    /// <summary>Whether the machine's battery-backed clock gave a date; the time of day counts from 1970 otherwise.</summary>
    public static bool HasDate { get; private set; }

    /// <summary>Nanoseconds since the kernel was entered; 0 until the frequency is known. Never decreases on one processor.</summary>
    public static ulong Nanoseconds => Frequency == 0 ? 0 : FromTicks(ProcessorInstructions.ReadTimestamp() - s_bootTicks);

    /// <summary>Nanoseconds since 1 January 1970 in UTC. As exact as the battery-backed clock: to a second.</summary>
    public static long UnixNanoseconds => s_bootUnixNanoseconds + (long)Nanoseconds;

    /// <summary>Date and time in UTC.</summary>
    public static CivilTime Now => CivilTime.FromUnixSeconds(UnixNanoseconds / NanosecondsPerSecond);

    /// <summary>Nanoseconds in an interval of the timestamp counter, rounded down.</summary>
    /// <param name="ticks">Its length in ticks.</param>
    public static ulong FromTicks(ulong ticks) => s_rate.Convert(ticks);

    /// <summary>Waits, without giving the processor to anybody.</summary>
    /// <param name="nanoseconds">At least so long. Needs a known frequency.</param>
    public static void Spin(ulong nanoseconds)
    {
        ulong end = Nanoseconds + nanoseconds;
        while (Nanoseconds < end)
        {
            // Reading the clock is all there is to do.
        }
    }

    /// <summary>Starts the clock.</summary>
    /// <param name="frequency">Of the timestamp counter in hertz.</param>
    /// <param name="bootTicks">The counter when the kernel was entered.</param>
    /// <param name="source">How the frequency was found.</param>
    internal static void Start(ulong frequency, ulong bootTicks, string source)
    {
        s_rate = TickRate.ToNanoseconds(frequency);
        s_bootTicks = bootTicks;
        Source = source;
        Frequency = frequency;
    }

    /// <summary>Sets the time of day.</summary>
    internal static void SetDate(in CivilTime now)
    {
        s_bootUnixNanoseconds = now.ToUnixSeconds() * NanosecondsPerSecond - (long)Nanoseconds;
        HasDate = true;
    }
}
