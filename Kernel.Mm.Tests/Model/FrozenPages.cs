using System.Collections.Generic;
using System.Runtime.Intrinsics;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests.Model;

/// <summary>A checksum of each page that a space had of its own when it was frozen: frozen pages never change.</summary>
internal sealed unsafe class FrozenPages
{
    private readonly ModelSpace _space;
    private readonly List<(int Page, ulong Sum)> _sums = [];

    // Where it is in the page table.
    private int _block;
    private bool _isLarge;
    private PageTableEntry* _entry;

    /// <param name="space">Has just been frozen. What shows an object has its own ways to change.</param>
    public FrozenPages(ModelSpace space)
    {
        _space = space;
        _block = -1;
        for (int page = 0; page < ModelSpace.WindowPages; page++)
            if (space.Pages[page] is { IsMapped: true, ShowsObject: false })
                _sums.Add((page, SumOf(page)));
    }

    /// <summary>The first page that isn't what it was; -1 if all are. A file's truncation takes even private pages.</summary>
    public int FindChanged()
    {
        _block = -1;
        foreach ((int page, ulong sum) in _sums)
            if (SumOf(page) != sum && !_space.Pages[page].ShowsObject)
                return page;
        return -1;
    }

    private ulong SumOf(int page)
    {
        if (page / ModelSpace.BlockPages != _block)
        {
            _block = page / ModelSpace.BlockPages;
            PageTable table = _space.Real.Table;
            _entry = table.FindBlock(ModelSpace.At(page));
            _isLarge = _entry != null && _entry->IsLarge;
            if (_entry != null && !_isLarge)
                _entry = _entry->IsEmpty ? null : table.LeafOf(*_entry).Entries;
        }
        int index = page % ModelSpace.BlockPages;
        if (_isLarge)
            return SumOf(_entry->Target + (ulong)index * Page.Size);
        if (_entry == null || _entry[index].IsEmpty || _entry[index].Target.Frame == _space.Real.Manager.ZeroFrame)
            return 0;
        return SumOf(_entry[index].Target);
    }

    /// <summary>Zero for zeros only, as far as sums go; depends on the order too (Fletcher, 1982).</summary>
    private static ulong SumOf(PhysicalAddress page)
    {
        var words = (ulong*)DirectMap.Pointer(page);
        Vector256<ulong> sum = default, sums = default;
        for (int i = 0; i < (int)Page.Size / sizeof(ulong); i += Vector256<ulong>.Count)
        {
            sum += Vector256.Load(words + i);
            sums += sum;
        }
        sums += Vector256.Shuffle(sum, Vector256.Create(1ul, 2, 3, 0));
        return sums[0] + 3 * sums[1] + 5 * sums[2] + 7 * sums[3];
    }
}
