using System;
using System.Text;

namespace User.VmTop;

/// <summary>What a key asks for.</summary>
internal enum Key
{
    /// <summary>Nothing, or a new look.</summary>
    None,

    /// <summary>To end.</summary>
    Quit,

    /// <summary>Another order.</summary>
    Order,
}

/// <summary>The terminal: drawn over in place when live, else written line by line.</summary>
/// <remarks>Escape sequences are those that every terminal since the VT100 knows.</remarks>
internal sealed class LiveScreen : IDisposable
{
    private const int Input = 0;
    private const int DefaultRows = 24;
    private const int DefaultColumns = 80;
    private const byte Interrupt = 3;
    private readonly bool _isLive;
    private readonly TerminalModes _before;
    private int _rows;
    private int _columns;
    private int _row;

    /// <summary>Takes the terminal over if that is wanted and there is one.</summary>
    public LiveScreen(bool isLive)
    {
        var modes = default(TerminalModes);
        bool isTerminal = SystemCalls.Control(Input, TerminalRequest.GetModes, ref modes) >= 0;
        _isLive = isLive && isTerminal;
        if (!_isLive)
            return;
        _before = modes;
        // Ctrl-C must come here as a key: the terminal is to be set back.
        modes.Local &= ~(TerminalModes.Lines | TerminalModes.Echo | TerminalModes.Signals);
        SystemCalls.Control(Input, TerminalRequest.SetModes, ref modes);
        Output.Write("\e[?25l\e[H\e[J"u8);
    }

    /// <summary>The order that the last key asked for.</summary>
    public Order Order { get; private set; }

    /// <summary>Begins a picture.</summary>
    public void Begin()
    {
        var size = default(WindowSize);
        SystemCalls.Control(Output.File, TerminalRequest.GetSize, ref size);
        _rows = size.Rows == 0 ? DefaultRows : size.Rows;
        _columns = size.Columns == 0 ? DefaultColumns : size.Columns;
        _row = 0;
        if (_isLive)
            Output.Write("\e[H"u8);
    }

    /// <summary>Shows a line, as much of it as there is room for.</summary>
    public void Line(ref Utf8Line line)
    {
        ReadOnlySpan<byte> text = line.Text;
        if (_isLive)
        {
            if (_row >= _rows - 1)
                return;
            text = text[..int.Min(text.Length, _columns - 1)];
        }
        _row++;
        Output.Write(text);
        Output.Write(_isLive ? "\e[K\n"u8 : "\n"u8);
    }

    /// <summary>Ends a picture.</summary>
    public void End()
    {
        Output.Write(_isLive ? "\e[J\e[7mq\e[0m quit  sort: \e[7mr\e[0mss \e[7ms\e[0mhared \e[7mp\e[0mrivate \e[7mf\e[0maults p\e[7mi\e[0md"u8 : "\n"u8);
        Output.Flush();
    }

    /// <summary>Waits for the next look, or for a key.</summary>
    public Key WaitForKey(long milliseconds)
    {
        if (!_isLive)
        {
            SystemCalls.Sleep(milliseconds);
            return Key.None;
        }
        Span<byte> key = stackalloc byte[1];
        if (SystemCalls.WaitForInput(Input, (int)milliseconds) <= 0)
            return Key.None;
        if (SystemCalls.Read(Input, key) <= 0)
            return Key.Quit;
        switch (key[0])
        {
            case (byte)'q' or Interrupt:
                return Key.Quit;
            case (byte)'r':
                Order = Order.Resident;
                return Key.Order;
            case (byte)'s':
                Order = Order.Shared;
                return Key.Order;
            case (byte)'p':
                Order = Order.Private;
                return Key.Order;
            case (byte)'f':
                Order = Order.Faults;
                return Key.Order;
            case (byte)'i':
                Order = Order.Process;
                return Key.Order;
            default:
                return Key.None;
        }
    }

    /// <summary>Gives the terminal back as it was.</summary>
    public void Dispose()
    {
        if (!_isLive)
            return;
        TerminalModes modes = _before;
        Output.Write("\n\e[J\e[?25h"u8);
        Output.Flush();
        SystemCalls.Control(Input, TerminalRequest.SetModes, ref modes);
    }
}
