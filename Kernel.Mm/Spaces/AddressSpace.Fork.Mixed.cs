using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Mixed blocks in a fork, over which not only private memory lies, or with a pinned page: the child gets a table of its own.</content>
public sealed unsafe partial class AddressSpace
{
    private bool HasPinnedPage(PageTableEntry block)
    {
        // What others see already, as only pages got by address may be, belongs to nobody more than to the others.
        if (!block.IsLarge && _table.LeafOf(block).Users > 1)
            return false;
        PageTableEntry* entries = block.IsLarge ? null : _table.LeafOf(block).Entries;
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
        {
            if (entries != null && (entries[index].IsEmpty || entries[index].IsUncounted))
                continue;
            FrameNumber frame = entries != null ? entries[index].Target.Frame : block.Target.Frame + (ulong)index;
            if (frame != _manager.ZeroFrame && _frames.Table[frame].Pins != 0)
                return true;
        }
        return false;
    }

    /// <summary>Gives the child frames for copies of the private pages of a block that I/O pins.</summary>
    private bool TakeFramesForPinned(VArea? area, VirtualAddress start, PageTableEntry* block, AddressSpace child, PageTableEntry* to)
    {
        if (!HasPins)
            return true;
        PageTableEntry* from = _table.LeafOf(*block).Entries;
        LeafTable copies = child._table.LeafOf(*to);
        var range = new PageRange(start, PageTableWalk.EntriesPerTable);
        for (; area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            if (!IsInherited(area))
                continue;
            BlockPart part = PartOf(start, area.Range);
            for (int index = part.First; index < part.End; index++)
            {
                PageTableEntry entry = from[index];
                if (entry.IsEmpty || entry.IsUncounted || _frames.Table[entry.Target.Frame].Pins == 0 || !IsOwnPage(entry))
                    continue;
                if (_frames.Allocate(FrameOwner.User) is not { } copy)
                    return false;
                _frames.Table.Descriptor(copy)->Mappings = 1;
                copies.Entries[index] = new PageTableEntry(copy.Address, entry.Flags);
                copies.CountEntries(1);
                child._residentPages++;
            }
        }
        return true;
    }

    /// <summary>Second pass, which can't fail: mixed blocks get their entries. Then, with the batch flushed, no processor can write what the child sees or shall see.</summary>
    private void CopyMixedBlocks(AddressSpace child)
    {
        VArea? area = _areas.First;
        var walk = new BlockWalk(child._table, _areas.First!.Start, _areas.Last!.End);
        while (MoveNext(ref walk, ref area))
        {
            PageTableEntry* block = _table.FindBlock(walk.Start);
            if (block->Target != walk.Entry->Target)
                CopyMixedBlock(area, walk.Start, block, child, walk.Entry);
        }
    }

    /// <summary>Third pass: fills the child's copies of pinned pages, and lets the parent write to these pages again.</summary>
    private void CopyPinnedPages(AddressSpace child)
    {
        VArea? area = _areas.First;
        var walk = new BlockWalk(child._table, _areas.First!.Start, _areas.Last!.End);
        while (MoveNext(ref walk, ref area))
        {
            PageTableEntry* block = _table.FindBlock(walk.Start);
            if (block->Target != walk.Entry->Target)
                CopyPinnedEntries(_table.LeafOf(*block).Entries, child._table.LeafOf(*walk.Entry).Entries, block->IsWritable);
        }
    }

    /// <param name="from">The parent's entries of a mixed block.</param>
    /// <param name="to">The child's: where they name other frames, these are for copies.</param>
    /// <param name="isWritable">Whether the parent may write as far as the levels above go.</param>
    private static void CopyPinnedEntries(PageTableEntry* from, PageTableEntry* to, bool isWritable)
    {
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
        {
            if (to[index].IsEmpty || to[index].Target == from[index].Target)
                continue;
            Hardware.Current.CopyPage(DirectMap.Pointer(to[index].Target), DirectMap.Pointer(from[index].Target));
            // The page may have become dirty until it was made read-only.
            to[index] = to[index].With(from[index].Flags);
            if (isWritable && to[index].IsWritable)
                Interlocked.Or(ref *(ulong*)(from + index), (ulong)PageFlags.Writable);
        }
    }

    /// <summary>Copies the entries of private pages to the child's own table, counts their frames, and makes both sides read-only.</summary>
    private void CopyMixedBlock(VArea? area, VirtualAddress start, PageTableEntry* block, AddressSpace child, PageTableEntry* to)
    {
        LeafTable leaf = _table.LeafOf(*block);
        LeafTable copies = child._table.LeafOf(*to);
        VirtualAddress end = start + Page.LargeSize;
        int count = 0;
        leaf.Lock();
        for (; area is not null && area.Start < end; area = VAreaTree.Next(area))
            if (IsInherited(area))
                count += CopyMixedEntries(leaf.Entries, copies.Entries, PartOf(start, area.Range), block->IsWritable);
        // Permission above a table that has other users, or had, may not be enough for its last user.
        if (leaf.Users > 1 || !block->IsWritable)
            leaf.MarkCopied();
        leaf.Unlock();
        copies.CountEntries(count);
        child._residentPages += count;
    }

    private int CopyMixedEntries(PageTableEntry* from, PageTableEntry* to, BlockPart part, bool isWritable)
    {
        int count = 0;
        for (int index = part.First; index < part.End; index++)
        {
            if (from[index].IsEmpty)
                continue;
            // A pinned page, for which a frame is there, gets its permission back; where the levels above forbid writing it has it to no purpose.
            bool isPinned = !to[index].IsEmpty;
            if (from[index].IsWritable && (!isPinned || isWritable))
            {
                Interlocked.And(ref *(ulong*)(from + index), ~(ulong)PageFlags.Writable);
                _batch.Add(part.AddressOf(index));
            }
            if (isPinned)
                continue;
            Interlocked.Increment(ref _frames.Table.Descriptor(from[index].Target.Frame)->Mappings);
            to[index] = from[index];
            count++;
        }
        return count;
    }
}
