using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>pipe, eventfd and epoll.</summary>
internal static unsafe class PipeCalls
{
    private const uint EpollAdd = 1;
    private const uint EpollDelete = 2;
    private const uint EpollModify = 3;

    private static FileTable Files => Thread.Current.Process.Files;

    private static ulong FileLimit => Thread.Current.Process.Limits[(int)Resource.OpenFiles].Current;

    /// <summary>pipe(descriptors).</summary>
    public static SysResult MakePipe(SystemCallFrame* frame) => MakePipe(frame->Argument0, 0);

    /// <summary>pipe2(descriptors, flags).</summary>
    public static SysResult MakePipeWithFlags(SystemCallFrame* frame) => MakePipe(frame->Argument0, (OpenFlags)frame->Argument1);

    /// <summary>eventfd(value).</summary>
    public static SysResult MakeCounter(SystemCallFrame* frame) => MakeCounter((uint)frame->Argument0, 0);

    /// <summary>eventfd2(value, flags).</summary>
    public static SysResult MakeCounterWithFlags(SystemCallFrame* frame) => MakeCounter((uint)frame->Argument0, (uint)frame->Argument1);

    /// <summary>epoll_create(size).</summary>
    public static SysResult MakePoll(SystemCallFrame* frame) => (int)frame->Argument0 <= 0 ? Errno.EINVAL : MakePoll(closeOnExec: false);

    /// <summary>epoll_create1(flags).</summary>
    public static SysResult MakePollWithFlags(SystemCallFrame* frame)
    {
        var flags = (OpenFlags)frame->Argument0;
        return (flags & ~OpenFlags.CloseOnExec) != 0 ? Errno.EINVAL : MakePoll((flags & OpenFlags.CloseOnExec) != 0);
    }

    /// <summary>epoll_ctl(poll, operation, descriptor, event).</summary>
    public static SysResult ControlPoll(SystemCallFrame* frame)
    {
        uint operation = (uint)frame->Argument1;
        int descriptor = (int)frame->Argument2;
        EpollEvent wanted = default;
        if (operation != EpollDelete && !UserMemory.Read(frame->Argument3, out wanted))
            return Errno.EFAULT;
        // Nothing sleeps from here on: no references are needed.
        if (Files.Peek((int)frame->Argument0) is not { } poll || Files.Peek(descriptor) is not { } file)
            return Errno.EBADF;
        if (poll == file || poll.Body is not EventPoll instance)
            return Errno.EINVAL;
        return operation switch
        {
            EpollAdd => instance.Add(file, descriptor, wanted),
            EpollDelete => instance.Remove(file, descriptor),
            EpollModify => instance.Modify(file, descriptor, wanted),
            _ => Errno.EINVAL,
        };
    }

    /// <summary>epoll_wait(poll, events, most, milliseconds).</summary>
    public static SysResult WaitPoll(SystemCallFrame* frame) => WaitPoll(frame, PollCalls.DeadlineOf((int)frame->Argument3));

    /// <summary>epoll_pwait(poll, events, most, milliseconds, mask, maskSize).</summary>
    public static SysResult WaitPollWithMask(SystemCallFrame* frame)
    {
        Errno error = PollCalls.SetMask(frame->Argument4, frame->Argument5);
        return error != Errno.None ? error : WaitPoll(frame, PollCalls.DeadlineOf((int)frame->Argument3));
    }

    /// <summary>epoll_pwait2(poll, events, most, time, mask, maskSize).</summary>
    public static SysResult WaitPollUntil(SystemCallFrame* frame)
    {
        Errno error = PollCalls.ReadDeadline(frame->Argument3, out ulong deadline);
        if (error == Errno.None)
            error = PollCalls.SetMask(frame->Argument4, frame->Argument5);
        return error != Errno.None ? error : WaitPoll(frame, deadline);
    }

    private static SysResult WaitPoll(SystemCallFrame* frame, ulong deadline)
    {
        int most = (int)frame->Argument2;
        if (most <= 0)
            return Errno.EINVAL;
        if (!UserMemory.IsUser(frame->Argument1, (ulong)most * (ulong)sizeof(EpollEvent)))
            return Errno.EFAULT;
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        SysResult result = file.Body is EventPoll poll ? poll.Wait(frame->Argument1, most, deadline) : Errno.EINVAL;
        file.Release();
        return result;
    }

    private static SysResult MakePipe(ulong address, OpenFlags flags)
    {
        if ((flags & ~(OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlags.Direct)) != 0)
            return Errno.EINVAL;
        bool closeOnExec = (flags & OpenFlags.CloseOnExec) != 0;
        Errno error = Pipe.Open(flags & ~OpenFlags.CloseOnExec, Caller.Current, out OpenFile? reader, out OpenFile? writer);
        if (error != Errno.None)
            return error;
        SysResult first = Files.Add(reader!, 0, FileLimit, closeOnExec);
        if (first.IsError)
        {
            reader!.Release();
            writer!.Release();
            return first;
        }
        SysResult second = Files.Add(writer!, 0, FileLimit, closeOnExec);
        if (second.IsError)
        {
            writer!.Release();
            Files.Close((int)first.Value);
            return second;
        }
        if (UserMemory.Write(address, (ulong)first.Value | (ulong)second.Value << 32))
            return 0;
        Files.Close((int)first.Value);
        Files.Close((int)second.Value);
        return Errno.EFAULT;
    }

    private static SysResult MakeCounter(uint value, uint flags)
    {
        const uint semaphore = 1, known = semaphore | (uint)OpenFlags.NonBlocking | (uint)OpenFlags.CloseOnExec;
        if ((flags & ~known) != 0)
            return Errno.EINVAL;
        if (EventCounter.TryOpen(value, (flags & semaphore) != 0, (OpenFlags)flags & OpenFlags.NonBlocking) is not { } file)
            return Errno.ENOMEM;
        return Install(file, ((OpenFlags)flags & OpenFlags.CloseOnExec) != 0);
    }

    private static SysResult MakePoll(bool closeOnExec) => EventPoll.TryOpen() is { } file ? Install(file, closeOnExec) : Errno.ENOMEM;

    private static SysResult Install(OpenFile file, bool closeOnExec)
    {
        SysResult descriptor = Files.Add(file, 0, FileLimit, closeOnExec);
        if (descriptor.IsError)
            file.Release();
        return descriptor;
    }
}
