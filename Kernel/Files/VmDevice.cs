using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>/dev/vm: what the memory manager can tell and do that Linux has no call for. user/include/cosmosvm-vm.h is its interface.</summary>
internal sealed unsafe class VmDevice : CharacterDevice
{
    // Requests of user/include/cosmosvm-vm.h.
    private const uint Verify = 0x5601;
    private const uint GetStatistics = 0x5602;
    private const uint GetPool = 0x5603;

    // The major number of devices that have none of their own.
    private const uint Major = 10;
    private const uint Minor = 250;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "vm"u8;

    /// <inheritdoc/>
    public override ulong Device => CharacterDevices.Number(Major, Minor);

    /// <inheritdoc/>
    public override uint Permissions => 0x180;

    /// <inheritdoc/>
    public override SysResult Control(OpenFile file, uint request, ulong argument)
    {
        // A descriptor may have been handed on.
        if (!Thread.Current.Process.User.IsPrivileged)
            return Errno.EPERM;
        switch (request)
        {
            case Verify:
                if (VirtualMemory.Manager.Verify(out ulong detail) is not { } problem)
                    return 0;
                if (ReferenceEquals(problem, MemoryManager.NoNotes))
                    return Errno.ENOMEM;
                Log.Error($"verify: {problem} ({detail:x})");
                return Errno.EIO;
            case GetStatistics:
                return UserMemory.Write(argument, Statistics.Now) ? 0 : Errno.EFAULT;
            case GetPool:
                return WritePool(argument);
            default:
                return Errno.ENOTTY;
        }
    }

    private static SysResult WritePool(ulong argument)
    {
        IReadOnlyList<PoolStatistics> all = PoolStatistics.All;
        if (!UserMemory.Read(argument, out PoolRecord record))
            return Errno.EFAULT;
        if (record.Index >= (uint)all.Count)
            return Errno.ENOENT;
        PoolStatistics pool = all[(int)record.Index];
        record = new PoolRecord { Index = record.Index, Objects = (uint)pool.ObjectsInUse, Frames = (uint)pool.FrameCount };
        for (int index = 0; index < Math.Min(pool.Name.Length, PoolRecord.NameSize - 1); index++)
            record.Name[index] = (byte)pool.Name[index];
        return UserMemory.Write(argument, record) ? 0 : Errno.EFAULT;
    }

    /// <summary>struct vm_statistics.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Statistics
    {
        public ulong PageSize, Total, Free, Zeroed, LargestFreeBlock;
        public ulong User, PageTables, Pools, Files, Kernel;
        public ulong Processes, Threads, Blocks, BlockFrames;

        public static Statistics Now
        {
            get
            {
                FrameAllocator frames = PhysicalMemory.Frames;
                return new Statistics
                {
                    PageSize = Page.Size,
                    Total = frames.TotalFrames,
                    Free = frames.FreeFrames,
                    Zeroed = frames.ZeroedFrames,
                    LargestFreeBlock = frames.LargestFreeBlock,
                    User = frames.UsedBy(FrameOwner.User),
                    PageTables = frames.UsedBy(FrameOwner.PageTable),
                    Pools = frames.UsedBy(FrameOwner.Pool),
                    Files = frames.UsedBy(FrameOwner.PageCache),
                    Kernel = frames.UsedBy(FrameOwner.Kernel),
                    Processes = (ulong)ProcessTree.Count,
                    Threads = (ulong)ProcessTree.ThreadCount,
                    Blocks = ByteBlocks.InUse,
                    BlockFrames = ByteBlocks.Frames,
                };
            }
        }
    }

    /// <summary>struct vm_pool.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PoolRecord
    {
        public const int NameSize = 36;

        public uint Index, Objects, Frames;
        public fixed byte Name[NameSize];
    }
}
