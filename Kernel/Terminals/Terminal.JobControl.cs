using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Drivers.Terminals;
using Kernel.Processes;

namespace Kernel.Terminals;

/// <content>The session that the terminal controls, and its foreground group (POSIX, "General Terminal Interface"). <see cref="ProcessTree.Lock"/> guards it.</content>
internal sealed unsafe partial class Terminal
{
    // The session outlives this: its leader's end hangs up.
    private Session? _session;

    // A group may end while it is in the foreground, so this is a number. Zero for none.
    private int _foreground;

    /// <summary>The foreground group's number, for /proc/PID/stat; zero for none.</summary>
    public int ForegroundGroup => _foreground;

    /// <summary>Makes it the controlling terminal of the calling session leader if neither has another; else does nothing. For open(2) without O_NOCTTY.</summary>
    public void TryControl()
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        Process process = Thread.Current.Process;
        if (IsLeader(process) && process.Session.Terminal is null && _session is null)
            Control(process);
    }

    /// <summary>A session's leader has ended: who is in the foreground hears of it, and nobody who has the terminal open can use it any more.</summary>
    /// <param name="session">Whose terminal it is.</param>
    public void HangUp(Session session)
    {
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            if (_session != session)
                return;
            if (ForegroundLocked() is { } group)
                Signals.SendLocked(group, SignalInfo.Of(Signal.SIGHUP, SignalCode.Kernel));
            Leave(session);
        }
        // A pseudo-terminal is its master's: it lives on.
        if (!_device.IsFetched)
            Disconnect();
    }

    /// <summary>The line is cut: the session's leader hears of it, and nobody who has the terminal open can use it any more.</summary>
    public void HangUp()
    {
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            if (_session is { } session)
            {
                if (ProcessTree.Find(session.Id) is { } leader)
                {
                    Signals.SendLocked(leader, SignalInfo.Of(Signal.SIGHUP, SignalCode.Kernel));
                    Signals.SendLocked(leader, SignalInfo.Of(Signal.SIGCONT, SignalCode.Kernel));
                }
                Leave(session);
            }
        }
        Disconnect();
    }

    /// <summary>Lets all files opened until now end, and makes the terminal as new.</summary>
    private void Disconnect()
    {
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            _hangUps++;
            DropArrived();
            _line.Reset(_device.DefaultSettings);
        }
        _isExclusive = false;
        _readers.WakeAll();
        _writers.WakeAll();
        _masters.WakeAll();
    }

    /// <summary>Its session's number; zero for none.</summary>
    private int SessionId()
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        return _session?.Id ?? 0;
    }

    private static bool IsLeader(Process process) => process.Session.Id == process.Id;

    private void Control(Process process)
    {
        _session = process.Session;
        _foreground = process.Group.Id;
        process.Session.Terminal = this;
    }

    private void Leave(Session session)
    {
        _session = null;
        _foreground = 0;
        session.Terminal = null;
    }

    private ProcessGroup? ForegroundLocked() =>
        ProcessTree.FindGroup(_foreground) is { } group && group.Session == _session ? group : null;

    /// <summary>Sends to the foreground group what was typed. From interrupts too.</summary>
    private void SendTyped(TypedSignals typed)
    {
        if ((typed & TypedSignals.Interrupt) != 0)
            SendToForeground(Signal.SIGINT);
        if ((typed & TypedSignals.Quit) != 0)
            SendToForeground(Signal.SIGQUIT);
        if ((typed & TypedSignals.Suspend) != 0)
            SendToForeground(Signal.SIGTSTP);
    }

    private void SendToForeground(Signal signal)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (ForegroundLocked() is { } group)
            Signals.SendLocked(group, SignalInfo.Of(signal, SignalCode.Kernel));
    }

    /// <summary>Whether the calling process may use its terminal now. From the background it may not: its group gets a signal.</summary>
    /// <param name="signal">SIGTTIN for reading, SIGTTOU for writing and changing.</param>
    /// <param name="hangUps">As for <see cref="Read"/>, or <see cref="MasterUse"/>.</param>
    /// <returns><see cref="Errno.ERESTARTSYS"/> when the signal was sent; <see cref="Errno.EIO"/> if nobody would continue who is stopped.</returns>
    private Errno CheckForeground(Signal signal, int hangUps)
    {
        if (hangUps == MasterUse)
            return Errno.None;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        Thread thread = Thread.Current;
        Process process = thread.Process;
        if (process.Session.Terminal != this || _foreground == 0 || process.Group.Id == _foreground)
            return Errno.None;
        bool isIgnored = (thread.BlockedSignals & SignalSet.Of(signal)) != 0
            || process.Actions[signal].Handler == SignalAction.Ignore;
        if (isIgnored)
            return signal == Signal.SIGTTIN ? Errno.EIO : Errno.None;
        if (ProcessTree.IsOrphaned(process.Group))
            return Errno.EIO;
        Signals.SendLocked(process.Group, SignalInfo.Of(signal, SignalCode.Kernel));
        return Errno.ERESTARTSYS;
    }

    /// <summary>TIOCSCTTY.</summary>
    private Errno TakeControl(bool mayTakeAway)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        Process process = Thread.Current.Process;
        if (!IsLeader(process))
            return Errno.EPERM;
        if (process.Session.Terminal == this)
            return Errno.None;
        if (process.Session.Terminal is not null)
            return Errno.EPERM;
        if (_session is { } other)
        {
            if (!mayTakeAway || !process.User.IsPrivileged)
                return Errno.EPERM;
            Leave(other);
        }
        Control(process);
        return Errno.None;
    }

    /// <summary>TIOCNOTTY. Of a process that leads no session it changes nothing: sessions have terminals, not processes.</summary>
    private Errno GiveUpControl()
    {
        Process process = Thread.Current.Process;
        if (process.Session.Terminal != this)
            return Errno.ENOTTY;
        if (!IsLeader(process))
            return Errno.None;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (ForegroundLocked() is { } group)
        {
            Signals.SendLocked(group, SignalInfo.Of(Signal.SIGHUP, SignalCode.Kernel));
            Signals.SendLocked(group, SignalInfo.Of(Signal.SIGCONT, SignalCode.Kernel));
        }
        Leave(process.Session);
        return Errno.None;
    }

    /// <summary>TIOCSPGRP, when the caller may change the terminal.</summary>
    private Errno SetForeground(int id)
    {
        if (id < 0)
            return Errno.EINVAL;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        Session session = Thread.Current.Process.Session;
        if (session.Terminal != this)
            return Errno.ENOTTY;
        if (ProcessTree.FindGroup(id) is not { } group)
            return Errno.ESRCH;
        if (group.Session != session)
            return Errno.EPERM;
        _foreground = id;
        return Errno.None;
    }
}
