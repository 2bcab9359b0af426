using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Memory;

/// <summary>The machine's memory manager.</summary>
internal static unsafe class VirtualMemory
{
    /// <summary>The end of user addresses. The last page of the lower half stays free (SystemCalls.S).</summary>
    public const ulong UserEndAddress = 0x7fff_ffff_f000;

    private const ulong LowestUserAddress = 0x10000;

    private static MemoryManager? s_manager;
    private static AddressSpace? s_kernelSpace;
    private static bool s_wasSkipped;

    /// <summary>The memory manager; once <see cref="Initialize"/> has run.</summary>
    public static MemoryManager Manager
    {
        get
        {
            // The kernel's own tables grow with its windows.
            s_manager!.OtherPageTables = KernelPageTables.FrameCountFromAllocator;
            return s_manager;
        }
    }

    /// <summary>Mappings of devices for the kernel, in every space.</summary>
    public static AddressSpace KernelSpace => s_kernelSpace!;

    /// <summary>The addresses of a user space: everything below the last page of the lower half but the first 64 KiB.</summary>
    public static PageRange UserRange => PageRange.Between(new VirtualAddress(LowestUserAddress), new VirtualAddress(UserEndAddress));

    /// <summary>Makes the memory manager, once there are frames and a heap.</summary>
    public static void Initialize()
    {
        var pools = new MemoryPools(
            new Pool<AddressSpace>("address space"),
            new Pool<VArea>("varea"),
            new Pool<PrivateObject>("private object"),
            new Pool<BackupSpace>("backup space"),
            new Pool<SharedAnonymousObject>("shared object"),
            new Pool<PhysicalRangeObject>("physical range"),
            new Pool<FileObject>("file"),
            new Pool<FileMapping>("file mapping"));
        if (PhysicalMemory.Frames.AllocateZeroed(FrameOwner.Kernel) is not { } zero)
        {
            Panic.Fail("no memory for the zero page");
            return;
        }
        s_manager = new MemoryManager(PhysicalMemory.Frames, pools, zero) { FaultsAhead = !CommandLine.Has("nofaultahead"u8) };
        s_kernelSpace = new AddressSpace();
        var range = new PageRange(new VirtualAddress(KernelLayout.KernelSpaceStart), KernelLayout.WindowSize >> Page.Shift);
        if (s_manager.InitializeKernelSpace(s_kernelSpace, range, KernelPageTables.Root) != Status.Success)
            Panic.Fail("the kernel's address space can't be made");
        PageFaults.Handler = FaultHandler;
    }

    /// <summary>Checks all invariants of the memory manager; panics with the first that is broken. Skipped where memory is too short for it.</summary>
    public static void VerifyOrFail()
    {
        if (Manager.Verify(out ulong detail) is not { } problem)
            return;
        if (ReferenceEquals(problem, MemoryManager.NoNotes))
        {
            if (!s_wasSkipped)
                Log.Warn($"verify: skipped while there is no run of free frames for its notes");
            s_wasSkipped = true;
            return;
        }
        Log.Error($"verify: {problem} ({detail:x})");
        Panic.Fail(problem);
    }

    /// <summary>Deals with faults at user addresses (<see cref="PageFaults.Handler"/>).</summary>
    public static delegate*<VirtualAddress, FaultAccess, FaultResult> FaultHandler => &HandleFault;

    /// <summary>A fault at a user address belongs to the space that the processor has loaded.</summary>
    private static FaultResult HandleFault(VirtualAddress address, FaultAccess access) =>
        s_manager!.LoadedSpace(Hardware.Current.CurrentProcessor) is { } space ? space.Fault(address, access) : FaultResult.NotMapped;
}
