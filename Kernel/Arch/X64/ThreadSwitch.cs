using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.Arch.X64;

/// <summary>Switching stacks (SystemCalls.S), and what belongs to user mode besides the frame.</summary>
internal static unsafe class ThreadSwitch
{
    /// <summary>rbx, rbp, r12 to r15: what a call keeps.</summary>
    public const int KeptRegisters = 6;

    /// <summary>Where a new thread begins.</summary>
    public static nuint StartAddress => GetStartAddress();

    /// <summary>Stores the caller's stack and goes on where another was stored; returns when somebody switches back.</summary>
    [RuntimeImport("*", "thread_switch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void SwitchStack(nuint* saved, nuint stack);

    /// <summary>Lets system calls and traps from user mode start at a place on the kernel stack.</summary>
    public static void SetKernelStack(ulong frameEnd)
    {
        Processor* processor = Processor.Current;
        processor->KernelStack = frameEnd;
        processor->Tss.SetKernelStack(frameEnd);
    }

    /// <summary>Loads the bases of user mode's FS and GS.</summary>
    public static void SetUserBases(ulong fs, ulong gs)
    {
        Instructions.WriteMsr(Msr.FsBase, fs);
        Instructions.WriteMsr(Msr.KernelGsBase, gs);
    }

    [RuntimeImport("*", "thread_start_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nuint GetStartAddress();
}
