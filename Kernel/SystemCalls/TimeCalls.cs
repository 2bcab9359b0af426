using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    private const long PerSecond = 1_000_000_000;

    public long Seconds, Fraction;

    /// <summary>A time in nanoseconds.</summary>
    public TimeSpecification(ulong nanoseconds)
    {
        Seconds = (long)(nanoseconds / PerSecond);
        Fraction = (long)(nanoseconds % PerSecond);
    }

    /// <summary>Not negative, and a fraction below a second.</summary>
    public readonly bool IsValid => Seconds >= 0 && Fraction is >= 0 and < PerSecond;

    /// <summary>In nanoseconds; a time too far away is <see cref="Scheduler.Forever"/>.</summary>
    public readonly ulong Nanoseconds =>
        (ulong)Seconds >= Scheduler.Forever / PerSecond - 1 ? Scheduler.Forever : (ulong)Seconds * PerSecond + (ulong)Fraction;

    /// <summary>The deadline, in nanoseconds since boot, of a time from now on.</summary>
    public readonly ulong FromNow()
    {
        ulong length = Nanoseconds, now = Clock.Nanoseconds;
        return length >= Scheduler.Forever - now ? Scheduler.Forever : now + length;
    }

    /// <summary>The deadline, in nanoseconds since boot, of a time of day.</summary>
    public readonly ulong FromWallClock()
    {
        ulong boot = (ulong)(Clock.UnixNanoseconds - (long)Clock.Nanoseconds);
        ulong time = Nanoseconds;
        return time == Scheduler.Forever ? time : time > boot ? time - boot : 0;
    }
}

/// <summary>struct rusage, what is known of it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 144)]
internal struct UsageRecord
{
    private const ulong KibibytesPerPage = 4;

    public long UserSeconds, UserMicroseconds, KernelSeconds, KernelMicroseconds;

    /// <summary>In KiB.</summary>
    public ulong PeakResident;
    private readonly ulong _sharedMemory, _unsharedData, _unsharedStack;
    public ulong MinorFaults, MajorFaults;

    /// <summary>As the kernel keeps it.</summary>
    public static UsageRecord From(in ResourceUsage usage)
    {
        ulong user = usage.UserTicks * Scheduler.TimeSlice / 1000, kernel = usage.KernelTicks * Scheduler.TimeSlice / 1000;
        return new UsageRecord
        {
            UserSeconds = (long)(user / 1_000_000),
            UserMicroseconds = (long)(user % 1_000_000),
            KernelSeconds = (long)(kernel / 1_000_000),
            KernelMicroseconds = (long)(kernel % 1_000_000),
            PeakResident = usage.PeakResident * KibibytesPerPage,
            MinorFaults = usage.MinorFaults,
            MajorFaults = usage.MajorFaults,
        };
    }
}

/// <summary>Clocks, sleeping and interval timers.</summary>
internal static unsafe class TimeCalls
{
    private const ulong ClockTicksPerSecond = 100;

    private enum ClockId : uint
    {
        RealTime = 0,
        Monotonic = 1,
        ProcessTime = 2,
        ThreadTime = 3,
        MonotonicRaw = 4,
        RealTimeCoarse = 5,
        MonotonicCoarse = 6,
        BootTime = 7,
        RealTimeAlarm = 8,
        BootTimeAlarm = 9,
        InternationalAtomic = 11,
    }

    /// <summary>clock_gettime(clock, time).</summary>
    public static SysResult GetClock(SystemCallFrame* frame)
    {
        if (!TryRead((ClockId)frame->Argument0, out ulong now))
            return Errno.EINVAL;
        return UserMemory.Write(frame->Argument1, new TimeSpecification(now)) ? 0 : Errno.EFAULT;
    }

    /// <summary>clock_getres(clock, time).</summary>
    public static SysResult GetResolution(SystemCallFrame* frame)
    {
        var clock = (ClockId)frame->Argument0;
        if (!TryRead(clock, out ulong _))
            return Errno.EINVAL;
        ulong resolution = clock is ClockId.RealTimeCoarse or ClockId.MonotonicCoarse ? Scheduler.TimeSlice : 1;
        return frame->Argument1 == 0 || UserMemory.Write(frame->Argument1, new TimeSpecification(resolution)) ? 0 : Errno.EFAULT;
    }

