using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Page faults.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Pages that must stay free between a stack that grows and what is mapped below it.</summary>
    public const ulong StackGuardPages = 256;

    /// <summary>What an entry keeps while its page can't be reached.</summary>
    private const PageFlags LastingFlags =
        PageFlags.Dirty | PageFlags.Uncounted | PageFlags.LazyFree | PageFlags.Borrowed | PageFlags.WriteThrough | PageFlags.CacheDisable;

    /// <summary>What the entry of a private page has that is being written.</summary>
    private const PageFlags OwnPage = PageFlags.Writable | PageFlags.Dirty;

    /// <summary>Deals with a page fault, or with an access that would cause one.</summary>
    /// <param name="address">What was accessed; any value.</param>
    /// <param name="access">How, and what the processor said.</param>
    /// <returns>After <see cref="FaultResult.Resolved"/> and its like the access can be repeated.</returns>
    /// <remarks>Never called while a spin lock is held: objects may wait for I/O. Allocates no managed object.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public FaultResult Fault(VirtualAddress address, FaultAccess access)
    {
        _lock.EnterRead();
        return TryMapAnonymous(address, access) ? FaultResult.Resolved : FaultSlowly(address, access);
    }

    /// <summary>Any fault but the most frequent one. Locked for reading, which is ended here.</summary>
    private FaultResult FaultSlowly(VirtualAddress address, FaultAccess access)
    {
        while (true)
        {
            FaultResult result = FaultInArea(address, access);
            _lock.ExitRead();
            switch (result)
            {
                case FaultResult.Resolved or FaultResult.Spurious:
                    Interlocked.Increment(ref _minorFaults);
                    return result;
                case FaultResult.ResolvedAfterInputOutput:
                    Interlocked.Increment(ref _majorFaults);
                    return result;
                case FaultResult.NotMapped when TryGrowStack(address):
                case FaultResult.OutOfMemory when Reclaim():
                    break;
                default:
                    return result;
            }
            _lock.EnterRead();
        }
    }

    /// <summary>
    /// The most frequent faults: a page of private anonymous memory that never was, or a write to one that others see too, in the
    /// varea of the last fault and in a leaf table that is there and only this space's. Locked for reading, which is ended here if it succeeds.
    /// </summary>
    /// <returns>False, with nothing done, if it isn't that simple.</returns>
    /// <remarks>Budget: 170 instructions for a new page with a frame that is zeroed already.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryMapAnonymous(VirtualAddress address, FaultAccess access)
    {
        const FaultAccess Unusual = FaultAccess.Reserved | FaultAccess.Execute;
        VArea? area = _lastHit;
        if (area is null || !area.Contains(address) || (access & Unusual) != 0)
            return false;
        ulong protections = area.Protections;
        if (((ulong)access | protections) != protections || (protections & VArea.AnyAccess) == 0
            || area.Object != _faultable || (area.Flags & (VAreaFlags.Sequential | PolicyFlags)) != 0)
            return false;
        PageTableEntry* block = _table.FindPrivateBlock(address);
        if (block == null)
            return false;
        // Present, not large, and writable for a write, which has the same bit in fault codes and entries.
        const ulong Usual = (ulong)(PageFlags.Present | PageFlags.Large);
        ulong named = Read(block).Bits;
        if (((named ^ ~(ulong)PageFlags.Large) & (Usual | ((ulong)access & (ulong)FaultAccess.Write))) != 0)
            return false;
        LeafTable leaf = _table.LeafOf(new PageTableEntry(named));
        if (!leaf.TryLock())
            return false;
        PageTableEntry* entry = PageTableWalk.EntryFor(leaf.Entries, address, 1);
        if (Read(block).Bits != named || leaf.Users != 1)
        {
            leaf.Unlock();
            return false;
        }
        if (!entry->IsEmpty)
            return TryReplace(leaf, address, entry, access);
        if (!MapAnonymous(leaf, entry, LeafFlagsFor(protections), (access & FaultAccess.Write) != 0))
        {
            leaf.Unlock();
            return false;
        }
        if (BeginsAheadGroup(entry))
            MapAhead(address, entry, access);
        leaf.Unlock();
        EndMinorFault();
        return true;
    }

    /// <summary>Counts a fault that is resolved, and ends the lock for reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndMinorFault()
    {
        _lock.ExitRead();
        Interlocked.Increment(ref _minorFaults);
    }

    private FaultResult FaultInArea(VirtualAddress address, FaultAccess access)
    {
        if ((access & FaultAccess.Reserved) != 0)
            return FaultResult.Corrupt;
        if (Find(address) is not { } area)
            return FaultResult.NotMapped;
        if (!area.Allows(access) || (IsFrozen && (access & FaultAccess.Write) != 0))
            return FaultResult.NotAllowed;
        return Resolve(area, address, access);
    }

    /// <summary>Makes a page of a varea accessible as wanted. Locked for reading at least; the varea allows the access.</summary>
    private FaultResult Resolve(VArea area, VirtualAddress address, FaultAccess access)
    {
        PageTableEntry* block = _table.FindBlock(address);
        if (block == null)
        {
            if (area.Object is PhysicalRangeObject device && ResolveHuge(area, address, device) is { } done)
                return done;
            if ((block = _table.EnsureBlock(address, _isUser)) == null)
                return FaultResult.OutOfMemory;
        }
        while (true)
        {
            PageTableEntry named = Read(block);
            if (named.IsEmpty)
            {
                if (TryMapLarge(area, address, block))
                    return FaultResult.Resolved;
                if (!_table.MakeLeaf(block, _isUser))
                    return FaultResult.OutOfMemory;
                continue;
            }
            if (named.IsLarge)
            {
                if (ResolveLarge(area, address, block, named, access) is { } done)
                    return done;
                continue;
            }
            LeafTable leaf = _table.LeafOf(named);
            leaf.Lock();
            // Another thread of this space may have copied the table meanwhile.
            if (Read(block).Target != named.Target)
            {
                leaf.Unlock();
                continue;
            }
            PageTableEntry* entry = leaf.Entries + PageTableWalk.IndexOf(address, 1);
            if (leaf.Users > 1)
            {
                if (AllowsReading(*entry, area, access))
                {
                    leaf.Unlock();
                    return FaultResult.Spurious;
                }
                if (!CopyTable(block, leaf, address, AllocationPriority.Normal))
                    return FaultResult.OutOfMemory;
                DropEmptyBackup();
                continue;
            }
            if ((access & FaultAccess.Write) != 0 && !Read(block).IsWritable)
                TakeBackBlock(block, leaf, address);
            if (ResolveEntry(area, address, access, block, leaf, entry) is { } result)
                return result;
        }
    }

    /// <summary>Resolves a fault in a leaf table of this space's own, which is locked and gets unlocked.</summary>
    /// <returns>Null if it has to be looked at again.</returns>
    private FaultResult? ResolveEntry(
        VArea area, VirtualAddress address, FaultAccess access, PageTableEntry* block, LeafTable leaf, PageTableEntry* entry)
    {
        bool isWrite = (access & FaultAccess.Write) != 0;
        PageTableEntry old = *entry;
        FaultResult result;
        if (old.IsEmpty)
        {
            if (area.Object != _private)
                return ResolveFromObject(area, address, isWrite, block, leaf, entry);
            result = MapAnonymous(leaf, entry, FlagsFor(area), isWrite) ? FaultResult.Resolved : FaultResult.OutOfMemory;
            if (result == FaultResult.Resolved && (BeginsAheadGroup(entry) || (area.Flags & VAreaFlags.Sequential) != 0))
                MapAhead(address, entry, access);
        }
        else
        {
            result = Widen(area, address, isWrite, entry, old);
        }
        leaf.Unlock();
        return result;
    }

    /// <summary>The page is there: allow what the varea allows, with a private copy where the page is not this space's own.</summary>
    private FaultResult Widen(VArea area, VirtualAddress address, bool isWrite, PageTableEntry* entry, PageTableEntry old)
    {
        // A page that was kept gets the permissions that the varea has now.
        PageTableEntry now = old.IsPresent
            ? old.Without(area.IsExecutable ? PageFlags.NoExecute : PageFlags.None)
                .With(PageFlags.Accessed | (PageFlags)((ulong)area.Protection & (ulong)Protection.User))
            : new PageTableEntry(old.Target, FlagsFor(area) | (old.Flags & LastingFlags));
        if (isWrite)
        {
            now = now.Without(PageFlags.LazyFree);
            if (!now.IsWritable && area.IsPrivate)
                return MakePrivate(area, address, entry, now);
            // The kernel's own writes take another route: no processor sets the dirty bit for them.
            now = now.With(PageFlags.Writable | PageFlags.Dirty);
        }
        if (now.Bits == old.Bits)
            return FaultResult.Spurious;
        Write(entry, now);
        return FaultResult.Resolved;
    }

    /// <summary>A page of private anonymous memory that never was: the zero page for reading, a frame of its own for writing.</summary>
    /// <returns>False when memory has run out.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MapAnonymous(LeafTable leaf, PageTableEntry* entry, PageFlags flags, bool isWrite)
    {
        if (!FillAnonymous(entry, flags, isWrite, OwnPage))
            return false;
        leaf.CountEntries(1);
        Interlocked.Increment(ref _residentPages);
        return true;
    }

    /// <summary>As <see cref="MapAnonymous"/>, without counting the entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool FillAnonymous(PageTableEntry* entry, PageFlags flags, bool isWrite, PageFlags whenWritten)
    {
        FrameNumber frame;
        if (isWrite)
        {
            if (!_frames.TakeZeroed(_cache, FrameOwner.User, out frame))
                return false;
            _table.DescriptorOf(frame)->Mappings = 1;
            flags |= whenWritten;
        }
        else
        {
            frame = _manager.ZeroFrame;
            Interlocked.Increment(ref _manager.ZeroDescriptor->Mappings);
        }
        Write(entry, new PageTableEntry(frame.Address, flags));
        return true;
    }

    /// <summary>Maps pages of private anonymous memory up to one that is there already, or until memory has run out. The table is locked.</summary>
    /// <returns>How many.</returns>
    private int MapRun(LeafTable leaf, PageTableEntry* entry, PageTableEntry* end, PageFlags flags, bool isWrite, PageFlags whenWritten)
    {
        PageTableEntry* at = entry;
        while (at < end && at->IsEmpty && FillAnonymous(at, flags, isWrite, whenWritten))
            at++;
        int mapped = (int)(at - entry);
        leaf.CountEntries(mapped);
        Interlocked.Add(ref _residentPages, mapped);
        return mapped;
    }

    /// <summary>Asks the object for a page, without the table's lock, and maps what it gives.</summary>
    private FaultResult? ResolveFromObject(
        VArea area, VirtualAddress address, bool isWrite, PageTableEntry* block, LeafTable leaf, PageTableEntry* entry)
    {
        leaf.Unlock();
        var request = new PageRequest
        {
            Area = area,
            Page = area.PageAt(address),
            Address = address.AlignDown(Page.Size),
            ForWrite = isWrite && !area.IsPrivate,
            NeedsFrame = isWrite && area.IsPrivate,
            Block = block,
            Table = leaf,
        };
        switch (area.Object!.OnPageFault(ref request))
        {
            case PageAnswer.Frame:
                break;
            case PageAnswer.Mapped:
                return FaultResult.Resolved;
            case PageAnswer.Retry:
                return null;
            case PageAnswer.OutOfMemory:
                return FaultResult.OutOfMemory;
            case PageAnswer.NotAllowed:
                return FaultResult.NotAllowed;
            default:
                return FaultResult.BusError;
        }
        FaultResult? result = MapFromObject(area, isWrite, block, leaf, entry, request.Frame);
        _manager.DropReference(request.Frame);
        return result == FaultResult.Resolved && request.HadInputOutput ? FaultResult.ResolvedAfterInputOutput : result;
    }

    private FaultResult? MapFromObject(VArea area, bool isWrite, PageTableEntry* block, LeafTable leaf, PageTableEntry* entry, FrameNumber frame)
    {
        leaf.Lock();
        // Meanwhile a page may have been mapped here, or the table been replaced; the tables above stay.
        if (!Read(block).IsPresent || Read(block).Target.Frame != leaf.Frame || leaf.Users > 1 || !entry->IsEmpty)
        {
            leaf.Unlock();
            return null;
        }
        FaultResult result = FaultResult.Resolved;
        if (isWrite && area.IsPrivate)
        {
            result = MapCopy(area, entry, frame);
        }
        else
        {
            Interlocked.Increment(ref _frames.Table.Descriptor(frame)->Mappings);
            PageFlags flags = FlagsFor(area) | (isWrite ? PageFlags.Writable | PageFlags.Dirty : PageFlags.None);
            // A shared page may be written as soon as it is there, unless the object wants to know of it.
            if (area.IsWritable && !area.IsPrivate && area.Object!.AllowsWriting(frame))
                flags |= PageFlags.Writable;
            if (area.Object is PrivateObject)
                flags |= PageFlags.Borrowed;
            Write(entry, new PageTableEntry(frame.Address, flags));
        }
        if (result == FaultResult.Resolved)
        {
            leaf.CountEntries(1);
            Interlocked.Increment(ref _residentPages);
        }
        leaf.Unlock();
        return result;
    }

    /// <summary>Maps a private copy of a frame where nothing was.</summary>
    private FaultResult MapCopy(VArea area, PageTableEntry* entry, FrameNumber source)
    {
        if (_frames.Allocate(FrameOwner.User) is not { } copy)
            return FaultResult.OutOfMemory;
        Hardware.Current.CopyPage(DirectMap.Pointer(copy.Address), DirectMap.Pointer(source.Address));
        _frames.Table.Descriptor(copy)->Mappings = 1;
        Write(entry, new PageTableEntry(copy.Address, FlagsFor(area) | PageFlags.Writable | PageFlags.Dirty));
        return FaultResult.Resolved;
    }

    /// <summary>Makes a stack longer that begins above an address where nothing is mapped.</summary>
    private bool TryGrowStack(VirtualAddress address)
    {
        if (!_range.Contains(address))
            return false;
        _lock.EnterWrite();
        bool hasGrown = GrowStack(address.AlignDown(Page.Size));
        _lock.ExitWrite();
        return hasGrown;
    }

    private bool GrowStack(VirtualAddress address)
    {
        VArea? area = _areas.FindAtOrAfter(address);
        // Memory of a frozen space ends where it ended.
        if (area is null || (area.Flags & VAreaFlags.GrowsDown) == 0 || IsFrozen || (area.Object is PrivateObject && area.Object != _private))
            return false;
        // Another thread may have made it grow already.
        if (area.Start <= address)
            return true;
        ulong pages = (area.Start - address) >> Page.Shift;
        VirtualAddress below = VAreaTree.Previous(area) is { } previous ? previous.End + (StackGuardPages << Page.Shift) : _range.Start;
        if (address < below || area.Pages + pages > ulong.Min(_limits.Stack, VArea.MaximumPages) || CheckGrowth(area, pages) != Status.Success
            || (area.Object != _private && area.Offset < pages)
            || area.Object!.OnExpand(area, pages, true) != Status.Success)
            return false;
        area.Start = address;
        area.Pages += pages;
        if (area.Object != _private)
            area.Offset -= pages;
        Count(area, (long)pages);
        _areas.Moved(area);
        return true;
    }

    /// <summary>What an entry of a varea has besides write permission, which depends on the page.</summary>
    private PageFlags FlagsFor(VArea area) =>
        (area.Flags & PolicyFlags) == 0 ? LeafFlagsFor(area.Protections) : LeafFlagsFor(area.Protections) | PolicyFlagsFor(area);

    /// <summary>As <see cref="FlagsFor"/>, for what isn't device memory and has these <see cref="VArea.Protections"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PageFlags LeafFlagsFor(ulong protections)
    {
        const int NoExecuteShift = 60;
        // User mode has the same bit in both; no-execute is the opposite of the fourth.
        return _leafFlags | (PageFlags)(protections & (ulong)Protection.User)
            | (PageFlags)((~protections & (ulong)Protection.Execute) << NoExecuteShift);
    }

    private static PageFlags PolicyFlagsFor(VArea area) =>
        Hardware.Current.FlagsFor((area.Flags & VAreaFlags.Uncached) != 0 ? CachePolicy.Uncached : CachePolicy.WriteCombining);

    /// <summary>Whether an entry allows an access that isn't a write as it is.</summary>
    private static bool AllowsReading(PageTableEntry entry, VArea area, FaultAccess access) =>
        (access & FaultAccess.Write) == 0 && entry.IsPresent
        && ((access & FaultAccess.User) == 0 || entry.Has(PageFlags.User))
        && ((access & FaultAccess.Execute) == 0 || !entry.Has(PageFlags.NoExecute) || !area.IsExecutable);

    private static PageTableEntry Read(PageTableEntry* entry) => new(Volatile.Read(ref *(ulong*)entry));

    private static void Write(PageTableEntry* entry, PageTableEntry value) => Volatile.Write(ref *(ulong*)entry, value.Bits);
}
