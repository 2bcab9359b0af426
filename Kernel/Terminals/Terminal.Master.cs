using System;
using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Drivers.Terminals;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.Terminals;

/// <content>The master's side of a pseudo-terminal (pty(7)): a program in the place of the device.</content>
internal sealed unsafe partial class Terminal
{
    private int _users;
    private bool _wasUsed;
    private bool _isLocked;

    /// <summary>Whether a program holds the master's side.</summary>
    public bool HasMaster { get; private set; }

    /// <summary>Takes the master's side, if it is free. The other side is locked then, until TIOCSPTLCK.</summary>
    public bool TryBecomeMaster()
    {
        if (HasMaster)
            return false;
        HasMaster = true;
        _isLocked = true;
        _wasUsed = false;
        _size = _device.DefaultSize;
        return true;
    }

    /// <summary>Gives the master's side up: the line is cut.</summary>
    public void EndMaster()
    {
        HasMaster = false;
        HangUp();
    }

    /// <summary>Counts an open file of a pseudo-terminal's side for users.</summary>
    /// <returns><see cref="Errno.EIO"/> without a master, and while it is locked.</returns>
    public Errno AddUser()
    {
        if (!_device.IsFetched)
            return Errno.None;
        if (!HasMaster || _isLocked)
            return Errno.EIO;
        _users++;
        _wasUsed = true;
        return Errno.None;
    }

    /// <summary>Undoes <see cref="AddUser"/>. The master hears of the last one.</summary>
    public void RemoveUser()
    {
        if (!_device.IsFetched)
            return;
        _users--;
        _masters.WakeAll();
    }

    /// <summary>read(2) of the master: what programs have written to the terminal, and echo.</summary>
    /// <returns><see cref="Errno.EIO"/> when all have gone who used the terminal.</returns>
    public SysResult ReadAsMaster(ref Transfer to, bool mayWait)
    {
        byte* memory = stackalloc byte[ReadChunk];
        var chunk = new Span<byte>(memory, ReadChunk);
        while (to.Left > 0 && !to.HasFailed)
        {
            int count = Fetch(chunk[..(int)Math.Min(to.Left, ReadChunk)]);
            if (count > 0)
            {
                _writers.WakeAll();
                to.Put(chunk[..count]);
                continue;
            }
            if (to.Done > 0)
                break;
            if (HasNoUser)
                return Errno.EIO;
            if (!mayWait)
                return Errno.EAGAIN;
            if (WaitAsMaster(forOutput: true) == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
        return to.Result();
    }

    /// <summary>write(2) of the master: what a person would type.</summary>
    public SysResult WriteAsMaster(ref Transfer from, bool mayWait)
    {
        byte* memory = stackalloc byte[TerminalDevice.LongestWrite];
        var chunk = new Span<byte>(memory, TerminalDevice.LongestWrite);
        long done = 0;
        while (from.Left > 0 && !from.HasFailed)
        {
            int length = from.Take(chunk[..(int)Math.Min(from.Left, (ulong)_device.WriteLimit)]);
            for (int typed = 0; typed < length;)
            {
                int count = Type(chunk[typed..length]);
                typed += count;
                done += count;
                if (typed == length)
                    break;
                Errno error = !mayWait ? Errno.EAGAIN
                    : WaitAsMaster(forOutput: false) == WaitResult.Interrupted ? Errno.ERESTARTSYS : Errno.None;
                if (error != Errno.None)
                    return done > 0 ? done : error;
            }
        }
        return done == 0 && from.HasFailed ? Errno.EFAULT : done;
    }

    /// <summary>ioctl(2) of the master.</summary>
    public SysResult ControlAsMaster(uint request, ulong argument)
    {
        switch ((TerminalRequest)request)
        {
            case TerminalRequest.GetPseudoTerminal:
                return Answer(argument, Number);
            case TerminalRequest.LockPseudoTerminal:
                if (!UserMemory.Read(argument, out int isLocked))
                    return Errno.EFAULT;
                _isLocked = isLocked != 0;
                return Errno.None;
            case TerminalRequest.IsPseudoTerminalLocked:
                return Answer(argument, _isLocked ? 1 : 0);
            case TerminalRequest.CountInput:
                return Answer(argument, CountOutput());
            default:
                return Control(request, argument, MasterUse);
        }
    }

    // Before the first user there may still come one.
    private bool HasNoUser => _wasUsed && _users == 0;

    private int Fetch(Span<byte> destination)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        ReadOnlySpan<byte> output = _line.PendingOutput;
        int count = Math.Min(output.Length, destination.Length);
        output[..count].CopyTo(destination);
        _line.TakeOutput(count);
        return count;
    }

    /// <summary>Gives bytes to the line discipline.</summary>
    /// <returns>How many; less when there is no room.</returns>
    private int Type(ReadOnlySpan<byte> bytes)
    {
        TypedSignals signals;
        int count = 0;
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            while (count < bytes.Length && _line.Receive(bytes[count]))
                count++;
            signals = _line.TakeSignals();
        }
        if (signals != TypedSignals.None)
            SendTyped(signals);
        WakeUsers();
        return count;
    }

    private WaitResult WaitAsMaster(bool forOutput)
    {
        Waiter waiter = default;
        _masters.Add(&waiter);
        WaitResult result = WaitResult.Woken;
        if (!IsReadyForMaster(forOutput))
            result = Scheduler.Sleep();
        _masters.Remove(&waiter);
        return result;
    }

    private bool IsReadyForMaster(bool forOutput)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        return forOutput ? HasNoUser || !_line.PendingOutput.IsEmpty : _line.CanReceive;
    }
}
