using System;

namespace Kernel.Drivers.Input;

/// <summary>
/// Turns scan codes of set 1 into what Linux's console sends (terminfo's "linux"): UTF-8 for characters of the US
/// layout, and sequences for the other keys. The default value is a keyboard on which no key is down.
/// </summary>
internal struct ScanCodeDecoder
{
    /// <summary>Bytes that one scan code gives at most.</summary>
    public const int MaxLength = 8;

    private const byte Released = 0x80;
    private const byte ExtendedPrefix = 0xE0;
    private const byte PausePrefix = 0xE1;
    private const int PauseLength = 2;
    private const byte Escape = 0x1B;
    private const byte Delete = 0x7F;
    private const byte FirstKeypadCode = (byte)Key.Home;
    private const byte ControlMask = 0x1F;
    private const byte FirstControllable = (byte)'@';

    // F1 to F5 end in letters; F11 and F12 have codes of their own.
    private const int LetteredFunctions = 5;
    private const int FirstOfLastTwo = 10;
    private const int ShiftedFunctions = 12;

    private bool _leftShift;
    private bool _rightShift;
    private bool _leftControl;
    private bool _rightControl;
    private bool _leftAlt;
    private bool _rightAlt;
    private bool _capsLock;
    private bool _numLockOff;
    private bool _isExtended;
    private int _ignored;

    /// <summary>Scan codes of keys that are no characters. Those of the keypad are also the extended ones of the keys between.</summary>
    private enum Key : byte
    {
        Tab = 0x0F,
        KeypadEnter = 0x1C,
        Control = 0x1D,
        LeftShift = 0x2A,
        KeypadSlash = 0x35,
        RightShift = 0x36,
        Alt = 0x38,
        CapsLock = 0x3A,
        F1 = 0x3B,
        F10 = 0x44,
        NumLock = 0x45,
        Home = 0x47,
        Up = 0x48,
        PageUp = 0x49,
        KeypadMinus = 0x4A,
        Left = 0x4B,
        KeypadFive = 0x4C,
        Right = 0x4D,
        KeypadPlus = 0x4E,
        End = 0x4F,
        Down = 0x50,
        PageDown = 0x51,
        Insert = 0x52,
        DeleteForward = 0x53,
        Iso102 = 0x56,
        F11 = 0x57,
        F12 = 0x58,
    }

    /// <summary>Whether the cursor keys send what they do in application mode (DECCKM).</summary>
    public bool HasApplicationCursorKeys { get; set; }

    private readonly bool Shift => _leftShift || _rightShift;

    private readonly bool Control => _leftControl || _rightControl;

    private readonly bool Alt => _leftAlt || _rightAlt;

    // Characters by scan code from 0 to 0x39; zero where there is none.
    private static ReadOnlySpan<byte> Plain => "\0\e1234567890-=\u007F\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "u8;

    private static ReadOnlySpan<byte> Shifted => "\0\e!@#$%^&*()_+\u007F\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "u8;

    // From the code of the keypad's 7 on.
    private static ReadOnlySpan<byte> Keypad => "789-456+1230."u8;

    /// <summary>Takes the next scan code.</summary>
    /// <param name="code">As the controller gives it.</param>
    /// <param name="output">Room for <see cref="MaxLength"/> bytes.</param>
    /// <returns>Number of bytes that the key gives; often none.</returns>
    public int Decode(byte code, Span<byte> output)
    {
        if (_ignored > 0)
        {
            _ignored--;
            return 0;
        }

        if (code == PausePrefix)
        {
            _ignored = PauseLength;
            return 0;
        }

        if (code == ExtendedPrefix)
        {
            _isExtended = true;
            return 0;
        }

        bool isExtended = _isExtended;
        _isExtended = false;
        bool isPressed = (code & Released) == 0;
        var key = (Key)(code & ~Released);
        if (UpdateModifiers(key, isExtended, isPressed) || !isPressed)
            return 0;
        return isExtended ? DecodeExtended(key, output) : DecodePlain(key, output);
    }

    private bool UpdateModifiers(Key key, bool isExtended, bool isPressed)
    {
        switch (key)
        {
            // Extended shifts are no keys: keyboards send them around the keys between main block and keypad.
            case Key.LeftShift when !isExtended:
                _leftShift = isPressed;
                return true;
            case Key.RightShift when !isExtended:
                _rightShift = isPressed;
                return true;
            case Key.LeftShift or Key.RightShift:
                return true;
            case Key.Control when isExtended:
                _rightControl = isPressed;
                return true;
            case Key.Control:
                _leftControl = isPressed;
                return true;
            case Key.Alt when isExtended:
                _rightAlt = isPressed;
                return true;
            case Key.Alt:
                _leftAlt = isPressed;
                return true;
            case Key.CapsLock:
                _capsLock ^= isPressed;
                return true;
            case Key.NumLock:
                _numLockOff ^= isPressed;
                return true;
            default:
                return false;
        }
    }

