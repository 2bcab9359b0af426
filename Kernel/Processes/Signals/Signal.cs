using System.Runtime.InteropServices;

namespace Kernel.Processes;

/// <summary>Signal numbers: Linux's for x86-64 (signal(7)).</summary>
internal enum Signal
{
    None = 0,
    SIGHUP = 1,
    SIGINT = 2,
    SIGQUIT = 3,
    SIGILL = 4,
    SIGTRAP = 5,
    SIGABRT = 6,
    SIGBUS = 7,
    SIGFPE = 8,
    SIGKILL = 9,
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGPIPE = 13,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGSTKFLT = 16,
    SIGCHLD = 17,
    SIGCONT = 18,
    SIGSTOP = 19,
    SIGTSTP = 20,
    SIGTTIN = 21,
    SIGTTOU = 22,
    SIGURG = 23,
    SIGXCPU = 24,
    SIGXFSZ = 25,
    SIGVTALRM = 26,
    SIGPROF = 27,
    SIGWINCH = 28,
    SIGIO = 29,
    SIGPWR = 30,
    SIGSYS = 31,

    /// <summary>First of those that queue.</summary>
    FirstRealTime = 32,

    /// <summary>How many there are; also the last.</summary>
    Count = 64,
}

/// <summary>Where a signal comes from: si_code (sigaction(2)).</summary>
internal enum SignalCode
{
    /// <summary>kill.</summary>
    User = 0,

    /// <summary>The kernel.</summary>
    Kernel = 0x80,

    /// <summary>tkill, tgkill.</summary>
    Thread = -6,

    /// <summary>A timer.</summary>
    Timer = -2,

    /// <summary>SIGSEGV: nothing is mapped.</summary>
    NotMapped = 1,

    /// <summary>SIGSEGV: the mapping doesn't allow it.</summary>
    NotAllowed = 2,

    /// <summary>SIGBUS: behind the object's end.</summary>
    BusAddress = 2,

    /// <summary>SIGFPE: integer division.</summary>
    IntegerDivision = 1,

    /// <summary>SIGFPE: floating point, without saying what.</summary>
    FloatingInvalid = 7,

    /// <summary>SIGILL: no such instruction.</summary>
    IllegalOperation = 2,

    /// <summary>SIGTRAP: breakpoint, single step.</summary>
    Breakpoint = 1,
    TraceTrap = 2,

    /// <summary>SIGCHLD.</summary>
    ChildExited = 1,
    ChildKilled = 2,
    ChildDumped = 3,
    ChildStopped = 5,
    ChildContinued = 6,
}

/// <summary>siginfo_t (sigaction(2)); what isn't used is zero.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    [FieldOffset(0)]
    public int Signal;

    [FieldOffset(4)]
    public int Error;

    [FieldOffset(8)]
    public int Code;

    /// <summary>kill, SIGCHLD: who.</summary>
    [FieldOffset(16)]
    public int Process;

    [FieldOffset(20)]
    public uint User;

    /// <summary>SIGCHLD: exit status or signal.</summary>
    [FieldOffset(24)]
    public int Status;

    /// <summary>sigqueue: the value.</summary>
    [FieldOffset(24)]
    public ulong Value;

    /// <summary>Faults: the address.</summary>
    [FieldOffset(16)]
    public ulong Address;

    /// <summary>What the kernel sends.</summary>
    public static SignalInfo Of(Signal signal, SignalCode code) => new() { Signal = (int)signal, Code = (int)code };
}

/// <summary>What a process does about a signal: struct sigaction of the kernel.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalAction
{
    public const ulong Default = 0;
    public const ulong Ignore = 1;

    /// <summary>Address of the function, <see cref="Default"/> or <see cref="Ignore"/>.</summary>
    public ulong Handler;

    /// <summary>SA_ flags.</summary>
    public SignalActionFlags Flags;

    /// <summary>Where the handler returns to.</summary>
    public ulong Restorer;

    /// <summary>Blocked while the handler runs.</summary>
    public ulong Mask;
}

/// <summary>SA_ flags.</summary>
[System.Flags]
internal enum SignalActionFlags : ulong
{
    NoChildStop = 1,
    NoChildWait = 2,
    Info = 4,
    Restorer = 0x0400_0000,
    OnStack = 0x0800_0000,
    Restart = 0x1000_0000,
    NoDefer = 0x4000_0000,
    ResetHandler = 0x8000_0000,
}

/// <summary>stack_t: where handlers run (sigaltstack(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalStack
{
    public const int OnStack = 1;
    public const int Disabled = 2;
    public const uint AutoDisarm = 1u << 31;

    public ulong Start;
    public uint Flags;
    private readonly uint _padding;
    public ulong Size;

    /// <summary>Whether a stack pointer lies in it.</summary>
    public readonly bool Contains(ulong stackPointer) => stackPointer > Start && stackPointer - Start <= Size;
}

/// <summary>Sets of signals: bit n - 1 is signal n.</summary>
internal static class SignalSet
{
    /// <summary>What can't be blocked, caught or ignored.</summary>
    public const ulong Unblockable = (1UL << ((int)Signal.SIGKILL - 1)) | (1UL << ((int)Signal.SIGSTOP - 1));

    /// <summary>What the processor raises for what the thread did.</summary>
    public const ulong Synchronous =
        (1UL << ((int)Signal.SIGSEGV - 1)) | (1UL << ((int)Signal.SIGBUS - 1)) | (1UL << ((int)Signal.SIGILL - 1)) | (1UL << ((int)Signal.SIGTRAP - 1)) | (1UL << ((int)Signal.SIGFPE - 1)) | (1UL << ((int)Signal.SIGSYS - 1));

    /// <summary>What stops a process by default.</summary>
    public const ulong Stopping = (1UL << ((int)Signal.SIGSTOP - 1)) | (1UL << ((int)Signal.SIGTSTP - 1)) | (1UL << ((int)Signal.SIGTTIN - 1)) | (1UL << ((int)Signal.SIGTTOU - 1));

    /// <summary>What is ignored by default.</summary>
    public const ulong IgnoredByDefault = (1UL << ((int)Signal.SIGCHLD - 1)) | (1UL << ((int)Signal.SIGURG - 1)) | (1UL << ((int)Signal.SIGWINCH - 1)) | (1UL << ((int)Signal.SIGCONT - 1));

    /// <summary>What leaves a core dump by default (the status says so; none is written).</summary>
    public const ulong Dumping = (1UL << ((int)Signal.SIGQUIT - 1)) | (1UL << ((int)Signal.SIGILL - 1)) | (1UL << ((int)Signal.SIGTRAP - 1)) | (1UL << ((int)Signal.SIGABRT - 1))
        | (1UL << ((int)Signal.SIGBUS - 1)) | (1UL << ((int)Signal.SIGFPE - 1)) | (1UL << ((int)Signal.SIGSEGV - 1)) | (1UL << ((int)Signal.SIGXCPU - 1)) | (1UL << ((int)Signal.SIGXFSZ - 1)) | (1UL << ((int)Signal.SIGSYS - 1));

    /// <summary>The set of one signal.</summary>
    public static ulong Of(Signal signal) => 1UL << ((int)signal - 1);
}
