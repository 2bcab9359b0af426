using System.Runtime;
using System.Runtime.InteropServices;

namespace Kernel.Arch.X64;

/// <summary>Everything of the interrupted code, as Traps.S and the processor stored it. Handlers may change it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TrapFrame
{
    /// <summary>xmm0 to xmm15.</summary>
    public fixed ulong Xmm[32];

    /// <summary>MXCSR in the lower half.</summary>
    public ulong Mxcsr;

    private ulong _padding;

    public ulong R15, R14, R13, R12, R11, R10, R9, R8, Rbp, Rdi, Rsi, Rdx, Rcx, Rbx, Rax;

    /// <summary>0 to 31: an exception; above: an interrupt.</summary>
    public ulong Vector;

    /// <summary>The processor's error code; zero for vectors that have none.</summary>
    public ulong ErrorCode;

    public ulong Rip, Cs, Rflags, Rsp, Ss;

    /// <summary>Whether user mode was interrupted.</summary>
    public readonly bool FromUser => (Cs & 3) != 0;

    /// <summary>The registers in the form that backtraces and exceptions start from.</summary>
    public readonly ExceptionContext ToContext() => new()
    {
        Rax = Rax,
        Rbx = Rbx,
        Rcx = Rcx,
        Rdx = Rdx,
        Rsi = Rsi,
        Rdi = Rdi,
        Rbp = Rbp,
        Rsp = Rsp,
        R8 = R8,
        R9 = R9,
        R10 = R10,
        R11 = R11,
        R12 = R12,
        R13 = R13,
        R14 = R14,
        R15 = R15,
        Rip = Rip,
        Rflags = Rflags,
    };
}

/// <summary>The error code of a page fault (Intel SDM vol. 3, 4.7).</summary>
[System.Flags]
internal enum PageFaultError : ulong
{
    Present = 1 << 0,
    Write = 1 << 1,
    User = 1 << 2,
    ReservedBit = 1 << 3,
    Fetch = 1 << 4,
}
