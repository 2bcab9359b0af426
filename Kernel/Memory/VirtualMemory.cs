using Kernel.Diagnostics;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Memory;

/// <summary>The machine's memory manager.</summary>
internal static class VirtualMemory
{
    private const ulong LowestUserAddress = 0x10000;
    private const ulong UserEnd = 0x7fff_ffff_f000;

    private static MemoryManager? s_manager;

    /// <summary>The memory manager; once <see cref="Initialize"/> has run.</summary>
    public static MemoryManager Manager
    {
        get
        {
            // The kernel's own tables grow with its windows.
            s_manager!.OtherPageTables = KernelPageTables.FrameCount;
            return s_manager;
        }
    }

    /// <summary>The addresses of a user space: everything below the last page of the lower half but the first 64 KiB.</summary>
    public static PageRange UserRange => PageRange.Between(new VirtualAddress(LowestUserAddress), new VirtualAddress(UserEnd));

    /// <summary>Makes the memory manager, once there are frames and a heap.</summary>
    public static void Initialize()
    {
        var pools = new MemoryPools(
            new Pool<AddressSpace>("address space"),
            new Pool<VArea>("varea"),
            new Pool<PrivateObject>("private object"),
            new Pool<BackupSpace>("backup space"),
            new Pool<SharedAnonymousObject>("shared object"),
            new Pool<PhysicalRangeObject>("physical range"));
        if (PhysicalMemory.Frames.AllocateZeroed(FrameOwner.Kernel) is { } zero)
            s_manager = new MemoryManager(PhysicalMemory.Frames, pools, zero);
        else
            Panic.Fail("no memory for the zero page");
    }
}
