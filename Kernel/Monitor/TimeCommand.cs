using System;
using Kernel.Drivers.Console;
using Kernel.Drivers.Time;

namespace Kernel.Monitor;

/// <summary><c>time</c>: how late it is, and where the kernel knows it from.</summary>
internal sealed class TimeCommand : MonitorCommand
{
    private const ulong NanosecondsPerMillisecond = 1_000_000;
    private const ulong MillisecondsPerSecond = 1_000;
    private const ulong SecondsPerMinute = 60;
    private const ulong SecondsPerHour = 3_600;
    private const ulong SecondsPerDay = 86_400;
    private const ulong HertzPerKilohertz = 1_000;
    private const ulong KilohertzPerMegahertz = 1_000;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "time"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows uptime, date and the clocks behind them"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        WriteUptime(Clock.Nanoseconds, output);
        WriteDate(output);
        WriteFrequency("time-stamp counter"u8, Clock.Frequency, output);
        output.Write($" (known from: {Clock.Source})\n");
        WriteFrequency("timer"u8, TimerDevice.Frequency, output);
        output.Write($" ({TimerDevice.Name}, longest wait {TimerDevice.MaxNanoseconds / NanosecondsPerMillisecond} ms)\n");
        return CommandResult.Done;
    }

    private static void WriteFrequency(ReadOnlySpan<byte> clock, ulong hertz, TextSink output)
    {
        ulong kilohertz = hertz / HertzPerKilohertz;
        output.Write($"{clock,-19} {kilohertz / KilohertzPerMegahertz}.{kilohertz % KilohertzPerMegahertz:d3} MHz");
    }

    private static void WriteUptime(ulong nanoseconds, TextSink output)
    {
        ulong milliseconds = nanoseconds / NanosecondsPerMillisecond;
        ulong seconds = milliseconds / MillisecondsPerSecond;
        output.Write($"uptime              {seconds / SecondsPerDay} days {seconds % SecondsPerDay / SecondsPerHour:d2}:");
        output.Write($"{seconds % SecondsPerHour / SecondsPerMinute:d2}:{seconds % SecondsPerMinute:d2}.{milliseconds % MillisecondsPerSecond:d3}\n");
    }

    private static void WriteDate(TextSink output)
    {
        if (!Clock.HasDate)
        {
            output.Write("date                unknown: the machine has no clock with a valid date\n"u8);
            return;
        }
        CivilTime now = Clock.Now;
        output.Write($"date                {now.Year:d4}-{now.Month:d2}-{now.Day:d2} {now.Hour:d2}:{now.Minute:d2}:{now.Second:d2} UTC\n");
    }
}
