using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Time;

namespace Kernel.Processes;

/// <content>Interval timers (setitimer(2)) and processor time.</content>
internal sealed unsafe partial class Process
{
    private TimerNode _realTimer;
    private ulong _realInterval;
    private TickTimer _userTimer;
    private TickTimer _profileTimer;

    /// <summary>What all processes used since boot, in ticks of <see cref="Scheduler.TimeSlice"/>.</summary>
    public static ulong AllUserTicks { get; private set; }

    /// <summary>As <see cref="AllUserTicks"/>, in the kernel.</summary>
    public static ulong AllKernelTicks { get; private set; }

    /// <summary>What all its threads ran, in ticks of the timestamp counter.</summary>
    public ulong RunTicks
    {
        get
        {
            ulong ticks = EndedRunTicks;
            for (Thread? thread = FirstThread; thread is not null; thread = thread.NextOfProcess)
                ticks += thread.TotalRunTicks;
            return ticks;
        }
    }

    /// <summary>Sets the timer that sends SIGALRM.</summary>
    /// <param name="value">Nanoseconds from now; zero stops it.</param>
    /// <param name="interval">Nanoseconds from one signal to the next; zero for one only.</param>
    /// <param name="oldInterval">What it was.</param>
    /// <returns>Nanoseconds that were left; zero if it was stopped.</returns>
    public ulong SetRealTimer(ulong value, ulong interval, out ulong oldInterval)
    {
        ulong left = GetRealTimer(out oldInterval);
        fixed (TimerNode* timer = &_realTimer)
        {
            TimerQueue.Remove(timer);
            _realInterval = interval;
            if (value == 0)
                return left;
            timer->Deadline = Clock.Nanoseconds + value;
            timer->Owner = ObjectHandle.Of(this);
            timer->Expire = &ExpireRealTimer;
            if (TimerQueue.Add(timer))
                Scheduler.ArmFor(timer->Deadline);
        }
        return left;
    }

    /// <summary>Nanoseconds that are left of the timer that sends SIGALRM; zero if it is stopped.</summary>
    public ulong GetRealTimer(out ulong interval)
    {
        interval = _realInterval;
        if (!_realTimer.IsQueued)
            return 0;
        ulong now = Clock.Nanoseconds;
        return _realTimer.Deadline > now ? _realTimer.Deadline - now : 1;
    }

    /// <summary>Sets the timer of user time (SIGVTALRM) or of all processor time (SIGPROF); as <see cref="SetRealTimer"/>.</summary>
    public ulong SetTickTimer(bool isUser, ulong value, ulong interval, out ulong oldInterval)
    {
        ulong left = GetTickTimer(isUser, out oldInterval);
        ref TickTimer timer = ref isUser ? ref _userTimer : ref _profileTimer;
        timer = new TickTimer { Left = ToTicks(value), Interval = ToTicks(interval) };
        return left;
    }

    /// <summary>As <see cref="GetRealTimer"/>.</summary>
    public ulong GetTickTimer(bool isUser, out ulong interval)
    {
        ref TickTimer timer = ref isUser ? ref _userTimer : ref _profileTimer;
        interval = timer.Interval * Scheduler.TimeSlice;
        return timer.Left * Scheduler.TimeSlice;
    }

    /// <summary>Accounts a tick of the timer to the running process.</summary>
    public void CountTick(bool isUser)
    {
        if (isUser)
        {
            UserTicks++;
            AllUserTicks++;
            if (_userTimer.CountDown())
                Signals.Send(this, Signal.SIGVTALRM);
        }
        else
        {
            KernelTicks++;
            AllKernelTicks++;
        }
        if (_profileTimer.CountDown())
            Signals.Send(this, Signal.SIGPROF);
        ulong limit = Limits[(int)Resource.ProcessorTime].Current;
        if (limit == ResourceLimit.Unlimited)
            return;
        ulong ticks = UserTicks + KernelTicks, ticksPerSecond = 1_000_000_000 / Scheduler.TimeSlice;
        if (ticks >= Limits[(int)Resource.ProcessorTime].Maximum * ticksPerSecond)
            Signals.Send(this, Signal.SIGKILL);
        else if (ticks >= limit * ticksPerSecond && ticks % ticksPerSecond == 0)
            Signals.Send(this, Signal.SIGXCPU);
    }

    private void StopTimers()
    {
        fixed (TimerNode* timer = &_realTimer)
            TimerQueue.Remove(timer);
        _realInterval = 0;
    }

    private static void ExpireRealTimer(nint handle)
    {
        Process process = ObjectHandle.To<Process>(handle);
        Signals.Send(process, SignalInfo.Of(Signal.SIGALRM, SignalCode.Kernel));
        fixed (TimerNode* timer = &process._realTimer)
        {
            if (process._realInterval == 0)
                return;
            timer->Deadline += process._realInterval;
            TimerQueue.AddLocked(timer);
        }
    }

    private static ulong ToTicks(ulong nanoseconds) => (nanoseconds + Scheduler.TimeSlice - 1) / Scheduler.TimeSlice;

    /// <summary>A timer that counts ticks.</summary>
    private struct TickTimer
    {
        public ulong Left, Interval;

        /// <summary>Counts one; whether it has expired.</summary>
        public bool CountDown()
        {
            if (Left == 0 || --Left > 0)
                return false;
            Left = Interval;
            return true;
        }
    }
}
