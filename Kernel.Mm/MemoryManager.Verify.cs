using System;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm;

/// <content>The check of what always holds.</content>
/// <remarks>
/// It walks from all roots, and reads no counter but to compare it with what it found. The groups are those of
/// docs/memory.md: (1) vareas, (2) entries lie in vareas and grant no more, (3) what can be written is nobody else's,
/// (4) counts, (5) frames, (6) translation caches, (7) backups.
/// </remarks>
public sealed unsafe partial class MemoryManager
{
    /// <summary>What <see cref="Verify"/> answers where memory is so short or scattered that it can't look: nothing is known to be wrong.</summary>
    public const string NoNotes = "5: no memory for the notes of Verify";

    /// <summary>Frames of page tables that belong to no address space: the kernel's own.</summary>
    public ulong OtherPageTables { get; set; }

    /// <summary>Checks everything, while nothing else uses the memory manager.</summary>
    /// <param name="detail">The address or frame number that the answer is about.</param>
    /// <returns>What is wrong first, beginning with the number of its group; null if nothing is.</returns>
    /// <remarks>Takes a run of frames for its notes, 8 bytes for each frame of the machine, and gives it back.</remarks>
    public string? Verify(out ulong detail)
    {
        detail = 0;
        if (Frames.Verify() is { } problem)
            return problem;
        ulong notes = Page.CountFor(Frames.Table.End.Value * sizeof(ulong));
        if (Frames.AllocateContiguous(FrameOwner.Kernel, notes) is not { } first)
            return NoNotes;
        for (ulong i = 0; i < notes; i++)
            Hardware.Current.ClearPage(DirectMap.Pointer((first + i).Address));
        var verifier = new Verifier(this, (uint*)DirectMap.Pointer(first.Address));
        string? result = verifier.Run() ?? Hardware.Current.VerifyTranslations();
        detail = verifier.Detail;
        Frames.FreeContiguous(first, notes);
        return result;
    }

