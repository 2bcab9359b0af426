using System;
using System.Threading;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;

namespace Kernel.Drivers.Serial;

/// <summary>
/// A 16550 serial port: 115200 baud, 8 data bits, no parity, 1 stop bit. Output waits for the line and loses nothing;
/// input goes into a queue, by interrupt or by polling.
/// </summary>
/// <remarks>One lock guards the chip. The queue's lock is taken inside it.</remarks>
public sealed class SerialPort : TextSink
{
    /// <summary>First port of COM1.</summary>
    public const ushort Com1 = 0x3F8;

    /// <summary>First port of COM2.</summary>
    public const ushort Com2 = 0x2F8;

    /// <summary>ISA interrupt request of COM1.</summary>
    public const int Com1Request = 4;

    /// <summary>ISA interrupt request of COM2.</summary>
    public const int Com2Request = 3;

    // Bounds the work of one interrupt should a broken chip never stop asking.
    private const int MaxBytesPerService = 4096;

    private readonly Uart _uart;
    private InputQueue _input;
    private InterruptLock _lock;
    private bool _usesInterrupts;
    private bool _hasReceived;
    private bool _isAnnouncing;
    private SerialTransmitter _transmitter;
    private int _overruns;
    private int _damaged;

    private SerialPort(Uart uart, InputQueue input)
    {
        _uart = uart;
        _input = input;
    }

    /// <summary>Where received bytes go. What waits in the old queue stays there.</summary>
    public InputQueue Input
    {
        get => _input;
        set
        {
            using InterruptLock.Scope _ = _lock.Enter();
            _input = value;
        }
    }

    /// <summary>How often the chip lost input because nobody read it in time.</summary>
    public int OverrunCount => Volatile.Read(ref _overruns);

    /// <summary>Number of bytes dropped because they arrived with a parity or framing error, or as a break.</summary>
    public int DamagedCount => Volatile.Read(ref _damaged);

    /// <summary>Sets a port up.</summary>
    /// <param name="basePort">Its first port, such as <see cref="Com1"/>.</param>
    /// <param name="input">Where received bytes go.</param>
    /// <returns>Null when no working 16550 is there.</returns>
    public static SerialPort? TryOpen(ushort basePort, InputQueue input)
    {
        var uart = new Uart(basePort);

        // What early output has set up stays as it is: to set it up again would drop bytes in the FIFOs.
        bool isPresent = basePort == Com1 ? EarlySerial.IsPresent : uart.Initialize();
        return isPresent ? new SerialPort(uart, input) : null;
    }

    /// <summary>Makes the chip interrupt for input; the handler of its request must call <see cref="HandleInterrupt"/>.</summary>
    public void EnableInterrupts()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        _usesInterrupts = true;
        _uart.EnableInterrupts(false);
        Receive(_uart.ReadLineStatus());
    }

    /// <summary>Serves the chip's interrupt.</summary>
    public void HandleInterrupt()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        int budget = MaxBytesPerService;
        while (_uart.IsInterruptPending() && budget-- > 0)
            Receive(_uart.ReadLineStatus());
        _hasReceived = false;
        if (_isAnnouncing)
            _uart.EnableInterrupts(false);
        _isAnnouncing = false;
    }

    /// <summary>Takes what has arrived, for when interrupts are not or not yet in use.</summary>
    public void Poll()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        Receive(_uart.ReadLineStatus());
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> utf8)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        _transmitter.Write(_uart, utf8, this);
        AnnounceInput();
    }

    /// <summary>Writes bytes as they are: a terminal's line discipline has seen to the ends of lines.</summary>
    public void WriteAsTerminal(ReadOnlySpan<byte> bytes)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        _transmitter.WriteExactly(_uart, bytes, this);
        AnnounceInput();
    }

    /// <summary>
    /// Has the chip interrupt as soon as all is sent if output has taken input meanwhile: for that there may come no
    /// interrupt any more, and nobody would look into the queue.
    /// </summary>
    private void AnnounceInput()
    {
        if (_hasReceived && _usesInterrupts)
        {
            _uart.EnableInterrupts(true);
            _isAnnouncing = true;
        }
        _hasReceived = false;
    }

    /// <summary>Takes what has arrived according to a line status just read. The caller holds the lock.</summary>
    internal void Receive(LineStatus status)
    {
        for (int budget = MaxBytesPerService; budget > 0; budget--)
        {
            if ((status & LineStatus.OverrunError) != 0)
                _overruns++;
            if ((status & LineStatus.DataReady) == 0)
                return;
            byte value = _uart.ReadData();
            _hasReceived = true;
            if ((status & LineStatus.Damaged) == 0)
                _input.Write(value);
            else
                _damaged++;
            status = _uart.ReadLineStatus();
        }
    }
}