    /// <summary>nanosleep(time, rest).</summary>
    public static SysResult Sleep(SystemCallFrame* frame)
    {
        if (!UserMemory.Read(frame->Argument0, out TimeSpecification time))
            return Errno.EFAULT;
        return !time.IsValid ? Errno.EINVAL : SleepUntil(time.FromNow(), frame->Argument1);
    }

    /// <summary>clock_nanosleep(clock, flags, time, rest).</summary>
    public static SysResult SleepOnClock(SystemCallFrame* frame)
    {
        const ulong absolute = 1;
        var clock = (ClockId)frame->Argument0;
        if (!TryRead(clock, out ulong _))
            return Errno.EINVAL;
        if (clock is ClockId.ThreadTime or ClockId.MonotonicRaw or ClockId.RealTimeCoarse or ClockId.MonotonicCoarse)
            return Errno.EOPNOTSUPP;
        if (!UserMemory.Read(frame->Argument2, out TimeSpecification time))
            return Errno.EFAULT;
        if (!time.IsValid)
            return Errno.EINVAL;
        if ((frame->Argument1 & absolute) == 0)
            return SleepUntil(time.FromNow(), frame->Argument3);
        ulong deadline = clock is ClockId.RealTime or ClockId.RealTimeAlarm ? time.FromWallClock() : time.Nanoseconds;
        return Scheduler.SleepUntil(deadline) == WaitResult.Interrupted ? Errno.ERESTARTNOHAND : 0;
    }

    /// <summary>restart_syscall(): the rest of an interrupted sleep.</summary>
    public static SysResult Restart(SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        return thread.RestartDeadline == 0 ? Errno.EINTR : SleepUntil(thread.RestartDeadline, thread.RestartResult);
    }

    /// <summary>gettimeofday(time, zone).</summary>
    public static SysResult GetTimeOfDay(SystemCallFrame* frame)
    {
        ulong now = (ulong)Clock.UnixNanoseconds / 1000;
        if (frame->Argument0 != 0 && !UserMemory.Write(frame->Argument0, new TimeSpecification { Seconds = (long)(now / 1_000_000), Fraction = (long)(now % 1_000_000) }))
            return Errno.EFAULT;
        return frame->Argument1 == 0 || UserMemory.Write(frame->Argument1, 0UL) ? 0 : Errno.EFAULT;
    }

    /// <summary>time(time).</summary>
    public static SysResult GetTime(SystemCallFrame* frame)
    {
        long now = Clock.UnixNanoseconds / 1_000_000_000;
        return frame->Argument0 != 0 && !UserMemory.Write(frame->Argument0, now) ? Errno.EFAULT : now;
    }

    /// <summary>times(times): clock ticks since boot.</summary>
    public static SysResult GetTimes(SystemCallFrame* frame)
    {
        Process process = Thread.Current.Process;
        ResourceUsage own = process.Usage;
        if (frame->Argument0 != 0)
        {
            var times = new ProcessTimes
            {
                User = own.UserTicks,
                Kernel = own.KernelTicks,
                ChildrenUser = process.ChildrenUsage.UserTicks,
                ChildrenKernel = process.ChildrenUsage.KernelTicks,
            };
            if (!UserMemory.Write(frame->Argument0, times))
                return Errno.EFAULT;
        }
        return Clock.Nanoseconds / (1_000_000_000 / ClockTicksPerSecond);
    }

    /// <summary>alarm(seconds): what was left of the one before.</summary>
    public static SysResult Alarm(SystemCallFrame* frame)
    {
        Process process = Thread.Current.Process;
        ulong left = process.SetRealTimer((uint)frame->Argument0 * 1_000_000_000UL, 0, out ulong _);
        return (left + 999_999_999) / 1_000_000_000;
    }

