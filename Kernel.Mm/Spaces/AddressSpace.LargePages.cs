using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>2 MiB pages: made at the first fault in a block, split when a part of the block becomes different, joined on request.</content>
public sealed unsafe partial class AddressSpace
{
    // Held while a 2 MiB entry is split, inside the space's lock.
    private SpaceLock _splitLock;

    /// <summary>Makes 2 MiB pages of the blocks of a range whose 512 pages all are private pages of this space alone.</summary>
    /// <param name="range">Blocks that lie in it only in part stay as they are.</param>
    /// <returns>How many blocks are 2 MiB pages now that were not before.</returns>
    /// <remarks>Copies the pages of a block into one run of frames; blocks for which there is none stay as they are.</remarks>
    public int JoinLargePages(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return 0;
        _lock.EnterWrite();
        int joined = 0;
        VirtualAddress at = range.Start.AlignUp(Page.LargeSize);
        while (!IsFrozen && at < range.End && _table.NextBlock(ref at, range.End) is var block && block != null)
        {
            if (range.Contains(new PageRange(at, LargePage.Frames)) && !block->IsLarge && JoinBlock(block, at))
                joined++;
            at += Page.LargeSize;
        }
        _lock.ExitWrite();
        return joined;
    }

    /// <summary>Maps a 2 MiB page where a block is empty, if the varea wants it and there is one.</summary>
    private bool TryMapLarge(VArea area, VirtualAddress address, PageTableEntry* block)
    {
        if (area.Object is PhysicalRangeObject device)
            return TryMapLargeDevice(area, address, block, device);
        if ((area.Flags & VAreaFlags.HugePages) == 0 || area.Object != _private || !Covers(area, address))
            return false;
        if (LargePage.AllocateZeroed(_frames) is not { } first)
            return false;
        PageFlags flags = FlagsFor(area) | PageFlags.Large | (area.IsWritable && !IsFrozen ? PageFlags.Writable : PageFlags.None);
        ulong entry = new PageTableEntry(first.Address, flags).Bits;
        if (Interlocked.CompareExchange(ref *(ulong*)block, entry, 0) != 0)
        {
            LargePage.DropMapping(_frames, first);
            return true;
        }
        _table.CountInTable(block, 1);
        Interlocked.Add(ref _residentPages, (long)LargePage.Frames);
        return true;
    }

    /// <summary>Resolves a fault on a 2 MiB page that is there. Locked for reading at least.</summary>
    /// <returns>Null if it has to be looked at again.</returns>
    private FaultResult? ResolveLarge(VArea area, VirtualAddress address, PageTableEntry* block, PageTableEntry old, FaultAccess access)
    {
        bool isWrite = (access & FaultAccess.Write) != 0;
        bool mayStay = !isWrite || old.IsWritable || old.IsUncounted || LargePage.IsExclusive(_frames, old.Target.Frame);
        if (!mayStay)
            return SplitLarge(block, address) ? null : FaultResult.OutOfMemory;
        PageTableEntry now = old.With(PageFlags.Accessed | (isWrite ? PageFlags.Writable | PageFlags.Dirty : PageFlags.None))
            .Without(area.IsExecutable ? PageFlags.NoExecute : PageFlags.None);
        if (now.Bits == old.Bits)
            return FaultResult.Spurious;
        return Interlocked.CompareExchange(ref *(ulong*)block, now.Bits, old.Bits) == old.Bits ? FaultResult.Resolved : null;
    }

    /// <summary>Replaces a 2 MiB entry by a leaf table with 512 entries that allow the same. Locked for reading at least.</summary>
    /// <param name="block">The entry.</param>
    /// <param name="address">In its block.</param>
    /// <returns>False when memory has run out. True also if another thread was faster.</returns>
    private bool SplitLarge(PageTableEntry* block, VirtualAddress address)
    {
        if (!Read(block).IsLarge)
            return true;
        // One thread at a time: as long as the entry is there, no frame is freed whose mappings are being counted.
        _splitLock.EnterWrite();
        bool isSplit = SplitLargeLocked(block, address);
        _splitLock.ExitWrite();
        return isSplit;
    }

