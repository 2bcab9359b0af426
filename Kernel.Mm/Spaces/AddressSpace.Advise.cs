using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>What a program says about its future use of a range.</summary>
public enum Advice : byte
{
    /// <summary>Nothing special.</summary>
    Normal = 0,

    /// <summary>No order.</summary>
    Random,

    /// <summary>One page after the other.</summary>
    Sequential,

    /// <summary>Soon: pages are made present as far as memory allows.</summary>
    WillNeed,

    /// <summary>Not soon: pages are dropped now. Private ones are zero, or the object's, at the next access.</summary>
    DontNeed,

    /// <summary>The content isn't needed: pages may be dropped when memory is short, unless written before. Private anonymous only.</summary>
    Free,

    /// <summary>2 MiB pages where they fit.</summary>
    HugePages,

    /// <summary>No more 2 MiB pages.</summary>
    NoHugePages,

    /// <summary>A child finds nothing there.</summary>
    DontFork,

    /// <summary>A child finds a copy again.</summary>
    DoFork,

    /// <summary>A child finds zeros. Private anonymous only.</summary>
    WipeOnFork,

    /// <summary>A child finds a copy again.</summary>
    KeepOnFork,
}

/// <content>Advice, populating and dropping.</content>
public sealed unsafe partial class AddressSpace
{
    // Whether any page may be dropped lazily.
    private bool _hasLazyPages;

    /// <summary>Takes advice about a range.</summary>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for an improper range, unknown advice, or advice that doesn't fit what is mapped
    /// there (dropping locked pages, freeing or wiping what is not private anonymous); <see cref="Status.NotFound"/> if a
    /// part of it is not mapped; <see cref="Status.OutOfMemory"/>. Nothing changed then.
    /// </returns>
    public Status Advise(PageRange range, Advice advice)
    {
        if (!range.IsValid || !_range.Contains(range) || advice > Advice.KeepOnFork)
            return Status.InvalidArgument;
        if (advice == Advice.WillNeed)
            return Populate(range);
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : AdviseLocked(range, advice);
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Locks the pages of a range into memory, or unlocks them.</summary>
    /// <returns>As <see cref="Protect"/>; <see cref="Status.OutOfMemory"/> over the limit of locked memory, or if not all pages can be had.</returns>
    public Status SetLocked(PageRange range, bool isLocked)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : SetLockedLocked(range, isLocked);
        _lock.ExitWrite();
        return status == Status.Success && isLocked ? Populate(range) : status;
    }

