using System;
using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Drivers.Terminals;
using Kernel.Files;
using Kernel.Processes;

namespace Kernel.Terminals;

/// <summary>A terminal: a device, its line discipline, and the session that it controls. As Linux's, for programs.</summary>
/// <remarks>
/// <para>
/// Made at boot, never given back. Split by subject: Terminal.JobControl.cs has sessions and signals, Terminal.Control.cs
/// the requests of ioctl_tty(2), Terminal.Master.cs the other side of a pseudo-terminal.
/// </para>
/// <para>
/// Its lock guards line discipline and settings, and is held while the device takes output; no other lock but the
/// device's is taken inside. Interrupt handlers take it. <see cref="ProcessTree.Lock"/> guards what belongs to sessions.
/// </para>
/// </remarks>
internal sealed unsafe partial class Terminal
{
    private const int ReadChunk = 256;

    private const ulong NanosecondsPerTime = 100_000_000;

    private readonly LineDiscipline _line;
    private readonly TerminalDevice _device;
    private InterruptLock _lock;
    private WaitQueue _readers;
    private WaitQueue _writers;

    // Everybody who holds the master's side of a pseudo-terminal.
    private WaitQueue _masters;
    private WindowSize _size;
    private int _hangUps;

    /// <summary>A terminal that nobody uses.</summary>
    /// <param name="device">For it alone.</param>
    /// <param name="number">Which it is, among the machine's terminals.</param>
    /// <param name="deviceNumber">Of its device file, as <c>st_rdev</c>.</param>
    public Terminal(TerminalDevice device, int number, ulong deviceNumber)
    {
        _device = device;
        _line = new LineDiscipline(device.DefaultSettings);
        _size = device.DefaultSize;
        Number = number;
        DeviceNumber = deviceNumber;
    }

    /// <summary>Which it is, among the machine's terminals.</summary>
    public int Number { get; }

    /// <summary>Of its device file, as <c>st_rdev</c>: for /proc/PID/stat.</summary>
    public ulong DeviceNumber { get; }

    /// <summary>How often it was hung up: open files from before are dead.</summary>
    public int HangUps => _hangUps;

    /// <summary>Lets the device's input come here; until then, the monitor gets it.</summary>
    public void TakeInput() => _device.TakeInput();

    /// <summary>Calls by a file that job control doesn't concern and that outlives hanging up: /dev/console.</summary>
    public const int ConsoleUse = -1;

    /// <summary>Calls from the master's side of a pseudo-terminal.</summary>
    public const int MasterUse = -2;

