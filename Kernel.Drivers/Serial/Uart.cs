using System;

namespace Kernel.Drivers.Serial;

/// <summary>
/// A 16550 at a base port: registers, line set-up and polled output, without any state in memory. Names and bits are
/// those of the TI PC16550D data sheet, section 8.
/// </summary>
/// <param name="basePort">The first of its eight ports.</param>
internal readonly struct Uart(ushort basePort)
{
    /// <summary>Bytes that the transmitter takes at once when it reports to be empty.</summary>
    public const int FifoDepth = 16;

    private const uint ClockHertz = 115_200;
    private const uint BaudRate = 115_200;
    private const ushort Divisor = (ushort)(ClockHertz / BaudRate);

    // A loop-back takes one character time, 87 µs; a port read takes no less than 0.1 µs anywhere.
    private const int LoopbackPolls = 2_000;
    private const byte LoopbackProbe = 0xAE;
    private const byte NoDevice = 0xFF;

    [Flags]
    private enum InterruptEnable : byte
    {
        None = 0,
        ReceivedData = 1 << 0,
        TransmitterEmpty = 1 << 1,
        LineStatus = 1 << 2,
    }

    [Flags]
    private enum FifoControl : byte
    {
        Enable = 1 << 0,
        ClearReceiver = 1 << 1,
        ClearTransmitter = 1 << 2,
        TriggerAt8 = 1 << 7,
    }

    [Flags]
    private enum LineControl : byte
    {
        EightBitsNoParityOneStop = 0b11,
        DivisorAccess = 1 << 7,
    }

    [Flags]
    private enum ModemControl : byte
    {
        DataTerminalReady = 1 << 0,
        RequestToSend = 1 << 1,

        // On a PC this output connects the chip's interrupt line.
        Out2 = 1 << 3,
        Loopback = 1 << 4,
    }

    private enum Register : ushort
    {
        Data = 0,
        DivisorLow = 0,
        InterruptEnable = 1,
        DivisorHigh = 1,
        InterruptIdentification = 2,
        FifoControl = 2,
        LineControl = 3,
        ModemControl = 4,
        LineStatus = 5,
        Scratch = 7,
    }

    private const byte NoInterruptPending = 1 << 0;

    /// <summary>Sets 115200 baud, 8 data bits, no parity, 1 stop bit and the FIFOs, with interrupts off.</summary>
    /// <returns>False when no working 16550 is there. Ports of something else were written to then.</returns>
    public bool Initialize()
    {
        if (!HoldsScratch(0x5A) || !HoldsScratch(0xA5))
            return false;
        Write(Register.InterruptEnable, (byte)InterruptEnable.None);
        Write(Register.LineControl, (byte)LineControl.DivisorAccess);
        Write(Register.DivisorLow, Divisor & 0xFF);
        Write(Register.DivisorHigh, Divisor >> 8);
        Write(Register.LineControl, (byte)LineControl.EightBitsNoParityOneStop);
        Write(Register.FifoControl, (byte)(FifoControl.Enable | FifoControl.ClearReceiver | FifoControl.ClearTransmitter | FifoControl.TriggerAt8));
        bool works = LoopsBack();
        Write(Register.ModemControl, (byte)(ModemControl.DataTerminalReady | ModemControl.RequestToSend | ModemControl.Out2));
        return works;
    }

    /// <summary>Lets the chip interrupt when bytes have arrived or were lost.</summary>
    /// <param name="whenEmpty">Whether it shall interrupt too when the transmitter is empty, at once if it is.</param>
    public void EnableInterrupts(bool whenEmpty)
    {
        InterruptEnable causes = InterruptEnable.ReceivedData | InterruptEnable.LineStatus;
        if (whenEmpty)
            causes |= InterruptEnable.TransmitterEmpty;
        Write(Register.InterruptEnable, (byte)causes);
    }

    /// <summary>Whether an interrupt waits to be served.</summary>
    public bool IsInterruptPending() => (Read(Register.InterruptIdentification) & NoInterruptPending) == 0;

    /// <summary>Reads and clears the line status. A chip that vanished reads as no status at all.</summary>
    public LineStatus ReadLineStatus()
    {
        byte status = Read(Register.LineStatus);
        return status == NoDevice ? default : (LineStatus)status;
    }

    /// <summary>Takes the oldest byte received.</summary>
    public byte ReadData() => Read(Register.Data);

    /// <summary>Gives a byte to the transmitter, which must have room.</summary>
    public void WriteData(byte value) => Write(Register.Data, value);

    private bool HoldsScratch(byte value)
    {
        Write(Register.Scratch, value);
        return Read(Register.Scratch) == value;
    }

    private bool LoopsBack()
    {
        Write(Register.ModemControl, (byte)(ModemControl.Loopback | ModemControl.RequestToSend | ModemControl.Out2));
        WriteData(LoopbackProbe);
        for (int poll = 0; poll < LoopbackPolls; poll++)
        {
            if ((ReadLineStatus() & LineStatus.DataReady) != 0)
                return ReadData() == LoopbackProbe;
        }

        return false;
    }

    private byte Read(Register register) => Port.In8((ushort)(basePort + (ushort)register));

    private void Write(Register register, byte value) => Port.Out8((ushort)(basePort + (ushort)register), value);
}
