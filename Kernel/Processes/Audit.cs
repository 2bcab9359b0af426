using System;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Mm.Physical;

namespace Kernel.Processes;

/// <summary>
/// With <c>audit</c> on the command line: when process 1 has ended without children, every frame and every object of a pool that was
/// taken since it began must be back. For tests.
/// </summary>
internal static class Audit
{
    private static int[]? s_objects;
    private static FrameUse s_frames;
    private static ulong s_blocks;

    /// <summary>Whether it is asked for.</summary>
    public static bool IsOn => s_objects is not null;

    /// <summary>Notes what is in use before process 1. At boot.</summary>
    public static void Begin()
    {
        if (!CommandLine.Has("audit"u8))
            return;
        s_objects = new int[PoolStatistics.All.Count];
        for (int i = 0; i < s_objects.Length; i++)
            s_objects[i] = PoolStatistics.All[i].ObjectsInUse;
        s_blocks = ByteBlocks.InUse;
        s_frames = FrameUse.Now;
    }

    /// <summary>Compares, and checks all invariants of the memory manager, which panics. Logs every difference.</summary>
    /// <returns>Whether there is none.</returns>
    public static bool End()
    {
        VirtualMemory.VerifyOrFail();
        FrameUse now = FrameUse.Now;
        bool isClean = IsSame("user frames"u8, s_frames.User, now.User) & IsSame("page table frames"u8, s_frames.PageTables, now.PageTables)
            & IsSame("page cache frames"u8, s_frames.PageCache, now.PageCache) & IsSame("kernel frames"u8, s_frames.Kernel, now.Kernel)
            & IsSame("pool frames that no pool has"u8, s_frames.LostPool, now.LostPool) & IsSame("byte blocks"u8, s_blocks, ByteBlocks.InUse);
        for (int i = 0; i < s_objects!.Length; i++)
            isClean &= IsSame(PoolStatistics.All[i].Name, s_objects[i], PoolStatistics.All[i].ObjectsInUse);
        if (isClean)
            Log.Info($"audit: all frames and objects are back");
        return isClean;
    }

    private static bool IsSame(ReadOnlySpan<byte> what, ulong before, ulong now)
    {
        if (before != now)
            Log.Error($"audit: {what}: {(long)(now - before)} more than before");
        return before == now;
    }

    private static bool IsSame(string pool, int before, int now)
    {
        if (before != now)
            Log.Error($"audit: objects of {pool}: {now - before} more than before");
        return before == now;
    }

    /// <summary>Frames by use, without those that are kept for later: stacks, the tables of the kernel's windows, pools' free slots.</summary>
    private struct FrameUse
    {
        public ulong User, PageTables, PageCache, Kernel, LostPool;

        public static FrameUse Now
        {
            get
            {
                FrameAllocator frames = PhysicalMemory.Frames;
                ulong pools = ByteBlocks.Frames;
                for (int i = 0; i < PoolStatistics.All.Count; i++)
                    pools += (ulong)PoolStatistics.All[i].FrameCount;
                return new FrameUse
                {
                    User = frames.UsedBy(FrameOwner.User),
                    PageTables = frames.UsedBy(FrameOwner.PageTable) - KernelPageTables.FrameCountFromAllocator,
                    PageCache = frames.UsedBy(FrameOwner.PageCache),
                    Kernel = frames.UsedBy(FrameOwner.Kernel) - KernelStacks.FrameCount,
                    LostPool = frames.UsedBy(FrameOwner.Pool) - pools,
                };
            }
        }
    }
}
