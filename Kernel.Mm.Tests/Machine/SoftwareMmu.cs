using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests;

/// <summary>
/// The memory management units of a machine's processors: walks the page tables in <see cref="SimulatedMemory"/> bit by
/// bit as an x86-64 processor does, and caches what it finds for as long as a processor may (Intel SDM vol. 3, 4.10).
/// </summary>
/// <remarks>
/// A cache forgets only what it is told, so that a missing invalidation shows. One thread uses a processor; any thread
/// may invalidate. A lock for each processor is held over a whole access, with the bytes it moves: once an invalidation
/// returns, no access that began before it is still under way.
/// </remarks>
public sealed unsafe partial class SoftwareMmu
{
    /// <summary>Width of physical addresses (MAXPHYADDR); higher address bits of an entry are reserved.</summary>
    public const int PhysicalAddressBits = 46;

    /// <summary>PAT of an entry that maps a large page: where small pages have an address bit.</summary>
    private const ulong LargePageAttribute = 1UL << 12;

    private const FaultAccess AskedBits = FaultAccess.Write | FaultAccess.User | FaultAccess.Execute;

    private readonly Processor[] _processors;

    /// <summary>A machine whose processors have no page table yet.</summary>
    /// <param name="processors">How many; at most 64.</param>
    public SoftwareMmu(int processors)
    {
        _processors = new Processor[processors];
        for (int i = 0; i < processors; i++)
            _processors[i] = new Processor(i);
    }

    /// <summary>Uses an address as an instruction of a processor would.</summary>
    /// <param name="processor">Which processor; it has a page table.</param>
    /// <param name="address">Canonical.</param>
    /// <param name="access">A set of write, user and execute.</param>
    /// <param name="physical">Where it lies, if the access is allowed.</param>
    /// <returns>Null if the access is allowed, else the error code of the page fault.</returns>
    public FaultAccess? Access(int processor, VirtualAddress address, FaultAccess access, out PhysicalAddress physical)
    {
        Processor user = _processors[processor];
        lock (user.Lock)
            return Translate(user, address, access & AskedBits, out physical);
    }

    /// <summary>Reads bytes of one page. As <see cref="Access"/>.</summary>
    public FaultAccess? TryRead(int processor, VirtualAddress address, Span<byte> bytes, bool isUser = true)
    {
        Processor user = _processors[processor];
        lock (user.Lock)
        {
            FaultAccess? fault = Translate(user, address, By(isUser), out PhysicalAddress physical);
            if (fault is null)
                SimulatedMemory.Read(physical, bytes);
            return fault;
        }
    }

    /// <summary>Writes bytes of one page. As <see cref="Access"/>.</summary>
    public FaultAccess? TryWrite(int processor, VirtualAddress address, ReadOnlySpan<byte> bytes, bool isUser = true)
    {
        Processor user = _processors[processor];
        lock (user.Lock)
        {
            FaultAccess? fault = Translate(user, address, FaultAccess.Write | By(isUser), out PhysicalAddress physical);
            if (fault is null)
                SimulatedMemory.Write(physical, bytes);
            return fault;
        }
    }

    /// <summary>Fetches an instruction. As <see cref="Access"/>.</summary>
    public FaultAccess? TryExecute(int processor, VirtualAddress address, bool isUser = true) =>
        Access(processor, address, FaultAccess.Execute | By(isUser), out _);

    /// <summary>Caches what there is for an address without using it, as processors do ahead of what they execute. Never faults.</summary>
    public void Prefetch(int processor, VirtualAddress address)
    {
        Processor user = _processors[processor];
        lock (user.Lock)
            if (Unsafe.IsNullRef(in Find(user, address, out _)))
                Walk(user, address, FaultAccess.Read, out _);
    }

    private static FaultAccess By(bool isUser) => isUser ? FaultAccess.User : FaultAccess.Read;

    private static FaultAccess? Translate(Processor processor, VirtualAddress address, FaultAccess access, out PhysicalAddress physical)
    {
        ref readonly CachedEntry cached = ref Find(processor, address, out int level);
        FaultAccess? fault;
        if (Unsafe.IsNullRef(in cached))
            fault = Walk(processor, address, access, out physical);
        else if (!Allows(cached.Rights, access))
        {
            physical = default;
            fault = access | FaultAccess.Present;
        }
        // A write must find the dirty bit set, or set it.
        else if ((access & FaultAccess.Write) != 0 && !cached.IsDirty)
            fault = Walk(processor, address, access, out physical);
        else
        {
            physical = InPage(cached.Target, address, level);
            return null;
        }
        if (fault is not null)
            processor.ForgetAfterFault(address);
        return fault;
    }

    /// <summary>The cached page that covers an address, or a null reference.</summary>
    private static ref readonly CachedEntry Find(Processor processor, VirtualAddress address, out int level)
    {
        if (processor.Root is null || !address.IsCanonical)
            throw new InvalidOperationException($"Processor {processor.Index} can't use {address}: no page table, or not canonical.");
        ref readonly CachedEntry cached = ref processor.Cache.FindPage(address, out level);
        if (Unsafe.IsNullRef(in cached))
            cached = ref processor.Global.FindPage(address, out level);
        return ref cached;
    }

