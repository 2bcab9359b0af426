using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Fork.</content>
/// <remarks>
/// <para>
/// A leaf table over which only private vareas lie is shared: both upper entries name it without write permission, and
/// nothing in it is touched. Other blocks get a table of the child's own, with the private pages in it. So a fork costs a
/// step for each varea and each leaf table, none for a page.
/// </para>
/// <para>
/// First everything is made that can fail: vareas, upper tables, tables of mixed blocks, frames for copies of pinned pages. Until then
/// the parent has only lost write permission above tables that it shares, which a failure gives back. Mixed blocks come last.
/// </para>
/// <para>
/// The instant of which the child has the memory is when all processors have forgotten that the parent might write. Pinned pages are copied
/// after it, before the parent may write to them again: no thread of the parent can make a later write visible without an earlier one.
/// What a device writes to them meanwhile may be in the copy or not.
/// </para>
/// <para>Sharing leaf tables on fork: Zhao, Gong, Fonseca, "On-demand-fork", EuroSys 2021.</para>
/// </remarks>
public sealed unsafe partial class AddressSpace
{
    private const VAreaFlags KeepsTableFromSharing = VAreaFlags.Locked | VAreaFlags.DontFork | VAreaFlags.WipeOnFork;

    /// <summary>Makes a space whose memory is this one's at this instant.</summary>
    /// <param name="child">The new space, if it succeeded.</param>
    /// <returns>
    /// <see cref="Status.OutOfMemory"/>, <see cref="Status.AccessDenied"/> if the space is frozen (<see cref="Duplicate"/> is for
    /// these); what an object says that refuses another varea. Then there is no child, and nothing changed here.
    /// </returns>
    public Status Fork(out AddressSpace? child)
    {
        child = null;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : Status.OutOfMemory;
        if (!IsFrozen && _manager.CreateSpace(_range) is { } created)
        {
            // Who takes pages from the mappings of a file waits until the child is complete.
            created._lock.EnterWrite();
            status = ForkInto(created);
            if (status == Status.Success)
            {
                created._lock.ExitWrite();
                child = created;
            }
            else
            {
                Discard(created);
                RestoreWriting();
            }
        }
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Undoes a half-made space, which is locked for writing.</summary>
    private static void Discard(AddressSpace space)
    {
        MemoryManager manager = space._manager;
        space.Release();
        space._lock.ExitWrite();
        space.WaitForHolders();
        manager.Pools.Spaces.Return(space);
    }

    private Status ForkInto(AddressSpace child)
    {
        child._limits = _limits;
        if (_areas.Root is null)
            return Status.Success;
        if (!EnsurePrivateObject() || !child.EnsurePrivateObject() || !EnsureBackup())
            return Status.OutOfMemory;
        child._private!.NameBackup(_private!.Backup!);
        Status status = CloneAreas(child);
        if (status != Status.Success)
            return status;
        if (!ShareTables(child))
            return Status.OutOfMemory;
        FlushBatch();
        child.DropEmptyBackup();
        return Status.Success;
    }

    /// <summary>Makes sure that the private object names a backup.</summary>
    private bool EnsureBackup()
    {
        if (_private!.Backup is not null)
            return true;
        if (_manager.Pools.Backups.Take() is not { } backup)
            return false;
        backup.Initialize(_frames);
        _private.NameBackup(backup);
        return true;
    }

    private Status CloneAreas(AddressSpace child)
    {
        bool mustJoin = false;
        bool mustRemove = false;
        VArea? root = Clone(_areas.Root!, null, child, ref mustJoin, ref mustRemove, out Status status);
        if (root is null)
            return status;
        child._areas.Adopt(root, _areas.Count);
        child._mappedPages = _mappedPages;
        child._dataPages = _dataPages;
        child._hasLazyPages = _hasLazyPages;
        if (mustRemove)
            child.RemoveUnforked();
        if (mustJoin)
            child.JoinIn(_range);
        return Status.Success;
    }

    /// <summary>Copies a subtree of vareas with its shape.</summary>
    /// <returns>Null if a record can't be had or an object refuses; nothing of the copy is left then.</returns>
    private VArea? Clone(VArea area, VArea? parent, AddressSpace child, ref bool mustJoin, ref bool mustRemove, out Status status)
    {
        status = Status.OutOfMemory;
        if (_manager.Pools.Areas.Take() is not { } copy)
            return null;
        const VAreaFlags NotInherited = VAreaFlags.Locked | VAreaFlags.CallerProvided;
        mustJoin |= (area.Flags & NotInherited) != 0;
        mustRemove |= (area.Flags & VAreaFlags.DontFork) != 0;
        copy.CopyPropertiesFrom(area);
        copy.Flags &= ~NotInherited;
        copy.Space = child;
        copy.Start = area.Start;
        copy.Pages = area.Pages;
        copy.Parent = parent;
        copy.Height = area.Height;
        copy.Gap = area.Gap;
        copy.LargestGap = area.LargestGap;
        if (area.Object == _private)
            copy.Object = child._private;
        else if (area.Object!.OnOpen(copy) is var opened && opened != Status.Success)
        {
            Forget(copy);
            status = opened;
            return null;
        }
        if ((area.Left is { } left && (copy.Left = Clone(left, copy, child, ref mustJoin, ref mustRemove, out status)) is null)
            || (area.Right is { } right && (copy.Right = Clone(right, copy, child, ref mustJoin, ref mustRemove, out status)) is null))
        {
            CloseAll(copy);
            return null;
        }
        status = Status.Success;
        return copy;
    }

    /// <summary>Closes a subtree that was never used.</summary>
    private void CloseAll(VArea? area)
    {
        if (area is null)
            return;
        CloseAll(area.Left);
        CloseAll(area.Right);
        Close(area);
    }

    private void RemoveUnforked()
    {
        VArea? area = _areas.First;
        while (area is not null)
        {
            VArea? next = VAreaTree.Next(area);
            if ((area.Flags & VAreaFlags.DontFork) != 0)
            {
                _areas.Remove(area);
                Count(area, -(long)area.Pages);
                Close(area);
            }
            area = next;
        }
    }

    /// <summary>The child's tables: shared ones, and for mixed blocks, once nothing can fail any more, copies.</summary>
    /// <returns>False when memory has run out; discarding the child undoes everything.</returns>
    private bool ShareTables(AddressSpace child)
    {
        bool hasMixed = false;
        VArea? area = _areas.First;
        var shared = new SharedTables(_private!.Backup!);
        bool isComplete = true;
        var walk = new BlockWalk(_table, area!.Start, _areas.Last!.End);
        PageTableEntry* to = null;
        while (isComplete && MoveNext(ref walk, ref area))
        {
            PageTableEntry* block = walk.Entry;
            int plain = PlainBlocksAt(area, walk.Start);
            VArea? first = area;
            BlockFate fate = plain > 0 ? BlockFate.Shared : FateOf(ref area, walk.Start, block);
            if (fate == BlockFate.Left)
                continue;
            if ((fate == BlockFate.Mixed && block->IsLarge && !SplitLarge(block, walk.Start))
                || (to = child._table.EnsureBlock(walk.Start, _isUser)) == null)
            {
                isComplete = false;
            }
            else if (fate == BlockFate.Mixed)
            {
                hasMixed = true;
                isComplete = child._table.MakeLeaf(to, _isUser) && TakeFramesForPinned(first, walk.Start, block, child, to);
            }
            else
            {
                int run = int.Min(int.Max(plain, 1), walk.LeftInTable);
                ShareBlocks(block, child, to, run, ref shared);
                walk.Skip(run);
            }
        }
        shared.Flush(_frames.Table);
        if (isComplete && hasMixed)
        {
            CopyMixedBlocks(child);
            FlushBatch();
            if (HasPins)
                CopyPinnedPages(child);
        }
        return isComplete;
    }

    /// <summary>Moves on to the next level-2 entry in use, and to the first varea that ends behind its start; false at the end.</summary>
    private static bool MoveNext(ref BlockWalk walk, ref VArea? area)
    {
        // Between vareas there is nothing to look for.
        if ((area = FirstEndingBehind(area, walk.Next)) is null)
            return false;
        walk.SkipTo(area.Start);
        if (!walk.MoveNext())
            return false;
        area = FirstEndingBehind(area, walk.Start);
        return true;
    }

    /// <summary>The first varea, from one on, that ends behind an address.</summary>
    private static VArea? FirstEndingBehind(VArea? area, VirtualAddress address)
    {
        while (area is not null && area.End <= address)
            area = VAreaTree.Next(area);
        return area;
    }

    /// <summary>Makes the child another user of leaf tables and 2 MiB pages.</summary>
    /// <param name="from">The first of consecutive entries of one table.</param>
    /// <param name="child">The child.</param>
    /// <param name="to">Its entries.</param>
    /// <param name="count">How many.</param>
    /// <param name="shared">Gets the tables that have just become shared.</param>
    private void ShareBlocks(PageTableEntry* from, AddressSpace child, PageTableEntry* to, int count, ref SharedTables shared)
    {
        long resident = 0;
        int used = 0;
        for (int index = 0; index < count; index++)
        {
            int sole = shared.AddSoleTables(from + index, to + index, count - index, _table.DescriptorOf(default), ref resident);
            used += sole;
            index += sole;
            if (index == count || from[index].IsEmpty)
                continue;
            resident += AddUser(from[index]);
            Interlocked.And(ref *(ulong*)(from + index), ~(ulong)PageFlags.Writable);
            to[index] = from[index];
            used++;
        }
        _batch.AddAll();
        child._residentPages += resident;
        child._table.CountInTable(to, used);
    }

    /// <summary>Counts one more user of a table that has several, or of a 2 MiB page. Says how many pages that are.</summary>
    private long AddUser(PageTableEntry named)
    {
        if (named.IsLarge)
        {
            LargePage.AddMapping(_frames, named.Target.Frame);
            return (long)LargePage.Frames;
        }
        LeafTable leaf = _table.LeafOf(named);
        leaf.Lock();
        // The other users may have dropped it meanwhile, which took it out of the backup.
        if (leaf.AddUser() == 2)
            _private!.Backup!.Add(_frames.Table, leaf.Frame, leaf.Frame, 1);
        int pages = leaf.CountedEntries;
        leaf.Unlock();
        return pages;
    }

    /// <summary>Blocks, from one on, that a varea covers wholly and whose tables nothing keeps from being shared.</summary>
    private int PlainBlocksAt(VArea? area, VirtualAddress start)
    {
        if (area is null || area.Start > start || HasPins
            || (area.Flags & (KeepsTableFromSharing | VAreaFlags.Private)) != VAreaFlags.Private)
            return 0;
        return (int)ulong.Min((area.End - start) / Page.LargeSize, PageTableWalk.EntriesPerTable);
    }

    private enum BlockFate
    {
        /// <summary>Nothing that a fork copies.</summary>
        Left,

        /// <summary>The table is shared.</summary>
        Shared,

        /// <summary>The child gets a table of its own with the private pages.</summary>
        Mixed,
    }

    /// <summary>What becomes of a block.</summary>
    /// <param name="area">The first varea that ends behind the block's start; moves on to the last one that lies over the block.</param>
    /// <param name="start">The block.</param>
    /// <param name="block">Its entry.</param>
    private BlockFate FateOf(ref VArea? area, VirtualAddress start, PageTableEntry* block)
    {
        VirtualAddress end = start + Page.LargeSize;
        bool hasPrivate = false;
        bool isMixed = false;
        for (VArea? at = area; at is not null && at.Start < end; at = VAreaTree.Next(at))
        {
            area = at;
            isMixed |= !at.IsPrivate || (at.Flags & KeepsTableFromSharing) != 0;
            hasPrivate |= IsInherited(at);
            if (at.End >= end)
                break;
        }
        if (!hasPrivate)
            return BlockFate.Left;
        if (isMixed || (HasPins && HasPinnedPage(*block)))
            return BlockFate.Mixed;
        return BlockFate.Shared;
    }

    /// <summary>Whether a child gets the pages of a varea with the page table.</summary>
    private static bool IsInherited(VArea area) => area.IsPrivate && (area.Flags & (VAreaFlags.DontFork | VAreaFlags.WipeOnFork)) == 0;

    /// <summary>Gives back write permission above tables that a failed fork has not made anybody else's.</summary>
    private void RestoreWriting()
    {
        _batch.Clear();
        var walk = new BlockWalk(_table, _range.Start, _range.End);
        while (walk.MoveNext())
        {
            PageTableEntry entry = *walk.Entry;
            bool isOwn = entry.IsLarge
                ? !entry.IsUncounted && LargePage.IsExclusive(_frames, entry.Target.Frame) && Find(walk.Start) is { IsWritable: true }
                : _table.LeafOf(entry) is { Users: 1, WasCopied: false };
            if (isOwn)
                Interlocked.Or(ref *(ulong*)walk.Entry, (ulong)PageFlags.Writable);
        }
    }
}
