using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.Arch.X64;

/// <summary>Single instructions that C# has no name for (Instructions.S).</summary>
internal static unsafe class Instructions
{
    /// <summary>RDMSR. A register that doesn't exist raises a general protection fault.</summary>
    [RuntimeImport("*", "msr_read")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMsr(Msr register);

    /// <summary>WRMSR.</summary>
    [RuntimeImport("*", "msr_write")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMsr(Msr register, ulong value);

    /// <summary>CPUID; stores eax, ebx, ecx and edx in this order.</summary>
    [RuntimeImport("*", "cpuid_query")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Cpuid(uint leaf, uint subleaf, uint* registers);

    /// <summary>RDTSC: ticks of the time-stamp counter.</summary>
    [RuntimeImport("*", "timestamp_read")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTimestamp();

    /// <summary>Disables interrupts and gives the flags from before, for <see cref="RestoreInterrupts"/>.</summary>
    [RuntimeImport("*", "interrupts_save_disable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong SaveAndDisableInterrupts();

    /// <summary>Sets the flags register.</summary>
    [RuntimeImport("*", "interrupts_restore")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void RestoreInterrupts(ulong flags);

    /// <summary>STI.</summary>
    [RuntimeImport("*", "interrupts_enable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void EnableInterrupts();

    /// <summary>CLI.</summary>
    [RuntimeImport("*", "interrupts_disable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void DisableInterrupts();

    /// <summary>STI and HLT as one step: returns after the next interrupt, with interrupts enabled.</summary>
    [RuntimeImport("*", "interrupts_wait")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WaitForInterrupt();

    /// <summary>RDRAND. Only where the processor has it.</summary>
    [RuntimeImport("*", "random_read")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadRandom();

    /// <summary>HLT as the interrupt flag is.</summary>
    [RuntimeImport("*", "processor_halt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Halt();

    /// <summary>PAUSE.</summary>
    [RuntimeImport("*", "processor_pause")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Pause();

    [RuntimeImport("*", "control_read0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr0();

    [RuntimeImport("*", "control_write0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr0(ulong value);

    /// <summary>The address of the last page fault.</summary>
    [RuntimeImport("*", "control_read2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr2();

    /// <summary>The page-table root with its address-space id.</summary>
    [RuntimeImport("*", "control_read3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr3();

    [RuntimeImport("*", "control_write3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr3(ulong value);

    /// <summary>Zeroes 4096 bytes at a multiple of 16: 260 instructions.</summary>
    [RuntimeImport("*", "page_clear")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void ClearPage(void* page);

    /// <summary>Copies 4096 bytes: 517 instructions.</summary>
    [RuntimeImport("*", "page_copy")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void CopyPage(void* destination, void* source);

    /// <summary>INVLPG: forgets the translation of one page, and all upper-level entries of the current space.</summary>
    [RuntimeImport("*", "page_invalidate")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidatePage(ulong address);

    /// <summary>INVPCID: forgets all translations of an address-space id but global ones.</summary>
    [RuntimeImport("*", "space_id_invalidate")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidateSpaceId(ulong id);

    [RuntimeImport("*", "control_read4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr4();

    [RuntimeImport("*", "control_write4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr4(ulong value);

    /// <summary>LGDT, then reloads every segment register.</summary>
    [RuntimeImport("*", "gdt_load")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadGdt(DescriptorTablePointer* pointer, ushort code, ushort data);

    /// <summary>LIDT.</summary>
    [RuntimeImport("*", "idt_load")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadIdt(DescriptorTablePointer* pointer);

    /// <summary>LTR.</summary>
    [RuntimeImport("*", "task_register_load")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadTaskRegister(ushort selector);

    /// <summary>Calls a function that never returns as the first one on a stack (Entry.S).</summary>
    [DoesNotReturn]
    [RuntimeImport("*", "run_on_stack")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void RunOnStack(ulong top, delegate*<void> function);

    /// <summary>The running processor's block, through GS.</summary>
    [RuntimeImport("*", "processor_self")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern Processor* CurrentProcessor();

    /// <summary>The first of 256 trap stubs, 16 bytes apart.</summary>
    [RuntimeImport("*", "trap_stubs_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte* TrapStubs();
}
