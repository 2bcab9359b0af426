using System;
using System.Collections.Generic;
using System.Text;
using Kernel.Drivers.Input;
using Xunit;

namespace Kernel.Drivers.Tests.Input;

public sealed class KeyboardTests : IDisposable
{
    private readonly FakeController _controller = new();
    private readonly InputQueue _input = new();

    public KeyboardTests() => Port.Device = _controller;

    public void Dispose() => Port.Device = null;

    [Fact]
    public void Controller_is_set_up_with_translation_and_without_interrupts()
    {
        _controller.Output.Enqueue(0x1C);
        Assert.NotNull(Keyboard.TryOpen(_input));
        Assert.Equal(FakeController.SystemFlag | 0x60, _controller.Configuration);
        Assert.True(_controller.IsScanning);
        Assert.True(_controller.IsKeyboardEnabled);
        Assert.Empty(_controller.Output);
        Assert.Equal(0, _input.Count);
    }

    [Fact]
    public void Interrupts_are_enabled_on_demand()
    {
        Keyboard keyboard = Open();
        Assert.True(keyboard.EnableInterrupts());
        Assert.Equal(FakeController.SystemFlag | 0x61, _controller.Configuration);
    }

    [Fact]
    public void Keys_arrive_in_the_queue()
    {
        Keyboard keyboard = Open();
        foreach (byte code in new byte[] { 0x2A, 0x14, 0x94, 0xAA, 0xE0, 0x48, 0xE0, 0xC8 })
            _controller.Output.Enqueue(code);
        keyboard.HandleInterrupt();
        var text = new StringBuilder();
        while (_input.TryRead(out byte value))
            text.Append((char)value);
        Assert.Equal("T\e[A", text.ToString());
    }

    [Fact]
    public void What_the_mouse_sends_is_dropped()
    {
        Keyboard keyboard = Open();
        _controller.IsFromMouse = true;
        _controller.Output.Enqueue(0x1E);
        keyboard.Poll();
        Assert.Equal(0, _input.Count);
    }

    [Fact]
    public void Missing_controller_is_found_out_at_once()
    {
        Port.Device = null;
        Assert.Null(Keyboard.TryOpen(_input));
    }

    [Fact]
    public void Failed_self_test_is_found_out()
    {
        _controller.SelfTestResult = 0xFC;
        Assert.Null(Keyboard.TryOpen(_input));
    }

    [Fact]
    public void Dead_controller_costs_a_bounded_number_of_port_reads()
    {
        _controller.IsDead = true;
        Assert.Null(Keyboard.TryOpen(_input));
        Assert.InRange(_controller.Reads, 1, 10_000);
    }

    [Fact]
    public void Keyboard_that_does_not_answer_may_come_later()
    {
        _controller.IsUnplugged = true;
        Assert.NotNull(Keyboard.TryOpen(_input));
    }

    private Keyboard Open()
    {
        Keyboard? keyboard = Keyboard.TryOpen(_input);
        Assert.NotNull(keyboard);
        return keyboard;
    }

    /// <summary>An 8042 whose self-test resets its configuration, as some do.</summary>
    private sealed class FakeController : IPortDevice
    {
        public const byte SystemFlag = 0x04;

        private const byte KeyboardDisabled = 0x10;
        private const byte ConfigurationAtReset = 0x33 | SystemFlag;
        private const byte Acknowledge = 0xFA;
        private byte _pendingCommand;

        public Queue<byte> Output { get; } = new();

        public byte Configuration { get; private set; } = ConfigurationAtReset;

        public byte SelfTestResult { get; set; } = 0x55;

        public bool IsScanning { get; private set; }

        public bool IsKeyboardEnabled => (Configuration & KeyboardDisabled) == 0;

        public bool IsFromMouse { get; set; }

        public bool IsDead { get; set; }

        public bool IsUnplugged { get; set; }

        public int Reads { get; private set; }

        public uint Read(ushort port, int bytes)
        {
            Reads++;
            switch (port)
            {
                case 0x60:
                    return Output.TryDequeue(out byte value) ? value : 0u;
                case 0x64 when IsDead:
                    return 0x02;
                case 0x64:
                    return (Output.Count > 0 ? 1u : 0) | (IsFromMouse ? 0x20u : 0);
                default:
                    return uint.MaxValue;
            }
        }

        public void Write(ushort port, int bytes, uint value)
        {
            if (port == 0x64)
                Command((byte)value);
            else if (port == 0x60 && _pendingCommand == 0x60)
                Configuration = (byte)value;
            else if (port == 0x60 && !IsUnplugged)
                Keyboard((byte)value);
            if (port == 0x60)
                _pendingCommand = 0;
        }

        private void Command(byte command)
        {
            _pendingCommand = command;
            switch (command)
            {
                case 0x20:
                    Output.Enqueue(Configuration);
                    break;
                case 0xAA:
                    Configuration = ConfigurationAtReset;
                    Output.Enqueue(SelfTestResult);
                    break;
                case 0xAB:
                    Output.Enqueue(0);
                    break;
                case 0xAD:
                    Configuration |= KeyboardDisabled;
                    break;
                case 0xAE:
                    Configuration &= 0xFF & ~KeyboardDisabled;
                    break;
            }
        }

        private void Keyboard(byte command)
        {
            Output.Enqueue(Acknowledge);
            IsScanning |= command == 0xF4;
        }
    }
}
