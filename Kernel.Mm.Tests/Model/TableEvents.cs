using System;
using System.Collections.Generic;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>Rare things: most happen to leaf tables.</summary>
internal enum TableEvent
{
    TableCopied,
    UncopiedTableTakenBack,
    CopiedTableTakenBack,
    SharedTablePartlyUnmapped,
    MixedBlockForked,
    LargePageSplit,
    LargePagesJoined,
    LargePageMade,
    TableMoved,
    TableShared,
    FileTruncatedWhileMapped,
    HolePunchedWhileMapped,
    FileCutInSharedTable,
    LimitRefused,
    StackRefused,
    RecordReturned,
    FrozenWithLazyPages,
    NoMemoryInFrozenWithLazyPages,
    LazyPagesDropped,
    KernelPagesUnmapped,
}

/// <summary>Notices what happened to the tables of a space in one step, from outside: by looking before and after.</summary>
internal sealed unsafe class TableEvents
{
    private readonly Block[] _before = new Block[ModelSpace.WindowBlocks];
    private readonly Block[] _after = new Block[ModelSpace.WindowBlocks];
    private ulong _residentBefore;
    private ulong _allResidentBefore;
    private long _removedBefore;

    /// <summary>How often each has happened.</summary>
    public long[] Counts { get; } = new long[Enum.GetValues<TableEvent>().Length];

    public void LookBefore(AddressSpace space)
    {
        Look(space, _before);
        _residentBefore = space.ResidentPages;
    }

    /// <summary>Counts what happened since.</summary>
    /// <param name="space">The same space, which still lives.</param>
    /// <param name="isMove">Whether tables may have moved.</param>
    /// <returns>Whether the page table names other pages or tables, or allows something else above them. What a processor notes there is no change.</returns>
    public bool LookAfter(AddressSpace space, bool isMove)
    {
        Look(space, _after);
        bool changed = _residentBefore != space.ResidentPages;
        for (int i = 0; i < ModelSpace.WindowBlocks; i++)
        {
            Block before = _before[i], after = _after[i];
            changed |= before.IsUnlike(after);
            if (isMove && !before.IsNone && after.Entry.Target != before.Entry.Target)
                CountMoved(before);
            else if (!before.IsNone && !after.IsNone)
                CountChange(before, after);
            else if (before.IsNone && after.IsLarge)
                Count(TableEvent.LargePageMade);
        }
        return changed;
    }

    /// <summary>Counts what an unmapping that has succeeded did to tables that were shared.</summary>
    /// <param name="space">As it was before.</param>
    /// <param name="range">What was unmapped.</param>
    public void CountPartialUnmap(ModelSpace space, PageRange range)
    {
        int start = ModelSpace.PageOf(range.Start), end = start + (int)range.Pages;
        for (int i = 0; i < ModelSpace.WindowBlocks; i++)
        {
            int first = int.Max(start, i * ModelSpace.BlockPages), last = int.Min(end, (i + 1) * ModelSpace.BlockPages);
            if (_before[i] is { IsTable: true, Users: > 1 } && first < last && last - first < ModelSpace.BlockPages && !space.IsFree(first, last - first))
                Count(TableEvent.SharedTablePartlyUnmapped);
        }
    }

    /// <summary>Counts how a fork that succeeded dealt with the tables.</summary>
    public void CountFork(AddressSpace parent, AddressSpace child)
    {
        Look(parent, _before);
        Look(child, _after);
        for (int i = 0; i < ModelSpace.WindowBlocks; i++)
        {
            if (!_before[i].IsTable || !_after[i].IsTable)
                continue;
            Count(_before[i].Entry.Target == _after[i].Entry.Target ? TableEvent.TableShared : TableEvent.MixedBlockForked);
        }
    }

    /// <summary>A file is about to lose pages.</summary>
    public void LookBeforeCut(List<ModelSpace> spaces) => (_allResidentBefore, _removedBefore) = LookAll(spaces);

    /// <summary>Counts what became of the pages that were mapped.</summary>
    /// <param name="spaces">Those of before.</param>
    /// <param name="what">What it is if any pages are gone.</param>
    public void CountCut(List<ModelSpace> spaces, TableEvent? what)
    {
        (ulong resident, long removed) = LookAll(spaces);
        if (resident < _allResidentBefore && what is { } cut)
            Count(cut);
        if (removed > _removedBefore)
            Count(TableEvent.FileCutInSharedTable);
    }

    private static (ulong Resident, long Removed) LookAll(List<ModelSpace> spaces)
    {
        (ulong resident, long removed) = (0, 0);
        foreach (ModelSpace space in spaces)
        {
            resident += space.Real.ResidentPages;
            for (int i = 0; i < ModelSpace.WindowBlocks; i++)
            {
                PageTableEntry* entry = space.Real.Table.FindBlock(ModelSpace.At(i * ModelSpace.BlockPages));
                if (entry != null && !entry->IsEmpty && !entry->IsLarge)
                    removed += space.Real.Table.LeafOf(*entry).RemovedWhileShared;
            }
        }
        return (resident, removed);
    }

    private void CountChange(Block before, Block after)
    {
        if (before.IsLarge && after.IsTable)
            Count(TableEvent.LargePageSplit);
        else if (before.IsTable && after.IsLarge)
            Count(TableEvent.LargePagesJoined);
        else if (before is { IsTable: true, Users: > 1 } && after is { IsTable: true, Users: 1 } && before.Entry.Target != after.Entry.Target)
            Count(TableEvent.TableCopied);
        else if (before is { IsTable: true, Users: 1 } && before.Entry.Target == after.Entry.Target
            && !before.Entry.IsWritable && after.Entry.IsWritable)
            Count(before.WasCopied ? TableEvent.CopiedTableTakenBack : TableEvent.UncopiedTableTakenBack);
    }

    private void CountMoved(Block before)
    {
        foreach (Block after in _after)
            if (before.IsTable && after.Entry.Target == before.Entry.Target)
                Count(TableEvent.TableMoved);
    }

    public void Count(TableEvent what) => Counts[(int)what]++;

    private static void Look(AddressSpace space, Block[] blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            PageTableEntry* entry = space.Table.FindBlock(ModelSpace.At(i * ModelSpace.BlockPages));
            if (entry == null || entry->IsEmpty)
            {
                blocks[i] = default;
                continue;
            }
            LeafTable table = space.Table.LeafOf(*entry);
            blocks[i] = entry->IsLarge ? new Block(*entry, 0, 0, false) : new Block(*entry, table.Users, table.EntriesInUse, table.WasCopied);
        }
    }

    private readonly record struct Block(PageTableEntry Entry, int Users, int EntriesInUse, bool WasCopied)
    {
        private const PageFlags NotedByProcessor = PageFlags.Accessed | PageFlags.Dirty;

        /// <summary>Whether it names something.</summary>
        private bool HasPages => IsLarge || EntriesInUse != 0;

        /// <summary>Whether it differs from what it was. A table without a page counts as none.</summary>
        public bool IsUnlike(Block other) =>
            (HasPages || other.HasPages) && Entry.Without(NotedByProcessor) != other.Entry.Without(NotedByProcessor);

        public bool IsNone => Entry.IsEmpty;

        public bool IsLarge => !IsNone && Entry.IsLarge;

        public bool IsTable => !IsNone && !Entry.IsLarge;
    }
}