    private bool SplitLargeLocked(PageTableEntry* block, VirtualAddress address)
    {
        PageTableEntry old = Read(block);
        if (!old.IsPresent || !old.IsLarge)
            return true;
        if (_frames.Allocate(FrameOwner.PageTable, AllocationPriority.Reserve) is not { } frame)
            return false;
        var leaf = new LeafTable(frame, _frames.Table.Descriptor(frame));
        leaf.Initialize(PageTableWalk.EntriesPerTable);
        FrameNumber first = old.Target.Frame;
        // An entry that may be written is the only one, so the small ones may be written too. A frame that I/O pins, and
        // which thus isn't exclusive, must not be replaced by a copy.
        ulong small = old.Without(PageFlags.Large).Bits;
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
            leaf.Entries[index] = new PageTableEntry(small + ((ulong)index << Page.Shift));
        // Counted before any other thread can see the entries and drop one. The processor may still change the old entry's bits.
        if (!old.IsUncounted)
            LargePage.AddSmallMappings(_frames, first, 1);
        ulong table = new PageTableEntry(frame.Address, PageTable.TableFlags(_isUser)).Bits;
        if (Interlocked.CompareExchange(ref *(ulong*)block, table, old.Bits) != old.Bits)
        {
            if (!old.IsUncounted)
                LargePage.AddSmallMappings(_frames, first, -1);
            leaf.Retire();
            _frames.Free(frame);
            return true;
        }
        // Translations of both sizes must not be cached at once.
        Invalidate(address);
        if (!old.IsUncounted)
            LargePage.DropMapping(_frames, first);
        return true;
    }

    /// <summary>Splits the large page that goes on over an address, if there is one: a large page lies in one varea. Locked for writing.</summary>
    /// <returns>False when memory has run out.</returns>
    private bool SplitLargeAt(VirtualAddress address)
    {
        if (_hasHugePages && (address.Value & (Page.HugeSize - 1)) != 0 && !SplitHuge(new PageRange(address.AlignDown(Page.Size), 1), isRemoval: false))
            return false;
        if ((address.Value & (Page.LargeSize - 1)) == 0)
            return true;
        PageTableEntry* block = _table.FindBlock(address);
        return block == null || SplitLarge(block, address);
    }

    private bool JoinBlock(PageTableEntry* block, VirtualAddress address)
    {
        if (!block->IsPresent || Find(address) is not { } area || area.Object != _private || !Covers(area, address) || !area.IsAccessible)
            return false;
        LeafTable leaf = _table.LeafOf(*block);
        // A user that has just gone may not have unlocked yet.
        leaf.Lock();
        if (leaf.Users == 1)
            Settle(leaf);
        leaf.Unlock();
        if (leaf.Users > 1 || leaf.EntriesInUse != PageTableWalk.EntriesPerTable || !AreExclusive(leaf.Entries)
            || _frames.AllocateBlock(FrameOwner.User, LargePage.Order) is not { } first)
            return false;
        FrameDescriptor* descriptors = _frames.Table.Descriptor(first);
        descriptors->OwnerWord = 1;
        // Nobody may write while it is copied.
        Interlocked.And(ref *(ulong*)block, ~(ulong)PageFlags.Present);
        _batch.AddAll();
        FlushBatch();
        PageTableEntry old = *block;
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
        {
            descriptors[index].References = 1;
            Hardware.Current.CopyPage(DirectMap.Pointer((first + (ulong)index).Address), DirectMap.Pointer(leaf.Entries[index].Target));
        }
        PageFlags flags = FlagsFor(area) | PageFlags.Large | PageFlags.Dirty | (area.IsWritable ? PageFlags.Writable : PageFlags.None);
        Write(block, new PageTableEntry(first.Address, flags));
        ReleaseEntries(leaf.Entries, 0, PageTableWalk.EntriesPerTable);
        leaf.Retire();
        _frames.FreeZeroed(old.Target.Frame);
        return true;
    }

    private bool AreExclusive(PageTableEntry* entries)
    {
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
            if (!entries[index].IsPresent || entries[index].IsUncounted || !_frames.Table.Descriptor(entries[index].Target.Frame)->IsExclusive)
                return false;
        return true;
    }

    /// <summary>Whether a varea covers all of the block around an address.</summary>
    private static bool Covers(VArea area, VirtualAddress address) =>
        area.Range.Contains(new PageRange(address.AlignDown(Page.LargeSize), LargePage.Frames));
}
