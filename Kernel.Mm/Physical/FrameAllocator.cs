using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kernel.Mm.Physical;

/// <summary>
/// Hands out the machine's frames: single ones from lists that each processor has for itself, blocks of 2^order from
/// buddy lists behind them, zeroed ones from a pool that is filled while a processor has nothing to do.
/// </summary>
/// <remarks>
/// <para>
/// Split by operation: single frames (FrameAllocator.Single.cs), blocks and contiguous runs (FrameAllocator.Blocks.cs),
/// the zeroed pool (FrameAllocator.Zeroed.cs), counters and checks (FrameAllocator.Verify.cs, FrameAllocator.VerifyLists.cs).
/// </para>
/// <para>
/// The frame lock guards the buddy lists, loose frames and the zeroed pool; each processor's cache has a lock of its own
/// (<see cref="FrameCache"/>). Nothing is called while they are held. Any processor and any interrupt handler may allocate and free.
/// </para>
/// </remarks>
public sealed partial class FrameAllocator
{
    /// <summary>Largest block, as log2 of frames: 4 MiB.</summary>
    public const int LargestOrder = FrameBlocks.LargestOrder;

    private const int Limits = (int)AddressLimit.None + 1;
    private const ulong ReserveDivisor = 256;
    private const ulong SmallestReserve = 32;

    private readonly FrameTable _table;
    private readonly int _nodes;
    private readonly FrameBlocks[] _zones;
    private readonly FrameCache[] _caches;

    // By owner: frames taken less frames given back other than through a cache.
    private readonly long[] _usedPastCaches = new long[(int)FrameOwner.Kernel + 1];
    private readonly List<FrameRange> _ranges = [];
    private SpinLock _lock;
    private ulong _freeInZones;

    /// <summary>An allocator without any memory yet.</summary>
    /// <param name="table">All its descriptors are <see cref="FrameState.Absent"/>.</param>
    /// <param name="nodes">Memory nodes, numbered from zero.</param>
    public FrameAllocator(FrameTable table, int nodes)
    {
        Debug.Assert(nodes > 0);
        _table = table;
        _nodes = nodes;
        _zones = new FrameBlocks[nodes * Limits];
        for (int i = 0; i < _zones.Length; i++)
            _zones[i].Clear();
        _caches = new FrameCache[Hardware.Current.MaximumProcessors];
        for (int i = 0; i < _caches.Length; i++)
            _caches[i] = new FrameCache();
        _zeroed.Clear();
    }

    /// <summary>The descriptors.</summary>
    public ref readonly FrameTable Table => ref _table;

    /// <summary>Frames that the allocator was given.</summary>
    public ulong TotalFrames { get; private set; }

    /// <summary>Frames that only <see cref="AllocationPriority.Reserve"/> may take: the lowest watermark.</summary>
    public ulong ReservedFrames { get; private set; }

    /// <summary>Frames: with fewer free ones it is time to give memory back in the background.</summary>
    public ulong LowWatermark => ReservedFrames + ReservedFrames / 4;

    /// <summary>Frames: with as many free ones nothing more need be given back.</summary>
    public ulong HighWatermark => ReservedFrames + ReservedFrames / 2;

    /// <summary>How short memory is.</summary>
    public MemoryPressure Pressure
    {
        get
        {
            ulong free = FreeFrames;
            return free <= ReservedFrames ? MemoryPressure.Exhausted
                : free < LowWatermark ? MemoryPressure.Low
                : free < HighWatermark ? MemoryPressure.Scarce : MemoryPressure.None;
        }
    }

    /// <summary>Whether memory isn't short even without what lies in processors' caches, which are not looked at.</summary>
    internal bool HasPlenty => _freeInZones + _looseFrames + _zeroed.Count >= HighWatermark;

    /// <summary>Whether a frame is one of the allocator's, free or in use.</summary>
    public bool Contains(FrameNumber frame)
    {
        using SpinLock.Scope _ = _lock.Enter();
        return IsInRanges(frame.Value);
    }

    /// <summary>Gives the allocator memory that it did not have.</summary>
    /// <param name="start">First frame.</param>
    /// <param name="end">First frame after it.</param>
    /// <param name="node">The node that the memory belongs to.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if the range is empty, outside the table or of an unknown node;
    /// <see cref="Status.AlreadyExists"/> if the allocator has a part of it. Nothing changed then.
    /// </returns>
    public Status AddMemory(FrameNumber start, FrameNumber end, int node = 0)
    {
        using SpinLock.Scope _ = _lock.Enter();
        Status status = AddRange(start, end, node);
        if (status == Status.Success)
            GiveRun(start, end);
        return status;
    }

    /// <summary>Tells the allocator of memory that is in use already, and may be freed later.</summary>
    /// <param name="start">First frame.</param>
    /// <param name="end">First frame after it.</param>
    /// <param name="owner">Who has it.</param>
    /// <param name="node">The node that the memory belongs to.</param>
    /// <returns>As <see cref="AddMemory"/>.</returns>
    public Status AddUsed(FrameNumber start, FrameNumber end, FrameOwner owner, int node = 0)
    {
        using (_lock.Enter())
        {
            Status status = AddRange(start, end, node);
            if (status != Status.Success)
                return status;
        }
        Account(start, end - start, owner);
        return Status.Success;
    }

