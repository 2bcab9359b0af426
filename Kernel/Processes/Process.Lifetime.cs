using System.Diagnostics.CodeAnalysis;
using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Memory;

namespace Kernel.Processes;

/// <content>Ending, stopping, and telling the parent.</content>
internal sealed unsafe partial class Process
{
    private const int StatusShift = 8;
    private const int DumpedBit = 0x80;

    /// <summary>Threads wait here for signals without taking them (signalfd, sigtimedwait).</summary>
    public WaitQueue SignalArrived;

    private Signal _stopSignal;
    private int _stoppedThreads;

    /// <summary>How it ended, as wait4 gives it; once <see cref="IsZombie"/>, and while it ends.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>What its parent gets when it ends; zero for nothing.</summary>
    public Signal ExitSignal { get; internal set; } = Signal.SIGCHLD;

    /// <summary>Whether it has ended and waits for its parent to take the status.</summary>
    public bool IsZombie { get; private set; }

    /// <summary>Whether signals still mean something to it: not from the moment on when its last thread has given its things back.</summary>
    public bool TakesSignals => Actions is not null && !IsZombie;

    /// <summary>Whether all its threads end, as fast as they can.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether its threads stop on their way to user mode.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether it has stopped, or gone on, and the parent has not been told by a wait.</summary>
    public bool HasStopReport { get; private set; }

    /// <summary>See <see cref="HasStopReport"/>.</summary>
    public bool HasContinueReport { get; private set; }

    /// <summary>The status of a process that has stopped.</summary>
    public int StopStatus => ((int)_stopSignal << StatusShift) | 0x7f;

