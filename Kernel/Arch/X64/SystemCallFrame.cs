using System.Runtime.InteropServices;
using Kernel.Abi;

namespace Kernel.Arch.X64;

/// <summary>The registers of a thread that made a system call, as SystemCalls.S stored them.</summary>
/// <remarks>Of the vector registers only xmm0 to xmm3 and xmm8 are stored; the others are the thread's as they stand.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct SystemCallFrame
{
    /// <summary>What <see cref="TrapFrame.Vector"/> holds for a system call; no processor vector is so high.</summary>
    public const ulong Vector = 0x100;

    /// <summary>In place of the call's number: there is nothing to restart (a handler has returned).</summary>
    public const ulong NoCall = ulong.MaxValue;

    /// <summary>All of them. <see cref="TrapFrame.ErrorCode"/> is the call's number.</summary>
    public TrapFrame Registers;

    /// <summary>The call's number as it was made; the result replaces it in rax only.</summary>
    public readonly ulong Number => Registers.ErrorCode;

    /// <summary>The arguments, in order.</summary>
    public readonly ulong Argument0 => Registers.Rdi;

    public readonly ulong Argument1 => Registers.Rsi;

    public readonly ulong Argument2 => Registers.Rdx;

    public readonly ulong Argument3 => Registers.R10;

    public readonly ulong Argument4 => Registers.R8;

    public readonly ulong Argument5 => Registers.R9;
}
