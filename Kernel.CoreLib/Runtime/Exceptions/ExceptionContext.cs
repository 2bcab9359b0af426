using System.Runtime.InteropServices;

namespace System.Runtime;

/// <summary>The general registers of interrupted or throwing code.</summary>
/// <remarks>
/// The first seventeen fields stand in the order of the DWARF register numbers (System V x86-64 ABI, figure 3.36:
/// register n is at byte 8·n, the return address is number 16), so that unwinding indexes them directly.
/// ExceptionHandling.S relies on this layout. <see cref="Rip"/> is the address of, or an address inside, the
/// instruction that faults or throws, never a return address.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct ExceptionContext
{
    /// <summary>How many fields are numbered by DWARF.</summary>
    internal const int DwarfRegisters = 17;

    /// <summary>The DWARF number of <see cref="Rsp"/>.</summary>
    internal const int StackPointerNumber = 7;

    /// <summary>The DWARF number of <see cref="Rip"/>.</summary>
    internal const int ReturnAddressNumber = 16;

    /// <summary>RAX.</summary>
    public ulong Rax;

    /// <summary>RDX.</summary>
    public ulong Rdx;

    /// <summary>RCX.</summary>
    public ulong Rcx;

    /// <summary>RBX.</summary>
    public ulong Rbx;

    /// <summary>RSI.</summary>
    public ulong Rsi;

    /// <summary>RDI.</summary>
    public ulong Rdi;

    /// <summary>RBP.</summary>
    public ulong Rbp;

    /// <summary>The stack pointer at <see cref="Rip"/>.</summary>
    public ulong Rsp;

    /// <summary>R8.</summary>
    public ulong R8;

    /// <summary>R9.</summary>
    public ulong R9;

    /// <summary>R10.</summary>
    public ulong R10;

    /// <summary>R11.</summary>
    public ulong R11;

    /// <summary>R12.</summary>
    public ulong R12;

    /// <summary>R13.</summary>
    public ulong R13;

    /// <summary>R14.</summary>
    public ulong R14;

    /// <summary>R15.</summary>
    public ulong R15;

    /// <summary>The address of the instruction.</summary>
    public ulong Rip;

    /// <summary>RFLAGS; its interrupt flag comes back into force when a handler is entered.</summary>
    public ulong Rflags;
}
