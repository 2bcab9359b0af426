using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Kernel.Drivers.Input;
using Kernel.Drivers.Serial;
using Xunit;

namespace Kernel.Drivers.Tests.Serial;

public sealed class SerialPortTests : IDisposable
{
    private readonly FakeUart _uart = new(SerialPort.Com2);
    private readonly InputQueue _input = new();

    public SerialPortTests() => Port.Device = _uart;

    public void Dispose() => Port.Device = null;

    [Fact]
    public void Port_is_set_to_115200_8n1_with_fifo()
    {
        Assert.NotNull(SerialPort.TryOpen(SerialPort.Com2, _input));
        Assert.Equal(1, _uart.Divisor);
        Assert.Equal(0b011, _uart.LineControl);
        Assert.True(_uart.IsFifoEnabled);
        Assert.Equal(0, _uart.InterruptEnable);
        Assert.Equal(0b1011, _uart.ModemControl);
        Assert.Empty(_uart.Sent);
        Assert.Equal(0, _input.Count);
    }

    [Fact]
    public void Missing_port_is_found_out()
    {
        Port.Device = null;
        Assert.Null(SerialPort.TryOpen(SerialPort.Com2, _input));
    }

    [Fact]
    public void Output_waits_for_the_line_and_ends_lines_with_carriage_returns()
    {
        SerialPort port = Open();
        string text = string.Concat(Enumerable.Range(0, 200).Select(line => $"line {line}\n"));
        port.Write(Encoding.UTF8.GetBytes(text));
        Drain();
        Assert.Equal(text.Replace("\n", "\r\n"), Encoding.UTF8.GetString(_uart.Sent.ToArray()));
        Assert.Equal(0, _uart.TransmitOverruns);
    }

    [Fact]
    public void Output_survives_a_port_that_takes_nothing()
    {
        SerialPort port = Open();
        _uart.IsStuck = true;
        port.Write(new byte[40]);
        long polls = _uart.Polls;
        port.Write(new byte[40]);
        Assert.InRange(_uart.Polls - polls, 1, 100);
        _uart.IsStuck = false;
        Drain();
        _uart.Sent.Clear();
        port.Write("back"u8);
        Drain();
        Assert.Equal("back", Encoding.UTF8.GetString(_uart.Sent.ToArray()));
    }

    [Fact]
    public void Four_kibibytes_typed_at_once_arrive_by_interrupts()
    {
        SerialPort port = Open();
        port.EnableInterrupts();
        Assert.Equal(0b101, _uart.InterruptEnable);
        byte[] typed = new byte[4096];
        new Random(2).NextBytes(typed);
        foreach (byte value in typed)
            _uart.Arriving.Enqueue(value);
        _uart.Receive(0x55);
        port.HandleInterrupt();
        Assert.Equal(typed.Prepend((byte)0x55), ReadAll());
        Assert.Equal(0, port.OverrunCount);
    }

    [Fact]
    public void Input_that_comes_during_output_is_kept()
    {
        SerialPort port = Open();
        _uart.IgnoresRoom = true;
        byte[] typed = new byte[500];
        new Random(3).NextBytes(typed);
        foreach (byte value in typed)
            _uart.Arriving.Enqueue(value);
        port.Write(new byte[1000]);
        Assert.Equal(typed, ReadAll());
        Assert.Equal(0, port.OverrunCount);
    }

    [Fact]
    public void Input_that_comes_during_output_is_announced_by_an_interrupt()
    {
        SerialPort port = Open();
        port.EnableInterrupts();
        port.Write("quiet"u8);
        Assert.Equal(0b101, _uart.InterruptEnable);
        _uart.Arriving.Enqueue((byte)'x');
        port.WriteAsTerminal("busy"u8);
        Assert.Equal(0b111, _uart.InterruptEnable);
        port.HandleInterrupt();
        Assert.Equal(0b101, _uart.InterruptEnable);
        port.Write("quiet"u8);
        Assert.Equal(0b101, _uart.InterruptEnable);
    }

    [Fact]
    public void Terminal_output_is_sent_as_it_is()
    {
        SerialPort port = Open();
        port.WriteAsTerminal("a\nb\r\n"u8);
        Drain();
        Assert.Equal("a\nb\r\n", Encoding.UTF8.GetString(_uart.Sent.ToArray()));
    }

    [Fact]
    public void Input_goes_to_another_queue_on_demand()
    {
        SerialPort port = Open();
        _uart.Receive((byte)'a');
        port.Poll();
        var other = new InputQueue();
        port.Input = other;
        _uart.Receive((byte)'b');
        port.Poll();
        Assert.Equal("a"u8.ToArray(), ReadAll());
        Assert.True(other.TryRead(out byte value));
        Assert.Equal((byte)'b', value);
    }

    [Fact]
    public void Poll_takes_what_is_there()
    {
        SerialPort port = Open();
        port.Poll();
        Assert.Equal(0, _input.Count);
        _uart.Receive((byte)'a');
        _uart.Receive((byte)'b');
        port.Poll();
        Assert.Equal("ab"u8.ToArray(), ReadAll());
    }

    [Fact]
    public void Overruns_are_counted()
    {
        SerialPort port = Open();
        for (int count = 0; count < 20; count++)
            _uart.Receive((byte)'a');
        port.Poll();
        Assert.Equal(1, port.OverrunCount);
        Assert.Equal(16, _input.Count);
    }

    [Fact]
    public void Damaged_bytes_are_dropped_and_counted()
    {
        SerialPort port = Open();
        _uart.Receive(0, errors: 0x10);
        port.Poll();
        _uart.Receive((byte)'a', errors: 0x08);
        port.Poll();
        _uart.Receive((byte)'b');
        port.Poll();
        Assert.Equal("b"u8.ToArray(), ReadAll());
        Assert.Equal(2, port.DamagedCount);
    }

    [Fact]
    public void Port_that_vanishes_gives_no_input()
    {
        SerialPort port = Open();
        Port.Device = null;
        port.HandleInterrupt();
        port.Poll();
        Assert.Equal(0, _input.Count);
    }

    private SerialPort Open()
    {
        SerialPort? port = SerialPort.TryOpen(SerialPort.Com2, _input);
        Assert.NotNull(port);
        return port;
    }

    private void Drain()
    {
        for (int poll = 0; poll < 1000; poll++)
            Port.In8(SerialPort.Com2 + 5);
    }

    private List<byte> ReadAll()
    {
        var bytes = new List<byte>();
        while (_input.TryRead(out byte value))
            bytes.Add(value);
        return bytes;
    }
}
