using System;

namespace Kernel.Drivers.Terminals;

/// <summary>
/// What stands between a terminal's device and the programs that use it: editing of lines, echo, translation of line
/// ends, typed signals, flow control. It behaves like Linux's N_TTY. Its owner offers it every byte that the device
/// receives, and after each call passes <see cref="PendingOutput"/> on to the device and looks at
/// <see cref="TakeSignals"/>.
/// </summary>
/// <remarks>The owner's lock guards it. Nothing allocates after construction.</remarks>
public sealed partial class LineDiscipline
{
    /// <summary>Bytes of input that wait at most. A line longer than this, with its end, keeps its beginning and its end.</summary>
    public const int InputCapacity = 4096;

    // Stands in the buffer, marked, where EOF was typed.
    private const byte EndOfFileMark = 0;
    private const byte SevenBits = 0x7F;

    private TerminalSettings _settings;
    private TypedSignals _signals;
    private bool _isNextLiteral;
    private bool _isStopped;
    private bool _isSuspended;

    /// <summary>A discipline with nothing in it.</summary>
    public LineDiscipline(in TerminalSettings settings) => _settings = settings;

    /// <summary>The settings in force.</summary>
    public ref readonly TerminalSettings Settings => ref _settings;

    /// <summary>Whether output waits for START, or for <see cref="Resume"/>.</summary>
    public bool IsStopped => _isStopped || _isSuspended;

    /// <summary>Takes new settings. What was typed and not read becomes one line, or no line, at a change of ICANON.</summary>
    public void Change(in TerminalSettings settings)
    {
        bool wasCanonical = IsCanonical;
        bool hadFlowControl = Has(InputModes.FlowControl);
        _settings = settings;
        if (wasCanonical != IsCanonical)
            ChangeMode();
        if (hadFlowControl && !Has(InputModes.FlowControl))
            _isStopped = false;
    }

    /// <summary>Becomes as new: nothing waits, nothing is stopped.</summary>
    public void Reset(in TerminalSettings settings)
    {
        _settings = settings;
        _signals = TypedSignals.None;
        _isStopped = false;
        _isSuspended = false;
        FlushInput();
        FlushOutput();
    }

    /// <summary>Takes a byte from the device.</summary>
    /// <returns>False when there is no room: offer it again when something was read.</returns>
    public bool Receive(byte value)
    {
        if (!CanReceive)
            return false;
        if (Has(InputModes.StripHighBit))
            value &= SevenBits;
        if (_isNextLiteral)
        {
            _isNextLiteral = false;
            Store(value);
        }
        else if (!ObeyFlowControl(value) && !ObeySignal(value))
        {
            ReceiveCharacter(value);
        }
        return true;
    }

    /// <summary>Signals typed since the last call.</summary>
    public TypedSignals TakeSignals()
    {
        TypedSignals signals = _signals;
        _signals = TypedSignals.None;
        return signals;
    }

    /// <summary>Stops output until <see cref="Resume"/>, whatever is typed.</summary>
    public void Suspend() => _isSuspended = true;

    /// <summary>Ends <see cref="Suspend"/>, and what STOP did meanwhile.</summary>
    public void Resume()
    {
        if (_isSuspended)
            _isStopped = false;
        _isSuspended = false;
    }

    private bool IsCanonical => Has(LocalModes.Canonical);

    private bool Has(InputModes mode) => (_settings.Input & mode) != 0;

    private bool Has(OutputModes mode) => (_settings.Output & mode) != 0;

    private bool Has(LocalModes mode) => (_settings.Local & mode) != 0;

    private bool Is(byte value, ControlCharacter place) => value != 0 && value == _settings[place];

    private bool ObeyFlowControl(byte value)
    {
        if (!Has(InputModes.FlowControl))
            return false;
        if (Is(value, ControlCharacter.Start))
        {
            // One character may be both.
            _isStopped = !_isStopped && Is(value, ControlCharacter.Stop);
            return true;
        }
        if (!Is(value, ControlCharacter.Stop))
            return false;
        _isStopped = true;
        return true;
    }

    private bool ObeySignal(byte value)
    {
        if (!Has(LocalModes.Signals))
            return false;
        TypedSignals signal = TypedSignals.None;
        if (Is(value, ControlCharacter.Interrupt))
            signal = TypedSignals.Interrupt;
        else if (Is(value, ControlCharacter.Quit))
            signal = TypedSignals.Quit;
        else if (Is(value, ControlCharacter.Suspend))
            signal = TypedSignals.Suspend;
        if (signal == TypedSignals.None)
            return false;
        _signals |= signal;
        if (!Has(LocalModes.KeepInput))
        {
            FlushInput();
            FlushOutput();
        }
        if (Has(InputModes.FlowControl))
            _isStopped = false;
        if (Has(LocalModes.Echo))
            EchoCharacter(value);
        return true;
    }

    private void ReceiveCharacter(byte value)
    {
        if (Has(InputModes.FlowControl) && Has(InputModes.AnyStarts))
            _isStopped = false;
        if (value == (byte)'\r')
        {
            if (Has(InputModes.IgnoreReturn))
                return;
            if (Has(InputModes.ReturnToLineFeed))
                value = (byte)'\n';
        }
        else if (value == (byte)'\n' && Has(InputModes.LineFeedToReturn))
        {
            value = (byte)'\r';
        }
        if (!IsCanonical || !Edit(value))
            Store(value);
    }

    /// <summary>Takes a byte that means nothing special.</summary>
    private void Store(byte value)
    {
        if (Has(LocalModes.Echo))
        {
            NoteLineStart();
            if (value == (byte)'\n' && !IsCanonical)
                Process(value);
            else
                EchoCharacter(value);
        }
        Append(value);
    }
}