    /// <summary>As <see cref="SetLocked"/> with true, but only pages that are touched are made present (MLOCK_ONFAULT).</summary>
    public Status SetLockedOnFault(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : SetLockedLocked(range, true);
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Makes all pages of a range present, writable where the varea is private and writable.</summary>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/>; <see cref="Status.NotFound"/> if a part of it is not mapped;
    /// <see cref="Status.OutOfMemory"/> or <see cref="Status.BeyondEnd"/> at the first page that can't be had: those before it are present.
    /// </returns>
    /// <remarks>RT-Thread Smart's load.</remarks>
    public Status Populate(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        ulong pages;
        for (VirtualAddress at = range.Start; at < range.End; at += pages << Page.Shift)
        {
            FaultResult result = PopulateRun(at, range.End, out pages);
            while (result == FaultResult.OutOfMemory && Reclaim())
                result = PopulateRun(at, range.End, out pages);
            switch (result)
            {
                case FaultResult.Resolved or FaultResult.Spurious or FaultResult.ResolvedAfterInputOutput or FaultResult.NotAllowed:
                    break;
                case FaultResult.NotMapped:
                    return Status.NotFound;
                case FaultResult.OutOfMemory:
                    return Status.OutOfMemory;
                default:
                    return Status.BeyondEnd;
            }
            Hardware.Current.OfferProcessor();
        }
        return Status.Success;
    }

    /// <summary>Drops the pages of a range that their objects can give again; private pages stay.</summary>
    /// <returns><see cref="Status.InvalidArgument"/>; <see cref="Status.OutOfMemory"/> if a shared table can't be copied: nothing changed then.</returns>
    /// <remarks>RT-Thread Smart's offload.</remarks>
    public Status Offload(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = OffloadLocked(range);
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Makes a page present, and those behind it as far as they are as simple.</summary>
    /// <param name="address">The page.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="pages">How many pages are done.</param>
    private FaultResult PopulateRun(VirtualAddress address, VirtualAddress end, out ulong pages)
    {
        pages = 1;
        _lock.EnterRead();
        FaultResult result = FaultResult.NotMapped;
        if (Find(address) is { } area)
        {
            VirtualAddress areaEnd = end < area.End ? end : area.End;
            bool isWrite = area.IsPrivate && area.IsWritable && !IsFrozen;
            if (area.IsAccessible)
            {
                result = Resolve(area, address, isWrite ? FaultAccess.Write : FaultAccess.Read);
            }
            else
            {
                // There may be any number of them.
                result = FaultResult.NotAllowed;
                pages = (areaEnd - address) >> Page.Shift;
            }
            if (result == FaultResult.Resolved && area.Object == _private)
                pages += MapBehind(area, address + Page.Size, areaEnd, isWrite);
        }
        _lock.ExitRead();
        return result;
    }

    /// <summary>Maps pages of private anonymous memory that never were, in one leaf table, which only this space uses. Locked for reading.</summary>
    /// <returns>How many; zero if it isn't that simple.</returns>
    private ulong MapBehind(VArea area, VirtualAddress address, VirtualAddress end, bool isWrite)
    {
        if (address >= end || !TryLockTable(address, out LeafTable leaf))
            return 0;
        int mapped = 0;
        if (leaf.Users == 1 && (!isWrite || Read(_table.FindBlock(address)).IsWritable))
        {
            PageTableEntry* entry = leaf.Entries + PageTableWalk.IndexOf(address, 1);
            mapped = MapRun(leaf, entry, EndOfRun(entry, (end - address) >> Page.Shift), FlagsFor(area), isWrite, OwnPage);
        }
        leaf.Unlock();
        return (ulong)mapped;
    }

    private Status AdviseLocked(PageRange range, Advice advice)
    {
        Status status = CheckAdvice(range, advice);
        if (status != Status.Success)
            return status;
        switch (advice)
        {
            case Advice.DontNeed:
                if (!OwnEdges(range, isRemoval: true))
                    return Status.OutOfMemory;
                RemovePages(range);
                return Status.Success;
            case Advice.Free:
                return FreeLazily(range);
            default:
                (VAreaFlags cleared, VAreaFlags set) = FlagsOf(advice);
                return ChangeFlags(range, cleared, set);
        }
    }

    private Status CheckAdvice(PageRange range, Advice advice)
    {
        VirtualAddress at = range.Start;
        for (VArea? area = Find(range.Start); area is not null && area.Start <= at && at < range.End; area = VAreaTree.Next(area))
        {
            at = area.End;
            bool isAnonymous = area.Object == _private;
            if (advice is Advice.Free or Advice.WipeOnFork && !isAnonymous)
                return Status.InvalidArgument;
            if (advice is Advice.DontNeed or Advice.Free && (area.Flags & VAreaFlags.Locked) != 0)
                return Status.InvalidArgument;
        }
        return at < range.End ? Status.NotFound : Status.Success;
    }

    private static (VAreaFlags Cleared, VAreaFlags Set) FlagsOf(Advice advice) => advice switch
    {
        Advice.Random => (VAreaFlags.Sequential, VAreaFlags.Random),
        Advice.Sequential => (VAreaFlags.Random, VAreaFlags.Sequential),
        Advice.HugePages => (VAreaFlags.None, VAreaFlags.HugePages),
        Advice.NoHugePages => (VAreaFlags.HugePages, VAreaFlags.None),
        Advice.DontFork => (VAreaFlags.None, VAreaFlags.DontFork),
        Advice.DoFork => (VAreaFlags.DontFork, VAreaFlags.None),
        Advice.WipeOnFork => (VAreaFlags.None, VAreaFlags.WipeOnFork),
        Advice.KeepOnFork => (VAreaFlags.WipeOnFork, VAreaFlags.None),
        _ => (VAreaFlags.Random | VAreaFlags.Sequential, VAreaFlags.None),
    };

    private Status SetLockedLocked(PageRange range, bool isLocked)
    {
        Status status = CheckAdvice(range, Advice.Normal);
        if (status != Status.Success)
            return status;
        ulong alreadyLocked = 0;
        for (VArea? area = Find(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
            if ((area.Flags & VAreaFlags.Locked) != 0)
                alreadyLocked += PagesIn(area, range);
        if (isLocked && _lockedPages - alreadyLocked + range.Pages > _limits.Locked)
            return Status.OutOfMemory;
        return ChangeFlags(range, isLocked ? VAreaFlags.None : VAreaFlags.Locked, isLocked ? VAreaFlags.Locked : VAreaFlags.None);
    }

    private static ulong PagesIn(VArea area, PageRange range)
    {
        VirtualAddress start = area.Start < range.Start ? range.Start : area.Start;
        VirtualAddress end = area.End > range.End ? range.End : area.End;
        return (end - start) >> Page.Shift;
    }

    /// <summary>Changes flags of all vareas of a range, cut at its ends and joined again where they are alike.</summary>
    private Status ChangeFlags(PageRange range, VAreaFlags cleared, VAreaFlags set)
    {
        if (!SplitLargeAt(range.Start) || !SplitLargeAt(range.End))
            return Status.OutOfMemory;
        Status status = CutAround(range);
        if (status != Status.Success)
            return status;
        for (VArea? area = Find(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            Count(area, -(long)area.Pages);
            area.Flags = (area.Flags & ~cleared) | set;
            Count(area, (long)area.Pages);
        }
        JoinIn(range);
        return Status.Success;
    }

    /// <summary>Marks private pages as droppable: clean from now on, so that a later write shows in the dirty bit.</summary>
    private Status FreeLazily(PageRange range)
    {
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            if (!OwnBlock(walk.Start, range, isRemoval: false))
                return Status.OutOfMemory;
        }
        walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            PageTableEntry* entries = _table.LeafOf(*block).Entries;
            for (int index = part.First; index < part.End; index++)
            {
                if (!entries[index].IsPresent || !_frames.Table.Descriptor(entries[index].Target.Frame)->IsExclusive)
                    continue;
                Interlocked.And(ref *(ulong*)(entries + index), ~(ulong)PageFlags.Dirty);
                Interlocked.Or(ref *(ulong*)(entries + index), (ulong)PageFlags.LazyFree);
                _batch.Add(part.AddressOf(index));
                _hasLazyPages = true;
            }
        }
        FlushBatch();
        return Status.Success;
    }

    /// <summary>Memory has run out: drops this space's pages that may be dropped lazily and were not written since.</summary>
    /// <returns>Whether any frame was freed.</returns>
    private bool Reclaim()
    {
        // Those who refer to a frozen space rely on its pages.
        if (!_hasLazyPages || IsFrozen)
            return false;
        _lock.EnterWrite();
        bool any = false;
        bool isLeft = false;
        var walk = new BlockWalk(_table, _range.Start, _range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, _range);
            if (!block->IsPresent || block->IsLarge)
                continue;
            LeafTable leaf = _table.LeafOf(*block);
            if (leaf.Users == 1)
                any |= ReclaimEntries(leaf, part, ref isLeft);
            else
                isLeft = true;
        }
        _hasLazyPages = isLeft;
        _lock.ExitWrite();
        return any;
    }

    private bool ReclaimEntries(LeafTable leaf, BlockPart part, ref bool isLeft)
    {
        bool any = false;
        for (int index = part.First; index < part.End; index++)
        {
            PageTableEntry* entry = leaf.Entries + index;
            if (!entry->Has(PageFlags.LazyFree) || !entry->IsPresent)
                continue;
            // Pages that were locked later stay as long as they are.
            if (Find(part.AddressOf(index)) is { } area && (area.Flags & VAreaFlags.Locked) != 0)
            {
                isLeft = true;
                continue;
            }
            Interlocked.And(ref *(ulong*)entry, ~(ulong)PageFlags.Present);
            Invalidate(part.AddressOf(index));
            // What the processor set until then counts.
            if (entry->Has(PageFlags.Dirty) || !_frames.Table.Descriptor(entry->Target.Frame)->IsExclusive)
            {
                Write(entry, entry->Without(PageFlags.LazyFree).With(PageFlags.Present));
                continue;
            }
            leaf.CountEntries(-ReleaseEntries(leaf.Entries, index, index + 1));
            NotePeak();
            Interlocked.Decrement(ref _residentPages);
            any = true;
        }
        return any;
    }

    private Status OffloadLocked(PageRange range)
    {
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            if ((!block->IsLarge || !part.IsWhole) && !OwnBlock(walk.Start, range, isRemoval: false))
                return Status.OutOfMemory;
        }
        for (VArea? area = _areas.FindAtOrAfter(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            if (area.Object == _private || !area.Object!.CanRefetch || (area.Flags & VAreaFlags.Locked) != 0)
                continue;
            VirtualAddress start = area.Start < range.Start ? range.Start : area.Start;
            VirtualAddress end = area.End > range.End ? range.End : area.End;
            OffloadPages(PageRange.Between(start, end));
        }
        return Status.Success;
    }

    /// <summary>Drops the pages of an object, one by one or, where nothing in the block is a private page, together.</summary>
    private void OffloadPages(PageRange range)
    {
        for (VirtualAddress page = range.Start; page < range.End; page += Page.Size)
        {
            VirtualAddress at = page;
            PageTableEntry* block = _table.NextBlock(ref at, range.End);
            if (block == null)
                return;
            page = at;
            if (block->IsLarge)
            {
                RemovePages(new PageRange(at.AlignDown(Page.LargeSize), LargePage.Frames));
                continue;
            }
            PageTableEntry entry = _table.LeafOf(*block).Entries[PageTableWalk.IndexOf(at, 1)];
            if (!entry.IsEmpty && (entry.IsUncounted || !IsOwnPage(entry)))
                RemovePages(new PageRange(at.AlignDown(Page.Size), 1));
        }
    }
}
