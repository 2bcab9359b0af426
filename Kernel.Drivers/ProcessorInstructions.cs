using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.Drivers;

/// <summary>Single processor instructions that drivers need, written in assembly.</summary>
internal static unsafe class ProcessorInstructions
{
    /// <summary>RDMSR. A register that the processor doesn't have raises a general-protection fault.</summary>
    [RuntimeImport("*", "msr_read")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMsr(uint register);

    /// <summary>WRMSR. A register or value that the processor doesn't have raises a general-protection fault.</summary>
    [RuntimeImport("*", "msr_write")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMsr(uint register, ulong value);

    /// <summary>CPUID.</summary>
    /// <param name="leaf">What goes into EAX.</param>
    /// <param name="subleaf">What goes into ECX.</param>
    /// <param name="registers">Takes EAX, EBX, ECX and EDX, in this order.</param>
    [RuntimeImport("*", "cpuid_query")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void QueryCpuid(uint leaf, uint subleaf, uint* registers);

    /// <summary>RDTSC: ticks since the processor's reset.</summary>
    [RuntimeImport("*", "timestamp_read")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTimestamp();
}
