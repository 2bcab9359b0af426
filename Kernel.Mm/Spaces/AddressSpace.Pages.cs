using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Takes pages out of the page table: hide, make all processors forget, release.</content>
/// <remarks>
/// A count may only go down, and a frame or table only be freed, once no processor can use it any more. So entries first
/// lose their present bit, then the translations are invalidated, then what they name is released.
/// </remarks>
public sealed unsafe partial class AddressSpace
{
    /// <summary>
    /// Takes all pages of a range out of the table and releases them. Locked for writing.
    /// </summary>
    /// <param name="range">Blocks that lie in it in part have tables of their own (<see cref="OwnBlock"/>), or nothing outside it.</param>
    /// <param name="keepsTables">Whether leaf tables that only this space uses, and the tables above, stay though they become empty.</param>
    /// <remarks>Never allocates.</remarks>
    private void RemovePages(PageRange range, bool keepsTables = false)
    {
        NotePeak();
        if (_hasHugePages)
            RemoveHuge(range);
        if ((IsInOneBlock(range) && TryRemoveFew(range)) || !HidePages(range, keepsTables))
            return;
        FlushBatch();
        if (ReleasePages(range) && !keepsTables)
            PruneTables(range);
    }

    /// <summary>As <see cref="RemovePages"/>, for some pages of a table that only this space uses and that keeps other pages.</summary>
    /// <returns>False, with nothing done, if it isn't that simple.</returns>
    private bool TryRemoveFew(PageRange range)
    {
        PageTableEntry* block = _table.FindBlock(range.Start);
        if (block == null || block->IsEmpty)
            return true;
        if (block->IsLarge)
            return false;
        LeafTable leaf = _table.LeafOf(*block);
        if (leaf.Users != 1 || leaf.EntriesInUse <= (long)range.Pages)
            return false;
        BlockPart part = PartOf(range.Start, range);
        HideEntries(leaf.Entries, part, part.First, isAlone: false);
        FlushBatch();
        ReleasePart(leaf, part);
        return true;
    }

