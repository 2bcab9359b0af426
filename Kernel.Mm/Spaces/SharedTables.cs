using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>Leaf tables that a fork has just made shared, linked with each other until the backup takes them all at once.</summary>
internal unsafe ref struct SharedTables(BackupSpace backup)
{
    private uint _first = FrameDescriptor.NoFrame;
    private uint _last = FrameDescriptor.NoFrame;
    private FrameDescriptor* _firstDescriptor;
    private uint _count;

    /// <summary>
    /// Makes a child the second user of leaf tables that only the parent uses, up to the first entry that names none.
    /// Budget: 25 instructions a table, so there is no call in the loop.
    /// </summary>
    /// <param name="from">The parent's entries; they lose write permission.</param>
    /// <param name="to">The child's.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="descriptors">That of frame zero.</param>
    /// <param name="resident">The pages in the tables are added to it.</param>
    /// <returns>How many entries that were.</returns>
    /// <remarks>Nobody else can find a table that has one user: its lock isn't needed.</remarks>
    public int AddSoleTables(PageTableEntry* from, PageTableEntry* to, int count, FrameDescriptor* descriptors, ref long resident)
    {
        FrameDescriptor none;
        FrameDescriptor* head = _count == 0 ? &none : _firstDescriptor;
        uint first = _first;
        long pages = 0;
        PageTableEntry* at = from;
        long distance = (byte*)to - (byte*)from;
        for (PageTableEntry* end = from + count; at < end; at++)
        {
            ulong named = at->Bits;
            var descriptor = (FrameDescriptor*)((byte*)descriptors + PageTable.DescriptorOffset(named));
            if ((named & (ulong)(PageFlags.Large | PageFlags.Present)) != (ulong)PageFlags.Present || descriptor->References != 1)
                break;
            descriptor->References = 2;
            descriptor->Next = first;
            first = (uint)(named >> Page.Shift);
            head->Previous = first;
            head = descriptor;
            pages += descriptor->Mappings;
            Interlocked.And(ref *(ulong*)at, ~(ulong)PageFlags.Writable);
            *(ulong*)((byte*)at + distance) = named & ~(ulong)PageFlags.Writable;
        }
        int added = (int)(at - from);
        if (added == 0)
            return 0;
        if (_count == 0)
            _last = (uint)from->Target.Frame.Value;
        _count += (uint)added;
        _first = first;
        _firstDescriptor = head;
        resident += pages;
        return added;
    }

    /// <summary>Gives all tables to the backup.</summary>
    public readonly void Flush(in FrameTable frames)
    {
        if (_count != 0)
            backup.Add(frames, new FrameNumber(_first), new FrameNumber(_last), _count);
    }
}
