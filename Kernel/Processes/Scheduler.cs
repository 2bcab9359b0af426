using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Time;
using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>Decides which thread runs.</summary>
/// <remarks>
/// <para>
/// Threads that can run stand in a queue; each runs for a time slice at most. The kernel itself is not preempted: a thread gives the
/// processor away when it sleeps, at <see cref="YieldIfNeeded"/>, and on its way back to user mode.
/// </para>
/// <para>
/// One lock, taken last of all: the timer queue's, signals' and wait queues' come before it. It is held while stacks are switched: the thread that goes on frees it.
/// </para>
/// </remarks>
internal static unsafe class Scheduler
{
    /// <summary>A deadline that never comes.</summary>
    public const ulong Forever = ulong.MaxValue;

    /// <summary>How long a thread runs while others wait, in nanoseconds; also the accounting's tick.</summary>
    public const ulong TimeSlice = 10_000_000;

    private static InterruptLock s_lock;
    private static Thread? s_first;
    private static Thread? s_last;
    private static Thread? s_idle;
    private static Thread? s_dead;
    private static ulong s_armedFor = Forever;

    /// <summary>Whether a thread waits for the processor.</summary>
    public static bool HasWaiting => s_first is not null;

    /// <summary>Switches made.</summary>
    public static ulong Switches { get; private set; }

    /// <summary>Nanoseconds that the processor had nothing to do.</summary>
    public static ulong IdleNanoseconds => Clock.FromTicks(s_idle?.RunTicks ?? 0);

    /// <summary>Makes the thread that runs the idle thread. Others can be started from now on.</summary>
    /// <param name="idle">A new one.</param>
    public static void Initialize(Thread idle)
    {
        idle.SetName("idle"u8);
        idle.AdoptBootStack();
        idle.SwitchedInAt = Instructions.ReadTimestamp();
        s_idle = idle;
        if (TimerDevice.IsPresent)
            Traps.SetHandler(TimerDevice.Vector, &HandleTimer);
    }

    /// <summary>What the idle thread does from then on.</summary>
    [DoesNotReturn]
    public static void RunIdle()
    {
        while (true)
        {
            Instructions.DisableInterrupts();
            if (HasWaiting)
            {
                Switch(s_lock.Enter());
                continue;
            }
            if (PhysicalMemory.ZeroFramesWhileIdle())
            {
                Instructions.EnableInterrupts();
                continue;
            }
            Instructions.WaitForInterrupt();
        }
    }