    /// <summary>One run of the check.</summary>
    private ref struct Verifier
    {
        private readonly MemoryManager _manager;

        // By frame number: entries found that name the frame (for a leaf table: upper entries), and references found.
        private readonly uint* _mappings;
        private readonly uint* _references;

        private ulong _tables;

        public Verifier(MemoryManager manager, uint* notes)
        {
            _manager = manager;
            _mappings = notes;
            _references = notes + manager.Frames.Table.End.Value;
        }

        /// <summary>What the problem is about.</summary>
        public ulong Detail { get; private set; }

        public string? Run()
        {
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
                Forget(space);
            for (IndexedObject? listed = _manager._firstObject; listed is not null; listed = listed.Next)
                listed.AreasFound = 0;
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
                if (CheckSpace(space) is { } problem)
                    return problem;
            for (IndexedObject? listed = _manager._firstObject; listed is not null; listed = listed.Next)
                if (!listed.Verify(_references))
                    return "4: an object has not as many pages as counted, or a file's list of mappings is wrong";
            _references[_manager.ZeroFrame.Value]++;
            return CheckHolders() ?? CheckBackups() ?? CheckFrames();
        }

        /// <summary>Makes zero what is counted in objects.</summary>
        private static void Forget(AddressSpace space)
        {
            if (space.PrivateObject is { } mine)
                mine.GuestsFound = 0;
            if (space.PrivateObject?.Backup is { } backup)
                backup.NamesFound = 0;
            foreach (VArea area in space)
                if (area.Object is CountedObject counted)
                    counted.AreasFound = 0;
        }

        private string? CheckSpace(AddressSpace space)
        {
            if (space.Areas.Verify() is { } problem)
                return problem;
            problem = CheckAreas(space);
            if (problem is not null)
                return problem;
            ulong resident = 0;
            problem = CheckTable(space, space.Translations.Root.Frame, PageTableWalk.Levels, default, PageFlags.Writable | PageFlags.User, ref resident);
            if (problem is not null)
                return problem;
            return resident == space.ResidentPages ? null : Problem("7: resident pages are not as many as counted", space.Translations.Root.Value);
        }

        private string? CheckAreas(AddressSpace space)
        {
            ulong pages = 0, data = 0, locked = 0;
            VArea? previous = null;
            foreach (VArea area in space)
            {
                Detail = area.Start.Value;
                if (area.Space != space || area.Object is null || !area.Range.IsValid || !space.Range.Contains(area.Range))
                    return "1: a varea is empty, misaligned, outside its space or without an object";
                if (previous is not null && previous.IsContinuedBy(area))
                    return "1: two neighbours should have joined";
                pages += area.Pages;
                data += area.IsPrivate && area.IsWritable ? area.Pages : 0;
                locked += (area.Flags & VAreaFlags.Locked) != 0 ? area.Pages : 0;
                previous = area;
                if (area.Object is CountedObject counted)
                    counted.AreasFound++;
                else if (area.Object is PrivateObject shown && shown != space.PrivateObject)
                    shown.GuestsFound++;
            }
            return pages == space.MappedPages && data == space.DataPages && locked == space.LockedPages
                ? null : Problem("1: mapped, data or locked pages are not as many as counted", space.Translations.Root.Value);
        }

        private string? CheckTable(AddressSpace space, FrameNumber table, int level, VirtualAddress start, PageFlags allowed, ref ulong resident)
        {
            ref FrameDescriptor descriptor = ref _manager.Frames.Table[table];
            bool isUser = (long)space.Range.Start.Value >= 0;
            // The kernel's first tables are older than the frame allocator, which knows them as the kernel's.
            bool isTable = descriptor.Owner == FrameOwner.PageTable || (!isUser && descriptor.Owner == FrameOwner.Kernel);
            if (descriptor.State != FrameState.Used || !isTable)
                return Problem("2: a page table's frame is not a page table", table.Value);
            if (descriptor.Owner == FrameOwner.PageTable)
                _tables++;
            int used = 0;
            PageTableEntry* entries = PageTableWalk.Table(table.Address);
            for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
            {
                PageTableEntry entry = entries[index];
                ulong size = PageTableWalk.PageSizeAt(level);
                VirtualAddress address = (start + (ulong)index * size).Canonical;
                // The other half of the root, and what is outside the range, is not this space's.
                if (entry.IsEmpty || address > new VirtualAddress(space.Range.End.Value - 1) || address.Value + (size - 1) < space.Range.Start.Value)
                    continue;
                used++;
                if (!entry.IsPresent)
                    return Problem("2: an upper entry names something and is not present", address.Value);
                PageFlags below = allowed & entry.Flags;
                string? problem = entry.IsLarge ? CheckLarge(space, address, entry, size, below, ref resident)
                    : level > PageTable.BlockLevel ? CheckTable(space, entry.Target.Frame, level - 1, address, below, ref resident)
                    : CheckLeaf(space, address, entry, below, ref resident);
                if (problem is not null)
                    return problem;
            }
            return !isUser || descriptor.Mappings == used ? null : Problem("4: a page table has not as many entries as counted", table.Value);
        }

        private string? CheckLeaf(AddressSpace space, VirtualAddress start, PageTableEntry block, PageFlags allowed, ref ulong resident)
        {
            FrameNumber table = block.Target.Frame;
            ref FrameDescriptor descriptor = ref _manager.Frames.Table[table];
            if (descriptor.State != FrameState.Used || descriptor.Owner != FrameOwner.PageTable)
                return Problem("2: a leaf table's frame is not a page table", table.Value);
            bool isFirstVisit = _mappings[table.Value]++ == 0;
            if (isFirstVisit)
                _tables++;
            if (descriptor.References > 1 && (allowed & PageFlags.Writable) != 0)
                return Problem("3: a shared leaf table can be written through", start.Value);
            PageTableEntry* entries = PageTableWalk.Table(table.Address);
            int used = 0;
            for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
            {
                PageTableEntry entry = entries[index];
                if (entry.IsEmpty)
                    continue;
                used++;
                if (isFirstVisit && !entry.IsUncounted)
                    _mappings[entry.Target.Frame.Value]++;
                VirtualAddress address = start + ((ulong)index << Page.Shift);
                if (CheckEntry(space, address, entry, allowed & entry.Flags, descriptor.References > 1) is { } problem)
                    return Problem(problem, address.Value);
            }
            resident += (ulong)used;
            return new LeafTable(table, _manager.Frames.Table.Descriptor(table)).EntriesInUse == used ? null : Problem("4: a leaf table has not as many entries as counted", table.Value);
        }

        private string? CheckLarge(AddressSpace space, VirtualAddress address, PageTableEntry entry, ulong size, PageFlags allowed, ref ulong resident)
        {
            resident += size >> Page.Shift;
            if (space.Areas.Find(address) is not { } area || area.End - address < size)
                return Problem("2: a large page is not in one varea", address.Value);
            if (GrantsMore(area, entry, allowed))
                return Problem("2: a large page grants more than its varea", address.Value);
            if (entry.IsUncounted)
                return null;
            if (size != Page.LargeSize)
                return Problem("2: a 1 GiB page is no device's", address.Value);
            FrameNumber first = entry.Target.Frame;
            if (_mappings[first.Value] >> LargeShift == 0)
                for (ulong i = 0; i < LargePage.Frames; i++)
                    _references[(first + i).Value]++;
            _mappings[first.Value] += 1u << LargeShift;
            return (allowed & PageFlags.Writable) != 0 && IsSeenByOthers(first)
                ? Problem("3: a 2 MiB page that others see can be written", address.Value) : null;
        }

        /// <summary>Whether another 2 MiB entry names a page, or a small one a part of it.</summary>
        private readonly bool IsSeenByOthers(FrameNumber first)
        {
            bool isSeen = _manager.Frames.Table[first].OwnerWord != 1;
            for (ulong i = 0; i < LargePage.Frames; i++)
                isSeen |= _manager.Frames.Table[first + i].Mappings != 0;
            return isSeen;
        }

        // 2 MiB entries that name a block are counted in the high half of its first frame's mappings.
        private const int LargeShift = 20;

        private readonly string? CheckEntry(AddressSpace space, VirtualAddress address, PageTableEntry entry, PageFlags allowed, bool isShared)
        {
            if (space.Areas.Find(address) is not { } area)
                return "2: an entry is in no varea";
            if (!entry.IsPresent)
                return entry.Has(PageFlags.Kept) ? null : "2: an entry is neither present nor kept nor empty";
            if (GrantsMore(area, entry, allowed))
                return "2: an entry grants more than its varea";
            if (entry.IsUncounted)
                return null;
            ref FrameDescriptor descriptor = ref _manager.Frames.Table[entry.Target.Frame];
            if (descriptor.State != FrameState.Used)
                return "2: an entry names a frame that is free";
            bool isWritable = (allowed & PageFlags.Writable) != 0;
            if (isWritable && area.IsPrivate && (isShared || descriptor.Mappings != 1 || descriptor.References != descriptor.Pins))
                return "3: a private page that others see can be written";
            return null;
        }

        private static bool GrantsMore(VArea area, PageTableEntry entry, PageFlags allowed) =>
            !area.IsAccessible
            || ((allowed & PageFlags.Writable) != 0 && !area.IsWritable)
            || ((allowed & PageFlags.User) != 0 && (area.Protection & Protection.User) == 0)
            || (!entry.Has(PageFlags.NoExecute) && !area.IsExecutable);

        /// <summary>Compares the objects' counts with the vareas found. Of other holders nothing is known but that they are no fewer than none.</summary>
        private string? CheckHolders()
        {
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
            {
                if (space.PrivateObject is { } mine && (mine.Owner != space || mine.Guests != mine.GuestsFound))
                    return Problem("4: a space's memory has not as many guests as counted", space.Translations.Root.Value);
                foreach (VArea area in space)
                    if (area.Object is CountedObject counted && CheckHolders(counted) is { } problem)
                        return Problem(problem, area.Start.Value);
            }
            for (IndexedObject? listed = _manager._firstObject; listed is not null; listed = listed.Next)
                if (CheckHolders(listed) is { } problem)
                    return problem;
            return null;
        }

        private static string? CheckHolders(CountedObject counted)
        {
            if (counted.Areas != counted.AreasFound)
                return "4: an object is not shown by as many vareas as counted";
            return counted.References < counted.Areas ? "4: an object has fewer references than vareas"
                : counted.References <= 0 ? "4: an object that nobody refers to is still there" : null;
        }

        private string? CheckBackups()
        {
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
            {
                if (space.PrivateObject?.Backup is not { } backup || backup.NamesFound++ != 0)
                    continue;
                uint tables = 0;
                for (FrameNumber? table = backup.FirstTable; table is { } frame && tables < backup.TableCount; tables++)
                {
                    ref FrameDescriptor descriptor = ref _manager.Frames.Table[frame];
                    if (descriptor.References < 2)
                        return Problem("7: a backup names a table with fewer than two users", frame.Value);
                    _references[frame.Value]++;
                    table = descriptor.Next == FrameDescriptor.NoFrame ? null : new FrameNumber(descriptor.Next);
                }
                if (tables != backup.TableCount)
                    return "7: a backup's tables are not as many as counted";
            }
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
                if (space.PrivateObject?.Backup is { } backup && backup.NamesFound != backup.Names)
                    return "7: a backup is not named as often as counted";
            return null;
        }

        private string? CheckFrames()
        {
            long pins = 0;
            foreach (FrameAllocator.FrameRange range in _manager.Frames.Ranges)
                for (FrameNumber frame = range.Start; frame.Value < range.End.Value; frame += 1)
                {
                    if (CheckFrame(frame) is { } problem)
                        return Problem(problem, frame.Value);
                    pins += _manager.Frames.Table[frame].Pins;
                }
            // Pages got by their address are pinned too.
            pins -= _manager._pagesGot;
            for (AddressSpace? space = _manager._firstSpace; space is not null; space = space.NextSpace)
            {
                pins -= space.PinnedPages;
                if (space.PinnedPages < 0)
                    return Problem("4: a space has fewer pins than none", space.Translations.Root.Value);
            }
            if (_manager._pagesGot < 0 || pins < 0 || (pins > 0 && !_manager.HasPinsOfGoneSpaces))
                return "4: frames have not as many pins as were taken";
            return _tables + _manager.OtherPageTables == _manager.Frames.UsedBy(FrameOwner.PageTable)
                ? null : Problem("5: a page table is lost", _tables);
        }

        private readonly string? CheckFrame(FrameNumber frame)
        {
            ref FrameDescriptor descriptor = ref _manager.Frames.Table[frame];
            uint mappings = _mappings[frame.Value];
            uint references = _references[frame.Value];
            if (descriptor.State != FrameState.Used)
                return mappings == 0 && references == 0 ? null : "5: a free frame is in use";
            if (descriptor.Owner == FrameOwner.PageTable)
            {
                if (mappings == 0)
                    return null;
                if (descriptor.References != (int)mappings)
                    return "4: a leaf table has not as many users as counted";
                return references == (mappings > 1 ? 1u : 0u) ? null : "7: a shared leaf table is not in exactly one backup";
            }
            if (frame != _manager.ZeroFrame && descriptor.Owner is not (FrameOwner.User or FrameOwner.PageCache))
                return mappings == 0 ? null : "4: an entry names a frame of the kernel";
            uint large = mappings >> LargeShift;
            if (frame != _manager.ZeroFrame)
            {
                mappings &= (1u << LargeShift) - 1;
                if (large != 0 && descriptor.OwnerWord != large)
                    return "4: a 2 MiB page has not as many entries as counted";
            }
            if (descriptor.Mappings != (int)mappings)
                return "4: a frame has not as many entries as counted";
            if (descriptor.References != references + descriptor.Pins)
                return "4: a frame has not as many references as found";
            return descriptor.Mappings == 0 && descriptor.References == 0 ? "5: a frame is lost" : null;
        }

        private string Problem(string problem, ulong detail)
        {
            Detail = detail;
            return problem;
        }
    }
}