    private readonly int DecodePlain(Key key, Span<byte> output)
    {
        if ((byte)key < Plain.Length)
            return DecodeCharacter(key, output);
        switch (key)
        {
            case Key.KeypadMinus or Key.KeypadPlus:
            case >= Key.Home and <= Key.DeleteForward when _numLockOff == Shift:
                return PutCharacter(Keypad[(byte)key - FirstKeypadCode], output);
            case Key.Iso102:
                return PutCharacter((byte)(Shift ? '|' : '\\'), output);
            default:
                return PutFunction(key, output);
        }
    }

    private readonly int DecodeExtended(Key key, Span<byte> output) => key switch
    {
        Key.KeypadEnter => PutCharacter((byte)'\r', output),
        Key.KeypadSlash => PutCharacter((byte)'/', output),
        >= Key.Home and <= Key.DeleteForward => PutFunction(key, output),
        _ => 0,
    };

    private readonly int DecodeCharacter(Key key, Span<byte> output)
    {
        byte plain = Plain[(byte)key];
        if (plain == 0)
            return 0;
        if (key == Key.Tab && Shift)
            return Put("\e[Z"u8, output);
        bool isLetter = plain is >= (byte)'a' and <= (byte)'z';
        bool isUpper = Shift ^ (isLetter && _capsLock);
        return PutCharacter(isUpper ? Shifted[(byte)key] : plain, output);
    }

    private readonly int PutCharacter(byte character, Span<byte> output)
    {
        if (Control)
            character = WithControl(character);
        if (!Alt)
        {
            output[0] = character;
            return 1;
        }

        output[0] = Escape;
        output[1] = character;
        return 2;
    }

    private static byte WithControl(byte character) => character switch
    {
        (byte)' ' => 0,
        (byte)'?' => Delete,
        (byte)'/' => (byte)('_' & ControlMask),
        >= FirstControllable and < Delete => (byte)(character & ControlMask),
        _ => character,
    };

    private readonly int PutFunction(Key key, Span<byte> output)
    {
        return key switch
        {
            Key.Up => PutCursor((byte)'A', output),
            Key.Down => PutCursor((byte)'B', output),
            Key.Right => PutCursor((byte)'C', output),
            Key.Left => PutCursor((byte)'D', output),
            Key.KeypadFive => Put("\e[G"u8, output),
            Key.Home => PutNumbered(1, output),
            Key.Insert => PutNumbered(2, output),
            Key.DeleteForward => PutNumbered(3, output),
            Key.End => PutNumbered(4, output),
            Key.PageUp => PutNumbered(5, output),
            Key.PageDown => PutNumbered(6, output),
            >= Key.F1 and <= Key.F10 => PutFunctionKey(key - Key.F1, output),
            Key.F11 or Key.F12 => PutFunctionKey(key - Key.F11 + FirstOfLastTwo, output),
            _ => 0,
        };
    }

    // The numbers of F6 to F20 are those of the VT220, with its gaps. F13 to F20 are typed with shift.
    private static ReadOnlySpan<byte> FunctionNumbers => [17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34];

    private readonly int PutFunctionKey(int index, Span<byte> output)
    {
        if (Shift)
            index += ShiftedFunctions;
        if (index < LetteredFunctions)
        {
            int length = Put("\e[["u8, output);
            output[length++] = (byte)('A' + index);
            return length;
        }

        index -= LetteredFunctions;
        return index < FunctionNumbers.Length ? PutNumbered(FunctionNumbers[index], output) : 0;
    }

    private readonly int PutCursor(byte final, Span<byte> output)
    {
        int length = Put(HasApplicationCursorKeys ? "\eO"u8 : "\e["u8, output);
        output[length++] = final;
        return length;
    }

    private static int PutNumbered(int number, Span<byte> output)
    {
        int length = Put("\e["u8, output);
        if (number >= 10)
            output[length++] = (byte)('0' + (number / 10));
        output[length++] = (byte)('0' + (number % 10));
        output[length++] = (byte)'~';
        return length;
    }

    private static int Put(ReadOnlySpan<byte> sequence, Span<byte> output)
    {
        sequence.CopyTo(output);
        return sequence.Length;
    }
}