    /// <summary>First pass: nothing of the range is present any more. Says whether there was anything.</summary>
    private bool HidePages(PageRange range, bool keepsTables)
    {
        bool any = false;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            any = true;
            BlockPart part = PartOf(walk.Start, range);
            if (part.IsWhole && (!keepsTables || block->IsLarge || IsShared(*block)))
            {
                Interlocked.And(ref *(ulong*)block, ~(ulong)PageFlags.Present);
                _batch.AddAll();
            }
            else
            {
                HidePart(block, part, keepsTables);
            }
        }
        return any;
    }

    private void HidePart(PageTableEntry* block, BlockPart part, bool keepsTable)
    {
        Debug.Assert(!block->IsLarge);
        LeafTable leaf = _table.LeafOf(*block);
        if (leaf.Users > 1)
        {
            // Nothing of it is outside the part, and what others remove from it doesn't matter.
            Interlocked.And(ref *(ulong*)block, ~(ulong)PageFlags.Present);
            _batch.AddAll();
            return;
        }
        PageTableEntry* entries = leaf.Entries;
        bool isAlone = !keepsTable && IsAlone(leaf, part);
        HideEntries(entries, part, leaf.EntriesInUse == 0 ? part.End : part.First, isAlone);
        if (!isAlone)
            return;
        // The processor may have cached the entry above even where no page was.
        if (leaf.EntriesInUse == 0)
            _batch.Add(part.AddressOf(part.First));
        Interlocked.And(ref *(ulong*)block, ~(ulong)PageFlags.Present);
    }

    /// <summary>The pages of a part, from one on, go into the batch, and their entries lose their present bit if they are not all of the table's.</summary>
    private void HideEntries(PageTableEntry* entries, BlockPart part, int first, bool isAlone)
    {
        PageTableEntry* end = entries + part.End;
        PageTableEntry* at = entries + first;
        // As long as pages are forgotten one by one.
        for (; at < end && !_batch.IsEverything; at++)
        {
            if (at->IsEmpty)
                at = LastEmpty(at, end);
            if (!at->IsPresent)
                continue;
            _batch.Add(part.AddressOf((int)(at - entries)));
            if (!isAlone)
                Interlocked.And(ref *(ulong*)at, ~(ulong)PageFlags.Present);
        }
        if (isAlone)
            return;
        for (; at < end; at++)
            if (at->IsPresent)
                Interlocked.And(ref *(ulong*)at, ~(ulong)PageFlags.Present);
    }

    /// <summary>Second pass: counts down and frees. Says whether a block became empty.</summary>
    private bool ReleasePages(PageRange range)
    {
        bool emptied = false;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            if (!block->IsPresent)
            {
                PageTableEntry old = *block;
                *block = default;
                _table.CountInTable(block, -1);
                ReleaseBlock(old, part);
                emptied = true;
            }
            else
            {
                ReleasePart(_table.LeafOf(*block), part);
            }
        }
        return emptied;
    }

    private void ReleasePart(LeafTable leaf, BlockPart part)
    {
        int released = ReleaseEntries(leaf.Entries, part.First, part.End, leaf.EntriesInUse);
        leaf.CountEntries(-released);
        Interlocked.Add(ref _residentPages, -released);
    }

    /// <summary>Releases everything below a table that no processor uses any more, in one pass, and leaves it empty.</summary>
    /// <remarks>A table's count tells when all its entries have been seen, the vareas where to look for them.</remarks>
    /// <param name="table">The table.</param>
    /// <param name="level">Its level, <see cref="PageTable.BlockLevel"/> or above.</param>
    /// <param name="start">The first address that it covers.</param>
    private void ReleaseTables(FrameNumber table, int level, VirtualAddress start)
    {
        FrameDescriptor* descriptor = _frames.Table.Descriptor(table);
        PageTableEntry* entries = PageTableWalk.Table(table.Address);
        ulong size = PageTableWalk.PageSizeAt(level);
        // The kernel's half of the root isn't this space's.
        int count = level == PageTableWalk.Levels ? PageTableWalk.EntriesPerTable / 2 : PageTableWalk.EntriesPerTable;
        for (int index = 0; descriptor->Mappings != 0;)
        {
            if (index == count || entries[index].IsEmpty)
            {
                VArea? area = _areas.FindAtOrAfter(start + (ulong)index * size);
                if (area is not null && area.Start > start && (area.Start - start) / size < (ulong)count)
                    index = int.Max(index, (int)((area.Start - start) / size));
                index = PageTableWalk.NextInUse(entries, index, count);
                if (index == count)
                    index = PageTableWalk.NextInUse(entries, 0, count);
            }
            PageTableEntry old = entries[index];
            int released = 1;
            if (level != PageTable.BlockLevel && old.IsLarge)
            {
                entries[index] = default;
                Interlocked.Add(ref _residentPages, -(long)HugeFrames);
            }
            else if (level != PageTable.BlockLevel)
            {
                entries[index] = default;
                ReleaseTables(old.Target.Frame, level - 1, start + (ulong)index * size);
                _frames.FreeZeroed(old.Target.Frame);
            }
            else if (!IsShared(old) || (released = DropUsers(entries + index, entries + count)) == 0)
            {
                released = 1;
                entries[index] = default;
                ReleaseBlock(old, BlockPart.Whole);
            }
            descriptor->Mappings -= released;
            index += released;
        }
    }

    /// <summary>Whether a level-2 entry names a leaf table that other spaces use too.</summary>
    private bool IsShared(PageTableEntry block) => block.IsPresent && !block.IsLarge && _table.LeafOf(block).Users > 1;

    /// <summary>Drops this space's use of the shared leaf tables that consecutive level-2 entries name, and empties these.</summary>
    /// <returns>How many; fewer if a table isn't shared any more, or is busy.</returns>
    private int DropUsers(PageTableEntry* at, PageTableEntry* end)
    {
        // The backup's lock is held meanwhile.
        const long AtOnce = 64;
        long pages = 0;
        int dropped = _private!.Backup!.RemoveUsers(_table, at, at + long.Min(AtOnce, end - at), ref pages);
        Interlocked.Add(ref _residentPages, -pages);
        return dropped;
    }

    /// <summary>Releases what a level-2 entry named that is empty now, and that has nothing outside a part.</summary>
    private void ReleaseBlock(PageTableEntry old, BlockPart part)
    {
        if (old.IsLarge)
        {
            Interlocked.Add(ref _residentPages, -(long)LargePage.Frames);
            if (!old.IsUncounted)
                LargePage.DropMapping(_frames, old.Target.Frame);
            return;
        }
        ReleaseLeaf(_table.LeafOf(old), part);
    }

    /// <summary>Drops this space's use of a leaf table that its upper entry doesn't name any more, and that no processor knows.</summary>
    private void ReleaseLeaf(LeafTable leaf, BlockPart part)
    {
        leaf.Lock();
        Interlocked.Add(ref _residentPages, -leaf.CountedEntries);
        if (leaf.Users > 1)
        {
            DropUser(leaf);
            leaf.Unlock();
            return;
        }
        leaf.Unlock();
        if (leaf.EntriesInUse != 0)
        {
            int released = ReleaseEntries(leaf.Entries, part.First, part.End, leaf.EntriesInUse);
            Debug.Assert(released == leaf.EntriesInUse);
        }
        leaf.Retire();
        _frames.FreeZeroed(leaf.Frame);
    }

    /// <summary>Counts one user less of a table that has several; it leaves the backup with the last but one. The table is locked.</summary>
    private void DropUser(LeafTable leaf)
    {
        // In this order: once it has one user, that one's fork may list it anew without its lock.
        if (leaf.Users == 2)
            _private!.Backup!.Remove(leaf);
        leaf.RemoveUser();
    }

    /// <summary>Releases what hidden entries name, and empties them. Says how many named something.</summary>
    private int ReleaseEntries(PageTableEntry* entries, int first, int end, int inUse = PageTableWalk.EntriesPerTable)
    {
        int released = 0;
        FrameRun run = default;
        PageTableEntry* at = entries + first, behind = entries + end;
        while ((at = ReleaseUserPages(at, behind, inUse, ref run, ref released)) < behind)
        {
            if (run.Count == FrameRun.Longest)
            {
                _frames.Free(ref run);
                continue;
            }
            PageTableEntry entry = *at;
            *at++ = default;
            released++;
            if (!entry.IsUncounted)
                _manager.DropMapping(entry.Target.Frame);
        }
        if (run.Count != 0)
            _frames.Free(ref run);
        return released;
    }

    /// <summary>
    /// Releases the pages of programs that entries name, empties these, and collects the frames that nobody else has.
    /// Budget: 32 instructions a page, so there is no call in the loop.
    /// </summary>
    /// <param name="at">The first.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="inUse">The table's entries in use: when so many are released, the others are empty.</param>
    /// <param name="run">Gets the frames.</param>
    /// <param name="released">Counts the entries.</param>
    /// <returns>Where it stopped: at the end, with a full run, or at an entry that names something else.</returns>
    private PageTableEntry* ReleaseUserPages(PageTableEntry* at, PageTableEntry* end, int inUse, ref FrameRun run, ref int released)
    {
        byte* descriptors = (byte*)_table.DescriptorOf(default);
        FrameRun collected = run;
        int count = 0;
        for (; at < end; at++)
        {
            ulong named = at->Bits;
            if (named == 0)
            {
                at = released + count == inUse ? end - 1 : LastEmpty(at, end);
                continue;
            }
            ulong offset = PageTable.DescriptorOffset(named);
            var descriptor = (FrameDescriptor*)(descriptors + offset);
            if ((named & (ulong)PageFlags.Uncounted) != 0 || !descriptor->IsUserPage || collected.Count == FrameRun.Longest)
                break;
            *(ulong*)at = 0;
            count++;
            if (descriptor->TryReleaseOnlyMapping() || descriptor->Release(FrameDescriptor.OneMapping))
                collected.Add(descriptor, (uint)(offset / (uint)sizeof(FrameDescriptor)));
        }
        run = collected;
        released += count;
        return at;
    }

    /// <summary>The last of the empty entries that begin with one, or one before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PageTableEntry* LastEmpty(PageTableEntry* at, PageTableEntry* end)
    {
        const int Step = 8;
        while (at + Step < end
            && (at[1].Bits | at[2].Bits | at[3].Bits | at[4].Bits | at[5].Bits | at[6].Bits | at[7].Bits | at[8].Bits) == 0)
            at += Step;
        return at;
    }

    /// <summary>Frees upper tables over a range that have become empty.</summary>
    private void PruneTables(PageRange range)
    {
        if (!_isUser)
            return;
        FrameList tables = default;
        tables.Clear();
        _table.Prune(range, ref tables);
        if (tables.Count == 0)
            return;
        Invalidate(range.Start);
        while (tables.Count != 0)
            _frames.FreeZeroed(tables.Pop(_frames.Table));
    }

    /// <summary>Which entries of a block lie in a range.</summary>
    private static BlockPart PartOf(VirtualAddress at, PageRange range)
    {
        VirtualAddress start = at.AlignDown(Page.LargeSize);
        int first = range.Start > start ? PageTableWalk.IndexOf(range.Start, 1) : 0;
        int end = range.End - start < Page.LargeSize ? PageTableWalk.IndexOf(range.End, 1) : PageTableWalk.EntriesPerTable;
        return new BlockPart(start, first, end);
    }

    /// <summary>Some consecutive entries of a block's leaf table.</summary>
    private readonly struct BlockPart(VirtualAddress start, int first, int end)
    {
        /// <summary>All entries of a block whose address doesn't matter.</summary>
        public static BlockPart Whole => new(default, 0, PageTableWalk.EntriesPerTable);

        /// <summary>Index of the first.</summary>
        public int First => first;

        /// <summary>Index after the last.</summary>
        public int End => end;

        /// <summary>Whether it is the whole block.</summary>
        public bool IsWhole => first == 0 && end == PageTableWalk.EntriesPerTable;

        /// <summary>The address after the block.</summary>
        public VirtualAddress BlockEnd => start + Page.LargeSize;

        /// <summary>The address of an entry's page.</summary>
        public VirtualAddress AddressOf(int index) => start + ((ulong)index << Page.Shift);
    }
}
