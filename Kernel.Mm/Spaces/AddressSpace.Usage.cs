using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>What resident pages there are and who else has them, in pages. The zero page is nobody's and not counted.</summary>
public struct MemoryUsage
{
    /// <summary>Fraction bits of <see cref="Proportional"/> and its like.</summary>
    public const int ProportionShift = 12;

    /// <summary>Nobody else maps them.</summary>
    public ulong PrivateClean, PrivateDirty;

    /// <summary>Others map them too.</summary>
    public ulong SharedClean, SharedDirty;

    /// <summary>Accessed, as far as the processor says.</summary>
    public ulong Referenced;

    /// <summary>Private pages: no file's and no shared memory's.</summary>
    public ulong Anonymous;

    /// <summary>Of <see cref="Anonymous"/>: may be dropped while they aren't written (MADV_FREE); in 2 MiB pages.</summary>
    public ulong LazyFree, AnonymousLarge;

    /// <summary>Of shared anonymous memory.</summary>
    public ulong SharedMemory;

    /// <summary>Each page divided by the number of its users, times 2^<see cref="ProportionShift"/>.</summary>
    public ulong Proportional, ProportionalDirty, ProportionalAnonymous, ProportionalSharedMemory;

    /// <summary>In locked vareas, as <see cref="Proportional"/>.</summary>
    public ulong ProportionalLocked;

    /// <summary>All of them.</summary>
    public readonly ulong Resident => PrivateClean + PrivateDirty + SharedClean + SharedDirty;
}

/// <content>Who has which pages, for listings.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>Counts a varea's pages. Between <see cref="BeginListing"/> and <see cref="EndListing"/>.</summary>
    /// <param name="area">One of this space.</param>
    /// <param name="usage">What is found is added.</param>
    /// <remarks>
    /// A page's users are the entries that name it, and this space's leaf table counts once for each space that shares it since
    /// a fork. Another space's table shared with a third one counts once: the proportional share is then too large, never too small.
    /// </remarks>
    public void Measure(VArea area, ref MemoryUsage usage)
    {
        PageRange range = area.Range;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry block = *walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            if (block.IsLarge)
            {
                MeasureLarge(area, block, (ulong)(part.End - part.First), ref usage);
                continue;
            }
            // A table that is shared may go as soon as another thread has copied it.
            if (!TryLockTable(walk.Start, out LeafTable leaf))
                continue;
            ulong otherUsers = (ulong)leaf.Users - 1;
            PageTableEntry* entries = leaf.Entries;
            for (int index = PageTableWalk.NextInUse(entries, part.First, part.End); index < part.End;
                index = PageTableWalk.NextInUse(entries, index + 1, part.End))
            {
                PageTableEntry entry = entries[index];
                FrameNumber frame = entry.Target.Frame;
                if (entry.IsUncounted || frame == _manager.ZeroFrame)
                    continue;
                FrameDescriptor* descriptor = _frames.Table.Descriptor(frame);
                bool isAnonymous = area.IsPrivate && (area.IsAnonymous || IsOwnPage(entry));
                ulong users = (ulong)descriptor->Mappings + otherUsers;
                // A 2 MiB entry of another space, or a frozen space that lent it.
                if (isAnonymous)
                    users += (ulong)(descriptor->References - descriptor->Pins);
                Count(area, entry, 1, isAnonymous, users, ref usage);
            }
            leaf.Unlock();
        }
    }

    /// <summary>The frame behind an address and what is known about the page; nothing is made present.</summary>
    /// <param name="address">Any.</param>
    /// <param name="frame">Only of a resident page.</param>
    /// <param name="isOfObject">Whether it is a file's page or shared memory's.</param>
    public PageState Describe(VirtualAddress address, out FrameNumber frame, out bool isOfObject)
    {
        frame = default;
        isOfObject = false;
        PageState state = PageState.Absent;
        _lock.EnterRead();
        if (Find(address) is { } area)
        {
            state = StateOf(area, address);
            isOfObject = (state & (PageState.Private | PageState.Zero)) == 0;
            if ((state & PageState.Resident) != 0)
                frame = new PageTableWalk(_translations.Root, address).Physical.Frame;
        }
        _lock.ExitRead();
        return state;
    }

    /// <summary>Frames of its page table; tables shared with other spaces count whole. Between <see cref="BeginListing"/> and <see cref="EndListing"/>.</summary>
    public ulong CountTables() => 1 + CountTablesBelow(_translations.Root, PageTableWalk.Levels);

    private static ulong CountTablesBelow(PhysicalAddress table, int level)
    {
        ulong tables = 0;
        PageTableEntry* entries = PageTableWalk.Table(table);
        // The kernel's half of the root is everybody's.
        int end = level == PageTableWalk.Levels ? PageTableWalk.EntriesPerTable / 2 : PageTableWalk.EntriesPerTable;
        for (int index = PageTableWalk.NextInUse(entries, 0, end); index < end; index = PageTableWalk.NextInUse(entries, index + 1, end))
            if (!entries[index].IsLarge)
                tables += 1 + (level > PageTable.BlockLevel ? CountTablesBelow(entries[index].Target, level - 1) : 0);
        return tables;
    }

    private void MeasureLarge(VArea area, PageTableEntry block, ulong pages, ref MemoryUsage usage)
    {
        if (block.IsUncounted)
            return;
        FrameDescriptor* first = _frames.Table.Descriptor(block.Target.Frame);
        bool isExclusive = LargePage.IsExclusive(_frames, block.Target.Frame);
        ulong users = isExclusive ? 1 : ulong.Max(first->OwnerWord + (ulong)first->Mappings, 2);
        usage.AnonymousLarge += pages;
        Count(area, block, pages, isAnonymous: true, users, ref usage);
    }

    private static void Count(VArea area, PageTableEntry entry, ulong pages, bool isAnonymous, ulong users, ref MemoryUsage usage)
    {
        bool isDirty = entry.Has(PageFlags.Dirty);
        ulong share = (pages << MemoryUsage.ProportionShift) / ulong.Max(users, 1);
        if (users > 1)
        {
            usage.SharedClean += isDirty ? 0 : pages;
            usage.SharedDirty += isDirty ? pages : 0;
        }
        else
        {
            usage.PrivateClean += isDirty ? 0 : pages;
            usage.PrivateDirty += isDirty ? pages : 0;
        }
        usage.Proportional += share;
        if (isDirty)
            usage.ProportionalDirty += share;
        if (entry.Has(PageFlags.Accessed))
            usage.Referenced += pages;
        if (isAnonymous)
        {
            usage.Anonymous += pages;
            usage.ProportionalAnonymous += share;
            if (entry.Has(PageFlags.LazyFree) && !isDirty)
                usage.LazyFree += pages;
        }
        else if (area.Object is Objects.SharedAnonymousObject or Objects.FileObject { Host: null })
        {
            usage.SharedMemory += pages;
            usage.ProportionalSharedMemory += share;
        }
        if ((area.Flags & VAreaFlags.Locked) != 0)
            usage.ProportionalLocked += share;
    }
}
