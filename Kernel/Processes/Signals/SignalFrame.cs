using System.Runtime.InteropServices;
using Kernel.Arch.X64;

namespace Kernel.Processes;

/// <summary>What a handler finds on its stack: struct rt_sigframe of Linux for x86-64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SignalFrame
{
    public ulong ReturnAddress;
    public UserContext Context;
    public SignalInfo Info;
}

/// <summary>ucontext_t, as far as the kernel fills it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserContext
{
    /// <summary>More than the legacy part of the vector registers is there.</summary>
    public const ulong HasExtendedState = 1;

    /// <summary>The stack segment was stored and is restored.</summary>
    public const ulong HasStackSegment = 2;

    public const ulong RestoresStackSegment = 4;

    public ulong Flags;
    public ulong Link;
    public SignalStack Stack;
    public MachineContext Machine;
    public ulong Mask;
}

/// <summary>struct sigcontext.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MachineContext
{
    public ulong R8, R9, R10, R11, R12, R13, R14, R15, Rdi, Rsi, Rbp, Rbx, Rdx, Rax, Rcx, Rsp, Rip, Rflags;
    public ushort Cs, Gs, Fs, Ss;
    public ulong Error, Trap, OldMask, FaultAddress, FloatingPoint;
    private const int ReservedWords = 8;
    private unsafe fixed ulong _reserved[ReservedWords];

    /// <summary>Takes the registers of a frame, and sets to zero what the kernel doesn't fill.</summary>
    public unsafe void Set(in TrapFrame frame)
    {
        R8 = frame.R8;
        R9 = frame.R9;
        R10 = frame.R10;
        R11 = frame.R11;
        R12 = frame.R12;
        R13 = frame.R13;
        R14 = frame.R14;
        R15 = frame.R15;
        Rdi = frame.Rdi;
        Rsi = frame.Rsi;
        Rbp = frame.Rbp;
        Rbx = frame.Rbx;
        Rdx = frame.Rdx;
        Rax = frame.Rax;
        Rcx = frame.Rcx;
        Rsp = frame.Rsp;
        Rip = frame.Rip;
        Rflags = frame.Rflags;
        Cs = (ushort)frame.Cs;
        Gs = 0;
        Fs = 0;
        Ss = (ushort)frame.Ss;
        for (int i = 0; i < ReservedWords; i++)
            _reserved[i] = 0;
    }

    /// <summary>Puts the registers into a frame.</summary>
    public readonly void CopyTo(ref TrapFrame frame)
    {
        (frame.R8, frame.R9, frame.R10, frame.R11) = (R8, R9, R10, R11);
        (frame.R12, frame.R13, frame.R14, frame.R15) = (R12, R13, R14, R15);
        (frame.Rdi, frame.Rsi, frame.Rbp, frame.Rbx) = (Rdi, Rsi, Rbp, Rbx);
        (frame.Rdx, frame.Rax, frame.Rcx) = (Rdx, Rax, Rcx);
        (frame.Rsp, frame.Rip) = (Rsp, Rip);
    }
}

/// <summary>struct _fpx_sw_bytes: at the end of the legacy part of the vector registers, it says that more follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExtendedStateNote
{
    /// <summary>Where it is in the area, in bytes.</summary>
    public const int Offset = 464;

    public const uint FirstMagic = 0x4650_5853;

    /// <summary>Follows the area.</summary>
    public const uint LastMagic = 0x4650_5845;

    public uint Magic, TotalSize;
    public ulong Components;
    public uint AreaSize;
}
