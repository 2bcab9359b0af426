using System;
using Kernel.Boot;
using Kernel.Files;

namespace Kernel.Terminals;

/// <summary>The machine's terminals, and the device files that stand for them.</summary>
internal static class TerminalDevices
{
    private const uint TerminalMajor = 4;
    private const uint AliasMajor = 5;
    private const uint PseudoMajor = 136;
    private const uint ActiveScreenMinor = 0;
    private const uint ScreenMinor = 1;
    private const uint SerialMinor = 64;
    private const uint ControllingMinor = 0;
    private const uint ConsoleMinor = 1;
    private const uint MasterMinor = 2;

    // Made at boot, 9 KiB each.
    private const int PseudoCount = 8;
    private const int SerialIndex = PseudoCount;
    private const int ScreenIndex = PseudoCount + 1;

    // Pseudo-terminals, whose index is their number, then the others.
    private static readonly Terminal?[] s_terminals = new Terminal?[ScreenIndex + 1];

    /// <summary>The first serial line; null if there is none.</summary>
    public static Terminal? Serial => s_terminals[SerialIndex];

    /// <summary>Screen and keyboard; null if there is no screen.</summary>
    public static Terminal? Screen => s_terminals[ScreenIndex];

    /// <summary>Makes terminals of the devices that have been started, and their device files. The monitor keeps their input.</summary>
    public static void Initialize()
    {
        if (Startup.Serial is { } port)
            Add(SerialIndex, new SerialTerminalDevice(port), 0, "ttyS0", TerminalMajor, SerialMinor);
        if (Boot.Screen.Console is { } screen)
        {
            Add(ScreenIndex, new ScreenTerminalDevice(screen, Devices.Keyboard), 1, "tty1", TerminalMajor, ScreenMinor);
            CharacterDevices.Add(new TerminalFile("tty0", TerminalMajor, ActiveScreenMinor, Screen, isConsole: false));
        }
        CharacterDevices.Add(new TerminalFile("tty", AliasMajor, ControllingMinor, null, isConsole: false));
        // Without a word about it, whoever has connected a serial line looks at that.
        Terminal? console = WantsScreen ? Screen ?? Serial : Serial ?? Screen;
        if (console is not null)
            CharacterDevices.Add(new TerminalFile("console", AliasMajor, ConsoleMinor, console, isConsole: true));
        CharacterDevices.Add(new PseudoTerminalMaster(AliasMajor, MasterMinor));
        for (int number = 0; number < PseudoCount; number++)
            Add(number, new PseudoTerminalDevice(), number, $"pts/{number}", PseudoMajor, (uint)number);
    }

    /// <summary>Takes input away from the monitor, for programs.</summary>
    public static void TakeInput()
    {
        Serial?.TakeInput();
        Screen?.TakeInput();
    }

    /// <summary>The terminal with an index, which exists.</summary>
    public static Terminal At(int index) => s_terminals[index]!;

    /// <summary>Where a terminal is in the table.</summary>
    public static int IndexOf(Terminal terminal) => Array.IndexOf(s_terminals, terminal);

    /// <summary>Takes the master's side of a pseudo-terminal.</summary>
    /// <returns>Its index; less than zero when all are taken.</returns>
    public static int TakePseudoTerminal()
    {
        for (int number = 0; number < PseudoCount; number++)
        {
            if (At(number).TryBecomeMaster())
                return number;
        }
        return -1;
    }

    private static void Add(int index, TerminalDevice device, int number, string name, uint major, uint minor)
    {
        var terminal = new Terminal(device, number, CharacterDevices.Number(major, minor));
        s_terminals[index] = terminal;
        CharacterDevices.Add(new TerminalFile(name, major, minor, terminal, isConsole: false));
    }

    // On Linux too the last of these words counts.
    private static bool WantsScreen =>
        CommandLine.TryGetLast("console"u8, out ReadOnlySpan<byte> name) && (name.SequenceEqual("tty0"u8) || name.SequenceEqual("tty1"u8));
}