    /// <summary>Lets a new thread run.</summary>
    public static void Start(Thread thread)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        thread.State = ThreadState.Runnable;
        Enqueue(thread);
    }

    /// <summary>Lets a thread go on that sleeps, or is about to.</summary>
    /// <remarks>From anywhere.</remarks>
    public static void Wake(Thread thread) => Wake(thread, WaitResult.Woken);

    /// <summary>As <see cref="Wake(Thread)"/>, for a signal: a deep sleep goes on.</summary>
    public static void Interrupt(Thread thread)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (thread.State is ThreadState.Sleeping)
            MakeRunnable(thread, WaitResult.Interrupted);
        NoteReturnWork(thread);
    }

    /// <summary>Lets a stopped thread go on.</summary>
    public static void Continue(Thread thread)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (thread.State == ThreadState.Stopped)
            MakeRunnable(thread, WaitResult.Woken);
    }

    /// <summary>Gives the processor away until somebody wakes the thread, which <see cref="WaitQueue.Add"/> has prepared.</summary>
    /// <param name="deadline">Nanoseconds since boot after which it ends anyway.</param>
    /// <param name="isInterruptible">Whether a signal ends it.</param>
    public static WaitResult Sleep(ulong deadline = Forever, bool isInterruptible = true)
    {
        Thread thread = Thread.Current;
        if (deadline != Forever)
            StartTimer(thread, deadline);
        WaitResult result = SleepUntilWoken(thread, isInterruptible);
        if (deadline != Forever)
            TimerQueue.Remove(TimerOf(thread));
        return result;
    }

    /// <summary>Sleeps until a time comes or a signal.</summary>
    public static WaitResult SleepUntil(ulong deadline)
    {
        PrepareToSleep(Thread.Current);
        return Sleep(deadline);
    }

    /// <summary>Marks the thread that runs as stopping: a <see cref="Continue"/> from now on is not lost.</summary>
    public static void PrepareToStop(Thread thread) => thread.State = ThreadState.Stopped;

    /// <summary>Stops the thread that runs, which <see cref="PrepareToStop"/> has marked, until <see cref="Continue"/>.</summary>
    public static void Stop()
    {
        InterruptLock.Scope scope = s_lock.Enter();
        if (Thread.Current.State == ThreadState.Stopped)
            Switch(scope);
        else
            scope.Dispose();
    }

    /// <summary>Lets the others run first that can.</summary>
    public static void Yield()
    {
        InterruptLock.Scope scope = s_lock.Enter();
        Thread thread = Thread.Current;
        Processor.Current->ReturnWork &= (byte)~ReturnWorkBits.Reschedule;
        if (!HasWaiting)
        {
            scope.Dispose();
            return;
        }
        if (thread != s_idle)
            Enqueue(thread);
        Switch(scope);
    }

    /// <summary>Lets the others run before the thread returns to user mode.</summary>
    public static void RequestReschedule() => Processor.Current->ReturnWork |= (byte)ReturnWorkBits.Reschedule;

    /// <summary>Lets others run if the thread's time is over. For long work in the kernel, where no lock is held.</summary>
    public static void YieldIfNeeded()
    {
        if ((Processor.Current->ReturnWork & (byte)ReturnWorkBits.Reschedule) != 0)
            Yield();
    }

    /// <summary>Ends the thread that runs. Its stack is given back by who runs next; <see cref="Thread"/> stays.</summary>
    [DoesNotReturn]
    public static void Exit()
    {
        InterruptLock.Scope scope = s_lock.Enter();
        Thread.Current.State = ThreadState.Dead;
        s_dead = Thread.Current;
        Switch(scope);
        Diagnostics.Panic.Fail("a dead thread runs");
    }

    /// <summary>Notes that the thread must look for work before it returns to user mode, if it runs now. With or without the lock.</summary>
    public static void NoteReturnWork(Thread thread)
    {
        if (thread.IsOnProcessor)
            Processor.Current->ReturnWork |= (byte)ReturnWorkBits.Signal;
    }

    /// <summary>Marks the thread that runs as going to sleep: a wake from now on is not lost.</summary>
    internal static void PrepareToSleep(Thread thread) => thread.State = ThreadState.Sleeping;

    /// <summary>The thread doesn't go to sleep after all.</summary>
    internal static void CancelSleep(Thread thread)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        thread.State = ThreadState.Runnable;
    }

    /// <summary>Sets the timer if nothing would happen before a deadline. For who has put something first into <see cref="TimerQueue"/>.</summary>
    internal static void ArmFor(ulong deadline)
    {
        if (deadline >= s_armedFor)
            return;
        s_armedFor = deadline;
        ulong now = Clock.Nanoseconds;
        TimerDevice.StartOneShot(deadline > now ? deadline - now : 0);
    }

    private static WaitResult SleepUntilWoken(Thread thread, bool isInterruptible)
    {
        InterruptLock.Scope scope = s_lock.Enter();
        if (thread.State == ThreadState.Runnable)
        {
            scope.Dispose();
            return thread.SleepResult;
        }
        if (isInterruptible && thread.HasSignal)
        {
            thread.State = ThreadState.Runnable;
            scope.Dispose();
            return WaitResult.Interrupted;
        }
        thread.State = isInterruptible ? ThreadState.Sleeping : ThreadState.SleepingDeeply;
        Switch(scope);
        return thread.SleepResult;
    }

    private static void Wake(Thread thread, WaitResult result)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (thread.State is ThreadState.Sleeping or ThreadState.SleepingDeeply)
            MakeRunnable(thread, result);
    }

    private static void MakeRunnable(Thread thread, WaitResult result)
    {
        thread.State = ThreadState.Runnable;
        thread.SleepResult = result;
        if (!thread.IsOnProcessor)
            Enqueue(thread);
    }

    private static TimerNode* TimerOf(Thread thread)
    {
        fixed (TimerNode* timer = &thread.SleepTimer)
            return timer;
    }

    private static void StartTimer(Thread thread, ulong deadline)
    {
        TimerNode* timer = TimerOf(thread);
        timer->Deadline = deadline;
        timer->Owner = thread.Handle;
        timer->Expire = &EndSleep;
        if (TimerQueue.Add(timer))
            ArmFor(deadline);
    }

    private static void EndSleep(nint thread) => Wake(Thread.FromHandle(thread), WaitResult.TimedOut);

    private static void Enqueue(Thread thread)
    {
        thread.NextInQueue = null;
        thread.PreviousInQueue = s_last;
        if (s_last is { } last)
            last.NextInQueue = thread;
        else
            s_first = thread;
        s_last = thread;
        // The idle thread leaves its loop at once, any other when its slice ends.
        if (Thread.Current == s_idle)
            Processor.Current->ReturnWork |= (byte)ReturnWorkBits.Reschedule;
        else
            ArmFor(Clock.Nanoseconds + TimeSlice);
    }

    private static Thread Dequeue()
    {
        if (s_first is not { } thread)
            return s_idle!;
        s_first = thread.NextInQueue;
        if (s_first is { } next)
            next.PreviousInQueue = null;
        else
            s_last = null;
        thread.NextInQueue = null;
        return thread;
    }

    /// <summary>Lets the next thread run; returns when this one runs again, with the lock free.</summary>
    private static void Switch(InterruptLock.Scope scope)
    {
        Thread previous = Thread.Current;
        Thread next = Dequeue();
        if (next != previous)
        {
            Switches++;
            ulong now = Instructions.ReadTimestamp();
            previous.RunTicks += now - previous.SwitchedInAt;
            next.SwitchedInAt = now;
            previous.IsOnProcessor = false;
            next.IsOnProcessor = true;
            SwitchUserState(previous, next);
            if (previous == s_idle)
                ArmFor(Clock.Nanoseconds + TimeSlice);
            Processor* processor = Processor.Current;
            processor->Thread = next.Handle;
            processor->ReturnWork = (byte)(next.IsKernel ? 0 : ReturnWorkBits.Signal);
            fixed (nuint* saved = &previous.SavedStack)
                ThreadSwitch.SwitchStack(saved, next.SavedStack);
        }
        scope.Dispose();
        ReleaseDead();
    }

    /// <summary>Memory, vector registers and bases; kernel threads have none and leave what is there.</summary>
    private static void SwitchUserState(Thread previous, Thread next)
    {
        if (!previous.IsKernel && previous.State != ThreadState.Dead)
            FloatingPoint.Save(previous.FloatingPoint);
        if (next.IsKernel)
            return;
        FloatingPoint.Restore(next.FloatingPoint);
        ThreadSwitch.SetKernelStack(next.FrameEnd);
        ThreadSwitch.SetUserBases(next.FsBase, next.GsBase);
        next.Process.Space?.Load();
    }

    private static void ReleaseDead()
    {
        if (s_dead is not { } dead)
            return;
        s_dead = null;
        dead.ReleaseStack();
        dead.NoteGone();
    }

    /// <summary>The first thing that a new thread does, on its own stack: who switched to it holds the lock.</summary>
    [RuntimeExport("thread_started")]
    private static void Started()
    {
        s_lock.FreeForNewThread();
        ReleaseDead();
    }

    /// <summary>What a thread does before it goes (back) to user mode, if something is to do. Returns with interrupts off.</summary>
    [RuntimeExport("return_to_user")]
    private static void ReturnToUser(SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        Processor* processor = Processor.Current;
        do
        {
            Instructions.EnableInterrupts();
            YieldIfNeeded();
            if (thread.Sequences.Area != 0 && frame->Registers.Vector != SystemCallFrame.Vector
                && !RestartableSequences.TryResume(thread, ref frame->Registers))
                Signals.Force(SignalInfo.Of(Signal.SIGSEGV, SignalCode.Kernel));
            if (thread.HasSignal)
                Signals.Deliver(thread, frame);
            else if (frame->Registers.Vector == SystemCallFrame.Vector)
                Signals.Restart(frame);
            Instructions.DisableInterrupts();
            processor->ReturnWork &= (byte)ReturnWorkBits.Reschedule;
        }
        while (processor->ReturnWork != 0 || thread.HasSignal);
    }

    private static void HandleTimer(TrapFrame* frame)
    {
        Drivers.Interrupts.InterruptController.EndOfInterrupt((byte)frame->Vector);
        s_armedFor = Forever;
        ulong now = Clock.Nanoseconds;
        Thread thread = Thread.Current;
        if (thread != s_idle && !thread.IsKernel)
            thread.Process.CountTick(frame->FromUser);
        TimerQueue.RunExpired(now);
        if (HasWaiting)
            Processor.Current->ReturnWork |= (byte)ReturnWorkBits.Reschedule;
        if (thread != s_idle)
            ArmFor(now + TimeSlice);
        ArmFor(TimerQueue.FirstDeadline);
    }
}

/// <summary>Bits of <see cref="Processor.ReturnWork"/>.</summary>
[System.Flags]
internal enum ReturnWorkBits : byte
{
    None = 0,

    /// <summary>Another thread's turn has come.</summary>
    Reschedule = 1 << 0,

    /// <summary>There may be a signal.</summary>
    Signal = 1 << 1,

    /// <summary>The frame was changed: all registers are restored.</summary>
    FrameChanged = 1 << 2,
}
