using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Time;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>Signals.</summary>
internal static unsafe class SignalCalls
{
    private const ulong SetSize = sizeof(ulong);

    private static Process Current => Thread.Current.Process;

    /// <summary>rt_sigaction(signal, action, old, setSize).</summary>
    public static SysResult Action(SystemCallFrame* frame)
    {
        var signal = (Signal)frame->Argument0;
        if (frame->Argument3 != SetSize || signal < Signal.SIGHUP || signal > Signal.Count)
            return Errno.EINVAL;
        SignalAction wanted = default;
        if (frame->Argument1 != 0 && !UserMemory.Read(frame->Argument1, out wanted))
            return Errno.EFAULT;
        if (frame->Argument1 != 0 && (SignalSet.Of(signal) & SignalSet.Unblockable) != 0)
            return Errno.EINVAL;
        SignalAction old;
        using (InterruptLock.Scope _ = ProcessTree.Lock.Enter())
        {
            old = Current.Actions[signal];
            if (frame->Argument1 != 0)
            {
                wanted.Mask &= ~SignalSet.Unblockable;
                Current.Actions.Set(signal, wanted);
                Signals.DropIgnored(Current, signal);
            }
        }
        return frame->Argument2 == 0 || UserMemory.Write(frame->Argument2, old) ? 0 : Errno.EFAULT;
    }

    /// <summary>rt_sigprocmask(how, set, old, setSize).</summary>
    public static SysResult Mask(SystemCallFrame* frame)
    {
        const ulong block = 0, unblock = 1, set = 2;
        if (frame->Argument3 != SetSize)
            return Errno.EINVAL;
        Thread thread = Thread.Current;
        ulong old = thread.BlockedSignals;
        if (frame->Argument1 != 0)
        {
            if (!UserMemory.Read(frame->Argument1, out ulong signals))
                return Errno.EFAULT;
            switch (frame->Argument0)
            {
                case block:
                    thread.SetBlocked(old | signals);
                    break;
                case unblock:
                    thread.SetBlocked(old & ~signals);
                    break;
                case set:
                    thread.SetBlocked(signals);
                    break;
                default:
                    return Errno.EINVAL;
            }
        }
        return frame->Argument2 == 0 || UserMemory.Write(frame->Argument2, old) ? 0 : Errno.EFAULT;
    }

    /// <summary>rt_sigreturn().</summary>
    public static SysResult Return(SystemCallFrame* frame) => Signals.ReturnFromHandler(frame);

    /// <summary>rt_sigpending(set, setSize).</summary>
    public static SysResult Pending(SystemCallFrame* frame)
    {
        if (frame->Argument1 > SetSize)
            return Errno.EINVAL;
        Thread thread = Thread.Current;
        ulong pending = (thread.Pending.Set | Current.Pending.Set) & thread.BlockedSignals;
        return UserMemory.CopyOut(frame->Argument0, (byte*)&pending, frame->Argument1) == 0 ? 0 : Errno.EFAULT;
    }

    /// <summary>rt_sigsuspend(set, setSize).</summary>
    public static SysResult Suspend(SystemCallFrame* frame)
    {
        if (frame->Argument1 != SetSize)
            return Errno.EINVAL;
        if (!UserMemory.Read(frame->Argument0, out ulong signals))
            return Errno.EFAULT;
        Thread.Current.SetBlockedForCall(signals);
        while (Scheduler.SleepUntil(Scheduler.Forever) != WaitResult.Interrupted)
        {
            // Only a signal ends it.
        }
        return Errno.ERESTARTNOHAND;
    }

    /// <summary>pause().</summary>
    public static SysResult Pause(SystemCallFrame* frame)
    {
        while (Scheduler.SleepUntil(Scheduler.Forever) != WaitResult.Interrupted)
        {
            // Only a signal ends it.
        }
        return Errno.ERESTARTNOHAND;
    }

    /// <summary>rt_sigtimedwait(set, info, timeout, setSize).</summary>
    public static SysResult TimedWait(SystemCallFrame* frame)
    {
        if (frame->Argument3 != SetSize)
            return Errno.EINVAL;
        if (!UserMemory.Read(frame->Argument0, out ulong wanted))
            return Errno.EFAULT;
        ulong deadline = Scheduler.Forever;
        if (frame->Argument2 != 0)
        {
            if (!UserMemory.Read(frame->Argument2, out TimeSpecification time))
                return Errno.EFAULT;
            if (!time.IsValid)
                return Errno.EINVAL;
            deadline = time.FromNow();
        }
        wanted &= ~SignalSet.Unblockable;
        Thread thread = Thread.Current;
        ulong mask = thread.BlockedSignals;
        WaitResult result = WaitResult.Woken;
        while (true)
        {
            if (Signals.TryTake(thread, wanted, out SignalInfo info, out SignalAction _))
            {
                EndWait(thread, mask);
                return frame->Argument1 != 0 && !UserMemory.Write(frame->Argument1, info) ? Errno.EFAULT : info.Signal;
            }
            if (result != WaitResult.Woken)
            {
                EndWait(thread, mask);
                return result == WaitResult.TimedOut ? Errno.EAGAIN : Errno.EINTR;
            }
            // What is waited for ends the sleep, as any other signal does.
            thread.AwaitedSignals = wanted;
            thread.SetBlocked(mask & ~wanted);
            result = deadline <= Clock.Nanoseconds ? WaitResult.TimedOut : Scheduler.SleepUntil(deadline);
        }
    }