    /// <summary>setitimer(which, value, old).</summary>
    public static SysResult SetTimer(SystemCallFrame* frame)
    {
        if (frame->Argument0 > 2)
            return Errno.EINVAL;
        IntervalTimerRecord wanted = default;
        if (frame->Argument1 != 0 && !UserMemory.Read(frame->Argument1, out wanted))
            return Errno.EFAULT;
        if (!wanted.IsValid)
            return Errno.EINVAL;
        Process process = Thread.Current.Process;
        ulong interval, left;
        if (frame->Argument0 == 0)
            left = process.SetRealTimer(wanted.Value, wanted.Interval, out interval);
        else
            left = process.SetTickTimer(frame->Argument0 == 1, wanted.Value, wanted.Interval, out interval);
        return frame->Argument2 == 0 || UserMemory.Write(frame->Argument2, IntervalTimerRecord.From(left, interval)) ? 0 : Errno.EFAULT;
    }

    /// <summary>getitimer(which, value).</summary>
    public static SysResult GetTimer(SystemCallFrame* frame)
    {
        if (frame->Argument0 > 2)
            return Errno.EINVAL;
        Process process = Thread.Current.Process;
        ulong interval;
        ulong left = frame->Argument0 == 0 ? process.GetRealTimer(out interval) : process.GetTickTimer(frame->Argument0 == 1, out interval);
        return UserMemory.Write(frame->Argument1, IntervalTimerRecord.From(left, interval)) ? 0 : Errno.EFAULT;
    }

    private static SysResult SleepUntil(ulong deadline, ulong rest)
    {
        if (Scheduler.SleepUntil(deadline) != WaitResult.Interrupted)
            return 0;
        ulong now = Clock.Nanoseconds;
        if (now >= deadline)
            return 0;
        if (rest != 0 && !UserMemory.Write(rest, new TimeSpecification(deadline - now)))
            return Errno.EFAULT;
        Thread thread = Thread.Current;
        (thread.RestartDeadline, thread.RestartResult) = (deadline, rest);
        return Errno.ERESTART_RESTARTBLOCK;
    }

    private static bool TryRead(ClockId clock, out ulong now)
    {
        Thread thread = Thread.Current;
        switch (clock)
        {
            case ClockId.RealTime or ClockId.RealTimeCoarse or ClockId.RealTimeAlarm or ClockId.InternationalAtomic:
                now = (ulong)Clock.UnixNanoseconds;
                return true;
            case ClockId.Monotonic or ClockId.MonotonicRaw or ClockId.MonotonicCoarse or ClockId.BootTime or ClockId.BootTimeAlarm:
                now = Clock.Nanoseconds;
                return true;
            case ClockId.ProcessTime:
                now = Clock.FromTicks(thread.Process.RunTicks);
                return true;
            case ClockId.ThreadTime:
                now = Clock.FromTicks(thread.TotalRunTicks);
                return true;
            default:
                now = 0;
                return false;
        }
    }

    /// <summary>struct tms.</summary>
    private struct ProcessTimes
    {
        public ulong User, Kernel, ChildrenUser, ChildrenKernel;
    }

    /// <summary>struct itimerval.</summary>
    private struct IntervalTimerRecord
    {
        public long IntervalSeconds, IntervalMicroseconds, Seconds, Microseconds;

        public readonly bool IsValid => IntervalSeconds is >= 0 and < 1L << 33 && Seconds is >= 0 and < 1L << 33
            && IntervalMicroseconds is >= 0 and < 1_000_000 && Microseconds is >= 0 and < 1_000_000;

        /// <summary>In nanoseconds.</summary>
        public readonly ulong Value => (ulong)(Seconds * 1_000_000 + Microseconds) * 1000;

        /// <summary>In nanoseconds.</summary>
        public readonly ulong Interval => (ulong)(IntervalSeconds * 1_000_000 + IntervalMicroseconds) * 1000;

        public static IntervalTimerRecord From(ulong left, ulong interval)
        {
            // A timer that runs is never shown as stopped.
            ulong leftMicroseconds = (left + 999) / 1000, intervalMicroseconds = interval / 1000;
            return new IntervalTimerRecord
            {
                IntervalSeconds = (long)(intervalMicroseconds / 1_000_000),
                IntervalMicroseconds = (long)(intervalMicroseconds % 1_000_000),
                Seconds = (long)(leftMicroseconds / 1_000_000),
                Microseconds = (long)(leftMicroseconds % 1_000_000),
            };
        }
    }
}
