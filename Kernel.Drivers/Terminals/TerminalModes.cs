using System;

namespace Kernel.Drivers.Terminals;

/// <summary>What happens to input: <c>c_iflag</c>, with the names and values of termios(3) on Linux x86-64.</summary>
[Flags]
public enum InputModes : uint
{
    /// <summary>ISTRIP: the eighth bit is cleared.</summary>
    StripHighBit = 1 << 5,

    /// <summary>INLCR: line feed becomes carriage return.</summary>
    LineFeedToReturn = 1 << 6,

    /// <summary>IGNCR: carriage return is dropped.</summary>
    IgnoreReturn = 1 << 7,

    /// <summary>ICRNL: carriage return becomes line feed.</summary>
    ReturnToLineFeed = 1 << 8,

    /// <summary>IXON: STOP and START stop and start output.</summary>
    FlowControl = 1 << 10,

    /// <summary>IXANY: any character starts stopped output.</summary>
    AnyStarts = 1 << 11,

    /// <summary>IUTF8: erasing takes whole characters.</summary>
    Utf8 = 1 << 14,
}

/// <summary>What happens to output: <c>c_oflag</c>.</summary>
[Flags]
public enum OutputModes : uint
{
    /// <summary>OPOST: the other modes count.</summary>
    Process = 1 << 0,

    /// <summary>ONLCR: a line feed gets a carriage return before it.</summary>
    LineFeedToReturnLineFeed = 1 << 2,

    /// <summary>OCRNL: carriage return becomes line feed.</summary>
    ReturnToLineFeed = 1 << 3,

    /// <summary>ONOCR: no carriage return in the first column.</summary>
    NoReturnAtStart = 1 << 4,

    /// <summary>ONLRET: the device takes a line feed for a carriage return too.</summary>
    LineFeedReturns = 1 << 5,

    /// <summary>XTABS: tabs become spaces.</summary>
    ExpandTabs = 3 << 11,
}

/// <summary>Speed and format of a serial line: <c>c_cflag</c>. Kept for programs; the hardware stays as it is.</summary>
[Flags]
public enum ControlModes : uint
{
    /// <summary>B38400.</summary>
    Speed38400 = 0x000F,

    /// <summary>BOTHER: the speed is the number in the structure.</summary>
    OtherSpeed = 0x1000,

    /// <summary>B115200.</summary>
    Speed115200 = 0x1002,

    /// <summary>CBAUD: the bits that code the speed.</summary>
    SpeedMask = 0x100F,

    /// <summary>CS8.</summary>
    EightBits = 3 << 4,

    /// <summary>CREAD.</summary>
    Receive = 1 << 7,

    /// <summary>HUPCL.</summary>
    HangUpOnClose = 1 << 10,
}

/// <summary>What the line discipline does by itself: <c>c_lflag</c>.</summary>
[Flags]
public enum LocalModes : uint
{
    /// <summary>ISIG: INTR, QUIT and SUSP send signals.</summary>
    Signals = 1 << 0,

    /// <summary>ICANON: input comes in lines that can be edited.</summary>
    Canonical = 1 << 1,

    /// <summary>ECHO.</summary>
    Echo = 1 << 3,

    /// <summary>ECHOE: erasing clears on the screen.</summary>
    EchoErase = 1 << 4,

    /// <summary>ECHOK: a line feed follows KILL.</summary>
    EchoKill = 1 << 5,

    /// <summary>ECHONL: line feeds are echoed without ECHO too.</summary>
    EchoLineFeed = 1 << 6,

    /// <summary>NOFLSH: signals drop no input.</summary>
    KeepInput = 1 << 7,

    /// <summary>TOSTOP: writing from the background sends SIGTTOU.</summary>
    StopBackgroundOutput = 1 << 8,

    /// <summary>ECHOCTL: control characters are echoed as ^X.</summary>
    EchoControl = 1 << 9,

    /// <summary>ECHOKE: KILL clears on the screen.</summary>
    EchoKillErase = 1 << 11,

    /// <summary>IEXTEN: WERASE, LNEXT, REPRINT and EOL2 work.</summary>
    Extended = 1 << 15,
}

/// <summary>Places in <c>c_cc</c>. A character of value zero is none.</summary>
public enum ControlCharacter
{
    Interrupt = 0,
    Quit = 1,
    Erase = 2,
    Kill = 3,
    EndOfFile = 4,

    /// <summary>VTIME: tenths of a second.</summary>
    Time = 5,

    /// <summary>VMIN: bytes.</summary>
    Minimum = 6,
    Start = 8,
    Stop = 9,
    Suspend = 10,
    EndOfLine = 11,
    Reprint = 12,
    Discard = 13,
    WordErase = 14,
    LiteralNext = 15,
    EndOfLine2 = 16,
}

/// <summary>Signals that were typed.</summary>
[Flags]
public enum TypedSignals
{
    None = 0,
    Interrupt = 1 << 0,
    Quit = 1 << 1,
    Suspend = 1 << 2,
}
