using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel.Drivers.Terminals;

/// <summary>Linux's <c>struct termios2</c> as the kernel has it; its first 36 bytes are <c>struct termios</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TerminalSettings
{
    /// <summary>Bytes of <c>struct termios</c>.</summary>
    public const int Length = 36;

    /// <summary>Bytes of <c>struct termios2</c>.</summary>
    public const int LengthWithSpeeds = 44;

    private const int CharacterCount = 19;
    private const uint CodeMask = 0xF;
    private const uint ConsoleSpeed = 38_400;
    private const uint SerialSpeed = 115_200;

    /// <summary>What happens to input.</summary>
    public InputModes Input;

    /// <summary>What happens to output.</summary>
    public OutputModes Output;

    /// <summary>Speed and format.</summary>
    public ControlModes Control;

    /// <summary>What the line discipline does.</summary>
    public LocalModes Local;

    /// <summary>Number of the line discipline; there is only 0.</summary>
    public byte Discipline;

    private Characters _characters;

    /// <summary>Bits per second, for the structure with speeds.</summary>
    public uint InputSpeed;

    /// <summary>Bits per second, for the structure with speeds.</summary>
    public uint OutputSpeed;

    /// <summary>A new terminal's, as Linux has them.</summary>
    public static TerminalSettings Default
    {
        get
        {
            TerminalSettings settings = default;
            settings.Input = InputModes.ReturnToLineFeed | InputModes.FlowControl;
            settings.Output = OutputModes.Process | OutputModes.LineFeedToReturnLineFeed;
            settings.Control = ControlModes.Speed38400 | ControlModes.EightBits | ControlModes.Receive | ControlModes.HangUpOnClose;
            settings.Local = LocalModes.Signals | LocalModes.Canonical | LocalModes.Echo | LocalModes.EchoErase
                | LocalModes.EchoKill | LocalModes.EchoControl | LocalModes.EchoKillErase | LocalModes.Extended;
            settings.InputSpeed = ConsoleSpeed;
            settings.OutputSpeed = ConsoleSpeed;
            DefaultCharacters.CopyTo(settings._characters);
            return settings;
        }
    }

    /// <summary>A screen's: as <see cref="Default"/>, and keys are UTF-8.</summary>
    public static TerminalSettings Screen
    {
        get
        {
            TerminalSettings settings = Default;
            settings.Input |= InputModes.Utf8;
            return settings;
        }
    }

    /// <summary>A serial line's, at the speed that the driver sets.</summary>
    public static TerminalSettings Serial
    {
        get
        {
            TerminalSettings settings = Default;
            settings.Control = (settings.Control & ~ControlModes.SpeedMask) | ControlModes.Speed115200;
            settings.InputSpeed = SerialSpeed;
            settings.OutputSpeed = SerialSpeed;
            return settings;
        }
    }

    // ^C ^\ DEL ^U ^D 0 1 0 ^Q ^S ^Z 0 ^R ^O ^W ^V 0, in the order of ControlCharacter.
    private static ReadOnlySpan<byte> DefaultCharacters => [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0];

    // The rates that codes 0 to 15 stand for, and those with the bit of OtherSpeed from code 1 on.
    private static ReadOnlySpan<uint> Speeds =>
        [0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400];

    private static ReadOnlySpan<uint> HighSpeeds =>
    [
        57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000,
    ];

    /// <summary>A control character; zero for none.</summary>
    public byte this[ControlCharacter place]
    {
        readonly get => _characters[(int)place];
        set => _characters[(int)place] = value;
    }

    /// <summary>Sets both numeric speeds to what the bits of <see cref="Control"/> stand for, unless these leave it to the numbers.</summary>
    public void UpdateSpeeds()
    {
        uint code = (uint)(Control & ControlModes.SpeedMask);
        if (code == (uint)ControlModes.OtherSpeed)
            return;
        uint index = code & CodeMask;
        OutputSpeed = code == index ? Speeds[(int)index] : HighSpeeds[(int)index - 1];
        InputSpeed = OutputSpeed;
    }

    [InlineArray(CharacterCount)]
    private struct Characters
    {
        private byte _first;
    }
}
