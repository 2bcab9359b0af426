using System.Runtime.CompilerServices;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Fault-ahead: pages that a program going through anonymous memory in order will want next.</content>
/// <remarks>
/// A leaf table's entries are groups of 16 pages. When a group's first page is missing and all pages of the group before it
/// are there and were accessed, access is in order: the fault brings the whole group, with frames for a write and the zero page for
/// a read. What is brought counts as neither accessed nor written until it is, so that the next group is only brought to who
/// used all of this one: the page table is the only memory of the pattern. It begins anew with each table.
/// With sequential advice any fault brings the next 15 pages, with random advice none does, nor in locked memory. No pages are brought while memory is short.
/// </remarks>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Pages that come and are looked at together: 64 KiB.</summary>
    private const int AheadGroup = 16;

    /// <summary>Memory whose pages come one by one: what is locked when it is touched takes no more than that.</summary>
    private const VAreaFlags NeverAhead = VAreaFlags.Random | VAreaFlags.Locked;

    /// <summary>Whether an entry is the first of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool BeginsAheadGroup(PageTableEntry* entry)
    {
        const ulong GroupBytes = AheadGroup * 8;
        return ((ulong)entry & (GroupBytes - 1)) == 0;
    }

    /// <summary>Brings pages behind one of private anonymous memory that was just missing, if the policy says so.</summary>
    /// <param name="address">In the page.</param>
    /// <param name="entry">The page's. Its table is locked, and only this space's.</param>
    /// <param name="access">How the page was accessed.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MapAhead(VirtualAddress address, PageTableEntry* entry, FaultAccess access)
    {
        // Most of what is decided here is that nothing is to be done: in as few instructions as that takes.
        VArea? area = _lastHit;
        if (area is not null && (area.Flags & NeverAhead) == 0 && _manager.FaultsAhead)
            MapGroup(area, address, entry, access);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MapGroup(VArea area, VirtualAddress address, PageTableEntry* entry, FaultAccess access)
    {
        // Another thread may have looked elsewhere meanwhile: then this page comes alone.
        if (!area.Contains(address) || !IsInOrder(area.Flags, entry) || !_frames.HasPlenty)
            return;
        LeafTable leaf = _table.LeafOf(new PageTableEntry(DirectMap.AddressOf(entry), PageFlags.None));
        PageTableEntry* end = EndOfRun(entry, ulong.Min(AheadGroup, (area.End - address - 1) / Page.Size + 1));
        MapRun(leaf, entry + 1, end, FlagsFor(area) & ~PageFlags.Accessed, (access & FaultAccess.Write) != 0, PageFlags.Writable);
    }

    /// <summary>The entry behind so many, or the end of their table.</summary>
    private static PageTableEntry* EndOfRun(PageTableEntry* entry, ulong pages)
    {
        ulong left = (Page.Size - ((ulong)entry & (Page.Size - 1))) / (ulong)sizeof(PageTableEntry);
        return entry + ulong.Min(pages, left);
    }

    /// <summary>Whether a page that is missing is wanted because the ones before it were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInOrder(VAreaFlags flags, PageTableEntry* entry)
    {
        const ulong Used = (ulong)(PageFlags.Present | PageFlags.Accessed);
        if ((flags & VAreaFlags.Sequential) != 0)
            return true;
        // The table's first page has none before it.
        if (((ulong)entry & (Page.Size - 1)) == 0)
            return false;
        for (int before = 1; before <= AheadGroup; before++)
            if ((entry[-before].Bits & Used) != Used)
                return false;
        return true;
    }
}
