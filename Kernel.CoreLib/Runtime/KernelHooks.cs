using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>What the core library asks the kernel for, by link-time symbols. See Runtime/README.md.</summary>
internal static unsafe class KernelHooks
{
    [RuntimeImport("*", "KernelAllocatePages")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void* AllocatePages(nuint count);

    [RuntimeImport("*", "KernelProcessorIndex")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern uint ProcessorIndex();
}