    private static void EndWait(Thread thread, ulong mask)
    {
        thread.AwaitedSignals = 0;
        thread.SetBlocked(mask);
    }

    /// <summary>rt_sigqueueinfo(process, signal, info).</summary>
    public static SysResult Queue(SystemCallFrame* frame)
    {
        if (!UserMemory.Read(frame->Argument2, out SignalInfo info))
            return Errno.EFAULT;
        info.Signal = (int)frame->Argument1;
        int id = (int)frame->Argument0;
        if ((info.Code >= 0 || info.Code == (int)SignalCode.Thread) && id != Current.Id)
            return Errno.EPERM;
        return SendTo(id, info);
    }

    /// <summary>sigaltstack(stack, old).</summary>
    public static SysResult AlternateStack(SystemCallFrame* frame)
    {
        const ulong minimumSize = 2048;
        Thread thread = Thread.Current;
        SignalStack old = thread.SignalStack;
        bool isInUse = old.Size != 0 && old.Contains(frame->Registers.Rsp);
        if (old.Size == 0)
            old.Flags = SignalStack.Disabled;
        else if (isInUse)
            old.Flags |= SignalStack.OnStack;
        if (frame->Argument0 != 0)
        {
            if (!UserMemory.Read(frame->Argument0, out SignalStack wanted))
                return Errno.EFAULT;
            if (isInUse)
                return Errno.EPERM;
            uint mode = wanted.Flags & ~SignalStack.AutoDisarm;
            if (mode is not (0 or SignalStack.OnStack or SignalStack.Disabled))
                return Errno.EINVAL;
            if (mode == SignalStack.Disabled)
            {
                thread.SignalStack = default;
            }
            else
            {
                if (wanted.Size < minimumSize)
                    return Errno.ENOMEM;
                wanted.Flags &= SignalStack.AutoDisarm;
                thread.SignalStack = wanted;
            }
        }
        return frame->Argument1 == 0 || UserMemory.Write(frame->Argument1, old) ? 0 : Errno.EFAULT;
    }

    /// <summary>kill(process, signal).</summary>
    public static SysResult Kill(SystemCallFrame* frame)
    {
        var info = new SignalInfo
        {
            Signal = (int)frame->Argument1,
            Code = (int)SignalCode.User,
            Process = Current.Id,
            User = Current.User.User,
        };
        return SendTo((int)frame->Argument0, info);
    }

    /// <summary>tkill(thread, signal).</summary>
    public static SysResult KillThread(SystemCallFrame* frame) => SendToThread(0, (int)frame->Argument0, (int)frame->Argument1);

    /// <summary>tgkill(process, thread, signal).</summary>
    public static SysResult KillThreadOf(SystemCallFrame* frame) => (int)frame->Argument0 <= 0
        ? Errno.EINVAL : SendToThread((int)frame->Argument0, (int)frame->Argument1, (int)frame->Argument2);

    private static SysResult SendToThread(int processId, int threadId, int signal)
    {
        if (threadId <= 0 || signal < 0 || signal > (int)Signal.Count)
            return Errno.EINVAL;
        if (ProcessTree.FindThread(threadId) is not { } thread || thread.IsKernel || (processId != 0 && thread.Process.Id != processId))
            return Errno.ESRCH;
        if (!Current.MaySignal(thread.Process, (Signal)signal))
            return Errno.EPERM;
        if (signal == 0)
            return 0;
        return Signals.Send(thread, new SignalInfo { Signal = signal, Code = (int)SignalCode.Thread, Process = Current.Id, User = Current.User.User });
    }

    private static SysResult SendTo(int target, in SignalInfo info)
    {
        if (info.Signal < 0 || info.Signal > (int)Signal.Count)
            return Errno.EINVAL;
        if (target == int.MinValue)
            return Errno.ESRCH;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (target > 0)
        {
            if (ProcessTree.Find(target) is not { } process)
                return Errno.ESRCH;
            return SendChecked(process, info);
        }
        if (target == -1)
            return SendToAll(info);
        ProcessGroup? group = target == 0 ? Current.Group : ProcessTree.FindGroup(-target);
        if (group is null)
            return Errno.ESRCH;
        Errno result = Errno.EPERM;
        for (Process? member = group.FirstMember; member is not null; member = member.NextInGroup)
        {
            if (SendChecked(member, info) == Errno.None)
                result = Errno.None;
        }
        return result;
    }

    private static SysResult SendToAll(in SignalInfo info)
    {
        Errno result = Errno.ESRCH;
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(2); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            if (entry.Process == Current)
                continue;
            Errno error = SendChecked(entry.Process!, info);
            if (error == Errno.None || result == Errno.ESRCH)
                result = error;
        }
        return result;
    }

    private static Errno SendChecked(Process process, in SignalInfo info)
    {
        if (!Current.MaySignal(process, (Signal)info.Signal))
            return Errno.EPERM;
        return info.Signal == 0 ? Errno.None : Signals.SendLocked(process, info);
    }
}
