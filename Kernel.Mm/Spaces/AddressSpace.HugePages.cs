using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>
/// 1 GiB pages of devices. A fault makes one where it fits, and removal takes it away as one; before anything else happens to a part of
/// it, it becomes a table of 2 MiB pages. So no other operation knows them: for a walk over blocks there is nothing.
/// </content>
public sealed unsafe partial class AddressSpace
{
    private const ulong HugeFrames = Page.HugeSize / Page.Size;

    // Whether there ever was one in this space: if not, nobody looks for them.
    private bool _hasHugePages;

    /// <summary>Resolves a fault where no level-2 entry is: a 1 GiB page is there, or can be made. Locked for reading at least.</summary>
    /// <returns>Null if smaller pages must do.</returns>
    private FaultResult? ResolveHuge(VArea area, VirtualAddress address, PhysicalRangeObject device)
    {
        VirtualAddress start = address.AlignDown(Page.HugeSize);
        if (!Hardware.Current.HasHugePages || !area.Range.Contains(new PageRange(start, HugeFrames)))
            return null;
        ulong page = area.PageAt(start);
        PhysicalAddress target = device.Start + (page << Page.Shift);
        if ((target.Value & (Page.HugeSize - 1)) != 0 || page + HugeFrames > device.Pages)
            return null;
        PageTableEntry* entry = _table.EnsureHuge(address, _isUser);
        if (entry == null)
            return null;
        // It allows what its varea does: before that changes it is split.
        if (Read(entry) is { IsEmpty: false } there)
            return there.IsLarge ? FaultResult.Spurious : null;
        Volatile.Write(ref _hasHugePages, true);
        if (Interlocked.CompareExchange(ref *(ulong*)entry, LargeDeviceEntry(area, target).Bits, 0) != 0)
            return FaultResult.Spurious;
        _table.CountInTable(entry, 1);
        Interlocked.Add(ref _residentPages, (long)HugeFrames);
        return FaultResult.Resolved;
    }

    /// <summary>The first 1 GiB page of a range.</summary>
    /// <param name="at">Where to begin; moves to the page's start.</param>
    /// <param name="end">Where to stop.</param>
    /// <returns>Its entry; null if there is none. No range of a space reaches the last 1 GiB of all addresses.</returns>
    private PageTableEntry* NextHuge(ref VirtualAddress at, VirtualAddress end)
    {
        for (at = at.AlignDown(Page.HugeSize); _hasHugePages && at < end; at += Page.HugeSize)
            if (_table.FindHuge(at) is var huge && huge != null)
                return huge;
        return null;
    }

    /// <summary>Splits the 1 GiB pages of a range. Locked for writing.</summary>
    /// <param name="range">The range.</param>
    /// <param name="isRemoval">Those that lie wholly in it may stay: they are removed as one.</param>
    /// <returns>False when memory has run out. What was split until then stays so: nobody can tell.</returns>
    private bool SplitHuge(PageRange range, bool isRemoval)
    {
        VirtualAddress at = range.Start;
        for (PageTableEntry* huge; (huge = NextHuge(ref at, range.End)) != null; at += Page.HugeSize)
            if ((!isRemoval || !range.Contains(new PageRange(at, HugeFrames))) && !_table.SplitHuge(huge, _isUser))
                return false;
        return true;
    }

    /// <summary>Takes the 1 GiB pages of a range out of the table; each lies in it as a whole. Locked for writing.</summary>
    private void RemoveHuge(PageRange range)
    {
        bool any = false;
        VirtualAddress at = range.Start;
        for (PageTableEntry* huge; (huge = NextHuge(ref at, range.End)) != null; at += Page.HugeSize)
        {
            *huge = default;
            _table.CountInTable(huge, -1);
            Interlocked.Add(ref _residentPages, -(long)HugeFrames);
            any = true;
        }
        if (!any)
            return;
        _batch.AddAll();
        FlushBatch();
        PruneTables(range);
    }
}
