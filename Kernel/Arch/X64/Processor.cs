using System.Runtime;
using System.Runtime.InteropServices;

namespace Kernel.Arch.X64;

/// <summary>What one processor has for itself. GS points to it whenever the kernel runs.</summary>
/// <remarks>Only its own processor writes it; no lock. Fixed in memory: descriptor tables are part of it.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Processor
{
    /// <summary>How many processors there is storage for.</summary>
    public const int Maximum = 1;

    /// <summary>Its own address: reading gs:0 gives a pointer (Instructions.S, processor_self). This and the next three: Frame.inc.</summary>
    public Processor* Self;

    /// <summary>The kernel stack of the thread that runs, where its frame ends: what a system call or a trap from user mode starts with.</summary>
    public ulong KernelStack;

    /// <summary>The user's stack pointer, for the few instructions until it is in a frame.</summary>
    public ulong UserStack;

    /// <summary>Not zero: the thread has something to do before it returns to user mode (Scheduler.ReturnToUser).</summary>
    public byte ReturnWork;

    /// <summary>Counted from zero, the boot processor first.</summary>
    public uint Index;

    /// <summary>The <see cref="Processes.Thread"/> that runs: a reference, as pooled objects never move.</summary>
    public nint Thread;

    /// <summary>Where the last fault happened that became a C# exception: the faulting instruction.</summary>
    public ulong FaultAddress;

    /// <summary>Vector and error code of that fault.</summary>
    public ulong FaultVector, FaultErrorCode;

    /// <summary>Segment descriptors.</summary>
    public GlobalDescriptorTable Gdt;

    /// <summary>Stacks that the processor switches to by itself.</summary>
    public TaskStateSegment Tss;

    private static Processor s_boot;

    /// <summary>The processor that runs this code.</summary>
    public static Processor* Current => Instructions.CurrentProcessor();

    /// <summary>Makes GS and the descriptor tables of the boot processor usable.</summary>
    public static void InitializeBootProcessor()
    {
        fixed (Processor* processor = &s_boot)
        {
            processor->Self = processor;
            processor->Index = 0;
            processor->Tss.Initialize();
            processor->Gdt.Initialize(&processor->Tss);
            processor->Gdt.Load();
            Instructions.WriteMsr(Msr.GsBase, (ulong)processor);
            Instructions.WriteMsr(Msr.KernelGsBase, 0);
        }
    }

    [RuntimeExport("KernelProcessorIndex")]
    private static uint CurrentIndex() => Current->Index;
}