    /// <summary>Takes what has arrived. The device's interrupt handler calls this, and whoever has made room.</summary>
    public void Pump()
    {
        TypedSignals signals;
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            // After each byte: echo must not wait for a signal that is typed next, which drops it.
            while (_line.CanReceive && _device.Input is { } input && input.TryRead(out byte value))
            {
                _line.Receive(value);
                Drain();
            }
            signals = _line.TakeSignals();
        }
        if (signals != TypedSignals.None)
            SendTyped(signals);
        WakeUsers();
    }

    /// <summary>read(2).</summary>
    /// <param name="to">Where to.</param>
    /// <param name="mayWait">Whether to wait for input.</param>
    /// <param name="hangUps">What <see cref="HangUps"/> was when the file was opened, or <see cref="ConsoleUse"/>.</param>
    public SysResult Read(ref Transfer to, bool mayWait, int hangUps)
    {
        if (IsDead(hangUps))
            return 0;
        if (hangUps >= 0 && CheckForeground(Signal.SIGTTIN, hangUps) is var refusal and not Errno.None)
            return refusal;
        var wait = new ReadWait(_line);
        byte* memory = stackalloc byte[ReadChunk];
        var chunk = new Span<byte>(memory, ReadChunk);
        while (to.Left > 0)
        {
            bool isTaken = TryTake(chunk[..(int)Math.Min(to.Left, ReadChunk)], out int count, out bool isLineEnd);
            if (isTaken)
            {
                LetInputIn();
                to.Put(chunk[..count]);
                if (isLineEnd || to.HasFailed)
                    break;
                wait.NoteInput();
                continue;
            }
            if (wait.IsEnough(to.Done) || IsDead(hangUps))
                break;
            if (!mayWait)
                return to.Result(Errno.EAGAIN);
            WaitResult result = WaitForInput(wait.Deadline, hangUps);
            if (result == WaitResult.Interrupted)
                return to.Result(Errno.ERESTARTSYS);
            if (result == WaitResult.TimedOut)
                break;
        }
        return to.Result();
    }

    /// <summary>write(2).</summary>
    /// <param name="from">What.</param>
    /// <param name="mayWait">Whether to wait while output is stopped.</param>
    /// <param name="hangUps">As for <see cref="Read"/>.</param>
    public SysResult Write(ref Transfer from, bool mayWait, int hangUps)
    {
        bool isStopper = (_line.Settings.Local & LocalModes.StopBackgroundOutput) != 0;
        if (hangUps >= 0 && isStopper && CheckForeground(Signal.SIGTTOU, hangUps) is var refusal and not Errno.None)
            return refusal;
        byte* memory = stackalloc byte[TerminalDevice.LongestWrite];
        var chunk = new Span<byte>(memory, TerminalDevice.LongestWrite);
        long done = 0;
        while (from.Left > 0 && !from.HasFailed)
        {
            int length = from.Take(chunk[..(int)Math.Min(from.Left, (ulong)_device.WriteLimit)]);
            Errno error = WriteAll(chunk[..length], mayWait, hangUps, out int written);
            done += written;
            if (error != Errno.None)
                return done > 0 ? done : error;
            Scheduler.YieldIfNeeded();
        }
        return done == 0 && from.HasFailed ? Errno.EFAULT : done;
    }

    private bool IsDead(int hangUps) => hangUps >= 0 && hangUps != _hangUps;

    private bool TryTake(Span<byte> destination, out int count, out bool isLineEnd)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        bool hasInput = _line.HasInput;
        isLineEnd = _line.Read(destination, out count);
        return hasInput;
    }

    private WaitResult WaitForInput(ulong deadline, int hangUps)
    {
        Waiter waiter = default;
        _readers.Add(&waiter);
        WaitResult result = WaitResult.Woken;
        if (!HasInput() && !IsDead(hangUps))
            result = Scheduler.Sleep(deadline);
        _readers.Remove(&waiter);
        return result;
    }

    /// <summary>Takes what has arrived, now that there may be room, or tells who waits to send it.</summary>
    private void LetInputIn()
    {
        if (_device.Input is { Count: > 0 })
            Pump();
        _masters.WakeAll();
    }

    private bool HasInput()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        return _line.HasInput;
    }

    private Errno WriteAll(ReadOnlySpan<byte> bytes, bool mayWait, int hangUps, out int written)
    {
        written = 0;
        while (true)
        {
            if (IsDead(hangUps))
                return Errno.EIO;
            using (InterruptLock.Scope _ = _lock.Enter())
            {
                written += _line.Write(bytes[written..]);
                Drain();
            }
            // The screen may have answered a question.
            LetInputIn();
            if (written == bytes.Length)
                return Errno.None;
            if (!mayWait)
                return Errno.EAGAIN;
            if (WaitForRoom(LineDiscipline.OutputCapacity - 1, hangUps) == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
    }

    /// <summary>Waits until no more than a number of bytes wait for the device.</summary>
    private WaitResult WaitForRoom(int most, int hangUps)
    {
        Waiter waiter = default;
        _writers.Add(&waiter);
        WaitResult result = WaitResult.Woken;
        if (CountOutput() > most && !IsDead(hangUps))
            result = Scheduler.Sleep();
        _writers.Remove(&waiter);
        return result;
    }

    /// <summary>Waits until the device has got everything: tcdrain(3).</summary>
    private Errno WaitUntilSent(int hangUps)
    {
        while (CountOutput() > 0 && !IsDead(hangUps))
        {
            if (WaitForRoom(0, hangUps) == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
        return Errno.None;
    }

    private int CountOutput()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        return _line.OutputCount;
    }

    /// <summary>Gives the device what it may have. With the lock.</summary>
    private void Drain()
    {
        while (!_device.IsFetched)
        {
            ReadOnlySpan<byte> output = _line.PendingOutput;
            if (output.IsEmpty)
                return;
            _device.Write(output);
            _line.TakeOutput(output.Length);
        }
    }

    /// <summary>Wakes who waits for something that is there now.</summary>
    private void WakeUsers()
    {
        bool hasInput;
        bool hasRoom;
        using (InterruptLock.Scope _ = _lock.Enter())
        {
            hasInput = _line.HasInput;
            hasRoom = _line.IsWritable;
        }
        if (hasInput)
            _readers.WakeAll();
        if (hasRoom)
            _writers.WakeAll();
        _masters.WakeAll();
    }

    /// <summary>How long a read waits, by VMIN and VTIME.</summary>
    private ref struct ReadWait
    {
        private readonly LineDiscipline _line;

        public ReadWait(LineDiscipline line)
        {
            _line = line;
            Deadline = Scheduler.Forever;
            if (!IsCanonical && _line.Settings[ControlCharacter.Minimum] == 0)
                Deadline = Now + Time;
        }

        /// <summary>When the read ends whatever it has; in nanoseconds since boot.</summary>
        public ulong Deadline { get; private set; }

        private static ulong Now => Drivers.Time.Clock.Nanoseconds;

        private readonly bool IsCanonical => (_line.Settings.Local & LocalModes.Canonical) != 0;

        private readonly ulong Time => _line.Settings[ControlCharacter.Time] * NanosecondsPerTime;

        /// <summary>Starts the time anew that may pass between two bytes.</summary>
        public void NoteInput()
        {
            if (!IsCanonical && Time > 0)
                Deadline = Now + Time;
        }

        /// <summary>Whether a read need not wait for more.</summary>
        public readonly bool IsEnough(ulong done)
        {
            if (IsCanonical)
                return done > 0;
            uint minimum = _line.Settings[ControlCharacter.Minimum];
            return done >= Math.Max(minimum, 1) || (minimum == 0 && Time == 0);
        }
    }
}
