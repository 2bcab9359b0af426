using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <summary>Rare things that happen to leaf tables.</summary>
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
}

/// <summary>Notices what happened to the tables of a space in one step, from outside: by looking before and after.</summary>
internal sealed unsafe class TableEvents
{
    private readonly Block[] _before = new Block[ModelSpace.WindowBlocks];
    private readonly Block[] _after = new Block[ModelSpace.WindowBlocks];
    private ulong _residentBefore;
    private ulong _faultsBefore;

    /// <summary>How often each has happened.</summary>
    public long[] Counts { get; } = new long[Enum.GetValues<TableEvent>().Length];

    public void LookBefore(AddressSpace space)
    {
        Look(space, _before);
        _residentBefore = space.ResidentPages;
        _faultsBefore = space.MinorFaults;
    }

    /// <summary>Counts what happened since.</summary>
    /// <param name="space">The same space, which still lives.</param>
    /// <param name="isMove">Whether tables may have moved.</param>
    /// <returns>Whether the page table changed.</returns>
    public bool LookAfter(AddressSpace space, bool isMove)
    {
        Look(space, _after);
        bool changed = _residentBefore != space.ResidentPages;
        for (int i = 0; i < ModelSpace.WindowBlocks; i++)
        {
            Block before = _before[i], after = _after[i];
            changed |= before.Entry != after.Entry;
            if (isMove && !before.IsNone && after.Entry.Target != before.Entry.Target)
                CountMoved(before);
            else if (!before.IsNone && !after.IsNone)
                CountChange(before, after);
            else if (before.IsNone && after.IsLarge)
                Count(TableEvent.LargePageMade);
        }
        return changed || _faultsBefore != space.MinorFaults;
    }

    /// <summary>Counts what an unmapping is going to do to tables that are shared.</summary>
    public void CountPartialUnmap(PageRange range)
    {
        for (int i = 0; i < ModelSpace.WindowBlocks; i++)
        {
            PageRange block = ModelSpace.Range(i * ModelSpace.BlockPages, ModelSpace.BlockPages);
            if (_before[i] is { IsTable: true, Users: > 1 } && block.Overlaps(range) && !range.Contains(block))
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

    private void Count(TableEvent what) => Counts[(int)what]++;

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
            blocks[i] = entry->IsLarge ? new Block(*entry, 0, false) : new Block(*entry, table.Users, table.WasCopied);
        }
    }

    private readonly record struct Block(PageTableEntry Entry, int Users, bool WasCopied)
    {
        public bool IsNone => Entry.IsEmpty;

        public bool IsLarge => !IsNone && Entry.IsLarge;

        public bool IsTable => !IsNone && !Entry.IsLarge;
    }
}
