using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Protection and cache policy.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Changes what may be done with the pages of a range.</summary>
    /// <param name="range">Page-aligned; vareas are cut at its ends, and joined where they have become alike.</param>
    /// <param name="protection">What shall be allowed.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for an improper range or protection; <see cref="Status.NotFound"/> if a part of it
    /// is not mapped; <see cref="Status.AccessDenied"/> if a varea may never allow that; <see cref="Status.OutOfMemory"/>, also
    /// over the limit of data; what an object says. Nothing changed then.
    /// </returns>
    /// <remarks>What is not allowed any more can't be done by any processor once this returns.</remarks>
    public Status Protect(PageRange range, Protection protection)
    {
        if (!range.IsValid || !_range.Contains(range) || (protection & ~AllProtections) != 0)
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : ProtectLocked(range, protection);
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Changes the cache policy of a range of device memory.</summary>
    /// <param name="range">Page-aligned; mapped throughout.</param>
    /// <param name="policy">How the processor may cache it from now on, here; other mappings keep theirs.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/>, <see cref="Status.NotFound"/> as for <see cref="Protect"/>;
    /// <see cref="Status.NotSupported"/> if a part of it is not device memory: memory has one policy everywhere.
    /// </returns>
    public Status SetCachePolicy(PageRange range, CachePolicy policy)
    {
        if (!range.IsValid || !_range.Contains(range) || policy > CachePolicy.Uncached)
            return Status.InvalidArgument;
        _lock.EnterWrite();
        Status status = SetCachePolicyLocked(range, policy);
        _lock.ExitWrite();
        return status;
    }

    private Status ProtectLocked(PageRange range, Protection protection)
    {
        VArea? area = Find(range.Start);
        if (area is not null && area.Start == range.Start && area.Pages == range.Pages)
            return ProtectWhole(area, protection);
        Status status = CheckProtect(range, protection, out bool narrows, out bool changes);
        if (status != Status.Success || !changes)
            return status;
        if (!OwnBlocks(range, protection, narrows))
            return Status.OutOfMemory;
        status = CutAround(range);
        if (status != Status.Success)
            return status;
        for (area = _areas.FindAtOrAfter(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            Protection old = area.Protection;
            SetProtection(area, protection);
            ProtectPages(area, old);
        }
        FlushBatch();
        JoinIn(range);
        return Status.Success;
    }

    /// <summary>The most frequent case: exactly one varea changes.</summary>
    private Status ProtectWhole(VArea area, Protection protection)
    {
        Protection old = area.Protection;
        if ((protection & ~area.MaximumProtection) != 0)
            return Status.AccessDenied;
        if (area.IsPrivate && (protection & ~old & Protection.Write) != 0 && !MayPromise(area.Pages, (area.Flags & VAreaFlags.NoReserve) != 0 ? 0 : area.Pages))
            return Status.OutOfMemory;
        if (old == protection)
            return Status.Success;
        PageRange range = area.Range;
        PageTableEntry* block = null;
        bool isSimple = IsInOneBlock(range) && IsOwnOrEmpty(block = _table.FindBlock(range.Start));
        if (!isSimple && !OwnBlocks(range, protection, (old & ~protection) != 0))
            return Status.OutOfMemory;
        SetProtection(area, protection);
        if (!isSimple)
            ProtectPages(area, old);
        else if (block != null && !block->IsEmpty)
            ProtectBlock(area, old, block, PartOf(range.Start, range));
        FlushBatch();
        JoinAround(area);
        return Status.Success;
    }

    /// <summary>Whether a block has nothing, or a leaf table that only this space uses.</summary>
    private bool IsOwnOrEmpty(PageTableEntry* block) =>
        block == null || block->IsEmpty || (!block->IsLarge && _table.LeafOf(*block).Users == 1);

    private void SetProtection(VArea area, Protection protection)
    {
        if (area.IsPrivate && ((area.Protection ^ protection) & Protection.Write) != 0)
            _dataPages += area.IsWritable ? 0 - area.Pages : area.Pages;
        area.Protection = protection;
    }

    private Status CheckProtect(PageRange range, Protection protection, out bool narrows, out bool changes)
    {
        narrows = false;
        changes = false;
        ulong newData = 0, newMemory = 0;
        VirtualAddress at = range.Start;
        for (VArea? area = Find(range.Start); area is not null && area.Start <= at && at < range.End; area = VAreaTree.Next(area))
        {
            if ((protection & ~area.MaximumProtection) != 0)
                return Status.AccessDenied;
            narrows |= (area.Protection & ~protection) != 0;
            changes |= area.Protection != protection;
            VirtualAddress end = area.End > range.End ? range.End : area.End;
            if (area.IsPrivate && !area.IsWritable && (protection & Protection.Write) != 0)
            {
                newData += (end - at) >> Page.Shift;
                newMemory += (area.Flags & VAreaFlags.NoReserve) != 0 ? 0 : (end - at) >> Page.Shift;
            }
            at = end;
        }
        if (at < range.End)
            return Status.NotFound;
        // What takes permission away is not refused, whatever the limit has become meanwhile.
        return newData == 0 || MayPromise(newData, newMemory) ? Status.Success : Status.OutOfMemory;
    }

    /// <summary>Whether pages may become private and writable: one request is not promised more than there is, as in a map.</summary>
    /// <param name="pages">So many.</param>
    /// <param name="reserved">As many of them aren't <see cref="VAreaFlags.NoReserve"/>.</param>
    private bool MayPromise(ulong pages, ulong reserved) => _dataPages + pages <= _limits.Data && reserved <= _frames.TotalFrames;

    /// <summary>Gives this space leaf tables of its own where entries will change.</summary>
    private bool OwnBlocks(PageRange range, Protection protection, bool narrows)
    {
        const Protection Access = Protection.Read | Protection.Write | Protection.Execute;
        if (_hasHugePages && !SplitHuge(range, isRemoval: false))
            return false;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            bool mustSplit = block->IsLarge && (!part.IsWhole || (protection & Access) == 0);
            bool mustCopy = !block->IsLarge && narrows;
            if ((mustSplit || mustCopy) && !OwnBlock(walk.Start, range, isRemoval: false))
                return false;
        }
        return true;
    }

    /// <summary>Gives the entries of a varea the permissions that it has now, and no longer the old ones; what got narrower goes into the batch.</summary>
    private void ProtectPages(VArea area, Protection old)
    {
        PageRange range = area.Range;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
            ProtectBlock(area, old, walk.Entry, PartOf(walk.Start, range));
    }

    private void ProtectBlock(VArea area, Protection old, PageTableEntry* block, BlockPart part)
    {
        const Protection Access = Protection.Read | Protection.Write | Protection.Execute;
        if (block->IsLarge)
        {
            if (Narrow(block, FlagsFor(area), area.IsWritable, mayWrite: false))
                _batch.Add(part.AddressOf(part.First));
            return;
        }
        LeafTable leaf = _table.LeafOf(*block);
        // A table that is shared still needs wider permissions only: faults give them.
        if (leaf.Users != 1)
            return;
        if (!area.IsAccessible)
            KeepEntries(leaf.Entries, part);
        else if (area.Object == _private && (old ^ area.Protection) == Protection.Write && (old & Access) != 0)
            ProtectWriting(leaf.Entries, part, area.IsWritable);
        else
            ProtectEntries(area, leaf.Entries, part);
    }

    /// <summary>Allows writing of private pages, or forbids it; nothing else changes. Budget: 10 instructions a page.</summary>
    /// <remarks>An entry that allows less than its varea, because its table was shared once, may stay so: faults widen it.</remarks>
    private void ProtectWriting(PageTableEntry* entries, BlockPart part, bool isWritable)
    {
        PageTableEntry* end = entries + part.End;
        if (isWritable)
        {
            AllowWriting(entries + part.First, end, (byte*)_table.DescriptorOf(default));
            return;
        }
        // As long as pages are forgotten one by one.
        int index = part.First;
        for (; index < part.End && !_batch.IsEverything; index++)
        {
            if (!entries[index].IsWritable)
                continue;
            ForbidWriting(entries + index);
            _batch.Add(part.AddressOf(index));
        }
        const int Step = 4;
        PageTableEntry* at = entries + index;
        for (; at + Step <= end; at += Step)
        {
            ForbidWriting(at);
            ForbidWriting(at + 1);
            ForbidWriting(at + 2);
            ForbidWriting(at + 3);
        }
        for (; at < end; at++)
            ForbidWriting(at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ForbidWriting(PageTableEntry* entry)
    {
        // The processor sets bits of present entries at any time.
        if (entry->IsWritable)
            Interlocked.And(ref *(ulong*)entry, ~(ulong)PageFlags.Writable);
    }

    /// <summary>Gives write permission to present entries whose pages nobody else has.</summary>
    private static void AllowWriting(PageTableEntry* at, PageTableEntry* end, byte* descriptors)
    {
        const int Step = 4;
        for (; at + Step <= end; at += Step)
        {
            AllowWriting(at, descriptors);
            AllowWriting(at + 1, descriptors);
            AllowWriting(at + 2, descriptors);
            AllowWriting(at + 3, descriptors);
        }
        for (; at < end; at++)
            AllowWriting(at, descriptors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AllowWriting(PageTableEntry* entry, byte* descriptors)
    {
        ulong named = entry->Bits;
        if ((named & (ulong)(PageFlags.Present | PageFlags.Writable)) == (ulong)PageFlags.Present
            && ((FrameDescriptor*)(descriptors + PageTable.DescriptorOffset(named)))->IsExclusive)
            Interlocked.Or(ref *(ulong*)entry, (ulong)PageFlags.Writable);
    }

    /// <summary>Gives entries what an accessible varea allows; what got narrower goes into the batch.</summary>
    private void ProtectEntries(VArea area, PageTableEntry* entries, BlockPart part)
    {
        PageFlags wanted = FlagsFor(area);
        bool isWritable = area.IsWritable, isPrivate = area.IsPrivate;
        for (int index = part.First; index < part.End; index++)
        {
            PageTableEntry entry = entries[index];
            if (entry.IsEmpty)
                continue;
            bool mayWrite = isWritable && (entry.IsUncounted || (isPrivate && _table.DescriptorOf(entry.Target.Frame)->IsExclusive));
            if (!entry.IsPresent)
                Write(entries + index, new PageTableEntry(
                    entry.Target, wanted | (entry.Flags & LastingFlags) | (mayWrite ? PageFlags.Writable : PageFlags.None)));
            else if (Narrow(entries + index, wanted, isWritable, mayWrite))
                _batch.Add(part.AddressOf(index));
        }
    }

    /// <summary>Gives a present entry what a varea allows.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="wanted">What it shall have besides write permission.</param>
    /// <param name="isWritable">Whether the varea allows writing.</param>
    /// <param name="mayWrite">Whether the page may be written without a fault.</param>
    /// <returns>Whether it allows less than before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Narrow(PageTableEntry* entry, PageFlags wanted, bool isWritable, bool mayWrite)
    {
        PageFlags old = Read(entry).Flags;
        bool isNarrower = false;
        if (!isWritable && (old & PageFlags.Writable) != 0)
        {
            Interlocked.And(ref *(ulong*)entry, ~(ulong)PageFlags.Writable);
            isNarrower = true;
        }
        else if (mayWrite && (old & PageFlags.Writable) == 0)
        {
            Interlocked.Or(ref *(ulong*)entry, (ulong)PageFlags.Writable);
        }
        PageFlags different = (old ^ wanted) & (PageFlags.NoExecute | PageFlags.User);
        if (different == 0)
            return isNarrower;
        Interlocked.Or(ref *(ulong*)entry, (ulong)(different & wanted));
        Interlocked.And(ref *(ulong*)entry, ~(ulong)(different & ~wanted));
        return isNarrower || (different & wanted & PageFlags.NoExecute) != 0 || (different & ~wanted & PageFlags.User) != 0;
    }

    /// <summary>Takes the pages of a part out of reach; their frames stay.</summary>
    private void KeepEntries(PageTableEntry* entries, BlockPart part)
    {
        for (int index = part.First; index < part.End; index++)
        {
            if (!entries[index].IsPresent)
                continue;
            Interlocked.And(ref *(ulong*)(entries + index), ~(ulong)PageFlags.Present);
            // The processor sets nothing in an entry that isn't present.
            Write(entries + index, entries[index].Without(PageFlags.Writable).With(PageFlags.Kept));
            _batch.Add(part.AddressOf(index));
        }
    }

    private Status SetCachePolicyLocked(PageRange range, CachePolicy policy)
    {
        VirtualAddress covered = range.Start;
        for (VArea? area = Find(range.Start); area is not null && area.Start <= covered && covered < range.End; area = VAreaTree.Next(area))
        {
            if (area.Object is not PhysicalRangeObject)
                return Status.NotSupported;
            covered = area.End;
        }
        if (covered < range.End)
            return Status.NotFound;
        if (!OwnEdges(range, isRemoval: false))
            return Status.OutOfMemory;
        Status status = CutAround(range);
        if (status != Status.Success)
            return status;
        for (VArea? area = Find(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
            area.Flags = (area.Flags & ~PolicyFlags) | FlagsOf(policy);
        RemovePages(range);
        JoinIn(range);
        return Status.Success;
    }
}
