using System.Runtime.CompilerServices;

namespace Kernel.Mm.PageTables;

/// <summary>Goes through the level-2 entries in use of a range, in order of address. Budget: 10 instructions an entry in one table.</summary>
/// <remarks>Entries may be emptied on the way, and tables below them change; tables above them may not go away.</remarks>
internal unsafe ref struct BlockWalk
{
    private const ulong TableMask = PageTableWalk.EntriesPerTable * sizeof(ulong) - 1;

    private readonly PageTable _table;
    private readonly VirtualAddress _end;
    private PageTableEntry* _next;
    private VirtualAddress _nextStart;

    /// <summary>Begins before the first block of a range.</summary>
    public BlockWalk(PageTable table, VirtualAddress start, VirtualAddress end)
    {
        _table = table;
        _end = end;
        _nextStart = start.AlignDown(Page.LargeSize);
        // Mostly the tables are there.
        _next = table.FindBlock(_nextStart);
        Entry = null;
        Start = default;
    }

    /// <summary>The entry.</summary>
    public PageTableEntry* Entry { get; private set; }

    /// <summary>The address of its block.</summary>
    public VirtualAddress Start { get; private set; }

    /// <summary>Where it goes on.</summary>
    public readonly VirtualAddress Next => _nextStart;

    /// <summary>Entries from this one to the end of its table.</summary>
    public readonly int LeftInTable => PageTableWalk.EntriesPerTable - PageTableWalk.IndexOf(Start, PageTable.BlockLevel);

    /// <summary>Passes over entries of this table, this one being the first.</summary>
    public void Skip(int count)
    {
        _next = count < LeftInTable ? Entry + count : null;
        _nextStart = Start + (ulong)count * Page.LargeSize;
    }

    /// <summary>Goes on at the block of an address, unless it has come so far.</summary>
    public void SkipTo(VirtualAddress address)
    {
        VirtualAddress start = address.AlignDown(Page.LargeSize);
        if (start <= _nextStart || _nextStart < Start)
            return;
        _nextStart = start;
        _next = _table.FindBlock(start);
    }

    /// <summary>Moves on to the next entry in use; false at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (_next == null || _next->IsEmpty || _nextStart >= _end)
            return MoveFar();
        Advance();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance()
    {
        Entry = _next;
        Start = _nextStart;
        _nextStart += Page.LargeSize;
        _next++;
        // Behind the last entry of a table comes another table.
        if (((ulong)_next & TableMask) == 0)
            _next = null;
    }

    private bool MoveFar()
    {
        if (_nextStart >= _end || _nextStart.Value < Start.Value)
            return false;
        _next = _table.NextBlock(ref _nextStart, _end);
        if (_next == null)
        {
            _nextStart = _end;
            return false;
        }
        _nextStart = _nextStart.AlignDown(Page.LargeSize);
        Advance();
        return true;
    }
}
