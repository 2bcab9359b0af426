using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers;

namespace Kernel.Processes;

/// <content>Taking signals on the way back to user mode.</content>
internal static unsafe partial class Signals
{
    private const int SystemCallInstructionLength = 2;

    /// <summary>
    /// Lets the signals happen that wait for the running thread: it may end, stop, or find itself in a handler. What a call
    /// left that signals interrupted is brought to its end.
    /// </summary>
    public static void Deliver(Thread thread, SystemCallFrame* frame)
    {
        Process process = thread.Process;
        bool isRestartPending = true;
        while (true)
        {
            if (thread.MustEnd)
                process.EndThread(thread);
            if (process.IsStopping)
            {
                process.StopThread(thread);
                continue;
            }
            if (!TryTake(thread, ~thread.BlockedSignals, out SignalInfo info, out SignalAction action))
                break;
            var signal = (Signal)info.Signal;
            if (action.Handler == SignalAction.Ignore)
                continue;
            if (action.Handler == SignalAction.Default)
            {
                ActByDefault(process, thread, signal);
                continue;
            }
            if (isRestartPending)
                EndCall(frame, (action.Flags & SignalActionFlags.Restart) != 0);
            isRestartPending = false;
            if (!TryEnterHandler(thread, frame, action, info))
                process.EndBySignal(Signal.SIGSEGV);
        }
        if (isRestartPending)
            Restart(frame);
        RestoreMask(thread);
    }

    /// <summary>Makes a call that was interrupted happen again, as no handler ran.</summary>
    public static void Restart(SystemCallFrame* frame)
    {
        ref TrapFrame registers = ref frame->Registers;
        if (registers.Vector != SystemCallFrame.Vector || registers.ErrorCode == SystemCallFrame.NoCall)
            return;
        switch ((Errno)(-(long)registers.Rax))
        {
            case Errno.ERESTARTSYS or Errno.ERESTARTNOHAND:
                registers.Rax = registers.ErrorCode;
                registers.Rip -= SystemCallInstructionLength;
                break;
            case Errno.ERESTART_RESTARTBLOCK:
                registers.Rax = SystemCalls.SystemCallNumber.RestartSystemCall;
                registers.Rip -= SystemCallInstructionLength;
                break;
        }
    }

    /// <summary>Takes a signal of a set from what waits for a thread.</summary>
    public static bool TryTake(Thread thread, ulong set, out SignalInfo info, out SignalAction action)
    {
        if (((thread.Pending.Set | thread.Process.Pending.Set) & set) == 0)
        {
            (info, action) = (default, default);
            return false;
        }
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        action = default;
        if (!thread.Pending.TryTake(set, out info) && !thread.Process.Pending.TryTake(set, out info))
            return false;
        SignalActions actions = thread.Process.Actions;
        action = actions[(Signal)info.Signal];
        if ((action.Flags & SignalActionFlags.ResetHandler) != 0 && action.Handler > SignalAction.Ignore)
            actions.SetDefault((Signal)info.Signal);
        return true;
    }

    /// <summary>A handler runs: an interrupted call is over, or is made again after it.</summary>
    private static void EndCall(SystemCallFrame* frame, bool restarts)
    {
        ref TrapFrame registers = ref frame->Registers;
        if (registers.Vector != SystemCallFrame.Vector || registers.ErrorCode == SystemCallFrame.NoCall)
            return;
        var error = (Errno)(-(long)registers.Rax);
        if (error == Errno.ERESTARTSYS && restarts)
            Restart(frame);
        else if (error is Errno.ERESTARTSYS or Errno.ERESTARTNOHAND or Errno.ERESTART_RESTARTBLOCK)
            registers.Rax = unchecked((ulong)-(long)Errno.EINTR);
    }

    private static void RestoreMask(Thread thread)
    {
        if (!thread.HasSavedMask)
            return;
        thread.HasSavedMask = false;
        thread.SetBlocked(thread.SavedMask);
    }

    private static void ActByDefault(Process process, Thread thread, Signal signal)
    {
        ulong bit = SignalSet.Of(signal);
        bool isOfInit = process == ProcessTree.Init && (bit & SignalSet.Synchronous) == 0;
        if (isOfInit || (bit & SignalSet.IgnoredByDefault) != 0)
            return;
        if ((bit & SignalSet.Stopping) == 0)
        {
            process.EndBySignal(signal);
            return;
        }
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (signal == Signal.SIGSTOP || !ProcessTree.IsOrphaned(process.Group))
            process.BeginStop(signal);
    }
}
