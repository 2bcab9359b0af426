namespace Kernel.Drivers.Console;

/// <summary>The sixteen colours of a terminal, in the order of ECMA-48's SGR parameters 30 to 37 and their bright forms.</summary>
public enum ConsoleColor : byte
{
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
    BrightBlack,
    BrightRed,
    BrightGreen,
    BrightYellow,
    BrightBlue,
    BrightMagenta,
    BrightCyan,
    BrightWhite,
}
