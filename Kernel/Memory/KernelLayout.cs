using Kernel.Mm;

namespace Kernel.Memory;

/// <summary>The kernel's half of every address space, one root entry (512 GiB) or more for each use. See docs/architecture.md.</summary>
internal static class KernelLayout
{
    /// <summary>All physical memory, 64 TiB of room: physical address p lies at this plus p.</summary>
    public const ulong DirectMapStart = 0xffff_8000_0000_0000;

    /// <summary>Device registers and framebuffers, with guard gaps; one root entry.</summary>
    public const ulong DeviceWindowStart = 0xffff_c000_0000_0000;

    /// <summary>Kernel stacks, with guard pages; one root entry.</summary>
    public const ulong StackWindowStart = 0xffff_c800_0000_0000;

    /// <summary>Descriptors of all frames (FrameTable); one root entry.</summary>
    public const ulong FrameTableStart = 0xffff_d000_0000_0000;

    /// <summary>The kernel's address space (VirtualMemory.KernelSpace); one root entry.</summary>
    public const ulong KernelSpaceStart = 0xffff_c400_0000_0000;

    /// <summary>Size of the device and the stack window and of the kernel's space, in bytes.</summary>
    public const ulong WindowSize = 1UL << 39;

    /// <summary>Whether an address belongs to the kernel's half.</summary>
    public static bool IsKernel(VirtualAddress address) => address.Value >= DirectMapStart;
}
