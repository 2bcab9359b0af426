using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace User;

/// <summary>How a file is opened (Linux's O_ flags).</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>For reading.</summary>
    Read = 0,

    /// <summary>For writing.</summary>
    Write = 1,

    /// <summary>For both.</summary>
    ReadWrite = 2,

    /// <summary>Made if it isn't there.</summary>
    Create = 0x40,

    /// <summary>Emptied.</summary>
    Truncate = 0x200,

    /// <summary>Every write goes to the end.</summary>
    Append = 0x400,

    /// <summary>Opening doesn't wait.</summary>
    NonBlocking = 0x800,

    /// <summary>A folder only.</summary>
    Folder = 0x10000,

    /// <summary>Closed when another program is executed.</summary>
    CloseOnExecute = 0x80000,
}

/// <summary>Signals that these programs use.</summary>
public enum Signal
{
    /// <summary>The terminal is gone.</summary>
    HangUp = 1,

    /// <summary>Interrupt from the keyboard; for process 1: the three keys.</summary>
    Interrupt = 2,

    /// <summary>The program failed.</summary>
    Abort = 6,

    /// <summary>Ends a process whatever it does.</summary>
    Kill = 9,

    /// <summary>For process 1: halt.</summary>
    User1 = 10,

    /// <summary>For process 1: power off.</summary>
    User2 = 12,

    /// <summary>Asks a process to end; for process 1: restart.</summary>
    Terminate = 15,

    /// <summary>A child ended.</summary>
    Child = 17,

    /// <summary>A stopped process goes on.</summary>
    Continue = 18,
}

/// <summary>A set of signals.</summary>
public readonly struct SignalSet
{
    private readonly ulong _bits;

    /// <summary>These signals.</summary>
    public SignalSet(params ReadOnlySpan<Signal> signals)
    {
        foreach (Signal signal in signals)
            _bits |= 1UL << ((int)signal - 1);
    }
}

/// <summary>How a child ended.</summary>
/// <param name="value">As wait4 gives it.</param>
public readonly struct WaitStatus(int value)
{
    private const int SignalMask = 0x7f;
    private const int CodeShift = 8;
    private const int SignalStatusBase = 128;

    /// <summary>The signal that ended it; 0 if it ended by itself.</summary>
    public int TerminatingSignal => value & SignalMask;

    /// <summary>As shells tell it: the exit status, or 128 and the signal.</summary>
    public int ShellStatus => TerminatingSignal != 0 ? SignalStatusBase + TerminatingSignal : (value >> CodeShift) & 0xff;
}

/// <summary>What reboot(2) shall do.</summary>
public enum RebootCommand : uint
{
    /// <summary>Start again.</summary>
    Restart = 0x01234567,

    /// <summary>Stop.</summary>
    Halt = 0xcdef0123,

    /// <summary>Switch off.</summary>
    PowerOff = 0x4321fedc,
}

/// <summary>Requests to a terminal.</summary>
public enum TerminalRequest
{
    /// <summary>TCGETS: reads <see cref="TerminalModes"/>.</summary>
    GetModes = 0x5401,

    /// <summary>TCSETSW: sets them once all output is out.</summary>
    SetModes = 0x5403,

    /// <summary>TIOCSCTTY: makes it the session's terminal.</summary>
    MakeControlling = 0x540e,

    /// <summary>TIOCSPGRP: the group in the foreground.</summary>
    SetForegroundGroup = 0x5410,

    /// <summary>TIOCGWINSZ: reads <see cref="WindowSize"/>.</summary>
    GetSize = 0x5413,
}

/// <summary>A terminal's settings (Linux's struct termios of the kernel).</summary>
public struct TerminalModes
{
    /// <summary>ECHO: typed characters are shown.</summary>
    public const uint Echo = 8;

    /// <summary>ICANON: input comes by lines.</summary>
    public const uint Lines = 2;

    /// <summary>ISIG: certain keys are signals.</summary>
    public const uint Signals = 1;

    /// <summary>Of input.</summary>
    public uint Input;

    /// <summary>Of output.</summary>
    public uint Output;

    /// <summary>Of the line.</summary>
    public uint Control;

    /// <summary>Of editing.</summary>
    public uint Local;

    /// <summary>The line discipline.</summary>
    public byte Discipline;

    /// <summary>Special characters.</summary>
    public ControlCharacters Characters;

    /// <summary>Linux's NCCS bytes.</summary>
    [InlineArray(19)]
    public struct ControlCharacters
    {
        private byte _first;
    }
}

/// <summary>A terminal's size.</summary>
public struct WindowSize
{
    /// <summary>In characters.</summary>
    public ushort Rows;

    /// <summary>In characters.</summary>
    public ushort Columns;

    /// <summary>In pixels.</summary>
    public ushort Width;

    /// <summary>In pixels.</summary>
    public ushort Height;
}

/// <summary>Seconds and nanoseconds (struct timespec).</summary>
internal readonly struct TimeSpan64
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long MillisecondsPerSecond = 1000;

    private readonly long _seconds;
    private readonly long _nanoseconds;

    private TimeSpan64(long seconds, long nanoseconds)
    {
        _seconds = seconds;
        _nanoseconds = nanoseconds;
    }

    /// <summary>All of it in nanoseconds.</summary>
    public long Nanoseconds => (_seconds * NanosecondsPerSecond) + _nanoseconds;

    /// <summary>From milliseconds.</summary>
    public static TimeSpan64 FromMilliseconds(long value) =>
        new(value / MillisecondsPerSecond, value % MillisecondsPerSecond * NanosecondsPerMillisecond);
}

/// <summary>What stat(2) tells (x86-64).</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
public struct FileStatus
{
    private const uint TypeMask = 0xf000;
    private const uint FolderType = 0x4000;
    private const uint LinkType = 0xa000;
    private const uint CharacterType = 0x2000;
    private const uint BlockType = 0x6000;
    private const uint PipeType = 0x1000;
    private const uint SocketType = 0xc000;

    /// <summary>Names that the file has.</summary>
    [FieldOffset(16)]
    public ulong Links;

    /// <summary>Type and rights.</summary>
    [FieldOffset(24)]
    public uint Mode;

    /// <summary>Owner.</summary>
    [FieldOffset(28)]
    public uint User;

    /// <summary>In bytes.</summary>
    [FieldOffset(48)]
    public long Size;

    /// <summary>Whether it is a folder.</summary>
    public readonly bool IsFolder => (Mode & TypeMask) == FolderType;

    /// <summary>The letter with which <c>ls -l</c> begins a line.</summary>
    public readonly byte TypeLetter => (Mode & TypeMask) switch
    {
        FolderType => (byte)'d',
        LinkType => (byte)'l',
        CharacterType => (byte)'c',
        BlockType => (byte)'b',
        PipeType => (byte)'p',
        SocketType => (byte)'s',
        _ => (byte)'-',
    };
}

/// <summary>What uname(2) tells.</summary>
public unsafe struct SystemNames
{
    private const int Length = 65;
    private fixed byte _text[6 * Length];

    /// <summary>One of the names: 0 system, 1 node, 2 release, 3 version, 4 machine.</summary>
    public ReadOnlySpan<byte> Get(int index)
    {
        fixed (byte* text = _text)
            return CString.Span(text + (index * Length));
    }
}
