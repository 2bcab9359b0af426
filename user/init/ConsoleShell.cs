using System;

namespace User.Init;

/// <summary>The consoles that get a shell.</summary>
internal enum ConsoleKind
{
    /// <summary>The first serial port.</summary>
    Serial,

    /// <summary>Screen and keyboard.</summary>
    Screen,
}

/// <summary>The shell on one console: a session of its own, started again when it ends.</summary>
internal unsafe struct ConsoleShell(ConsoleKind kind)
{
    private const int NoConsole = 100;
    private const int NoShell = 101;
    private const int StandardError = 2;
    private const long NanosecondsPerMillisecond = 1_000_000;

    // A shell that lived shorter than this is started again after a pause only: something is wrong with it.
    private const long ShortLife = 1000;
    private const long Pause = 3000;

    private int _process;
    private long _started;
    private long _due;
    private bool _isGivenUp;

    /// <summary>Remembers that a process has ended, if it was this shell.</summary>
    public void NoteEnd(int process, WaitStatus status)
    {
        if (process != _process)
            return;
        _process = 0;
        if (status.ShellStatus == NoConsole)
            _isGivenUp = true;
        else if (status.ShellStatus == NoShell)
            Output.Error($"init: no shell can be started on /dev/{Name}");
        long now = Now();
        _due = now - _started < ShortLife ? now + Pause : now;
    }

    /// <summary>Starts the shell if it should run and doesn't.</summary>
    /// <returns>Milliseconds until it is due; -1 if it runs or never will.</returns>
    public long StartIfDue()
    {
        if (_process != 0 || _isGivenUp)
            return -1;
        long now = Now();
        if (now < _due)
            return _due - now;
        _started = now;
        nint process = SystemCalls.Fork();
        if (process == 0)
            RunShell();
        if (process < 0)
        {
            Output.Error($"init: no process for a shell: {ErrnoText.Describe(process)}");
            _due = now + Pause;
            return Pause;
        }
        _process = (int)process;
        return -1;
    }

    private readonly ReadOnlySpan<byte> Name => kind == ConsoleKind.Serial ? "ttyS0"u8 : "tty1"u8;

    private readonly ReadOnlySpan<byte> Path => kind == ConsoleKind.Serial ? "/dev/ttyS0"u8 : "/dev/tty1"u8;

    private static long Now() => SystemCalls.MonotonicTime() / NanosecondsPerMillisecond;

    /// <summary>The child's part: the console becomes its terminal, the shell its program.</summary>
    private readonly void RunShell()
    {
        SystemCalls.NewSession();
        int file = (int)SystemCalls.Open(Path, OpenFlags.ReadWrite);
        TerminalModes modes = default;
        // A device whose hardware is missing may be opened all the same, but has no modes.
        if (file < 0 || SystemCalls.Control(file, TerminalRequest.GetModes, ref modes) < 0)
            SystemCalls.Exit(NoConsole);
        for (int number = 0; number <= StandardError; number++)
            SystemCalls.Duplicate(file, number);
        if (file > StandardError)
            SystemCalls.Close(file);
        SystemCalls.Control(0, TerminalRequest.MakeControlling, 0);
        SystemCalls.BlockSignals(new SignalSet());
        if (SystemCalls.ChangeFolder("/root"u8) < 0)
            SystemCalls.ChangeFolder("/"u8);
        Greeting.Show();
        ExecuteShell();
        SystemCalls.Exit(NoShell);
    }

    /// <summary>BusyBox's shell as a login shell, which reads /etc/profile; the image's own tools where it can't be started.</summary>
    private readonly void ExecuteShell()
    {
        fixed (byte* path = "PATH=/bin:/sbin:/usr/bin:/usr/sbin"u8)
        fixed (byte* home = "HOME=/root"u8)
        fixed (byte* user = "USER=root"u8)
        fixed (byte* shell = "SHELL=/bin/sh"u8)
        fixed (byte* terminal = kind == ConsoleKind.Serial ? "TERM=vt102"u8 : "TERM=linux"u8)
        fixed (byte* loginShell = "-sh"u8)
        fixed (byte* toolShell = "sh"u8)
        {
            byte** environment = stackalloc byte*[] { path, home, user, shell, terminal, null };
            byte** arguments = stackalloc byte*[] { loginShell, null };
            SystemCalls.Execute("/bin/sh"u8, arguments, environment);
            arguments[0] = toolShell;
            SystemCalls.Execute("/bin/tools"u8, arguments, environment);
        }
    }
}
