using System;

namespace Kernel.Drivers.Serial;

/// <summary>
/// Polled output that loses nothing: it waits for the transmitter as long as that takes. Only hardware that takes
/// nothing for seconds is given up, and from then on output is dropped until it is ready again.
/// </summary>
internal struct SerialTransmitter
{
    // Port reads take about 1 µs on a PC and no less than 0.1 µs in an emulator, so this is seconds in any case.
    private const int PollsUntilStalled = 20_000_000;

    private int _room;
    private bool _stalled;

    /// <summary>Writes bytes, a line feed as carriage return and line feed.</summary>
    /// <param name="uart">A port that is set up.</param>
    /// <param name="bytes">What to write.</param>
    /// <param name="receiver">
    /// Takes what arrives during the wait: output is slower than the receive FIFO fills, and interrupts may be off.
    /// </param>
    public void Write(Uart uart, ReadOnlySpan<byte> bytes, SerialPort? receiver)
    {
        // Somebody else may have written since the last call.
        _room = 0;
        foreach (byte value in bytes)
        {
            if (value == (byte)'\n')
                WriteByte(uart, (byte)'\r', receiver);
            WriteByte(uart, value, receiver);
        }
    }

    /// <summary>As <see cref="Write"/>, with every byte as it is.</summary>
    public void WriteExactly(Uart uart, ReadOnlySpan<byte> bytes, SerialPort? receiver)
    {
        _room = 0;
        foreach (byte value in bytes)
            WriteByte(uart, value, receiver);
    }

    private void WriteByte(Uart uart, byte value, SerialPort? receiver)
    {
        if (_room == 0 && !WaitForRoom(uart, receiver))
            return;
        _room--;
        uart.WriteData(value);
    }

    private bool WaitForRoom(Uart uart, SerialPort? receiver)
    {
        int polls = _stalled ? 1 : PollsUntilStalled;
        for (; polls > 0; polls--)
        {
            LineStatus status = uart.ReadLineStatus();
            receiver?.Receive(status);
            if ((status & LineStatus.TransmitterEmpty) == 0)
                continue;
            _stalled = false;
            _room = Uart.FifoDepth;
            return true;
        }

        _stalled = true;
        return false;
    }
}
