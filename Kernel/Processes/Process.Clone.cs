using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Time;
using Kernel.Files;
using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>What a new thread or process shares with its maker: CLONE_ flags (clone(2)).</summary>
[Flags]
internal enum CloneFlags : ulong
{
    SignalMask = 0xff,
    Memory = 0x100,
    Paths = 0x200,
    Files = 0x400,
    SignalActions = 0x800,
    ProcessHandle = 0x1000,
    Traced = 0x2000,
    HoldParent = 0x4000,
    SameParent = 0x8000,
    Thread = 0x1_0000,
    NewMounts = 0x2_0000,
    SystemVSemaphores = 0x4_0000,
    ThreadStorage = 0x8_0000,
    StoreIdForParent = 0x10_0000,
    ClearIdOnExit = 0x20_0000,
    Detached = 0x40_0000,
    Untraced = 0x80_0000,
    StoreIdForChild = 0x100_0000,
    Io = 0x8000_0000,
    ClearHandlers = 0x1_0000_0000,
}

/// <summary>A request of clone, whichever call it came by.</summary>
internal ref struct CloneRequest
{
    public CloneFlags Flags;
    public Signal ExitSignal;

    /// <summary>The stack pointer; zero for the maker's.</summary>
    public ulong Stack;
    public ulong ThreadStorage;

    /// <summary>Where the number is stored for the maker and for the new one.</summary>
    public ulong ParentId, ChildId;
}

/// <content>Making threads and processes.</content>
internal sealed unsafe partial class Process
{
    private const CloneFlags Unsupported = CloneFlags.NewMounts | CloneFlags.ProcessHandle;
    private const CloneFlags NeededForThread = CloneFlags.Memory | CloneFlags.SignalActions | CloneFlags.Files | CloneFlags.Paths;

    /// <summary>Makes a thread or a process that goes on where the running thread's call returns, with zero as the result.</summary>
    /// <returns>Its number; EINVAL, EAGAIN over a limit, ENOMEM. Nothing is left of it then.</returns>
    public SysResult Clone(in CloneRequest request, SystemCallFrame* frame)
    {
        CloneFlags flags = request.Flags;
        if ((flags & Unsupported) != 0
            || ((flags & CloneFlags.SignalActions) != 0 && (flags & CloneFlags.Memory) == 0)
            || ((flags & CloneFlags.Thread) != 0 && (flags & NeededForThread) != NeededForThread)
            || ((flags & CloneFlags.ClearHandlers) != 0 && (flags & CloneFlags.SignalActions) != 0))
            return Errno.EINVAL;
        if (IsOverProcessLimit())
            return Errno.EAGAIN;
        if ((flags & CloneFlags.ThreadStorage) != 0 && request.ThreadStorage >= UserMemory.End)
            return Errno.EPERM;

        if (ProcessPools.Threads.Take() is not { } thread)
            return Errno.ENOMEM;
        Errno error = (flags & CloneFlags.Thread) != 0 ? JoinProcess(thread) : CloneProcess(thread, request);
        if (error != Errno.None)
        {
            thread.ReleaseStack();
            ProcessPools.Threads.Return(thread);
            return error;
        }
        return StartClone(thread, request, frame);
    }

    /// <summary>The first process, without memory, files or thread; its number is 1.</summary>
    /// <returns>Null when memory has run out.</returns>
    public static Process? TryCreateFirst()
    {
        if (ProcessPools.Processes.Take() is not { } process || ProcessPools.SignalActions.Take() is not { } actions
            || ProcessPools.Threads.Take() is not { } thread)
            return null;
        process.Actions = actions;
        process.Limits = ResourceLimits.Initial;
        if (!thread.TryCreateStack() || IdTable.TryAllocate() is not { } id)
            return null;
        process.Id = id.Number;
        id.Process = process;
        if (ProcessTree.BeginSession(process) != Errno.None)
            return null;
        process.Attach(thread, id);
        process.StartTime = Clock.Nanoseconds;
        ProcessTree.Count++;
        ProcessTree.Init = process;
        return process;
    }

    private bool IsOverProcessLimit()
    {
        ulong limit = Limits[(int)Resource.Processes].Current;
        return !User.IsPrivileged && limit != ResourceLimit.Unlimited && ProcessTree.CountThreadsOf(User.User) >= limit;
    }

    private Errno JoinProcess(Thread thread)
    {
        if (!thread.TryCreateStack())
            return Errno.ENOMEM;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (IdTable.TryAllocate() is not { } id)
            return Errno.EAGAIN;
        Attach(thread, id);
        return Errno.None;
    }

    private Errno CloneProcess(Thread thread, in CloneRequest request)
    {
        if (ProcessPools.Processes.Take() is not { } child)
            return Errno.ENOMEM;
        Errno error = child.CopyParts(this, request.Flags);
        if (error == Errno.None && !thread.TryCreateStack())
            error = Errno.ENOMEM;
        if (error == Errno.None)
            error = Join(child, thread, request);
        if (error != Errno.None)
        {
            child.ReleaseParts();
            ProcessPools.Processes.Return(child);
        }
        return error;
    }

