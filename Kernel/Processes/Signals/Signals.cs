using Kernel.Abi;
using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Sending signals and deciding what they do. Signals.Frames.cs builds what a handler sees.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards what is pending. Sending may be done from interrupt handlers.</remarks>
internal static unsafe partial class Signals
{
    /// <summary>Sends a signal to a process; one of its threads takes it.</summary>
    /// <returns><see cref="Errno.EAGAIN"/> if a queued signal finds no memory.</returns>
    public static Errno Send(Process process, in SignalInfo info)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        return SendLocked(process, info);
    }

    /// <summary>As <see cref="Send(Process, in SignalInfo)"/>, from the kernel.</summary>
    public static Errno Send(Process process, Signal signal) => Send(process, SignalInfo.Of(signal, SignalCode.Kernel));

    /// <summary>Sends a signal to every process of a group, from the kernel.</summary>
    public static void Send(ProcessGroup group, Signal signal)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        SendLocked(group, SignalInfo.Of(signal, SignalCode.Kernel));
    }

    /// <summary>Sends a signal to one thread.</summary>
    public static Errno Send(Thread thread, in SignalInfo info)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        var signal = (Signal)info.Signal;
        if (!thread.Process.TakesSignals || !Prepare(thread.Process, signal))
            return Errno.None;
        if (((thread.BlockedSignals | thread.AwaitedSignals) & SignalSet.Of(signal)) == 0 && HasNoEffect(thread.Process, signal))
            return Errno.None;
        if (!thread.Pending.TryAdd(info))
            return Errno.EAGAIN;
        WakeFor(thread, signal);
        return Errno.None;
    }

    /// <summary>Sends to the running thread what it has done itself: never ignored; blocked or ignored, it ends the process.</summary>
    public static void Force(in SignalInfo info)
    {
        Thread thread = Thread.Current;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        var signal = (Signal)info.Signal;
        SignalActions actions = thread.Process.Actions;
        bool isBlocked = (thread.BlockedSignals & SignalSet.Of(signal)) != 0;
        if (isBlocked || actions[signal].Handler == SignalAction.Ignore)
        {
            actions.SetDefault(signal);
            thread.SetBlocked(thread.BlockedSignals & ~SignalSet.Of(signal));
        }
        thread.Pending.TryAdd(info);
        Scheduler.NoteReturnWork(thread);
    }

    /// <summary>As <see cref="Send(ProcessGroup, Signal)"/>, with the lock.</summary>
    public static void SendLocked(ProcessGroup group, in SignalInfo info)
    {
        for (Process? member = group.FirstMember; member is not null; member = member.NextInGroup)
            SendLocked(member, info);
    }

    /// <summary>As <see cref="Send(Process, in SignalInfo)"/>, with the lock.</summary>
    public static Errno SendLocked(Process process, in SignalInfo info)
    {
        var signal = (Signal)info.Signal;
        if (!process.TakesSignals || !Prepare(process, signal))
            return Errno.None;
        Thread? taker = FindTaker(process, signal);
        // What all threads block is kept: the action may be another when it is taken.
        if (taker is not null && (taker.AwaitedSignals & SignalSet.Of(signal)) == 0 && HasNoEffect(process, signal))
            return Errno.None;
        if (!process.Pending.TryAdd(info))
            return Errno.EAGAIN;
        if (signal == Signal.SIGKILL)
        {
            for (Thread? thread = process.FirstThread; thread is not null; thread = thread.NextOfProcess)
                WakeFor(thread, signal);
        }
        else if (taker is not null)
        {
            WakeFor(taker, signal);
        }
        process.SignalArrived.WakeAll();
        return Errno.None;
    }

    /// <summary>Drops signals that would have no effect now: the action has changed. With the lock.</summary>
    public static void DropIgnored(Process process, Signal signal)
    {
        if (!process.Actions.Ignores(signal))
            return;
        process.Pending.Drop(SignalSet.Of(signal));
        for (Thread? thread = process.FirstThread; thread is not null; thread = thread.NextOfProcess)
            thread.Pending.Drop(SignalSet.Of(signal));
    }

    /// <summary>What a signal does as it is sent: stops and continues cancel each other.</summary>
    /// <returns>Whether it is to be delivered.</returns>
    private static bool Prepare(Process process, Signal signal)
    {
        ulong bit = SignalSet.Of(signal);
        if ((bit & SignalSet.Stopping) != 0)
            DropEverywhere(process, SignalSet.Of(Signal.SIGCONT));
        if (signal is Signal.SIGCONT or Signal.SIGKILL)
        {
            DropEverywhere(process, SignalSet.Stopping);
            process.ContinueStopped(signal == Signal.SIGCONT);
        }
        return true;
    }

    /// <summary>Whether a signal is ignored, or would end process 1, which nobody can but itself: it has no action for what it has not asked for.</summary>
    private static bool HasNoEffect(Process process, Signal signal) =>
        process.Actions.Ignores(signal)
        || (process == ProcessTree.Init && process.Actions[signal].Handler == SignalAction.Default);

    private static void DropEverywhere(Process process, ulong set)
    {
        process.Pending.Drop(set);
        for (Thread? thread = process.FirstThread; thread is not null; thread = thread.NextOfProcess)
            thread.Pending.Drop(set);
    }

    /// <summary>A thread that doesn't block a signal, best the one that runs.</summary>
    private static Thread? FindTaker(Process process, Signal signal)
    {
        ulong bit = SignalSet.Of(signal);
        Thread? found = null;
        for (Thread? thread = process.FirstThread; thread is not null; thread = thread.NextOfProcess)
        {
            if ((thread.BlockedSignals & bit) != 0 || thread.State == ThreadState.Dead)
                continue;
            if (found is null || thread.IsOnProcessor)
                found = thread;
        }
        return found;
    }

    private static void WakeFor(Thread thread, Signal signal)
    {
        if ((thread.BlockedSignals & SignalSet.Of(signal)) == 0)
            Scheduler.Interrupt(thread);
        if (signal == Signal.SIGKILL)
            Scheduler.Continue(thread);
    }
}
