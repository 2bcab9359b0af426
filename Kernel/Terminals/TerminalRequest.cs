namespace Kernel.Terminals;

/// <summary>Requests of ioctl_tty(2) and ioctl_console(2), with Linux's numbers.</summary>
internal enum TerminalRequest : uint
{
    /// <summary>KDGKBTYPE.</summary>
    GetKeyboardType = 0x4B33,

    /// <summary>KDGETMODE.</summary>
    GetScreenMode = 0x4B3B,

    /// <summary>KDGKBMODE.</summary>
    GetKeyboardMode = 0x4B44,

    /// <summary>TCGETS.</summary>
    GetSettings = 0x5401,

    /// <summary>TCSETS.</summary>
    SetSettings = 0x5402,

    /// <summary>TCSETSW.</summary>
    SetSettingsWhenSent = 0x5403,

    /// <summary>TCSETSF.</summary>
    SetSettingsAndFlush = 0x5404,

    /// <summary>TCSBRK.</summary>
    SendBreak = 0x5409,

    /// <summary>TCXONC.</summary>
    ControlFlow = 0x540A,

    /// <summary>TCFLSH.</summary>
    Flush = 0x540B,

    /// <summary>TIOCEXCL.</summary>
    BeginExclusive = 0x540C,

    /// <summary>TIOCNXCL.</summary>
    EndExclusive = 0x540D,

    /// <summary>TIOCSCTTY.</summary>
    TakeControl = 0x540E,

    /// <summary>TIOCGPGRP.</summary>
    GetForeground = 0x540F,

    /// <summary>TIOCSPGRP.</summary>
    SetForeground = 0x5410,

    /// <summary>TIOCOUTQ.</summary>
    CountOutput = 0x5411,

    /// <summary>TIOCSTI.</summary>
    Type = 0x5412,

    /// <summary>TIOCGWINSZ.</summary>
    GetSize = 0x5413,

    /// <summary>TIOCSWINSZ.</summary>
    SetSize = 0x5414,

    /// <summary>FIONREAD, TIOCINQ.</summary>
    CountInput = 0x541B,

    /// <summary>TIOCNOTTY.</summary>
    GiveUpControl = 0x5422,

    /// <summary>TIOCSETD.</summary>
    SetDiscipline = 0x5423,

    /// <summary>TIOCGETD.</summary>
    GetDiscipline = 0x5424,

    /// <summary>TCSBRKP.</summary>
    SendLongBreak = 0x5425,

    /// <summary>TIOCGSID.</summary>
    GetSession = 0x5429,

    /// <summary>TIOCVHANGUP.</summary>
    HangUp = 0x5437,

    /// <summary>VT_OPENQRY.</summary>
    FindFreeScreen = 0x5600,

    /// <summary>TIOCGPTN.</summary>
    GetPseudoTerminal = 0x8004_5430,

    /// <summary>TIOCSPTLCK.</summary>
    LockPseudoTerminal = 0x4004_5431,

    /// <summary>TIOCGPTLCK.</summary>
    IsPseudoTerminalLocked = 0x8004_5439,

    /// <summary>TCGETS2.</summary>
    GetSettings2 = 0x802C_542A,

    /// <summary>TCSETS2.</summary>
    SetSettings2 = 0x402C_542B,

    /// <summary>TCSETSW2.</summary>
    SetSettings2WhenSent = 0x402C_542C,

    /// <summary>TCSETSF2.</summary>
    SetSettings2AndFlush = 0x402C_542D,
}