    /// <summary>Takes a range into the books, joined with ranges that it touches. The frame lock is held.</summary>
    private Status AddRange(FrameNumber start, FrameNumber end, int node)
    {
        if (start.Value >= end.Value || end.Value > _table.End.Value || (uint)node >= (uint)_nodes)
            return Status.InvalidArgument;
        foreach (FrameRange range in _ranges)
            if (range.Start.Value < end.Value && start.Value < range.End.Value)
                return Status.AlreadyExists;
        // Descriptors start as node zero: most machines have one node and millions of frames.
        for (FrameNumber frame = start; node != 0 && frame.Value < end.Value; frame += 1)
            _table[frame].Node = (byte)node;
        TotalFrames += end - start;
        ReservedFrames = ulong.Max(TotalFrames / ReserveDivisor, SmallestReserve);
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            FrameRange range = _ranges[i];
            if (range.End.Value < start.Value || range.Start.Value > end.Value)
                continue;
            start = new FrameNumber(ulong.Min(start.Value, range.Start.Value));
            end = new FrameNumber(ulong.Max(end.Value, range.End.Value));
            _ranges.RemoveAt(i);
        }
        _ranges.Add(new FrameRange(start, end));
        return Status.Success;
    }

    /// <summary>The largest aligned block that starts at a frame and ends in the range.</summary>
    private static int LargestBlockAt(FrameNumber block, FrameNumber end)
    {
        int order = 0;
        while (order < LargestOrder && (block.Value & ((2UL << order) - 1)) == 0 && end - block >= 2UL << order)
            order++;
        return order;
    }

    /// <summary>The zone of a frame: its node's, and the lowest limit that it is below. No block lies in two.</summary>
    private ref FrameBlocks ZoneOf(FrameNumber frame) => ref _zones[ZoneIndexOf(frame)];

    private int ZoneIndexOf(FrameNumber frame)
    {
        AddressLimit limit = frame.Address.Value switch
        {
            < 16UL << 20 => AddressLimit.Below16MiB,
            < 4UL << 30 => AddressLimit.Below4GiB,
            _ => AddressLimit.None,
        };
        return _table[frame].Node * Limits + (int)limit;
    }

    /// <summary>Gives a block to its zone. The frame lock is held.</summary>
    private void GiveBlock(FrameNumber block, int order)
    {
        ZoneOf(block).Give(_table, block, order);
        _freeInZones += 1UL << order;
    }

    /// <summary>Takes a block, from the highest zone that the limit allows, this processor's node first. The frame lock is held.</summary>
    private FrameNumber? TakeBlock(int order, AddressLimit limit, AllocationPriority priority)
    {
        ulong frames = 1UL << order;
        ulong free = _freeInZones + _looseFrames;
        if (free < frames || (priority == AllocationPriority.Normal && free - frames < ReservedFrames))
            return null;
        FrameNumber? found = TakeJoinedBlock(order, limit);
        if (found is not null || _looseFrames == 0)
            return found;
        JoinLooseFrames();
        return TakeJoinedBlock(order, limit);
    }

    private FrameNumber? TakeJoinedBlock(int order, AddressLimit limit)
    {
        int nearest = Hardware.Current.CurrentNode;
        for (int i = 0; i < _nodes; i++)
        {
            int node = (nearest + i) % _nodes;
            for (int zone = (int)limit; zone >= 0; zone--)
            {
                if (_zones[node * Limits + zone].Take(_table, order) is not { } block)
                    continue;
                _freeInZones -= 1UL << order;
                return block;
            }
        }
        return null;
    }

    /// <summary>Makes frames the property of an owner.</summary>
    private void Own(FrameNumber first, ulong frames, FrameOwner owner)
    {
        for (ulong i = 0; i < frames; i++)
        {
            ref FrameDescriptor descriptor = ref _table[first + i];
            descriptor.State = FrameState.Used;
            descriptor.Owner = owner;
            descriptor.References = 0;
            descriptor.Mappings = 0;
            descriptor.Pins = 0;
            descriptor.OwnerWord = 0;
        }
    }

    /// <summary>Ends an owner's property; a frame that isn't used, or still has references, is a bug of the caller.</summary>
    private unsafe void Disown(FrameNumber first, ulong frames)
    {
        FrameDescriptor* descriptor = _table.Descriptor(first), end = descriptor + frames;
        for (; descriptor < end; descriptor++)
        {
            Debug.Assert(descriptor->State == FrameState.Used);
            Debug.Assert(!descriptor->IsHeld);
            descriptor->OwnerWord = 0;
            descriptor->Owner = FrameOwner.None;
        }
    }

    /// <summary>The memory that it was given, in no order. Changes only while memory is added.</summary>
    internal ReadOnlySpan<FrameRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>Consecutive frames.</summary>
    internal readonly record struct FrameRange(FrameNumber Start, FrameNumber End);
}
