using System;

namespace Kernel.Mm.PageTables;

/// <summary>Builds the kernel's part of a page table: long-lived mappings in the largest pages that fit.</summary>
/// <remarks>
/// Not locked: used at start-up, and afterwards under the lock of the window that it maps into. Invalidates nothing:
/// callers map only what was not mapped, or invalidate themselves.
/// </remarks>
public readonly unsafe struct PageTableBuilder
{
    private readonly IFrameSource _frames;
    private readonly bool _hugePages;

    /// <summary>A builder for one page table.</summary>
    /// <param name="root">The root table.</param>
    /// <param name="frames">Gives the frames of lower tables.</param>
    /// <param name="hugePages">Whether the processor has 1 GiB pages (CPUID 0x80000001 EDX bit 26).</param>
    public PageTableBuilder(PhysicalAddress root, IFrameSource frames, bool hugePages)
    {
        Root = root;
        _frames = frames;
        _hugePages = hugePages;
    }

    /// <summary>The root table.</summary>
    public PhysicalAddress Root { get; }

    /// <summary>Maps a range that was not mapped.</summary>
    /// <param name="virtualStart">Page-aligned.</param>
    /// <param name="physicalStart">Page-aligned.</param>
    /// <param name="bytes">A multiple of the page size.</param>
    /// <param name="flags">For the leaves; <see cref="PageFlags.Present"/> is added.</param>
    /// <param name="largest">The largest page to use, in bytes.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if misaligned, <see cref="Status.AlreadyExists"/> at the first page that is
    /// mapped, <see cref="Status.OutOfMemory"/> when a table can't be had; what was mapped until then stays.
    /// </returns>
    public Status Map(
        VirtualAddress virtualStart, PhysicalAddress physicalStart, ulong bytes, PageFlags flags, ulong largest = Page.HugeSize)
    {
        if (!virtualStart.IsPageAligned || !physicalStart.IsPageAligned || (bytes & Page.OffsetMask) != 0)
            return Status.InvalidArgument;
        ulong done = 0;
        while (done < bytes)
        {
            VirtualAddress address = virtualStart + done;
            PhysicalAddress target = physicalStart + done;
            int level = LevelFor(address, target, bytes - done, largest);
            PageTableEntry* entry = EntryAt(address, level, out Status status);
            if (entry == null)
                return status;
            ulong size = PageTableWalk.PageSizeAt(level);
            PageFlags leafFlags = flags | PageFlags.Present | (level > 1 ? PageFlags.Large : PageFlags.None);
            // Pages lie in one table up to its end; only those of the first level surely stay at their level.
            ulong count = level > 1 ? 1 : ulong.Min((bytes - done) >> Page.Shift, PageTableWalk.EntriesPerTable - (ulong)PageTableWalk.IndexOf(address, level));
            for (; count > 0; count--, entry++, target += size, done += size)
            {
                if (entry->IsPresent)
                    return Status.AlreadyExists;
                *entry = new PageTableEntry(target, leafFlags);
            }
        }
        return Status.Success;
    }

    /// <summary>Removes every mapping that starts in a range, whatever its size; tables stay. The caller invalidates.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="bytes">A multiple of the page size; large pages must lie in the range as a whole.</param>
    /// <returns><see cref="Status.NotFound"/> if a part was not mapped; the rest is removed all the same.</returns>
    public Status Unmap(VirtualAddress start, ulong bytes)
    {
        Status result = Status.Success;
        ulong done = 0;
        while (done < bytes)
        {
            var walk = new PageTableWalk(Root, start + done);
            if (walk.IsMapped)
                *EntryAt(start + done, walk.LastLevel, out _) = default;
            else
                result = Status.NotFound;
            done += walk.IsMapped ? walk.PageSize : Page.Size;
        }
        return result;
    }

    /// <summary>Makes sure that the table one level below the root exists, so that later spaces can share it.</summary>
    public Status EnsureTopLevel(VirtualAddress address)
    {
        EntryAt(address, PageTableWalk.Levels - 1, out Status status);
        return status;
    }

    private int LevelFor(VirtualAddress address, PhysicalAddress target, ulong left, ulong largest)
    {
        for (int level = _hugePages ? 3 : 2; level > 1; level--)
        {
            ulong size = PageTableWalk.PageSizeAt(level);
            if (size <= largest && left >= size && ((address.Value | target.Value) & (size - 1)) == 0)
                return level;
        }
        return 1;
    }

    /// <summary>The entry of a level, with the tables above it made as needed.</summary>
    private PageTableEntry* EntryAt(VirtualAddress address, int level, out Status status)
    {
        PhysicalAddress table = Root;
        for (int current = PageTableWalk.Levels; current > level; current--)
        {
            PageTableEntry* entry = PageTableWalk.Table(table) + PageTableWalk.IndexOf(address, current);
            if (!entry->IsPresent)
            {
                if (_frames.AllocateZeroed() is not { } frame)
                {
                    status = Status.OutOfMemory;
                    return null;
                }
                *entry = new PageTableEntry(frame.Address, PageFlags.Present | PageFlags.Writable);
            }
            else if (entry->IsLarge)
            {
                status = Status.AlreadyExists;
                return null;
            }
            table = entry->Target;
        }
        status = Status.Success;
        return PageTableWalk.Table(table) + PageTableWalk.IndexOf(address, level);
    }
}
