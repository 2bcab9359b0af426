using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Pages of files: mapping what is cached around a fault, and taking away what a file has lost.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Pages that a fault may map at once: the aligned group around its address.</summary>
    public const ulong FaultAroundPages = 16;

    // Who has found this space in a file's list, and is about to lock it.
    private int _holders;

    /// <summary>Keeps the space's storage until <see cref="EndHold"/>.</summary>
    internal void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Ends <see cref="Hold"/>.</summary>
    internal void EndHold() => Interlocked.Decrement(ref _holders);

    /// <summary>Waits for those who have found this space before it was released. Not locked.</summary>
    private void WaitForHolders()
    {
        while (Volatile.Read(ref _holders) != 0)
            Hardware.Current.Pause();
    }

    /// <summary>Makes holes in the files that a range shows (MADV_REMOVE).</summary>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for an improper range, and where it is locked or shows no file; <see cref="Status.AccessDenied"/>
    /// where it is private or may never be written; <see cref="Status.NotFound"/> where nothing is mapped. What is before that has become a hole.
    /// </returns>
    public Status RemoveContent(PageRange range)
    {
        if (!range.IsValid || !_range.Contains(range))
            return Status.InvalidArgument;
        for (VirtualAddress at = range.Start; at < range.End;)
        {
            _lock.EnterRead();
            VArea? area = Find(at);
            Status status = MayRemoveContent(area);
            var file = area?.Object as FileObject;
            ulong page = 0, pages = 0;
            if (status == Status.Success)
            {
                page = area!.PageAt(at);
                pages = PagesIn(area, PageRange.Between(at, range.End));
                file!.AddReference();
            }
            _lock.ExitRead();
            if (status != Status.Success)
                return status;
            // The file visits this space too: its lock may not be held.
            status = file!.PunchHole(page << Page.Shift, pages << Page.Shift);
            file.Release();
            if (status != Status.Success)
                return status;
            at += pages << Page.Shift;
        }
        return Status.Success;
    }

    /// <summary>Says of each page of a range whether an access would find it in memory (mincore).</summary>
    /// <param name="range">The pages.</param>
    /// <param name="residency">One for yes, zero for no; at least as long as the range.</param>
    /// <returns>As <see cref="GetPageStates"/>.</returns>
    public Status GetResidency(PageRange range, Span<byte> residency)
    {
        if (!range.IsValid || !_range.Contains(range) || (ulong)residency.Length < range.Pages)
            return Status.InvalidArgument;
        _lock.EnterRead();
        Status status = Status.Success;
        for (ulong i = 0; i < range.Pages && status == Status.Success; i++)
        {
            VirtualAddress address = range.Start + (i << Page.Shift);
            if (Find(address) is not { } area)
                status = Status.NotFound;
            else
                residency[(int)i] = IsResident(area, address) ? (byte)1 : (byte)0;
        }
        _lock.ExitRead();
        return status;
    }

    private bool IsResident(VArea area, VirtualAddress address) =>
        (StateOf(area, address) & PageState.Resident) != 0 || area.Object!.HasPage(area, area.PageAt(address));

    private static Status MayRemoveContent(VArea? area)
    {
        if (area is null)
            return Status.NotFound;
        if ((area.Flags & VAreaFlags.Locked) != 0 || area.Object is not FileObject)
            return Status.InvalidArgument;
        return !area.IsPrivate && (area.MaximumProtection & Protection.Write) != 0 ? Status.Success : Status.AccessDenied;
    }

    /// <summary>Maps a file's page for reading, and with it those of its group that have a frame and aren't mapped.</summary>
    /// <param name="request">What is missing. The space is locked.</param>
    /// <param name="word">The file's word for the page; the file is locked.</param>
    /// <param name="before">Words before it that may be used.</param>
    /// <param name="after">Words from it on that may be used, one at least.</param>
    /// <remarks>Budget: 550 instructions with the rest of the fault, and 14 for each page.</remarks>
    internal PageAnswer MapAround(in PageRequest request, ulong* word, ulong before, ulong after)
    {
        LeafTable leaf = request.Table;
        VArea area = request.Area;
        VirtualAddress address = request.Address;
        leaf.Lock();
        if (Read(request.Block).Target.Frame != leaf.Frame || leaf.Users > 1)
        {
            leaf.Unlock();
            return PageAnswer.Retry;
        }
        ulong position = (address.Value >> Page.Shift) & (FaultAroundPages - 1);
        bool isAlone = (area.Flags & VAreaFlags.Random) != 0;
        ulong first = isAlone ? 0 : ulong.Min(ulong.Min(position, before), (address - area.Start) >> Page.Shift);
        ulong end = isAlone ? 1 : ulong.Min(ulong.Min(FaultAroundPages - position, after), (area.End - address) >> Page.Shift);
        PageTableEntry* entry = PageTableWalk.EntryFor(leaf.Entries, address, 1);
        // Nobody has accessed the neighbours yet.
        PageFlags flags = FlagsFor(area) & ~PageFlags.Accessed;
        if (area.IsWritable && !area.IsPrivate)
            flags |= PageFlags.Writable;
        int mapped = MapRun(entry - first, word - first, word + end, (ulong)flags);
        Interlocked.Or(ref *(ulong*)entry, (ulong)PageFlags.Accessed);
        leaf.CountEntries(mapped);
        leaf.Unlock();
        Interlocked.Add(ref _residentPages, mapped);
        return PageAnswer.Mapped;
    }

    /// <summary>Maps frames where nothing is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int MapRun(PageTableEntry* entry, ulong* word, ulong* end, ulong flags)
    {
        byte* mappings = (byte*)&_table.DescriptorOf(default)->Mappings;
        int mapped = 0;
        for (; word < end; word++, entry++)
        {
            ulong named = *word;
            if (named == 0 || !entry->IsEmpty)
                continue;
            Interlocked.Increment(ref *(int*)(mappings + PageTable.DescriptorOffset(named)));
            *(ulong*)entry = named | flags;
            mapped++;
        }
        return mapped;
    }

    /// <summary>Takes pages that a file has lost from the mapping that it has found here, if that is still there.</summary>
    /// <param name="file">The file; not locked.</param>
    /// <param name="first">The first page of the file.</param>
    /// <param name="end">The page behind the last.</param>
    /// <param name="takesPrivate">Whether private copies go too.</param>
    internal void RemoveFilePages(FileObject file, ulong first, ulong end, bool takesPrivate)
    {
        _lock.EnterWrite();
        if (file.ClaimFound() is { } area)
        {
            ulong from = ulong.Max(first, area.Offset), to = ulong.Min(end, area.Offset + area.Pages);
            if (from < to)
                RemoveFromAll(new PageRange(area.Start + ((from - area.Offset) << Page.Shift), to - from), takesPrivate);
        }
        DropEmptyBackup();
        _lock.ExitWrite();
    }

    /// <summary>
    /// Takes a file's pages of a range out of the page table, in place even where tables are shared: what the file has lost, all
    /// users of a table have. Locked for writing.
    /// </summary>
    /// <remarks>Never allocates. Every user of a shared table shows the same pages of the file there, if at another address.</remarks>
    private void RemoveFromAll(PageRange range, bool takesPrivate)
    {
        NotePeak();
        bool any = false;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            LeafTable leaf = _table.LeafOf(*walk.Entry);
            BlockPart part = PartOf(walk.Start, range);
            leaf.Lock();
            bool isShared = leaf.Users > 1;
            if (!isShared)
                Settle(leaf);
            if (HideFilePages(leaf.Entries, part, takesPrivate))
            {
                any = true;
                if (isShared)
                    Hardware.Current.InvalidateSpaces();
                else
                    FlushBatch();
                int released = ReleaseFilePages(leaf.Entries, part, takesPrivate);
                if (isShared)
                {
                    leaf.NoteRemoved(released);
                    _manager.NoteRemovalFromShared();
                }
                else
                {
                    leaf.CountEntries(-released);
                    Interlocked.Add(ref _residentPages, -released);
                }
            }
            _batch.Clear();
            leaf.Unlock();
        }
        if (any)
            PruneEmpty(range);
    }

    /// <summary>Whether a removal takes the page that an entry names.</summary>
    private bool IsTaken(PageTableEntry entry, bool takesPrivate) =>
        !entry.IsEmpty && !entry.IsUncounted && (takesPrivate || !IsOwnPage(entry));

    private bool HideFilePages(PageTableEntry* entries, BlockPart part, bool takesPrivate)
    {
        bool any = false;
        for (int index = part.First; index < part.End; index++)
        {
            if (!IsTaken(entries[index], takesPrivate))
                continue;
            any = true;
            if (!entries[index].IsPresent)
                continue;
            Interlocked.And(ref *(ulong*)(entries + index), ~(ulong)PageFlags.Present);
            _batch.Add(part.AddressOf(index));
        }
        return any;
    }

    private int ReleaseFilePages(PageTableEntry* entries, BlockPart part, bool takesPrivate)
    {
        int released = 0;
        for (int index = part.First; index < part.End; index++)
            if (IsTaken(entries[index], takesPrivate))
                released += ReleaseEntries(entries, index, index + 1);
        return released;
    }

    /// <summary>Takes what was removed from a table while it was shared out of the count of this space, now its only user. The table is locked.</summary>
    private void Settle(LeafTable leaf)
    {
        int removed = leaf.RemovedWhileShared;
        if (removed == 0)
            return;
        Interlocked.Add(ref _residentPages, -removed);
        leaf.SettleRemoved();
    }

    /// <summary>Pages that are counted for this space and were removed from tables that it shares.</summary>
    private long CountRemovedWhileShared()
    {
        long removed = 0;
        _lock.EnterRead();
        var walk = new BlockWalk(_table, _range.Start, _range.End);
        while (walk.MoveNext())
        {
            if (!TryLockTable(walk.Start, out LeafTable leaf))
                continue;
            removed += leaf.RemovedWhileShared;
            leaf.Unlock();
        }
        _lock.ExitRead();
        return removed;
    }
}
