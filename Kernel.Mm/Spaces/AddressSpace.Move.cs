using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>How <see cref="AddressSpace.Move"/> may go about it.</summary>
public enum MoveMode : byte
{
    /// <summary>Only grow or shrink where it is.</summary>
    InPlace = 0,

    /// <summary>Move if it can't grow where it is (MREMAP_MAYMOVE).</summary>
    MayMove,

    /// <summary>Move to a given address; what is there is unmapped (MREMAP_FIXED).</summary>
    Fixed,
}

/// <content>Growing, shrinking and moving a mapping (mremap).</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Changes length or place of a mapping. Page contents are never copied: entries or whole leaf tables move.</summary>
    /// <param name="range">The mapping, or a part of it: pages of one varea.</param>
    /// <param name="newPages">Its new length.</param>
    /// <param name="mode">What is allowed.</param>
    /// <param name="newAddress">Where it shall be if <see cref="MoveMode.Fixed"/>; where it is afterwards.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for improper or overlapping ranges; <see cref="Status.BadAddress"/> if the range is not
    /// within one varea; <see cref="Status.NoAddressRange"/> or <see cref="Status.OutOfMemory"/> if there is no room, or over a
    /// limit; <see cref="Status.NotSupported"/> if memory of a frozen space were to grow; what the object says. Nothing changed then.
    /// </returns>
    public Status Move(PageRange range, ulong newPages, MoveMode mode, ref VirtualAddress newAddress)
    {
        if (!range.IsValid || !_range.Contains(range) || newPages == 0 || newPages > VArea.MaximumPages || mode > MoveMode.Fixed)
            return Status.InvalidArgument;
        var target = new PageRange(newAddress, newPages);
        if (mode == MoveMode.Fixed && (!target.IsValid || !_range.Contains(target) || target.Overlaps(range)))
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : MoveLocked(range, newPages, mode, ref newAddress);
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    private Status MoveLocked(PageRange range, ulong newPages, MoveMode mode, ref VirtualAddress newAddress)
    {
        if (Find(range.Start) is not { } area || range.End > area.End || (area.Flags & VAreaFlags.CallerProvided) != 0)
            return Status.BadAddress;
        if (mode != MoveMode.Fixed)
        {
            newAddress = range.Start;
            if (newPages == range.Pages)
                return Status.Success;
            if (newPages < range.Pages)
                return UnmapLocked(new PageRange(range.Start + (newPages << Page.Shift), range.Pages - newPages));
            Status grown = GrowInPlace(area, range, newPages);
            if (grown != Status.NoAddressRange || mode == MoveMode.InPlace)
                return grown;
        }
        return MoveAway(area, range, newPages, mode, ref newAddress);
    }

    private Status GrowInPlace(VArea area, PageRange range, ulong newPages)
    {
        ulong more = newPages - range.Pages;
        var grown = new PageRange(range.End, more);
        if (range.End != area.End || !_range.Contains(new PageRange(range.Start, newPages)) || !IsFree(grown))
            return Status.NoAddressRange;
        if (area.Pages + more > VArea.MaximumPages)
            return Status.NoAddressRange;
        Status status = CheckGrowth(area, more);
        if (status != Status.Success)
            return status;
        status = area.Object!.OnExpand(area, more, false);
        if (status != Status.Success)
            return status;
        area.Pages += more;
        Count(area, (long)more);
        _areas.Moved(area);
        JoinAround(area);
        return Status.Success;
    }

    private Status CheckGrowth(VArea area, ulong pages)
    {
        // A frozen space's memory ends where it ended.
        if (area.Object is PrivateObject && area.Object != _private)
            return Status.NotSupported;
        bool isData = area.IsPrivate && area.IsWritable;
        bool isTooMuch = _mappedPages + pages > _limits.Mapped
            || (isData && (_dataPages + pages > _limits.Data || (pages > _frames.TotalFrames && (area.Flags & VAreaFlags.NoReserve) == 0)))
            || ((area.Flags & VAreaFlags.Locked) != 0 && _lockedPages + pages > _limits.Locked)
            || (area.Object != _private && area.Offset + area.Pages + pages < area.Offset);
        return isTooMuch ? Status.OutOfMemory : Status.Success;
    }

    private Status MoveAway(VArea area, PageRange range, ulong newPages, MoveMode mode, ref VirtualAddress newAddress)
    {
        if (newPages > range.Pages)
        {
            Status growth = CheckGrowth(area, newPages - range.Pages);
            if (growth != Status.Success)
                return growth;
        }
        PageRange target;
        if (mode == MoveMode.Fixed)
            target = new PageRange(newAddress, newPages);
        else if (FindTarget(area, range, newPages, out VirtualAddress found))
            target = new PageRange(found, newPages);
        else
            return Status.NoAddressRange;
        ulong moved = ulong.Min(newPages, range.Pages);
        if (TakeArea() is not { } copy)
            return Status.OutOfMemory;
        copy.CopyPropertiesFrom(area);
        copy.Space = this;
        copy.Start = target.Start;
        copy.Pages = newPages;
        if (area.Object != _private)
            copy.Offset = area.PageAt(range.Start);
        // The varea may go with what is at the target.
        MemoryObject shown = area.Object!;
        Status status = shown.OnOpen(copy);
        if (status != Status.Success)
        {
            Forget(copy);
            return status;
        }
        bool isOccupied = _areas.FindAtOrAfter(target.Start) is { } there && there.Start < target.End;
        status = Prepare(range, target, moved);
        if (status != Status.Success)
        {
            shown.OnClose(copy);
            Forget(copy);
            return status;
        }
        if (MovePages(new PageRange(range.Start, moved), target.Start) || isOccupied)
            PruneEmpty(target);
        // Cut already: this can't fail.
        Status unmapped = UnmapLocked(range);
        Debug.Assert(unmapped == Status.Success);
        _areas.Insert(copy);
        Count(copy, (long)newPages);
        newAddress = target.Start;
        JoinAround(copy);
        JoinWhatRecordsLeft(target);
        return Status.Success;
    }

    /// <summary>A free place, so that whole tables can move if the length allows.</summary>
    private bool FindTarget(VArea area, PageRange range, ulong newPages, out VirtualAddress target)
    {
        var request = new MapRequest(newPages, area.Protection);
        if (range.Pages < PageTableWalk.EntriesPerTable)
            return FindFree(request, out target, out _);
        // The same offset in a block as before: take a longer gap, and its first fitting address.
        ulong offset = range.Start.Value & (Page.LargeSize - 1);
        request.Pages += offset >> Page.Shift;
        request.Alignment = Page.LargeSize;
        if (FindFree(request, out target, out _))
        {
            target += offset;
            return true;
        }
        request = new MapRequest(newPages, area.Protection);
        return FindFree(request, out target, out _);
    }

    /// <summary>Everything of a move that can fail: cuts, tables of this space's own at both places, what is at the target gone.</summary>
    /// <remarks>
    /// The tables come first, and unmapping leaves them: frames that it freed another processor could have taken before they are wanted.
    /// </remarks>
    private Status Prepare(PageRange range, PageRange target, ulong moved)
    {
        Status status = Status.OutOfMemory;
        if (OwnSources(range, target.Start, moved) && EnsureTargets(range, target.Start, moved))
            status = CutAround(range);
        if (status == Status.Success)
        {
            status = UnmapLocked(target, keepsTables: true);
            if (status != Status.Success)
                JoinIn(range);
        }
        if (status != Status.Success)
            PruneEmpty(target);
        return status;
    }

    /// <summary>Whether the block around an address moves as a whole, with its table.</summary>
    private static bool MovesWhole(PageRange range, VirtualAddress target, VirtualAddress at) =>
        ((range.Start.Value ^ target.Value) & (Page.LargeSize - 1)) == 0
        && range.Contains(new PageRange(at.AlignDown(Page.LargeSize), PageTableWalk.EntriesPerTable));

    private bool OwnSources(PageRange range, VirtualAddress target, ulong moved)
    {
        var source = new PageRange(range.Start, moved);
        if (_hasHugePages && (!SplitHuge(range, isRemoval: false) || !SplitHuge(new PageRange(target, moved), isRemoval: false)))
            return false;
        var walk = new BlockWalk(_table, range.Start, source.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            if (!MovesWhole(source, target, walk.Start) && !OwnBlock(walk.Start, range, isRemoval: false))
                return false;
        }
        return OwnEdges(range, isRemoval: true);
    }

    /// <summary>Makes the tables that entries will move to.</summary>
    /// <param name="range">Where they come from.</param>
    /// <param name="target">Where the range will begin.</param>
    /// <param name="moved">Pages that move.</param>
    private bool EnsureTargets(PageRange range, VirtualAddress target, ulong moved)
    {
        var source = new PageRange(range.Start, moved);
        var walk = new BlockWalk(_table, range.Start, source.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, source);
            bool isWhole = MovesWhole(source, target, walk.Start);
            VirtualAddress first = target + (part.AddressOf(part.First) - range.Start);
            VirtualAddress last = target + (part.AddressOf(part.End - 1) - range.Start);
            if (!EnsureTarget(first, isWhole) || !EnsureTarget(last, isWhole))
                return false;
        }
        return true;
    }

    private bool EnsureTarget(VirtualAddress address, bool isWhole)
    {
        PageTableEntry* block = _table.EnsureBlock(address, _isUser);
        if (block == null || isWhole)
            return block != null;
        if (block->IsEmpty)
            return _table.MakeLeaf(block, _isUser);
        return OwnBlock(address, new PageRange(address.AlignDown(Page.Size), 1), isRemoval: false);
    }

    /// <summary>Takes out the tables at a target that are empty: after a failed preparation, or where nothing has come.</summary>
    private void PruneEmpty(PageRange range)
    {
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            if (walk.Entry->IsLarge || _table.LeafOf(*walk.Entry) is not { Users: 1, EntriesInUse: 0 })
                continue;
            Interlocked.And(ref *(ulong*)walk.Entry, ~(ulong)PageFlags.Present);
            _batch.AddAll();
        }
        FlushBatch();
        walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry old = *walk.Entry;
            if (old.IsPresent)
                continue;
            *walk.Entry = default;
            _table.CountInTable(walk.Entry, -1);
            ReleaseBlock(old, BlockPart.Whole);
        }
        PruneTables(range);
    }

    /// <summary>Moves what is there. Says whether a table at the target got nothing.</summary>
    private bool MovePages(PageRange source, VirtualAddress target)
    {
        bool isAnyEmpty = false;
        FrameList replaced = default;
        replaced.Clear();
        var walk = new BlockWalk(_table, source.Start, source.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, source);
            VirtualAddress first = part.AddressOf(part.First);
            VirtualAddress to = target + (first - source.Start);
            if (MovesWhole(source, target, walk.Start))
                MoveBlock(block, to, ref replaced);
            else
                isAnyEmpty |= MoveEntries(_table.LeafOf(*block), part, to);
        }
        FlushBatch();
        while (replaced.Count != 0)
            _frames.FreeZeroed(replaced.Pop(_frames.Table));
        return isAnyEmpty;
    }

    /// <summary>Moves an upper entry, and all that is below it, to another place.</summary>
    /// <param name="block">The entry; empty afterwards.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="replaced">Gets the empty leaf table that was there, to be freed once no processor knows it.</param>
    private void MoveBlock(PageTableEntry* block, VirtualAddress target, ref FrameList replaced)
    {
        PageTableEntry* to = _table.FindBlock(target);
        PageTableEntry old = *to;
        ulong moved = Interlocked.Exchange(ref *(ulong*)block, 0);
        Write(to, new PageTableEntry(moved));
        _table.CountInTable(block, -1);
        _batch.AddAll();
        if (old.IsEmpty)
        {
            _table.CountInTable(to, 1);
            return;
        }
        LeafTable empty = _table.LeafOf(old);
        Debug.Assert(empty is { Users: 1, EntriesInUse: 0 });
        // What was removed while it had other users is still counted.
        Interlocked.Add(ref _residentPages, -empty.CountedEntries);
        empty.Retire();
        replaced.Push(_frames.Table, empty.Frame);
    }

    /// <summary>Moves the entries of a part to another place: one stretch for each table there. Says whether one of these is empty afterwards.</summary>
    private bool MoveEntries(LeafTable leaf, BlockPart part, VirtualAddress target)
    {
        bool isAnyEmpty = false;
        for (int index = part.First; index < part.End;)
        {
            int first = PageTableWalk.IndexOf(target, 1);
            int count = int.Min(part.End - index, PageTableWalk.EntriesPerTable - first);
            PageTableEntry* block = _table.FindBlock(target);
            // Only what had a table when those of the target were made has one there: one of these may lie over other parts of the source.
            if (block != null && !block->IsEmpty)
            {
                LeafTable to = _table.LeafOf(*block);
                int moved = MoveStretch(leaf.Entries + index, to.Entries + first, count, part.AddressOf(index));
                leaf.CountEntries(-moved);
                to.CountEntries(moved);
                isAnyEmpty |= to.EntriesInUse == 0;
            }
            index += count;
            target += (ulong)count << Page.Shift;
        }
        return isAnyEmpty;
    }

    /// <summary>Moves consecutive entries. Says how many named something. Budget: 11 instructions an entry.</summary>
    /// <param name="from">The first; empty afterwards.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="count">How many.</param>
    /// <param name="address">Of the first's page.</param>
    private int MoveStretch(PageTableEntry* from, PageTableEntry* to, int count, VirtualAddress address)
    {
        int moved = 0;
        int index = 0;
        // As long as pages are forgotten one by one.
        for (; index < count && !_batch.IsEverything; index++, address += Page.Size)
        {
            if (!MoveEntry(from + index, to + index))
                continue;
            _batch.Add(address);
            moved++;
        }
        for (; index < count; index++)
            if (MoveEntry(from + index, to + index))
                moved++;
        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MoveEntry(PageTableEntry* from, PageTableEntry* to)
    {
        if (from->IsEmpty)
            return false;
        // What the processor notes until here moves along.
        Write(to, new PageTableEntry(Interlocked.Exchange(ref *(ulong*)from, 0)));
        return true;
    }
}
