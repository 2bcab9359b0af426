using System.Diagnostics;
using System.Runtime.CompilerServices;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Spaces;

/// <content>Unmapping, and the cutting of vareas that it shares with other operations.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Unmaps every page of a range: vareas go, lose an end, or are cut in two.</summary>
    /// <param name="range">Page-aligned; may span several vareas and holes.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if the range is empty or leaves the space, <see cref="Status.OutOfMemory"/> if a
    /// varea has to be cut in two or a shared table copied and there is not even a reserve; what an object says that
    /// refuses. Nothing changed then.
    /// </returns>
    /// <remarks>No processor can use an old translation of the range once this returns.</remarks>
    public Status Unmap(PageRange range)
    {
        _lock.EnterWrite();
        Status status = TryUnmapPlain(range) ? Status.Success : UnmapChecked(range);
        _lock.ExitWrite();
        return status;
    }

    private Status UnmapChecked(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        if (IsFrozen)
            return Status.AccessDenied;
        Status status = UnmapLocked(range);
        if (status == Status.Success)
            JoinWhatRecordsLeft(range);
        DropEmptyBackup();
        return status;
    }

    /// <summary>The most frequent case: the varea that was mapped or touched last goes, and nothing ever was in its block. Budget: 140 instructions.</summary>
    /// <returns>False, with nothing done, if it isn't that simple.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryUnmapPlain(PageRange range)
    {
        VArea? area = _lastHit;
        // In a frozen space nothing is faultable.
        if (area is null || area.Start != range.Start || area.Pages != range.Pages || area.Object != _faultable
            || area.Flags != VAreaFlags.Private || _spareArea is not null || HasBlocks(range) || !_areas.TryRemoveLeaf(area))
            return false;
        _lastHit = null;
        _mappedPages -= range.Pages;
        if (area.IsWritable)
            _dataPages -= range.Pages;
        area.Object = null;
        area.ObjectState = null;
        area.Space = null;
        _spareArea = area;
        return true;
    }

    /// <summary>Unmaps a range that is in order. Locked for writing.</summary>
    /// <param name="range">The range.</param>
    /// <param name="keepsTables">As for <see cref="RemovePages"/>.</param>
    /// <returns>As <see cref="Unmap"/>.</returns>
    private Status UnmapLocked(PageRange range, bool keepsTables = false)
    {
        VArea? first = _lastHit is { } last && last.Contains(range.Start) ? last : _areas.FindAtOrAfter(range.Start);
        if (first is null || first.Start >= range.End)
            return Status.Success;
        if (first.Start == range.Start && first.Pages == range.Pages)
            return UnmapWhole(first, keepsTables);
        if (IsEndOf(range, first) && first.Object == _private && (first.Flags & VAreaFlags.CallerProvided) == 0)
            return UnmapEnd(first, range, keepsTables);
        bool hasPages = HasBlocks(range);
        Status status = CheckShrink(range);
        if (status != Status.Success)
            return status;
        if (hasPages && !OwnEdges(range, isRemoval: true))
            return Status.OutOfMemory;
        status = CutAround(range);
        if (status != Status.Success)
            return status;
        VArea? removed = TakeOutAreas(range);
        if (hasPages)
            RemovePages(range, keepsTables);
        while (removed is not null)
        {
            VArea closed = removed;
            removed = closed.Parent;
            closed.Parent = null;
            Close(closed);
        }
        return Status.Success;
    }

    /// <summary>The most frequent case: exactly one varea goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Status UnmapWhole(VArea area, bool keepsTables)
    {
        PageRange range = area.Range;
        bool hasPages = HasBlocks(range);
        if (hasPages && !OwnEdges(range, isRemoval: true))
            return Status.OutOfMemory;
        TakeOut(area);
        if (hasPages)
            RemovePages(range, keepsTables);
        Close(area);
        return Status.Success;
    }

    /// <summary>A private varea loses its first or last pages: nobody is asked, and no record is needed.</summary>
    private Status UnmapEnd(VArea area, PageRange range, bool keepsTables)
    {
        bool hasPages = HasBlocks(range);
        if (hasPages && !OwnEdges(range, isRemoval: true))
            return Status.OutOfMemory;
        Count(area, -(long)range.Pages);
        if (area.Start == range.Start)
            area.Start = range.End;
        area.Pages -= range.Pages;
        _areas.Moved(area);
        if (hasPages)
            RemovePages(range, keepsTables);
        return Status.Success;
    }

    /// <summary>Whether a range lies in a varea, and begins or ends where that does.</summary>
    private static bool IsEndOf(PageRange range, VArea area) =>
        area.Start == range.Start ? range.End < area.End : area.Start < range.Start && range.End == area.End;

    /// <summary>Whether the page table has anything for a range; true without looking if that would take long.</summary>
    private bool HasBlocks(PageRange range)
    {
        if (!IsInOneBlock(range))
            return true;
        PageTableEntry* block = _table.FindBlock(range.Start);
        return block != null ? !block->IsEmpty : _hasHugePages;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInOneBlock(PageRange range) => ((range.Start.Value ^ (range.End.Value - 1)) & ~(Page.LargeSize - 1)) == 0;

    /// <summary>Asks the objects of vareas that lose an end.</summary>
    private Status CheckShrink(PageRange range)
    {
        Status status = Status.Success;
        if (_areas.Find(range.Start) is { } first && first.Start < range.Start && first.End <= range.End)
            status = first.Object!.OnShrink(first, (first.End - range.Start) >> Page.Shift, false);
        if (status == Status.Success && _areas.Find(range.End) is { } last && last.Start >= range.Start && last.Start < range.End)
            status = last.Object!.OnShrink(last, (range.End - last.Start) >> Page.Shift, true);
        return status;
    }

    /// <summary>
    /// Makes both ends of a range ends of vareas too.
    /// </summary>
    /// <returns>Not success if a varea can't be cut; then none is.</returns>
    private Status CutAround(PageRange range)
    {
        VArea? before = Find(range.Start);
        Status status = CutAt(range.Start);
        if (status != Status.Success)
            return status;
        status = CutAt(range.End);
        if (status != Status.Success && before is not null && before.End == range.Start)
            Join(before, VAreaTree.Next(before)!);
        return status;
    }

    /// <summary>Cuts the varea around an address in two there.</summary>
    private Status CutAt(VirtualAddress address)
    {
        if (Find(address) is not { } area || area.Start == address)
            return Status.Success;
        if (TakeArea() is not { } tail)
            return Status.OutOfMemory;
        ulong kept = (address - area.Start) >> Page.Shift;
        tail.CopyPropertiesFrom(area);
        tail.Space = this;
        tail.Start = address;
        tail.Pages = area.Pages - kept;
        if (area.Object != _private)
            tail.Offset = area.Offset + kept;
        Status status = area.Object!.OnSplit(area, tail);
        if (status != Status.Success)
        {
            Forget(tail);
            return status;
        }
        area.Pages = kept;
        _areas.InsertTail(area, tail);
        return Status.Success;
    }

    /// <summary>Takes all vareas of a range, which has been cut around, out of the tree, as a list linked by <see cref="VArea.Parent"/>.</summary>
    private VArea? TakeOutAreas(PageRange range)
    {
        VArea? removed = null;
        VArea? area = _areas.FindAtOrAfter(range.Start);
        while (area is not null && area.Start < range.End)
        {
            VArea? next = VAreaTree.Next(area);
            Debug.Assert(range.Contains(area.Range));
            TakeOut(area);
            area.Parent = removed;
            removed = area;
            area = next;
        }
        return removed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeOut(VArea area)
    {
        _areas.Remove(area);
        _lastHit = null;
        Count(area, -(long)area.Pages);
    }

    /// <summary>Makes sure that blocks at the ends of a range, if only a part of them lies in it, have leaf tables of this space's own.</summary>
    /// <param name="range">The range.</param>
    /// <param name="isRemoval">A shared table that has nothing outside the range may stay: it is dropped as a whole.</param>
    /// <returns>False when memory has run out. What was copied until then stays: nobody can tell.</returns>
    private bool OwnEdges(PageRange range, bool isRemoval)
    {
        if (_hasHugePages && !SplitHuge(range, isRemoval))
            return false;
        if (IsInOneBlock(range))
            return range.Pages == PageTableWalk.EntriesPerTable || OwnBlock(range.Start, range, isRemoval);
        return ((range.Start.Value & (Page.LargeSize - 1)) == 0 || OwnBlock(range.Start, range, isRemoval))
            && ((range.End.Value & (Page.LargeSize - 1)) == 0 || OwnBlock(new VirtualAddress(range.End.Value - 1), range, isRemoval));
    }

    /// <summary>Makes sure that the block around an address, if it has anything, has a leaf table of this space's own.</summary>
    private bool OwnBlock(VirtualAddress address, PageRange range, bool isRemoval)
    {
        PageTableEntry* block = _table.FindBlock(address);
        if (block == null || block->IsEmpty)
            return true;
        if (block->IsLarge)
            return SplitLarge(block, address);
        LeafTable leaf = _table.LeafOf(*block);
        leaf.Lock();
        if (leaf.Users == 1 || (isRemoval && IsAlone(leaf, PartOf(address, range))))
        {
            leaf.Unlock();
            return true;
        }
        return CopyTable(block, leaf, address, Physical.AllocationPriority.Reserve);
    }

    /// <summary>Whether a table has nothing outside a part.</summary>
    private static bool IsAlone(LeafTable leaf, BlockPart part)
    {
        // Short parts are counted, otherwise what is around them is looked at.
        const int Short = 100;
        PageTableEntry* entries = leaf.Entries;
        int pages = part.End - part.First;
        if (leaf.EntriesInUse == 0 || leaf.EntriesInUse > pages)
            return leaf.EntriesInUse == 0;
        if (pages <= Short)
            return EntriesInUse(entries, part) == leaf.EntriesInUse;
        return FirstInUse(entries, entries + part.First) == null && FirstInUse(entries + part.End, entries + PageTableWalk.EntriesPerTable) == null;
    }

    private static int EntriesInUse(PageTableEntry* entries, BlockPart part)
    {
        int count = 0;
        for (int index = part.First; index < part.End; index++)
            if (!entries[index].IsEmpty)
                count++;
        return count;
    }

    /// <summary>The first entry that names something; null if none does.</summary>
    private static PageTableEntry* FirstInUse(PageTableEntry* at, PageTableEntry* end)
    {
        for (; at < end; at++)
        {
            if (!at->IsEmpty)
                return at;
            at = LastEmpty(at, end);
        }
        return null;
    }
}
