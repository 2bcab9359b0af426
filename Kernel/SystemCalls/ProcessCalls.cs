using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers.Time;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>fork and its like, exit, wait, and threads. IdentityCalls.cs has who a process is.</summary>
internal static unsafe class ProcessCalls
{
    private const ulong CloneArgumentsMinimum = 64;
    private const ulong CloneArgumentsKnown = 88;

    private static Process Current => Thread.Current.Process;

    /// <summary>fork().</summary>
    public static SysResult Fork(SystemCallFrame* frame) => Current.Clone(new CloneRequest { ExitSignal = Signal.SIGCHLD }, frame);

    /// <summary>vfork().</summary>
    public static SysResult ForkShared(SystemCallFrame* frame) => Current.Clone(
        new CloneRequest { Flags = CloneFlags.Memory | CloneFlags.HoldParent, ExitSignal = Signal.SIGCHLD }, frame);

    /// <summary>clone(flags, stack, parentId, childId, threadStorage).</summary>
    public static SysResult Clone(SystemCallFrame* frame)
    {
        var flags = (CloneFlags)(frame->Argument0 & uint.MaxValue);
        return Current.Clone(
            new CloneRequest
            {
                Flags = flags & ~CloneFlags.SignalMask,
                ExitSignal = ExitSignalOf((uint)(flags & CloneFlags.SignalMask)),
                Stack = frame->Argument1,
                ParentId = frame->Argument2,
                ChildId = frame->Argument3,
                ThreadStorage = frame->Argument4,
            },
            frame);
    }

    /// <summary>clone3(arguments, size).</summary>
    public static SysResult CloneExtended(SystemCallFrame* frame)
    {
        ulong size = frame->Argument1;
        if (size < CloneArgumentsMinimum)
            return Errno.EINVAL;
        if (size > 4096)
            return Errno.E2BIG;
        CloneArguments arguments = default;
        if (UserMemory.CopyIn((byte*)&arguments, frame->Argument0, Math.Min(size, CloneArgumentsKnown)) != 0)
            return Errno.EFAULT;
        for (ulong offset = CloneArgumentsKnown; offset < size; offset++)
        {
            if (!UserMemory.Read(frame->Argument0 + offset, out byte extra))
                return Errno.EFAULT;
            if (extra != 0)
                return Errno.E2BIG;
        }
        if ((arguments.Flags & (ulong)CloneFlags.SignalMask) != 0 || arguments.ExitSignal > (ulong)Signal.Count || arguments.Cgroup != 0
            || arguments.SetIdCount != 0 || (arguments.Stack == 0) != (arguments.StackSize == 0))
            return Errno.EINVAL;
        return Current.Clone(
            new CloneRequest
            {
                Flags = (CloneFlags)arguments.Flags,
                ExitSignal = (Signal)arguments.ExitSignal,
                Stack = arguments.Stack + arguments.StackSize,
                ParentId = arguments.ParentId,
                ChildId = arguments.ChildId,
                ThreadStorage = arguments.ThreadStorage,
            },
            frame);
    }

    /// <summary>exit(status): ends the thread.</summary>
    public static SysResult ExitThread(SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        thread.ExitCode = (int)frame->Argument0;
        Current.EndThread(thread);
        return 0;
    }

    /// <summary>exit_group(status): ends the process.</summary>
    public static SysResult ExitProcess(SystemCallFrame* frame)
    {
        Current.Exit((int)frame->Argument0);
        return 0;
    }

