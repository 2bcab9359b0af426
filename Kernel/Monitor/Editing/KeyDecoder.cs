using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernel.Monitor.Editing;

/// <summary>
/// Turns a terminal's bytes into keys: UTF-8 characters, control characters, and the escape sequences of VT220, xterm
/// and the Linux console. A serial terminal and the PS/2 keyboard driver send the same ones.
/// </summary>
/// <remarks>Unknown and malformed sequences are swallowed whole. Not locked: one reader uses it.</remarks>
internal struct KeyDecoder
{
    private const int LongestCharacter = 4;
    private const byte ContinuationMask = 0xc0;
    private const byte ContinuationMark = 0x80;
    private const byte FirstNonAscii = 0x80;

    private const byte ControlA = 0x01;
    private const byte ControlC = 0x03;
    private const byte ControlE = 0x05;
    private const byte ControlH = 0x08;
    private const byte ControlK = 0x0b;
    private const byte ControlL = 0x0c;
    private const byte ControlU = 0x15;
    private const byte ControlW = 0x17;
    private const byte Escape = 0x1b;
    private const byte Space = 0x20;
    private const byte Rubout = 0x7f;

    private CharacterBytes _character;
    private int _characterLength;
    private int _characterExpected;
    private State _state;
    private int _parameter;
    private bool _isFirstParameter;
    private bool _lastWasReturn;

    private enum State
    {
        Plain,
        Character,
        Escape,
        Control,
        SingleShift,

        // After ESC [ [, as the Linux console's F1 to F5 begin: a letter follows.
        FunctionKey,
    }

    /// <summary>The UTF-8 of the character that the last <see cref="Decode"/> found, 1 to 4 bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Character => ((ReadOnlySpan<byte>)_character)[.._characterLength];

    /// <summary>Takes the next byte.</summary>
    /// <returns><see cref="EditKey.None"/> while a sequence is not complete.</returns>
    public EditKey Decode(byte input)
    {
        bool followsReturn = _lastWasReturn;
        _lastWasReturn = false;
        switch (_state)
        {
            case State.Character when (input & ContinuationMask) == ContinuationMark:
                return ContinueCharacter(input);
            case State.Escape:
                return DecodeEscape(input);
            case State.Control:
                return DecodeControl(input);
            case State.SingleShift:
                _state = State.Plain;
                return Cursor(input);
            case State.FunctionKey:
                _state = State.Plain;
                return EditKey.None;
        }
        _state = State.Plain;
        if (input >= FirstNonAscii)
            return BeginCharacter(input);
        if (input is >= Space and not Rubout)
        {
            _character[0] = input;
            _characterLength = 1;
            return EditKey.Character;
        }
        // A terminal that ends lines in CR LF means one end.
        if (input == (byte)'\n' && followsReturn)
            return EditKey.None;
        _lastWasReturn = input == (byte)'\r';
        return DecodeControlCharacter(input);
    }

    private EditKey DecodeControlCharacter(byte input)
    {
        switch (input)
        {
            case (byte)'\r' or (byte)'\n':
                return EditKey.Enter;
            case (byte)'\t':
                return EditKey.Complete;
            case Rubout or ControlH:
                return EditKey.Backspace;
            case ControlA:
                return EditKey.Home;
            case ControlE:
                return EditKey.End;
            case ControlK:
                return EditKey.KillToEnd;
            case ControlU:
                return EditKey.KillToStart;
            case ControlW:
                return EditKey.KillWord;
            case ControlL:
                return EditKey.ClearScreen;
            case ControlC:
                return EditKey.Abandon;
            case Escape:
                _state = State.Escape;
                return EditKey.None;
            default:
                return EditKey.None;
        }
    }

    private EditKey DecodeEscape(byte input)
    {
        _state = input switch
        {
            (byte)'[' => State.Control,
            (byte)'O' => State.SingleShift,
            Escape => State.Escape,
            _ => State.Plain,
        };
        _parameter = 0;
        _isFirstParameter = true;
        return EditKey.None;
    }

    /// <summary>A byte of a control sequence (ECMA-48, 5.4): parameters, then one final byte.</summary>
    private EditKey DecodeControl(byte input)
    {
        switch (input)
        {
            case >= (byte)'0' and <= (byte)'9':
                // Three digits are more than any key has; the rest must not overflow.
                if (_isFirstParameter && _parameter < 100)
                    _parameter = _parameter * 10 + (input - '0');
                return EditKey.None;
            case >= Space and < (byte)'@':
                _isFirstParameter = false;
                return EditKey.None;
            case (byte)'~':
                _state = State.Plain;
                return Numbered(_parameter);
            case (byte)'[':
                _state = State.FunctionKey;
                return EditKey.None;
            case Escape:
                _state = State.Escape;
                return EditKey.None;
            case < Space:
                // The sequence was cut off; the control character counts.
                _state = State.Plain;
                return Decode(input);
            default:
                _state = State.Plain;
                return Cursor(input);
        }
    }

    private static EditKey Cursor(byte final) => final switch
    {
        (byte)'A' => EditKey.Up,
        (byte)'B' => EditKey.Down,
        (byte)'C' => EditKey.Right,
        (byte)'D' => EditKey.Left,
        (byte)'H' => EditKey.Home,
        (byte)'F' => EditKey.End,
        _ => EditKey.None,
    };

    /// <summary>The VT220's keys of the editing group; 7 and 8 are rxvt's.</summary>
    private static EditKey Numbered(int number) => number switch
    {
        1 or 7 => EditKey.Home,
        3 => EditKey.Delete,
        4 or 8 => EditKey.End,
        _ => EditKey.None,
    };

    private EditKey BeginCharacter(byte lead)
    {
        _characterExpected = lead switch
        {
            >= 0xc2 and <= 0xdf => 2,
            >= 0xe0 and <= 0xef => 3,
            >= 0xf0 and <= 0xf4 => 4,
            _ => 0,
        };
        if (_characterExpected == 0)
            return EditKey.None;
        _character[0] = lead;
        _characterLength = 1;
        _state = State.Character;
        return EditKey.None;
    }

    private EditKey ContinueCharacter(byte continuation)
    {
        _character[_characterLength++] = continuation;
        if (_characterLength < _characterExpected)
            return EditKey.None;
        _state = State.Plain;
        return EditKey.Character;
    }

    [InlineArray(LongestCharacter)]
    private struct CharacterBytes
    {
        private byte _first;
    }
}
