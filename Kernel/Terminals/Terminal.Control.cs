using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Drivers.Terminals;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.Terminals;

/// <content>ioctl(2).</content>
internal sealed unsafe partial class Terminal
{
    private const int EnhancedKeyboard = 2;
    private const int UnicodeKeyboard = 3;
    private const int TextMode = 0;
    private const int NoScreen = -1;

    private bool _isExclusive;

    // The action of TCXONC.
    private enum FlowAction : ulong
    {
        Suspend = 0,
        Resume = 1,
        SendStop = 2,
        SendStart = 3,
    }

    // What TCFLSH drops.
    private enum FlushTarget : ulong
    {
        Input = 0,
        Output = 1,
        Both = 2,
    }

    /// <summary>Whether it may be opened once more (TIOCEXCL).</summary>
    public bool IsExclusive => _isExclusive && !Thread.Current.Process.User.IsPrivileged;

    /// <summary>ioctl(2).</summary>
    /// <param name="request">See <see cref="TerminalRequest"/>.</param>
    /// <param name="argument">A user address, or a number.</param>
    /// <param name="hangUps">As for <see cref="Read"/>, or <see cref="MasterUse"/>.</param>
    /// <returns><see cref="Errno.ENOTTY"/> for a request that is unknown here.</returns>
    public SysResult Control(uint request, ulong argument, int hangUps)
    {
        if (IsDead(hangUps))
            return (TerminalRequest)request == TerminalRequest.SetForeground ? Errno.ENOTTY : Errno.EIO;
        switch ((TerminalRequest)request)
        {
            case TerminalRequest.GetSettings:
                return GetSettings(argument, TerminalSettings.Length);
            case TerminalRequest.GetSettings2:
                return GetSettings(argument, TerminalSettings.LengthWithSpeeds);
            case TerminalRequest.GetSize:
                return Answer(argument, _size);
            case TerminalRequest.SetSize:
                return SetSize(argument);
            case TerminalRequest.CountInput:
                return CountInput(argument);
            case TerminalRequest.CountOutput:
                return Answer(argument, CountOutput());
            case TerminalRequest.Type:
                return Errno.EIO;
            case TerminalRequest.GetDiscipline:
                return Answer(argument, 0);
            case TerminalRequest.BeginExclusive or TerminalRequest.EndExclusive:
                _isExclusive = request == (uint)TerminalRequest.BeginExclusive;
                return Errno.None;
            default:
                return ControlSession((TerminalRequest)request, argument, hangUps);
        }
    }

    private SysResult ControlSession(TerminalRequest request, ulong argument, int hangUps)
    {
        Process process = Thread.Current.Process;
        bool mayAsk = hangUps == MasterUse || process.Session.Terminal == this;
        switch (request)
        {
            case TerminalRequest.TakeControl:
                return TakeControl(argument == 1);
            case TerminalRequest.GiveUpControl:
                return GiveUpControl();
            case TerminalRequest.GetForeground:
                return mayAsk ? Answer(argument, _foreground) : Errno.ENOTTY;
            case TerminalRequest.GetSession:
                return mayAsk && SessionId() is var id and > 0 ? Answer(argument, id) : Errno.ENOTTY;
            case TerminalRequest.SetForeground:
                Errno refusal = CheckForeground(Signal.SIGTTOU, hangUps);
                if (refusal != Errno.None)
                    return refusal == Errno.EIO ? Errno.ENOTTY : refusal;
                return UserMemory.Read(argument, out int group) ? SetForeground(group) : Errno.EFAULT;
            case TerminalRequest.HangUp:
                if (!process.User.IsPrivileged)
                    return Errno.EPERM;
                HangUp();
                return Errno.None;
            default:
                return ControlLine(request, argument, hangUps);
        }
    }

    /// <summary>Requests that change something, for which a process must be in the foreground.</summary>
    private SysResult ControlLine(TerminalRequest request, ulong argument, int hangUps)
    {
        bool isChange = request is TerminalRequest.SetSettings or TerminalRequest.SetSettingsWhenSent or TerminalRequest.SetSettingsAndFlush
            or TerminalRequest.SetSettings2 or TerminalRequest.SetSettings2WhenSent or TerminalRequest.SetSettings2AndFlush
            or TerminalRequest.SendBreak or TerminalRequest.SendLongBreak or TerminalRequest.ControlFlow or TerminalRequest.Flush
            or TerminalRequest.SetDiscipline;
        if (!isChange)
            return ControlScreen(request, argument);
        Errno refusal = CheckForeground(Signal.SIGTTOU, hangUps);
        if (refusal != Errno.None)
            return refusal;
        switch (request)
        {
            case TerminalRequest.SendBreak or TerminalRequest.SendLongBreak:
                return WaitUntilSent(hangUps);
            case TerminalRequest.ControlFlow:
                return ControlFlow((FlowAction)argument);
            case TerminalRequest.Flush:
                return Flush((FlushTarget)argument);
            case TerminalRequest.SetDiscipline:
                if (!UserMemory.Read(argument, out int discipline))
                    return Errno.EFAULT;
                return discipline == 0 ? Errno.None : Errno.EINVAL;
            default:
                return SetSettings(request, argument, hangUps);
        }
    }