    /// <summary>exit_group, or a signal's: ends all threads; the caller's own ends when it returns.</summary>
    public void BeginEnd(int status)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        BeginEndLocked(status);
    }

    /// <summary>Ends the process of the running thread.</summary>
    /// <param name="status">What exit was called with.</param>
    [DoesNotReturn]
    public void Exit(int status)
    {
        BeginEnd((status & 0xff) << StatusShift);
        EndThread(Thread.Current);
    }

    /// <summary>Ends the process of the running thread because of a signal.</summary>
    [DoesNotReturn]
    public void EndBySignal(Signal signal)
    {
        bool isDumping = (SignalSet.Of(signal) & SignalSet.Dumping) != 0;
        BeginEnd((int)signal | (isDumping && Limits[(int)Resource.Core].Current != 0 ? DumpedBit : 0));
        EndThread(Thread.Current);
    }

    /// <summary>Ends the running thread, and with the last one the process.</summary>
    [DoesNotReturn]
    public void EndThread(Thread thread)
    {
        RobustFutexes.Release(thread);
        if (thread.ClearOnExit != 0 && (ThreadCount > 1 || Memory!.IsShared) && UserMemory.Write(thread.ClearOnExit, 0u))
            Futexes.Wake(thread.ClearOnExit, 1);
        thread.ClearOnExit = 0;
        bool isLast;
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            isLast = --ThreadCount == 0;
            if (isLast && !IsEnding)
            {
                // Every thread ended by itself: the last one's status counts.
                IsEnding = true;
                ExitStatus = (thread.ExitCode & 0xff) << StatusShift;
            }
        }
        if (isLast)
            End(thread);
        Scheduler.Exit();
    }

    /// <summary>Ends all threads but the running one, which becomes the process's first; waits for them.</summary>
    /// <returns>EINTR if the process ends meanwhile.</returns>
    public Errno EndOtherThreads()
    {
        Thread self = Thread.Current;
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            if (IsEnding || self.MustEnd)
                return Errno.EINTR;
            for (Thread? thread = FirstThread; thread is not null; thread = thread.NextOfProcess)
            {
                if (thread == self)
                    continue;
                thread.MustEnd = true;
                Scheduler.Interrupt(thread);
                Scheduler.Continue(thread);
            }
        }
        while (FirstThread != self || self.NextOfProcess is not null)
        {
            Waiter waiter = default;
            ChildEvents.Add(&waiter);
            if (FirstThread != self || self.NextOfProcess is not null)
                Scheduler.Sleep(Scheduler.Forever, isInterruptible: false);
            ChildEvents.Remove(&waiter);
        }
        if (self.Id != Id)
            TakeNumber(self);
        return Errno.None;
    }

    /// <summary>A handler table of its own, without handlers: for a new program.</summary>
    public void TakeOwnActions()
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (Actions.References > 1 && ProcessPools.SignalActions.Take() is { } own)
        {
            own.CopyFrom(Actions);
            Actions.References--;
            Actions = own;
        }
        Actions.ResetHandlers();
    }

    /// <summary>Stops the running thread with the others; returns when the process goes on.</summary>
    public void StopThread(Thread thread)
    {
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            if (!IsStopping)
                return;
            if (++_stoppedThreads >= ThreadCount && !HasStopReport)
            {
                HasStopReport = true;
                HasContinueReport = false;
                TellParent(SignalCode.ChildStopped, (int)_stopSignal);
            }
            Scheduler.PrepareToStop(thread);
        }
        Scheduler.Stop();
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
            _stoppedThreads--;
    }

    /// <summary>All threads stop. With the lock of <see cref="ProcessTree"/>.</summary>
    public void BeginStop(Signal signal)
    {
        if (IsStopping || IsEnding)
            return;
        IsStopping = true;
        HasStopReport = false;
        _stopSignal = signal;
        for (Thread? thread = FirstThread; thread is not null; thread = thread.NextOfProcess)
            Scheduler.Interrupt(thread);
    }

    /// <summary>Stopped threads go on. With the lock of <see cref="ProcessTree"/>.</summary>
    /// <param name="isReported">Whether the parent is told: by SIGCONT, not by SIGKILL.</param>
    public void ContinueStopped(bool isReported)
    {
        if (!IsStopping)
            return;
        IsStopping = false;
        HasStopReport = false;
        for (Thread? thread = FirstThread; thread is not null; thread = thread.NextOfProcess)
            Scheduler.Continue(thread);
        if (!isReported)
            return;
        HasContinueReport = true;
        TellParent(SignalCode.ChildContinued, (int)Signal.SIGCONT);
    }

    /// <summary>
    /// A thread has ended and its stack is gone: it goes back to its pool. With the last one the process is a zombie, and its parent is
    /// told, or it goes too if nobody wants to know.
    /// </summary>
    internal void NoteThreadGone(Thread thread)
    {
        bool isForgotten = false, isLastProcess = false;
        int status = ExitStatus;
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            RemoveThread(thread);
            ProcessTree.ThreadCount--;
            if (FirstThread is null)
            {
                IsZombie = true;
                isForgotten = TellEnd();
                isLastProcess = this == ProcessTree.Init;
            }
            else
            {
                ChildEvents.WakeAll();
            }
        }
        ProcessPools.Threads.Return(thread);
        if (isForgotten)
            Forget();
        if (isLastProcess)
            InitProcess.NoteEnd(status);
    }

    /// <summary>What an ended process leaves: its number, its place in family and group, and its record. Its parent has the status, or wants none.</summary>
    internal void Forget()
    {
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            if (Parent is not null)
                ProcessTree.Disown(this);
            ProcessTree.Leave(this);
            IdEntry entry = IdTable.Find(Id)!;
            entry.Process = null;
            IdTable.ReleaseIfFree(entry);
            Pending.Drop(ulong.MaxValue);
            ProcessTree.Count--;
        }
        ProcessPools.Processes.Return(this);
    }

    /// <summary>What it has used so far.</summary>
    public ResourceUsage Usage
    {
        get
        {
            ResourceUsage usage = OwnUsage;
            usage.UserTicks = UserTicks;
            usage.KernelTicks = KernelTicks;
            if (Space is { } space)
            {
                usage.MinorFaults += space.MinorFaults;
                usage.MajorFaults += space.MajorFaults;
                usage.PeakResident = System.Math.Max(usage.PeakResident, space.PeakResidentPages);
            }
            return usage;
        }
    }

    /// <summary>Lets who made it by vfork go on.</summary>
    public void ReleaseParent()
    {
        HoldsParent = false;
        ProgramStarted.WakeAll();
    }

    /// <summary>Gives back memory, which others may use too, and keeps what it used.</summary>
    internal void DropMemory()
    {
        if (Memory is not { } memory)
            return;
        OwnUsage = Usage;
        Memory = null;
        memory.Release();
        ReleaseParent();
    }

    private void BeginEndLocked(int status)
    {
        if (IsEnding)
            return;
        IsEnding = true;
        ExitStatus = status;
        IsStopping = false;
        for (Thread? thread = FirstThread; thread is not null; thread = thread.NextOfProcess)
        {
            thread.MustEnd = true;
            Scheduler.Interrupt(thread);
            Scheduler.Continue(thread);
        }
    }

    /// <summary>Everything that the process has goes, but for what its parent may ask for.</summary>
    private void End(Thread thread)
    {
        // An audit looks when everything has been given back (NoteThreadGone).
        if (this == ProcessTree.Init && !(Audit.IsOn && FirstChild is null))
            InitProcess.NoteEnd(ExitStatus);
        OwnUsage = Usage;
        StopTimers();
        Files.Release();
        Files = null!;
        Paths.Release();
        Paths = null!;
        if (Session.Id == Id)
            Session.Terminal?.HangUp(Session);
        DropMemory();
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        thread.Pending.Drop(ulong.MaxValue);
        Pending.Drop(ulong.MaxValue);
        if (--Actions.References == 0)
            ProcessPools.SignalActions.Return(Actions);
        Actions = null!;
        GiveChildrenAway();
        ContinueOrphans(Group, this);
    }

    /// <summary>The nearest ancestor that adopts orphans, or process 1, adopts the children. With the lock.</summary>
    private void GiveChildrenAway()
    {
        Process adopter = Parent ?? ProcessTree.Init!;
        while (adopter.Parent is { } next && (!adopter.AdoptsOrphans || adopter.IsEnding))
            adopter = next;
        while (FirstChild is { } child)
        {
            ProcessTree.Disown(child);
            ProcessTree.Adopt(adopter, child);
            child.ExitSignal = Signal.SIGCHLD;
            if (child.ParentDeathSignal != Signal.None && !child.IsZombie)
                Signals.SendLocked(child, SignalInfo.Of(child.ParentDeathSignal, SignalCode.User));
            if (child.IsZombie)
                child.TellParent(SignalCode.ChildExited, child.ExitStatus);
            else if (child.Group != Group)
                ContinueOrphans(child.Group, null);
        }
    }

    /// <summary>Stopped processes that nobody could continue any more get SIGHUP and go on (POSIX, _exit). With the lock.</summary>
    private static void ContinueOrphans(ProcessGroup group, Process? except)
    {
        if (!ProcessTree.IsOrphaned(group, except))
            return;
        bool hasStopped = false;
        for (Process? member = group.FirstMember; member is not null; member = member.NextInGroup)
            hasStopped |= member != except && member.IsStopping;
        if (!hasStopped)
            return;
        Signals.SendLocked(group, SignalInfo.Of(Signal.SIGHUP, SignalCode.Kernel));
        Signals.SendLocked(group, SignalInfo.Of(Signal.SIGCONT, SignalCode.Kernel));
    }

    /// <summary>Tells the parent of the end. With the lock.</summary>
    /// <returns>Whether the parent doesn't want to know, so that nothing needs to be kept.</returns>
    private bool TellEnd()
    {
        if (Parent is not { } parent || parent.Actions is null)
            return Parent is null;
        bool isKilled = (ExitStatus & 0x7f) != 0;
        SignalCode code = !isKilled ? SignalCode.ChildExited : (ExitStatus & DumpedBit) != 0 ? SignalCode.ChildDumped : SignalCode.ChildKilled;
        ref readonly SignalAction action = ref parent.Actions[Signal.SIGCHLD];
        bool isForgotten = ExitSignal == Signal.SIGCHLD
            && (action.Handler == SignalAction.Ignore || (action.Flags & SignalActionFlags.NoChildWait) != 0);
        TellParent(code, isKilled ? ExitStatus & 0x7f : ExitStatus >> StatusShift);
        return isForgotten;
    }

    private void TellParent(SignalCode code, int status)
    {
        if (Parent is not { } parent || parent.Actions is null)
            return;
        bool isEnd = code is SignalCode.ChildExited or SignalCode.ChildKilled or SignalCode.ChildDumped;
        Signal signal = isEnd ? ExitSignal : Signal.SIGCHLD;
        bool isWanted = isEnd || (parent.Actions[Signal.SIGCHLD].Flags & SignalActionFlags.NoChildStop) == 0;
        if (signal != Signal.None && isWanted)
        {
            Signals.SendLocked(parent, new SignalInfo
            {
                Signal = (int)signal,
                Code = (int)code,
                Process = Id,
                User = User.User,
                Status = status,
            });
        }
        parent.ChildEvents.WakeAll();
    }

    /// <summary>The only thread left gets the process's number.</summary>
    private void TakeNumber(Thread thread)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        IdEntry own = IdTable.Find(thread.Id)!;
        own.Thread = null;
        IdTable.ReleaseIfFree(own);
        thread.Id = Id;
        IdTable.Find(Id)!.Thread = thread;
    }

    private void RemoveThread(Thread thread)
    {
        if (FirstThread == thread)
        {
            FirstThread = thread.NextOfProcess;
        }
        else
        {
            Thread previous = FirstThread!;
            while (previous.NextOfProcess != thread)
                previous = previous.NextOfProcess!;
            previous.NextOfProcess = thread.NextOfProcess;
        }
        IdEntry entry = IdTable.Find(thread.Id)!;
        entry.Thread = null;
        IdTable.ReleaseIfFree(entry);
        if (thread.Id == Id)
            _endedName.Text = thread.Name;
        thread.Pending.Drop(ulong.MaxValue);
        EndedRunTicks += thread.RunTicks;
    }
}