    /// <summary>Walks the tables from the deepest cached entry on.</summary>
    private static FaultAccess? Walk(Processor processor, VirtualAddress address, FaultAccess access, out PhysicalAddress physical)
    {
        FaultAccess? fault;
        while (!TryWalk(processor, address, access, out physical, out fault))
        {
        }
        return fault;
    }

    /// <summary>As <see cref="Walk"/>; false if an entry changed before its accessed or dirty bit was set.</summary>
    private static bool TryWalk(Processor processor, VirtualAddress address, FaultAccess access, out PhysicalAddress physical, out FaultAccess? fault)
    {
        physical = default;
        PhysicalAddress root = processor.Root!.Value;
        if (!processor.Cache.TryFindUpper(address, out int level, out CachedEntry above))
            above = new CachedEntry(root, root, Rights.All, false);
        while (true)
        {
            level--;
            PhysicalAddress place = PlaceOf(above.Target, address, level);
            PageTableEntry entry = ReadEntry(place);
            fault = access;
            if (!entry.IsPresent)
                return true;
            fault = access | FaultAccess.Present | FaultAccess.Reserved;
            if (HasReservedBits(entry, level))
                return true;
            CachedEntry found = Below(above, entry, level);
            if (!IsLeaf(entry, level))
            {
                if (!SetBits(place, ref entry, PageFlags.Accessed))
                    return false;
                processor.Cache.AddUpper(address, level, found);
                above = found;
                continue;
            }
            fault = access | FaultAccess.Present;
            if (!Allows(found.Rights, access))
                return true;
            if (!SetBits(place, ref entry, (access & FaultAccess.Write) != 0 ? PageFlags.Accessed | PageFlags.Dirty : PageFlags.Accessed))
                return false;
            bool isGlobal = (entry.Flags & PageFlags.Global) != 0;
            (isGlobal ? processor.Global : processor.Cache).AddPage(address, level, found with { IsDirty = (entry.Flags & PageFlags.Dirty) != 0 });
            physical = InPage(found.Target, address, level);
            fault = null;
            return true;
        }
    }

    private static bool Allows(Rights rights, FaultAccess access)
    {
        Rights needed = ((access & FaultAccess.Write) != 0 ? Rights.Write : Rights.None)
            | ((access & FaultAccess.User) != 0 ? Rights.User : Rights.None)
            | ((access & FaultAccess.Execute) != 0 ? Rights.Execute : Rights.None);
        return (needed & ~rights) == 0;
    }

    /// <summary>Where an entry leads, with what it and the levels above allow together.</summary>
    private static CachedEntry Below(CachedEntry above, PageTableEntry entry, int level)
    {
        Rights rights = ((entry.Flags & PageFlags.Writable) != 0 ? Rights.Write : Rights.None)
            | ((entry.Flags & PageFlags.User) != 0 ? Rights.User : Rights.None)
            | ((entry.Flags & PageFlags.NoExecute) == 0 ? Rights.Execute : Rights.None);
        PhysicalAddress target = IsLeaf(entry, level) ? entry.Target.AlignDown(PageTableWalk.PageSizeAt(level)) : entry.Target;
        return new CachedEntry(above.Root, target, above.Rights & rights, false);
    }

    private static bool IsLeaf(PageTableEntry entry, int level) => level == 1 || entry.IsLarge;

    private static bool HasReservedBits(PageTableEntry entry, int level)
    {
        ulong target = entry.Target.Value;
        if (target >> PhysicalAddressBits != 0)
            return true;
        if (!IsLeaf(entry, level) || level == 1)
            return false;
        return level == PageTableWalk.Levels || (target & (PageTableWalk.PageSizeAt(level) - 1) & ~LargePageAttribute) != 0;
    }

    /// <summary>Sets bits of an entry as long as it is what was read.</summary>
    private static bool SetBits(PhysicalAddress place, ref PageTableEntry entry, PageFlags bits)
    {
        if ((entry.Flags & bits) == bits)
            return true;
        var wanted = new PageTableEntry(entry.Bits | (ulong)bits);
        if (Interlocked.CompareExchange(ref *(ulong*)DirectMap.Pointer(place), wanted.Bits, entry.Bits) != entry.Bits)
            return false;
        entry = wanted;
        return true;
    }

    private static PageTableEntry ReadEntry(PhysicalAddress place) =>
        new(SimulatedMemory.Contains(place) ? Volatile.Read(ref *(ulong*)DirectMap.Pointer(place)) : ulong.MaxValue);

    private static PhysicalAddress PlaceOf(PhysicalAddress table, VirtualAddress address, int level) =>
        table + (ulong)PageTableWalk.IndexOf(address, level) * sizeof(ulong);

    private static PhysicalAddress InPage(PhysicalAddress page, VirtualAddress address, int level) =>
        page + (address.Value & (PageTableWalk.PageSizeAt(level) - 1));
}
