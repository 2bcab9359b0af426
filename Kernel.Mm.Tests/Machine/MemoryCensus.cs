using System.Collections.Generic;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

/// <summary>What can be reached from the roots of all spaces, found by a walk of its own: neither counters nor Verify are asked.</summary>
public sealed unsafe class MemoryCensus
{
    private const int UserEntriesOfRoot = PageTableWalk.EntriesPerTable / 2;
    private const ulong LargePageFrames = Page.LargeSize / Page.Size;

    private readonly HashSet<ulong> _tables = [];
    private readonly HashSet<ulong> _pages = [];

    /// <summary>Walks everything, while nothing else runs.</summary>
    public MemoryCensus(MemoryManager manager)
    {
        for (AddressSpace? space = manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            Spaces++;
            Walk(space.Translations.Root, PageTableWalk.Levels);
        }
        _pages.Remove(manager.ZeroFrame.Value);
    }

    /// <summary>Live spaces.</summary>
    public int Spaces { get; }

    /// <summary>Page tables of all levels, each counted once.</summary>
    public int Tables => _tables.Count;

    /// <summary>Frames that some entry names, each counted once; neither the zero page nor device memory.</summary>
    public int Pages => _pages.Count;

    /// <summary>Fails the test unless exactly what can be reached is in use.</summary>
    public static MemoryCensus AssertExact(TestMachine machine)
    {
        var census = new MemoryCensus(machine.Manager);
        Assert.Equal((ulong)census.Tables, machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal((ulong)census.Pages, machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(census.Spaces, machine.Spaces.InUse);
        return census;
    }

    private void Walk(PhysicalAddress table, int level)
    {
        if (!_tables.Add(table.Frame.Value))
            return;
        var entries = (PageTableEntry*)DirectMap.Pointer(table);
        int count = level == PageTableWalk.Levels ? UserEntriesOfRoot : PageTableWalk.EntriesPerTable;
        for (int index = 0; index < count; index++)
        {
            PageTableEntry entry = entries[index];
            if (entry.IsEmpty || (entry.IsUncounted && (level == 1 || entry.IsLarge)))
                continue;
            if (level > 1 && !entry.IsLarge)
                Walk(entry.Target, level - 1);
            else
                for (ulong i = 0; i < (level == 1 ? 1 : LargePageFrames); i++)
                    _pages.Add(entry.Target.Frame.Value + i);
        }
    }
}