    // Enough for programs to find out that they have a screen of Linux's kind.
    private SysResult ControlScreen(TerminalRequest request, ulong argument)
    {
        if (!_device.IsScreen)
            return Errno.ENOTTY;
        return request switch
        {
            TerminalRequest.GetKeyboardType => UserMemory.Write(argument, (byte)EnhancedKeyboard) ? Errno.None : Errno.EFAULT,
            TerminalRequest.GetKeyboardMode => Answer(argument, UnicodeKeyboard),
            TerminalRequest.GetScreenMode => Answer(argument, TextMode),
            TerminalRequest.FindFreeScreen => Answer(argument, NoScreen),
            _ => Errno.ENOTTY,
        };
    }

    private static SysResult Answer(ulong address, int value) => UserMemory.Write(address, value) ? Errno.None : Errno.EFAULT;

    private static SysResult Answer(ulong address, WindowSize size) => UserMemory.Write(address, size) ? Errno.None : Errno.EFAULT;

    private SysResult GetSettings(ulong address, int length)
    {
        TerminalSettings settings;
        using (InterruptLock.Scope _ = _lock.Enter())
            settings = _line.Settings;
        return UserMemory.CopyOut(address, Bytes(ref settings)[..length]) ? Errno.None : Errno.EFAULT;
    }

    private SysResult SetSettings(TerminalRequest request, ulong address, int hangUps)
    {
        bool hasSpeeds = request is TerminalRequest.SetSettings2 or TerminalRequest.SetSettings2WhenSent or TerminalRequest.SetSettings2AndFlush;
        bool waits = request is not (TerminalRequest.SetSettings or TerminalRequest.SetSettings2);
        bool flushes = request is TerminalRequest.SetSettingsAndFlush or TerminalRequest.SetSettings2AndFlush;
        TerminalSettings settings = _line.Settings;
        if (!UserMemory.CopyIn(Bytes(ref settings)[..(hasSpeeds ? TerminalSettings.LengthWithSpeeds : TerminalSettings.Length)], address))
            return Errno.EFAULT;
        settings.UpdateSpeeds();
        settings.Discipline = 0;
        if (waits && WaitUntilSent(hangUps) is var error and not Errno.None)
            return error;
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            if (flushes)
                Flush(isInput: true, isOutput: false);
            _line.Change(settings);
            Drain();
        }
        WakeUsers();
        return Errno.None;
    }

    private static Span<byte> Bytes(ref TerminalSettings settings) =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref settings, 1));

    private SysResult SetSize(ulong address)
    {
        if (!UserMemory.Read(address, out WindowSize size))
            return Errno.EFAULT;
        if (size.IsSameAs(_size))
            return Errno.None;
        _size = size;
        SendToForeground(Signal.SIGWINCH);
        return Errno.None;
    }

    private SysResult CountInput(ulong address)
    {
        int count;
        using (InterruptLock.Scope _ = _lock.Enter())
            count = _line.InputCount;
        return Answer(address, count);
    }

    private Errno ControlFlow(FlowAction action)
    {
        if (action > FlowAction.SendStart)
            return Errno.EINVAL;
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            if (action == FlowAction.Suspend)
                _line.Suspend();
            else if (action == FlowAction.Resume)
                _line.Resume();
            else
                SendFlowCharacter(action == FlowAction.SendStop ? ControlCharacter.Stop : ControlCharacter.Start);
            Drain();
        }
        WakeUsers();
        return Errno.None;
    }

    private void SendFlowCharacter(ControlCharacter which)
    {
        byte character = _line.Settings[which];
        if (character != 0)
            _line.Send(character);
    }

    private Errno Flush(FlushTarget target)
    {
        if (target > FlushTarget.Both)
            return Errno.EINVAL;
        using (InterruptLock.Scope _ = _lock.Enter())
            Flush(isInput: target != FlushTarget.Output, isOutput: target != FlushTarget.Input);
        WakeUsers();
        return Errno.None;
    }

    /// <summary>Drops what waits. With the lock.</summary>
    private void Flush(bool isInput, bool isOutput)
    {
        if (isInput)
        {
            DropArrived();
            _line.FlushInput();
        }
        if (isOutput)
            _line.FlushOutput();
    }

    private void DropArrived()
    {
        while (_device.Input is { } input && input.TryRead(out _))
        {
        }
    }
}