    /// <summary>What can fail of a new process: memory, files, paths, actions.</summary>
    private Errno CopyParts(Process from, CloneFlags flags)
    {
        User = from.User;
        Limits = from.Limits;
        (Nice, Personality, Dumpable, OutOfMemoryAdjust) = (from.Nice, from.Personality, from.Dumpable, from.OutOfMemoryAdjust);
        if ((flags & CloneFlags.SignalActions) != 0)
        {
            Actions = from.Actions;
            Actions.References++;
        }
        else
        {
            Actions = ProcessPools.SignalActions.Take()!;
            if (Actions is null)
                return Errno.ENOMEM;
            Actions.CopyFrom(from.Actions);
            if ((flags & CloneFlags.ClearHandlers) != 0)
                Actions.ResetHandlers();
        }
        Paths = (flags & CloneFlags.Paths) != 0 ? from.Paths.AddReference() : from.Paths.Fork()!;
        Files = (flags & CloneFlags.Files) != 0 ? from.Files.AddReference() : from.Files.Fork()!;
        if (Paths is null || Files is null)
            return Errno.ENOMEM;
        if ((flags & CloneFlags.Memory) == 0)
        {
            Errno error = from.Memory!.Fork(out ProcessMemory? memory).ToErrno();
            Memory = memory;
            return error;
        }
        Memory = from.Memory;
        Memory!.AddReference();
        return Errno.None;
    }

    private void ReleaseParts()
    {
        Memory?.Release();
        Memory = null;
        Files?.Release();
        Paths?.Release();
        if (Actions is not null && --Actions.References == 0)
            ProcessPools.SignalActions.Return(Actions);
    }

    /// <summary>Gives a new process its number and its place.</summary>
    private Errno Join(Process child, Thread thread, in CloneRequest request)
    {
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        if (IdTable.TryAllocate() is not { } id)
            return Errno.EAGAIN;
        child.Id = id.Number;
        id.Process = child;
        bool isSibling = (request.Flags & CloneFlags.SameParent) != 0 && Parent is not null;
        // A parent that didn't ask for the child gets no signal but its own child's.
        child.ExitSignal = isSibling ? ExitSignal : request.ExitSignal;
        child.HoldsParent = (request.Flags & CloneFlags.HoldParent) != 0;
        child.StartTime = Clock.Nanoseconds;
        child.Attach(thread, id);
        ProcessTree.Join(child, Group);
        ProcessTree.Adopt(isSibling ? Parent! : this, child);
        ProcessTree.Count++;
        ProcessTree.Forks++;
        return Errno.None;
    }

    private void Attach(Thread thread, IdEntry id)
    {
        thread.Id = id.Number;
        id.Thread = thread;
        thread.Process = this;
        thread.NextOfProcess = FirstThread;
        FirstThread = thread;
        ThreadCount++;
        ProcessTree.ThreadCount++;
    }

    /// <summary>What can't fail any more: registers, and it runs.</summary>
    private SysResult StartClone(Thread thread, in CloneRequest request, SystemCallFrame* frame)
    {
        Thread maker = Thread.Current;
        Process process = thread.Process;
        FloatingPoint.Save(thread.FloatingPoint);
        FloatingPoint.TakeFromFrame(thread.FloatingPoint, &frame->Registers);
        *thread.Frame = *frame;
        thread.Frame->Registers.Rax = 0;
        thread.Frame->Registers.ErrorCode = SystemCallFrame.NoCall;
        if (request.Stack != 0)
            thread.Frame->Registers.Rsp = request.Stack;
        thread.FsBase = (request.Flags & CloneFlags.ThreadStorage) != 0 ? request.ThreadStorage : maker.FsBase;
        thread.GsBase = maker.GsBase;
        thread.SetName(maker.Name);
        thread.SetBlocked(maker.BlockedSignals);
        if ((request.Flags & (CloneFlags.Memory | CloneFlags.HoldParent)) != CloneFlags.Memory)
            thread.SignalStack = maker.SignalStack;
        thread.Sequences = (request.Flags & CloneFlags.Memory) == 0 ? maker.Sequences : default;
        if ((request.Flags & CloneFlags.ClearIdOnExit) != 0)
            thread.ClearOnExit = request.ChildId;
        int id = thread.Id;
        if ((request.Flags & CloneFlags.StoreIdForParent) != 0)
            UserMemory.Write(request.ParentId, id);
        if ((request.Flags & CloneFlags.StoreIdForChild) != 0)
            process.Space!.Write(new Mm.VirtualAddress(request.ChildId), new ReadOnlySpan<byte>(&id, sizeof(int)));
        bool holds = process != this && process.HoldsParent;
        Scheduler.Start(thread);
        if (holds)
            WaitForProgram(id);
        return id;
    }

    /// <summary>vfork: waits until a child runs a program of its own or has ended.</summary>
    private static void WaitForProgram(int id)
    {
        // The child is this process's and is not waited for meanwhile by another thread unless it has ended.
        while (ProcessTree.Find(id) is { HoldsParent: true } child)
        {
            Waiter waiter = default;
            child.ProgramStarted.Add(&waiter);
            if (child.HoldsParent && !Thread.Current.MustEnd)
                Scheduler.Sleep(Scheduler.Forever, isInterruptible: false);
            child.ProgramStarted.Remove(&waiter);
            if (Thread.Current.MustEnd)
                return;
        }
    }
}
