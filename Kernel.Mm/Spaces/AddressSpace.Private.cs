using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Private pages: copies on write, copies of shared leaf tables, and taking back what nobody shares any more.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Entries in use: with fewer, a table is copied to a zeroed frame, each entry on its own.</summary>
    private const int SparseTable = 64;

    /// <summary>
    /// Replaces one page of an object's mapping by a private page of this space.
    /// </summary>
    /// <param name="address">In the page.</param>
    /// <param name="copies">Whether the private page begins with the object's content; with zeros otherwise.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if no varea is there, if it is shared, if its object can't be read, or if the
    /// page is private already; <see cref="Status.OutOfMemory"/>.
    /// </returns>
    /// <remarks>RT-Thread Smart's rt_varea_fix_private_locked.</remarks>
    public Status FixPrivate(VirtualAddress address, bool copies)
    {
        _lock.EnterWrite();
        Status status = FixPrivateLocked(address, copies);
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    private Status FixPrivateLocked(VirtualAddress address, bool copies)
    {
        if (Find(address) is not { } area || !area.IsPrivate || area.Object == _private || IsFrozen)
            return Status.InvalidArgument;
        return ReplaceByPrivate(area, address, copies, unshares: false);
    }

    /// <summary>Gives this space a new private page. Locked for writing.</summary>
    /// <param name="area">A private varea.</param>
    /// <param name="address">In the page.</param>
    /// <param name="copies">Whether it has the content of the old one.</param>
    /// <param name="unshares">Whether a private page that others see is replaced too.</param>
    /// <returns><see cref="Status.InvalidArgument"/> if there is nothing to replace, <see cref="Status.OutOfMemory"/>.</returns>
    private Status ReplaceByPrivate(VArea area, VirtualAddress address, bool copies, bool unshares)
    {
        PageTableEntry* block = _table.EnsureBlock(address, _isUser);
        if (block == null || (block->IsEmpty && !_table.MakeLeaf(block, _isUser)))
            return Status.OutOfMemory;
        if (!OwnBlock(address, new PageRange(address.AlignDown(Page.Size), 1), isRemoval: false))
            return Status.OutOfMemory;
        LeafTable leaf = _table.LeafOf(*block);
        PageTableEntry* entry = leaf.Entries + PageTableWalk.IndexOf(address, 1);
        PageTableEntry old = *entry;
        bool isThere = !old.IsEmpty;
        if (isThere && (unshares ? IsAlone(old) : IsOwnPage(old)))
            return Status.InvalidArgument;
        if (_frames.Allocate(FrameOwner.User) is not { } frame)
            return Status.OutOfMemory;
        void* content = DirectMap.Pointer(frame.Address);
        Hardware.Current.ClearPage(content);
        Status read = Status.Success;
        if (copies && isThere)
            Hardware.Current.CopyPage(content, DirectMap.Pointer(old.Target));
        else if (copies)
            read = area.Object!.ReadPage(area, area.PageAt(address), 0, new System.Span<byte>(content, (int)Page.Size));
        if (read != Status.Success)
        {
            _frames.Free(frame);
            return read is Status.OutOfMemory or Status.InputOutputError ? read : Status.InvalidArgument;
        }
        _frames.Table.Descriptor(frame)->Mappings = 1;
        PageFlags flags = FlagsFor(area) | (area.IsWritable && Read(block).IsWritable ? PageFlags.Writable | PageFlags.Dirty : PageFlags.None);
        if (!area.IsAccessible)
            flags = (flags & ~(PageFlags.Present | PageFlags.Writable)) | PageFlags.Kept;
        Write(entry, new PageTableEntry(frame.Address, flags));
        if (isThere)
        {
            Invalidate(address);
            _manager.DropMapping(old.Target.Frame);
        }
        else
        {
            leaf.CountEntries(1);
            Interlocked.Increment(ref _residentPages);
        }
        return Status.Success;
    }

    /// <summary>Whether an entry of a private varea names a private page, not one that an object, a frozen space, or the zero page's owner, has.</summary>
    private bool IsOwnPage(PageTableEntry entry)
    {
        ref FrameDescriptor descriptor = ref _frames.Table[entry.Target.Frame];
        return descriptor.References == descriptor.Pins && !entry.Has(PageFlags.Borrowed);
    }

    /// <summary>Whether nobody else sees a private page of this space's own table.</summary>
    private bool IsAlone(PageTableEntry entry) => IsAlone(entry.Target.Frame);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAlone(FrameNumber frame)
    {
        FrameDescriptor* descriptor = _frames.Table.Descriptor(frame);
        return descriptor->IsExclusive || (descriptor->Pins != 0 && _manager.IsOnlyPinned(frame));
    }

    /// <summary>Makes a page writable for this space alone: takes it over as the only user, or replaces it by a copy. The table is locked.</summary>
    /// <param name="area">Private and writable.</param>
    /// <param name="address">In the page.</param>
    /// <param name="entry">Its entry, in a table of this space's own.</param>
    /// <param name="now">What the entry shall be but for write permission.</param>
    private FaultResult MakePrivate(VArea area, VirtualAddress address, PageTableEntry* entry, PageTableEntry now)
    {
        FrameNumber frame = now.Target.Frame;
        if (IsAlone(frame))
        {
            Write(entry, now.With(PageFlags.Writable | PageFlags.Dirty));
            return FaultResult.Resolved;
        }
        return ReplaceByCopy(address, entry, FlagsFor(area)) ? FaultResult.Resolved : FaultResult.OutOfMemory;
    }

    /// <summary>The end of a fault on a page that is there: a write to one that others see too for certain gets a copy.</summary>
    /// <param name="leaf">Its table, of this space's own, locked; gets unlocked.</param>
    /// <param name="address">In the page, in private anonymous memory that allows the access.</param>
    /// <param name="entry">Its entry, in use.</param>
    /// <param name="access">How the page was accessed.</param>
    /// <returns>False, with nothing done, if it isn't that simple, or memory has run out. Otherwise the fault is over.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReplace(LeafTable leaf, VirtualAddress address, PageTableEntry* entry, FaultAccess access)
    {
        const PageFlags Permissions = PageFlags.Present | PageFlags.Writable;
        PageTableEntry old = *entry;
        FrameDescriptor* descriptor = _table.DescriptorOf(old.Target.Frame);
        bool isDone = (access & FaultAccess.Write) != 0 && (old.Flags & Permissions) == PageFlags.Present
            && !descriptor->IsExclusive && descriptor->Pins == 0
            && Find(address) is { } area && ReplaceByCopy(address, entry, LeafFlagsFor(area.Protections));
        leaf.Unlock();
        if (isDone)
            EndMinorFault();
        return isDone;
    }

    /// <summary>Replaces a page by a copy that is this space's own: of the zero page by a zeroed frame. The table is locked.</summary>
    /// <returns>False, with nothing done, when memory has run out.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReplaceByCopy(VirtualAddress address, PageTableEntry* entry, PageFlags flags)
    {
        PageTableEntry old = *entry;
        FrameNumber frame = old.Target.Frame, own;
        if (frame == _manager.ZeroFrame)
        {
            if (!_frames.TakeZeroed(_cache, FrameOwner.User, out own))
                return false;
        }
        else
        {
            if (_frames.Allocate(FrameOwner.User) is not { } copy)
                return false;
            own = copy;
            Hardware.Current.CopyPage(DirectMap.Pointer(own.Address), DirectMap.Pointer(frame.Address));
        }
        _table.DescriptorOf(own)->Mappings = 1;
        Write(entry, new PageTableEntry(own.Address, flags | OwnPage));
        if (old.IsPresent)
            Invalidate(address);
        _manager.DropMapping(frame);
        return true;
    }

    /// <summary>
    /// Gives this space its own copy of a leaf table that has several users. The table is locked, and gets unlocked.
    /// </summary>
    /// <param name="block">The upper entry that names it.</param>
    /// <param name="shared">The table.</param>
    /// <param name="address">In its block.</param>
    /// <param name="priority">Operations that must not fail for lack of memory may use the reserve.</param>
    /// <returns>False when memory has run out; nothing changed then.</returns>
    private bool CopyTable(PageTableEntry* block, LeafTable shared, VirtualAddress address, AllocationPriority priority)
    {
        int inUse = shared.EntriesInUse;
        bool isSparse = inUse <= SparseTable;
        if ((isSparse ? _frames.AllocateZeroed(FrameOwner.PageTable, priority) : _frames.Allocate(FrameOwner.PageTable, priority)) is not { } frame)
        {
            shared.Unlock();
            return false;
        }
        var copy = new LeafTable(frame, _frames.Table.Descriptor(frame));
        copy.Initialize(inUse);
        Interlocked.Add(ref _residentPages, -shared.RemovedWhileShared);
        if (isSparse)
            CopyFewEntries(shared.Entries, copy.Entries, inUse);
        else
            CopyEntries(shared.Entries, copy.Entries, inUse);
        shared.MarkCopied();
        Write(block, new PageTableEntry(frame.Address, PageTable.TableFlags(_isUser)));
        // No processor may walk the old table for this space once its other users may free it. Pages stay where they are,
        // and both tables allow the same.
        Invalidate(address);
        DropUser(shared);
        shared.Unlock();
        return true;
    }

    /// <summary>Copies entries, counts the frames that they name, and makes both sides read-only.</summary>
    /// <remarks>Budget: ten instructions an entry of a full table, of which one locked; hence by eights.</remarks>
    private void CopyEntries(PageTableEntry* from, PageTableEntry* to, int inUse)
    {
        byte* mappings = (byte*)&_table.DescriptorOf(default)->Mappings;
        PageTableEntry* end = from + PageTableWalk.EntriesPerTable;
        if (inUse == PageTableWalk.EntriesPerTable)
        {
            for (; from < end; from += 8, to += 8)
            {
                CopyEntry(from, to, mappings);
                CopyEntry(from + 1, to + 1, mappings);
                CopyEntry(from + 2, to + 2, mappings);
                CopyEntry(from + 3, to + 3, mappings);
                CopyEntry(from + 4, to + 4, mappings);
                CopyEntry(from + 5, to + 5, mappings);
                CopyEntry(from + 6, to + 6, mappings);
                CopyEntry(from + 7, to + 7, mappings);
            }
            return;
        }
        for (; from < end; from++, to++)
        {
            if (from->IsEmpty)
                *to = default;
            else
                CopyEntry(from, to, mappings);
        }
    }

    /// <summary>As <see cref="CopyEntries"/>, to a table that is zeroed already: looks no further than the last entry in use.</summary>
    private void CopyFewEntries(PageTableEntry* from, PageTableEntry* to, int inUse)
    {
        byte* mappings = (byte*)&_table.DescriptorOf(default)->Mappings;
        int index = 0;
        for (int left = inUse; left > 0; left--, index++)
        {
            index = PageTableWalk.NextInUse(from, index, PageTableWalk.EntriesPerTable);
            CopyEntry(from + index, to + index, mappings);
        }
    }

    /// <param name="from">Is made read-only.</param>
    /// <param name="to">Becomes the same.</param>
    /// <param name="mappings">Those of frame zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEntry(PageTableEntry* from, PageTableEntry* to, byte* mappings)
    {
        ulong bits = from->Bits;
        Interlocked.Increment(ref *(int*)(mappings + PageTable.DescriptorOffset(bits)));
        bits &= ~(ulong)PageFlags.Writable;
        *(ulong*)from = bits;
        *(ulong*)to = bits;
    }

    /// <summary>
    /// The last user of a leaf table that was shared makes it writable again. The table is locked.
    /// </summary>
    /// <remarks>
    /// A table that was never copied is as it was before the fork: permission above it is enough. Otherwise copies may name
    /// the same frames, so each entry is looked at. Widening needs no invalidation.
    /// </remarks>
    private void TakeBackBlock(PageTableEntry* block, LeafTable leaf, VirtualAddress address)
    {
        Debug.Assert(leaf.Users == 1);
        Settle(leaf);
        if (leaf.WasCopied)
        {
            VirtualAddress start = address.AlignDown(Page.LargeSize);
            var range = new PageRange(start, PageTableWalk.EntriesPerTable);
            for (VArea? area = _areas.FindAtOrAfter(start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
                if (area.IsPrivate && area.IsWritable)
                    TakeBackEntries(leaf.Entries, PartOf(start, area.Range));
            leaf.ClearCopied();
        }
        Write(block, Read(block).With(PageFlags.Writable));
        DropEmptyBackup();
    }

    private void TakeBackEntries(PageTableEntry* entries, BlockPart part)
    {
        FrameDescriptor* descriptors = _frames.Table.Descriptor(default);
        for (int index = part.First; index < part.End; index++)
        {
            PageTableEntry entry = entries[index];
            if (entry.IsPresent && !entry.IsUncounted && descriptors[entry.Target.Frame.Value].IsExclusive)
                Interlocked.Or(ref *(ulong*)(entries + index), (ulong)PageFlags.Writable);
        }
    }

    /// <summary>Stops naming the backup if no shared table is left in it: the collapse is complete.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void DropEmptyBackup()
    {
        if (_private?.Backup is { IsEmpty: true })
            DropBackup();
    }

    private void DropBackup()
    {
        if (_private!.TakeBackup() is { } backup && backup.RemoveName())
            _manager.Pools.Backups.Return(backup);
    }
}
