using System;
using System.Collections.Generic;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class VAreaTreeTests
{
    private const ulong End = 400;
    private static readonly VirtualAddress s_lowest = At(10);
    private VAreaTree _tree;

    public VAreaTreeTests() => _tree.Clear(new PageRange(s_lowest, 4UL << 32));

    [Fact]
    public void An_empty_tree_has_nothing_but_room()
    {
        Assert.Null(_tree.First);
        Assert.Null(_tree.Last);
        Assert.Null(_tree.Root);
        Assert.Null(_tree.Find(At(10)));
        Assert.Null(_tree.FindAtOrAfter(default));
        Assert.Null(_tree.FindBefore(At(20)));
        Assert.Equal(At(18), FindGap(2, default, At(20), Page.Size, out VArea? next));
        Assert.Null(next);
        Assert.Null(FindGap(11, default, At(20), Page.Size, out _));
        Assert.Null(FindGap(1, At(21), At(20), Page.Size, out _));
        Assert.Null(_tree.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_random_tree_is_as_a_sorted_list(int seed)
    {
        var random = new Random(seed);
        var list = new SortedList<ulong, VArea>();
        _tree.Clear(PageRange.Between(s_lowest, At(End)));
        int again = 0;
        for (int step = 0; step < 1500; step++)
        {
            ulong page = (ulong)random.Next(10, (int)End), pages = (ulong)random.Next(1, 6);
            if (random.Next(3) == 0 && list.Count != 0)
                Remove(list, list.Values[random.Next(list.Count)]);
            else if (random.Next(4) == 0 && list.Count != 0)
                MoveEnds(list, list.Values[random.Next(list.Count)], random);
            else if (page + pages <= End && !Overlaps(list, page, pages))
                Insert(list, page, pages);
            Assert.Null(_tree.Verify());
            CompareSearches(list, (ulong)random.Next(0, (int)End + 10));
            CompareGaps(list, random, End);
            again += CompareRemembered(list, (ulong)random.Next(1, 8), End) ? 1 : 0;
        }
        Assert.InRange(again, 50, 1500);
        CompareOrder(list);
        while (list.Count != 0)
            Remove(list, list.Values[random.Next(list.Count)]);
        Assert.Equal(0, _tree.Count);
    }

    [Fact]
    public void Ascending_and_descending_trees_stay_balanced()
    {
        var list = new SortedList<ulong, VArea>();
        for (ulong page = 10; page < 2010; page += 2)
            Insert(list, page, 1);
        Assert.InRange((int)_tree.Root!.Height, 10, 14);
        Assert.Null(_tree.Verify());
        for (ulong page = 6000; page > 4000; page -= 2)
            Insert(list, page, 1);
        Assert.Null(_tree.Verify());
        CompareOrder(list);
        while (list.Count != 0)
        {
            Remove(list, list.Values[0]);
            Assert.Null(_tree.Verify());
        }
    }

    [Fact]
    public void Gaps_longer_than_a_number_can_hold_are_found()
    {
        var list = new SortedList<ulong, VArea>();
        ulong far = 3UL << 32;
        Insert(list, far, 1);
        Assert.Equal(uint.MaxValue, _tree.Root!.Gap);
        Assert.Equal(At(far - VArea.MaximumPages), FindGap(VArea.MaximumPages, default, At(far), Page.Size, out VArea? next));
        Assert.Same(list[far], next);
        Insert(list, 20, 1);
        Assert.Equal(At(far - 5), FindGap(5, default, At(far + 1), Page.Size, out _));
        Assert.Null(_tree.Verify());
    }

    [Fact]
    public void A_gap_that_shrinks_high_above_a_new_varea_is_not_found_any_more()
    {
        // The root has the only long gap below it. The last one becomes a leaf far below, and changes nothing between.
        var list = new SortedList<ulong, VArea>();
        foreach (ulong page in new ulong[] { 100, 12, 104, 10, 14, 102, 106 })
            Insert(list, page, 1);
        Assert.Equal((At(100), 85u), (_tree.Root!.Start, _tree.Root.LargestGap));
        Insert(list, 13, 1);
        Insert(list, 15, 70);
        Assert.Equal(15u, _tree.Root.LargestGap);
        Assert.Null(FindGap(50, default, At(107), Page.Size, out _));
        Assert.Null(_tree.Verify());
    }

    [Fact]
    public void Damage_is_noticed()
    {
        var list = new SortedList<ulong, VArea>();
        for (ulong page = 20; page < 40; page += 2)
            Insert(list, page, 1);
        VArea root = _tree.Root!, leaf = _tree.First!;
        AssertNoticed("gap is wrong", () => leaf.Gap++, () => leaf.Gap--);
        AssertNoticed("largest gap", () => root.LargestGap++, () => root.LargestGap--);
        AssertNoticed("balance", () => leaf.Height++, () => leaf.Height--);
        AssertNoticed("overlap", () => leaf.Pages = 3, () => leaf.Pages = 1);
        AssertNoticed("parent", () => root.Right!.Parent = leaf, () => root.Right!.Parent = root);
        _tree.Adopt(_tree.Root, _tree.Count + 1);
        Assert.Contains("as many", _tree.Verify());
    }

    private VirtualAddress? FindGap(ulong pages, VirtualAddress lowest, VirtualAddress highest, ulong alignment, out VArea? next) =>
        _tree.FindGap(pages, lowest, highest, alignment, out VirtualAddress start, out next) ? start : null;

    private static VirtualAddress At(ulong page) => new(page << Page.Shift);

    private void AssertNoticed(string expected, Action damage, Action repair)
    {
        damage();
        Assert.Contains(expected, _tree.Verify());
        repair();
        Assert.Null(_tree.Verify());
    }

    private void Insert(SortedList<ulong, VArea> list, ulong page, ulong pages)
    {
        var area = new VArea { Start = At(page), Pages = pages };
        _tree.Insert(area);
        list.Add(page, area);
    }

    private void Remove(SortedList<ulong, VArea> list, VArea area)
    {
        _tree.Remove(area);
        list.Remove(area.Start.Value >> Page.Shift);
        Assert.Null(area.Parent ?? area.Left ?? area.Right);
    }

    /// <summary>Moves a varea's start or end, as growing and joining do.</summary>
    private void MoveEnds(SortedList<ulong, VArea> list, VArea area, Random random)
    {
        ulong start = area.Start.Value >> Page.Shift, pages = area.Pages;
        ulong newStart = start + (ulong)random.Next(0, 3) - 1, newEnd = start + pages + (ulong)random.Next(0, 3) - 1;
        if (newStart < 10 || newStart >= newEnd || newEnd > End)
            return;
        list.Remove(start);
        bool isFree = !Overlaps(list, newStart, newEnd - newStart);
        if (isFree)
        {
            area.Start = At(newStart);
            area.Pages = newEnd - newStart;
            _tree.Moved(area);
        }
        list.Add(isFree ? newStart : start, area);
    }

    private static bool Overlaps(SortedList<ulong, VArea> list, ulong page, ulong pages)
    {
        foreach (VArea area in list.Values)
            if (area.Range.Overlaps(new PageRange(At(page), pages)))
                return true;
        return false;
    }

    private void CompareSearches(SortedList<ulong, VArea> list, ulong page)
    {
        VArea? at = null, atOrAfter = null, before = null;
        foreach (VArea area in list.Values)
        {
            if (area.Contains(At(page)))
                at = area;
            if (area.End > At(page))
                atOrAfter ??= area;
            if (area.End <= At(page))
                before = area;
        }
        Assert.Same(at, _tree.Find(At(page)));
        Assert.Same(atOrAfter, _tree.FindAtOrAfter(At(page)));
        Assert.Same(before, _tree.FindBefore(At(page)));
        Assert.Same(list.Count == 0 ? null : list.Values[0], _tree.First);
        Assert.Same(list.Count == 0 ? null : list.Values[^1], _tree.Last);
    }

    private void CompareGaps(SortedList<ulong, VArea> list, Random random, ulong end)
    {
        ulong pages = (ulong)random.Next(1, 20), low = (ulong)random.Next(0, (int)end), high = (ulong)random.Next((int)low, (int)end + 50);
        ulong alignment = 1UL << random.Next(0, 4);
        VirtualAddress? expected = null;
        for (ulong page = ulong.Max(low, 10); page + pages <= high; page++)
            if (page % alignment == 0 && !Overlaps(list, page, pages))
                expected = At(page);
        Assert.Equal(expected, FindGap(pages, At(low), At(high), alignment << Page.Shift, out VArea? next));
        if (expected is { } found)
            Assert.Same(_tree.FindAtOrAfter(found), next);
    }

    /// <summary>What is remembered of the last search must not change the answer. Says whether anything was.</summary>
    private bool CompareRemembered(SortedList<ulong, VArea> list, ulong pages, ulong end)
    {
        bool isRemembered = _tree.FindGapAgain(pages, out VirtualAddress start, out VArea? behind);
        VirtualAddress? expected = FindGap(pages, default, At(end), Page.Size, out VArea? next);
        if (!isRemembered)
            return false;
        Assert.Equal(expected, start);
        Assert.Same(next, behind);
        Assert.False(Overlaps(list, start.Value >> Page.Shift, pages));
        return true;
    }

    private void CompareOrder(SortedList<ulong, VArea> list)
    {
        VArea? area = _tree.First, last = null;
        foreach (VArea expected in list.Values)
        {
            Assert.Same(expected, area);
            Assert.Same(last, VAreaTree.Previous(area!));
            last = area;
            area = VAreaTree.Next(area!);
        }
        Assert.Null(area);
        Assert.Equal(list.Count, _tree.Count);
    }
}