    /// <summary>wait4(process, status, options, usage).</summary>
    public static SysResult Wait(SystemCallFrame* frame)
    {
        const WaitOptions known = WaitOptions.NoHang | WaitOptions.Stopped | WaitOptions.Continued
            | WaitOptions.NoThread | WaitOptions.AllChildren | WaitOptions.CloneChildren;
        var options = (WaitOptions)frame->Argument2;
        int id = (int)frame->Argument0;
        if ((options & ~known) != 0)
            return Errno.EINVAL;
        if (id == int.MinValue)
            return Errno.ESRCH;
        ChildSelector selector = id switch
        {
            > 0 => new ChildSelector(ChildSelectorKind.Process, id),
            0 => new ChildSelector(ChildSelectorKind.Group, Current.Group.Id),
            -1 => new ChildSelector(ChildSelectorKind.Any, 0),
            _ => new ChildSelector(ChildSelectorKind.Group, -id),
        };
        Errno error = Current.WaitForChild(selector, options | WaitOptions.Exited, out ChildReport report);
        if (error != Errno.None || report.Process == 0)
            return error;
        if (frame->Argument1 != 0 && !UserMemory.Write(frame->Argument1, report.Status))
            return Errno.EFAULT;
        if (frame->Argument3 != 0 && !UserMemory.Write(frame->Argument3, UsageRecord.From(report.Usage)))
            return Errno.EFAULT;
        return report.Process;
    }

    /// <summary>waitid(kind, id, info, options, usage).</summary>
    public static SysResult WaitForId(SystemCallFrame* frame)
    {
        const ulong all = 0, process = 1, group = 2;
        var options = (WaitOptions)frame->Argument3;
        const WaitOptions wanted = WaitOptions.Exited | WaitOptions.Stopped | WaitOptions.Continued;
        const WaitOptions known = wanted | WaitOptions.NoHang | WaitOptions.NoWait | WaitOptions.NoThread | WaitOptions.AllChildren | WaitOptions.CloneChildren;
        int id = (int)frame->Argument1;
        if ((options & ~known) != 0 || (options & wanted) == 0)
            return Errno.EINVAL;
        ChildSelector selector;
        switch (frame->Argument0)
        {
            case all:
                selector = new ChildSelector(ChildSelectorKind.Any, 0);
                break;
            case process when id > 0:
                selector = new ChildSelector(ChildSelectorKind.Process, id);
                break;
            case group when id >= 0:
                selector = new ChildSelector(ChildSelectorKind.Group, id == 0 ? Current.Group.Id : id);
                break;
            default:
                return Errno.EINVAL;
        }
        Errno error = Current.WaitForChild(selector, options, out ChildReport report);
        if (error != Errno.None)
            return error;
        SignalInfo info = default;
        if (report.Process != 0)
        {
            info = new SignalInfo
            {
                Signal = (int)Signal.SIGCHLD,
                Code = (int)report.Code,
                Process = report.Process,
                User = report.User,
                Status = StatusOf(report),
            };
        }
        if (frame->Argument2 != 0 && !UserMemory.Write(frame->Argument2, info))
            return Errno.EFAULT;
        if (frame->Argument4 != 0 && !UserMemory.Write(frame->Argument4, UsageRecord.From(report.Usage)))
            return Errno.EFAULT;
        return 0;
    }

    /// <summary>sched_yield().</summary>
    public static SysResult Yield(SystemCallFrame* frame)
    {
        Scheduler.Yield();
        return 0;
    }

    /// <summary>set_tid_address(address): the thread's number.</summary>
    public static SysResult SetClearOnExit(SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        thread.ClearOnExit = frame->Argument0;
        return thread.Id;
    }

    /// <summary>set_robust_list(head, size).</summary>
    public static SysResult SetRobustList(SystemCallFrame* frame)
    {
        const ulong headSize = 24;
        if (frame->Argument1 != headSize)
            return Errno.EINVAL;
        Thread.Current.RobustList = frame->Argument0;
        return 0;
    }

    /// <summary>rseq(area, size, flags, signature).</summary>
    public static SysResult SetSequences(SystemCallFrame* frame)
    {
        const int unregister = 1;
        ulong area = frame->Argument0, size = (uint)frame->Argument1;
        return (int)frame->Argument2 switch
        {
            0 => RestartableSequences.Register(Thread.Current, area, size, (uint)frame->Argument3),
            unregister => RestartableSequences.Unregister(Thread.Current, area, size, (uint)frame->Argument3),
            _ => Errno.EINVAL,
        };
    }

