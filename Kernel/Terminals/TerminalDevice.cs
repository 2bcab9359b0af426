using System;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Kernel.Drivers.Serial;
using Kernel.Drivers.Terminals;

namespace Kernel.Terminals;

/// <summary>What a terminal's bytes go to and come from. There is one object each, made at boot.</summary>
internal abstract class TerminalDevice
{
    /// <summary>The most that <see cref="WriteLimit"/> can be.</summary>
    public const int LongestWrite = 1024;

    /// <summary>Bytes that have arrived and that the line discipline has not taken; null where the sender waits for it.</summary>
    public virtual InputQueue? Input => null;

    /// <summary>The settings of a terminal that nobody has set.</summary>
    public abstract TerminalSettings DefaultSettings { get; }

    /// <summary>Its size before a program sets one, in characters.</summary>
    public abstract WindowSize DefaultSize { get; }

    /// <summary>Whether it is the machine's own screen and keyboard.</summary>
    public virtual bool IsScreen => false;

    /// <summary>Whether somebody fetches the output; <see cref="Write"/> is never called then.</summary>
    public virtual bool IsFetched => false;

    /// <summary>What is written in one go, with interrupts off: bytes, at most <see cref="LongestWrite"/>.</summary>
    public virtual int WriteLimit => LongestWrite;

    /// <summary>Lets what arrives go to <see cref="Input"/>; until then, the monitor gets it.</summary>
    public virtual void TakeInput()
    {
    }

    /// <summary>Sends bytes, as the line discipline has made them. Returns when the device has taken all.</summary>
    public virtual void Write(ReadOnlySpan<byte> bytes)
    {
    }
}

/// <summary>A serial line.</summary>
internal sealed class SerialTerminalDevice(SerialPort port) : TerminalDevice
{
    // A line doesn't tell; this is what most programs take for granted.
    private const ushort UsualRows = 24;
    private const ushort UsualColumns = 80;

    // 11 ms at 115,200 bits per second.
    private const int WriteInOneGo = 128;

    private readonly InputQueue _input = new();

    /// <inheritdoc/>
    public override InputQueue Input => _input;

    /// <inheritdoc/>
    public override TerminalSettings DefaultSettings => TerminalSettings.Serial;

    /// <inheritdoc/>
    public override WindowSize DefaultSize => new() { Rows = UsualRows, Columns = UsualColumns };

    /// <inheritdoc/>
    public override int WriteLimit => WriteInOneGo;

    /// <inheritdoc/>
    public override void TakeInput() => port.Input = Input;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes) => port.WriteAsTerminal(bytes);
}

/// <summary>The screen, and the keyboard if there is one.</summary>
internal sealed class ScreenTerminalDevice(TextConsole screen, Keyboard? keyboard) : TerminalDevice
{
    private readonly InputQueue _input = new();
    private bool _hasApplicationCursorKeys;

    /// <inheritdoc/>
    public override InputQueue Input => _input;

    /// <inheritdoc/>
    public override TerminalSettings DefaultSettings => TerminalSettings.Screen;

    /// <inheritdoc/>
    public override WindowSize DefaultSize => new() { Rows = (ushort)screen.Rows, Columns = (ushort)screen.Columns };

    /// <inheritdoc/>
    public override bool IsScreen => true;

    /// <inheritdoc/>
    public override void TakeInput()
    {
        screen.Replies = Input;
        if (keyboard is not null)
            keyboard.Input = Input;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        screen.WriteAsTerminal(bytes);
        if (keyboard is null || screen.HasApplicationCursorKeys == _hasApplicationCursorKeys)
            return;
        _hasApplicationCursorKeys = screen.HasApplicationCursorKeys;
        keyboard.HasApplicationCursorKeys = _hasApplicationCursorKeys;
    }
}

/// <summary>Another program, which holds the master's side (pty(7)).</summary>
internal sealed class PseudoTerminalDevice : TerminalDevice
{
    /// <inheritdoc/>
    public override TerminalSettings DefaultSettings => TerminalSettings.Default;

    /// <inheritdoc/>
    public override WindowSize DefaultSize => default;

    /// <inheritdoc/>
    public override bool IsFetched => true;
}
