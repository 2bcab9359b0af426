using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>What is known about one page of a space.</summary>
[Flags]
public enum PageState : byte
{
    /// <summary>Nothing is there yet; a first access would find zeros or the object's content.</summary>
    Absent = 0,

    /// <summary>A frame is there.</summary>
    Resident = 1 << 0,

    /// <summary>It is the zero page.</summary>
    Zero = 1 << 1,

    /// <summary>It is a private page of this space, perhaps shared with forked spaces until one of them writes.</summary>
    Private = 1 << 2,

    /// <summary>Others have the frame too.</summary>
    Shared = 1 << 3,

    /// <summary>It was written since it was mapped, as far as the processor says.</summary>
    Dirty = 1 << 4,

    /// <summary>It was accessed.</summary>
    Accessed = 1 << 5,

    /// <summary>Its content is in swap space.</summary>
    Swapped = 1 << 6,

    /// <summary>A write would need no fault.</summary>
    Writable = 1 << 7,
}

/// <content>Looking things up.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>The varea that contains an address.</summary>
    /// <remarks>The answer holds as long as nothing else changes the space; within Kernel.Mm the lock is held.</remarks>
    public VArea? Find(VirtualAddress address)
    {
        return _lastHit is { } last && last.Contains(address) ? last : FindAnew(address);
    }

    private VArea? FindAnew(VirtualAddress address)
    {
        VArea? found = _areas.Find(address);
        if (found is not null)
            _lastHit = found;
        return found;
    }

    /// <summary>The varea that contains an address, or else the first after it. As <see cref="Find"/>.</summary>
    public VArea? FindAtOrAfter(VirtualAddress address) => _areas.FindAtOrAfter(address);

    /// <summary>All vareas in order of address: <c>foreach</c>, which may stop early. As <see cref="Find"/>.</summary>
    public AreaEnumerator GetEnumerator() => new(_areas.First);

    /// <summary>Holds the vareas still while they are listed: nothing may be mapped or unmapped until <see cref="EndListing"/>.</summary>
    public void BeginListing() => _lock.EnterRead();

    /// <summary>Ends <see cref="BeginListing"/>.</summary>
    public void EndListing() => _lock.ExitRead();

    /// <summary>What the page table says about an address, with effective permissions; nothing is made present.</summary>
    public PageTableWalk Translate(VirtualAddress address)
    {
        _lock.EnterRead();
        var walk = new PageTableWalk(_translations.Root, address);
        _lock.ExitRead();
        return walk;
    }

    /// <summary>Reports the state of each page of a range.</summary>
    /// <param name="range">The pages.</param>
    /// <param name="states">One for each; at least as long as the range.</param>
    /// <returns><see cref="Status.InvalidArgument"/>; <see cref="Status.NotFound"/> if a part of the range is not mapped.</returns>
    public Status GetPageStates(PageRange range, Span<PageState> states)
    {
        if (!range.IsValid || !_range.Contains(range) || (ulong)states.Length < range.Pages)
            return Status.InvalidArgument;
        _lock.EnterRead();
        Status status = Status.Success;
        for (ulong i = 0; i < range.Pages && status == Status.Success; i++)
        {
            VirtualAddress address = range.Start + (i << Page.Shift);
            if (Find(address) is { } area)
                states[(int)i] = StateOf(area, address);
            else
                status = Status.NotFound;
        }
        _lock.ExitRead();
        return status;
    }

    /// <summary>Pages of a varea that the table names, and how many of them are private and how many shared with others. Between <see cref="BeginListing"/> and <see cref="EndListing"/>.</summary>
    public ResidentCounts CountResident(VArea area)
    {
        ResidentCounts counts = default;
        PageRange range = area.Range;
        var walk = new BlockWalk(_table, range.Start, range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            BlockPart part = PartOf(walk.Start, range);
            for (int index = part.First; index < part.End; index++)
                counts.Add(StateOf(area, part.AddressOf(index)));
        }
        // A 1 GiB page lies in one varea, and has no blocks.
        VirtualAddress at = range.Start;
        for (; NextHuge(ref at, range.End) != null; at += Page.HugeSize)
            counts.Resident += HugeFrames;
        return counts;
    }

    /// <summary>What is known about a page. The space is locked for reading at least.</summary>
    private PageState StateOf(VArea area, VirtualAddress address)
    {
        LeafTable leaf;
        while (!TryLockTable(address, out leaf))
        {
            PageTableEntry* block = _table.FindBlock(address);
            if (block == null)
                block = _table.FindHuge(address);
            PageTableEntry entry = block == null ? default : Read(block);
            if (entry.IsEmpty)
                return PageState.Absent;
            if (entry.IsLarge)
                return StateOfLarge(entry);
        }
        PageState state = StateOfEntry(area, address, leaf);
        leaf.Unlock();
        return state;
    }

    private PageState StateOfLarge(PageTableEntry entry)
    {
        PageState state = PageState.Resident | StateOfBits(entry);
        if (!entry.IsUncounted)
            state |= PageState.Private | (LargePage.IsExclusive(_frames, entry.Target.Frame) ? PageState.Absent : PageState.Shared);
        return entry.IsWritable ? state | PageState.Writable : state;
    }

    /// <param name="area">The varea.</param>
    /// <param name="address">In the page.</param>
    /// <param name="leaf">Its table, which is locked: a table that is shared may go as soon as another thread has copied it.</param>
    private PageState StateOfEntry(VArea area, VirtualAddress address, LeafTable leaf)
    {
        PageTableEntry entry = leaf.Entries[PageTableWalk.IndexOf(address, 1)];
        if (entry.IsEmpty)
            return PageState.Absent;
        PageState state = PageState.Resident | StateOfBits(entry);
        if (entry.Target.Frame == _manager.ZeroFrame)
            state |= PageState.Zero;
        // The rest of a 2 MiB page that another space still has whole has its reference.
        else if (area.IsPrivate && !entry.IsUncounted && (area.Object == _private || IsOwnPage(entry)))
            state |= PageState.Private;
        if (!entry.IsUncounted && (leaf.Users > 1 || !IsAlone(entry)))
            state |= PageState.Shared;
        return entry.IsWritable && entry.IsPresent && Read(_table.FindBlock(address)).IsWritable ? state | PageState.Writable : state;
    }

    private static PageState StateOfBits(PageTableEntry entry) =>
        (entry.Has(PageFlags.Dirty) ? PageState.Dirty : PageState.Absent) | (entry.Has(PageFlags.Accessed) ? PageState.Accessed : PageState.Absent);

    /// <summary>Numbers of pages.</summary>
    public struct ResidentCounts
    {
        /// <summary>Named by the table, the zero page included.</summary>
        public ulong Resident;

        /// <summary>Private pages.</summary>
        public ulong Private;

        /// <summary>Pages that others have too.</summary>
        public ulong Shared;

        internal void Add(PageState state)
        {
            if ((state & PageState.Resident) != 0)
                Resident++;
            if ((state & PageState.Private) != 0)
                Private++;
            if ((state & PageState.Shared) != 0)
                Shared++;
        }
    }

    /// <summary>Goes through the vareas of a space.</summary>
    public struct AreaEnumerator
    {
        private VArea? _next;

        internal AreaEnumerator(VArea? first)
        {
            _next = first;
            Current = null!;
        }

        /// <summary>The varea that it is at.</summary>
        public VArea Current { get; private set; }

        /// <summary>Moves on; false at the end.</summary>
        public bool MoveNext()
        {
            if (_next is not { } area)
                return false;
            Current = area;
            _next = VAreaTree.Next(area);
            return true;
        }
    }
}