    /// <summary>get_robust_list(thread, head, size).</summary>
    public static SysResult GetRobustList(SystemCallFrame* frame)
    {
        const ulong headSize = 24;
        int id = (int)frame->Argument0;
        Thread? thread = id == 0 ? Thread.Current : ProcessTree.FindThread(id);
        if (thread is null)
            return Errno.ESRCH;
        return UserMemory.Write(frame->Argument1, thread.RobustList) && UserMemory.Write(frame->Argument2, headSize) ? 0 : Errno.EFAULT;
    }

    /// <summary>arch_prctl(code, address): the bases of FS and GS.</summary>
    public static SysResult SetBases(SystemCallFrame* frame)
    {
        const ulong setGs = 0x1001, setFs = 0x1002, getFs = 0x1003, getGs = 0x1004;
        Thread thread = Thread.Current;
        ulong value = frame->Argument1;
        switch (frame->Argument0)
        {
            case setFs or setGs when value >= UserMemory.End:
                return Errno.EPERM;
            case setFs:
                thread.FsBase = value;
                break;
            case setGs:
                thread.GsBase = value;
                break;
            case getFs:
                return UserMemory.Write(value, thread.FsBase) ? 0 : Errno.EFAULT;
            case getGs:
                return UserMemory.Write(value, thread.GsBase) ? 0 : Errno.EFAULT;
            default:
                return Errno.EINVAL;
        }
        ThreadSwitch.SetUserBases(thread.FsBase, thread.GsBase);
        return 0;
    }

    /// <summary>futex(address, operation, value, timeout or value, address, value).</summary>
    public static SysResult Futex(SystemCallFrame* frame)
    {
        const uint privateFlag = 128, realTimeFlag = 256;
        const uint wait = 0, wake = 1, requeue = 3, compareRequeue = 4, wakeOperation = 5, waitBitset = 9, wakeBitset = 10;
        ulong address = frame->Argument0, other = frame->Argument4;
        uint operation = (uint)frame->Argument1, value = (uint)frame->Argument2;
        bool isPrivate = (operation & privateFlag) != 0;
        uint command = operation & ~(privateFlag | realTimeFlag);
        if ((operation & realTimeFlag) != 0 && command is not (waitBitset or wait))
            return Errno.ENOSYS;
        switch (command)
        {
            case wait or waitBitset:
                ulong deadline = Scheduler.Forever;
                if (frame->Argument3 != 0)
                {
                    if (!UserMemory.Read(frame->Argument3, out TimeSpecification time))
                        return Errno.EFAULT;
                    if (!time.IsValid)
                        return Errno.EINVAL;
                    deadline = command == wait ? time.FromNow() : (operation & realTimeFlag) != 0 ? time.FromWallClock() : time.Nanoseconds;
                }
                return Futexes.Wait(address, value, command == wait ? Futexes.AnyBit : (uint)frame->Argument5, isPrivate, deadline);
            case wake:
                return Futexes.Wake(address, (int)value, Futexes.AnyBit, isPrivate);
            case wakeBitset:
                return Futexes.Wake(address, (int)value, (uint)frame->Argument5, isPrivate);
            case requeue:
                return Futexes.Requeue(address, (int)value, other, (int)frame->Argument3, isPrivate, null);
            case compareRequeue:
                return Futexes.Requeue(address, (int)value, other, (int)frame->Argument3, isPrivate, (uint)frame->Argument5);
            case wakeOperation:
                return Futexes.WakeWithOperation(address, (int)value, other, (int)frame->Argument3, (uint)frame->Argument5, isPrivate);
            default:
                return Errno.ENOSYS;
        }
    }

    /// <summary>As in Linux, a number that is no signal sends none.</summary>
    private static Signal ExitSignalOf(uint number) => number <= (uint)Signal.Count ? (Signal)number : Signal.None;

    private static int StatusOf(in ChildReport report) => report.Code switch
    {
        SignalCode.ChildExited => (report.Status >> 8) & 0xff,
        SignalCode.ChildStopped => (report.Status >> 8) & 0xff,
        SignalCode.ChildContinued => (int)Signal.SIGCONT,
        _ => report.Status & 0x7f,
    };

    /// <summary>struct clone_args.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags, ProcessHandle, ChildId, ParentId, ExitSignal, Stack, StackSize, ThreadStorage, SetId, SetIdCount, Cgroup;
    }
}
