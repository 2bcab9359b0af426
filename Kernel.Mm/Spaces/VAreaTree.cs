using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Spaces;

/// <summary>
/// The vareas of a space, ordered by address: an AVL tree (Adelson-Velsky and Landis, 1962) whose nodes also know the
/// largest gap in their subtree, so that free ranges are found in O(log n). The nodes are the vareas themselves.
/// </summary>
/// <remarks>Guarded by the space's lock.</remarks>
internal struct VAreaTree
{
    private VArea? _root;
    private VArea? _first;
    private VArea? _last;

    // Where the space starts: the gap before the first varea begins there. And where it ends.
    private VirtualAddress _lowest;
    private VirtualAddress _highest;

    // What the last search has shown: all that is free above this varea's start is shorter than so many pages. Null if nothing.
    private VArea? _searched;
    private ulong _searchedPages;

    /// <summary>Vareas in it.</summary>
    public int Count { get; private set; }

    /// <summary>The varea at the root.</summary>
    public readonly VArea? Root => _root;

    /// <summary>The first varea.</summary>
    public readonly VArea? First => _first;

    /// <summary>The last varea.</summary>
    public readonly VArea? Last => _last;

    /// <summary>Makes it empty.</summary>
    /// <param name="range">The addresses that vareas may have.</param>
    public void Clear(PageRange range)
    {
        _root = null;
        _first = null;
        _last = null;
        _searched = null;
        _lowest = range.Start;
        _highest = range.End;
        Count = 0;
    }

    /// <summary>The varea that contains an address.</summary>
    public readonly VArea? Find(VirtualAddress address)
    {
        VArea? area = _root;
        while (area is not null)
        {
            if (address < area.Start)
                area = area.Left;
            else if (area.Contains(address))
                return area;
            else
                area = area.Right;
        }
        return null;
    }

    /// <summary>The varea that contains an address, or else the first one after it.</summary>
    public readonly VArea? FindAtOrAfter(VirtualAddress address)
    {
        VArea? area = _root, found = null;
        while (area is not null)
        {
            if (address < area.End)
            {
                found = area;
                if (address >= area.Start)
                    break;
                area = area.Left;
            }
            else
            {
                area = area.Right;
            }
        }
        return found;
    }

    /// <summary>The last varea that ends at or before an address.</summary>
    public readonly VArea? FindBefore(VirtualAddress address)
    {
        VArea? area = _root, found = null;
        while (area is not null)
        {
            if (area.End <= address)
            {
                found = area;
                area = area.Right;
            }
            else
            {
                area = area.Left;
            }
        }
        return found;
    }

    /// <summary>The varea after this one.</summary>
    public static VArea? Next(VArea area)
    {
        if (area.Right is { } right)
            return Leftmost(right);
        VArea child = area;
        VArea? parent = area.Parent;
        while (parent is not null && parent.Right == child)
        {
            child = parent;
            parent = parent.Parent;
        }
        return parent;
    }

    /// <summary>The varea before this one.</summary>
    public static VArea? Previous(VArea area)
    {
        if (area.Left is { } left)
            return Rightmost(left);
        VArea child = area;
        VArea? parent = area.Parent;
        while (parent is not null && parent.Left == child)
        {
            child = parent;
            parent = parent.Parent;
        }
        return parent;
    }

    /// <summary>Adds a varea that overlaps none.</summary>
    public void Insert(VArea area) => Insert(area, FindAtOrAfter(area.Start));

    /// <summary>Adds a varea before another.</summary>
    /// <param name="area">The varea.</param>
    /// <param name="next">The one after it, if there is one.</param>
    public void Insert(VArea area, VArea? next)
    {
        area.Left = null;
        area.Right = null;
        area.Height = 1;
        Count++;
        if (next is null)
        {
            InsertLast(area);
            return;
        }
        ulong after = (next.Start - area.End) >> Page.Shift;
        area.Gap = next.Gap != uint.MaxValue ? (uint)(next.Gap - after - area.Pages) : GapBetween(PreviousOf(next), area);
        area.LargestGap = area.Gap;
        next.Gap = Saturate(after);
        if (_first == next)
            _first = area;
        if (_searched == next && after < _searchedPages)
            _searched = area;
        // One of two neighbours has no child on the side of the other.
        VArea parent = next;
        if (next.Left is not { } left)
        {
            next.Left = area;
        }
        else
        {
            parent = Rightmost(left);
            parent.Right = area;
        }
        area.Parent = parent;
        Rebalance(parent);
        if (next != parent)
            UpdateGaps(next);
    }

    /// <summary>As <see cref="Insert(VArea, VArea)"/>, in the gap that <see cref="FindGapAgain"/> gave. Budget: 45 instructions.</summary>
    /// <param name="area">Ends where the other starts; nothing ends where it starts.</param>
    /// <param name="next">Has no left child.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void InsertLeaf(VArea area, VArea next)
    {
        uint gap = next.Gap != uint.MaxValue ? (uint)(next.Gap - area.Pages) : GapBetween(PreviousOf(next), area);
        uint largest = gap;
        byte height = 2;
        if (next.Right is { } right)
        {
            largest = uint.Max(gap, right.LargestGap);
            height = next.Height;
        }
        area.Gap = gap;
        area.LargestGap = gap;
        area.Height = 1;
        area.Parent = next;
        next.Left = area;
        next.Gap = 0;
        Count++;
        if (_first == next)
            _first = area;
        _searched = area;
        if (height == next.Height && largest == next.LargestGap)
            return;
        next.Height = height;
        next.LargestGap = largest;
        if (next.Parent is { } parent)
            Rebalance(parent);
    }

    /// <summary>As <see cref="Remove"/>, if the varea has no children and is the left child of the next one. Budget: 45 instructions.</summary>
    /// <returns>False, with nothing done, if it isn't.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRemoveLeaf(VArea area)
    {
        if (area.Left is not null || area.Right is not null || area.Parent is not { } next || next.Left != area)
            return false;
        if (_searched is { } searched && area.Start >= searched.Start)
            _searched = next;
        if (_first == area)
            _first = next;
        uint gap = area.Gap == uint.MaxValue ? uint.MaxValue : Saturate(next.Gap + area.Pages + area.Gap);
        area.Parent = null;
        next.Left = null;
        next.Gap = gap;
        Count--;
        uint largest = gap;
        byte height = 1;
        if (next.Right is { } right)
        {
            largest = uint.Max(gap, right.LargestGap);
            height = (byte)(right.Height + 1);
        }
        // With a right half of two levels it is out of balance now.
        if (height == 3)
            Rebalance(next);
        else if (height != next.Height || largest != next.LargestGap)
        {
            next.Height = height;
            next.LargestGap = largest;
            if (next.Parent is { } parent)
                Rebalance(parent);
        }
        return true;
    }

    /// <summary>Adds the tail of a varea that was cut in two.</summary>
    /// <param name="area">What is left of it.</param>
    /// <param name="tail">Begins where that ends now, and ends where it ended.</param>
    public void InsertTail(VArea area, VArea tail)
    {
        tail.Left = null;
        tail.Right = null;
        tail.Gap = 0;
        tail.LargestGap = 0;
        tail.Height = 1;
        Count++;
        if (_last == area)
            _last = tail;
        VArea parent = area;
        if (area.Right is not { } right)
        {
            area.Right = tail;
        }
        else
        {
            parent = Leftmost(right);
            parent.Left = tail;
        }
        tail.Parent = parent;
        Rebalance(parent);
    }

    /// <summary>Takes a varea out.</summary>
    public void Remove(VArea area)
    {
        VArea? next = Next(area), start;
        if (area.Left is { } left && area.Right is { } right)
        {
            Debug.Assert(next is not null);
            VArea successor = next;
            start = successor;
            if (successor != right)
            {
                start = successor.Parent;
                Replace(successor, successor.Right);
                successor.Right = right;
                right.Parent = successor;
            }
            successor.Left = left;
            left.Parent = successor;
            successor.Height = area.Height;
            successor.LargestGap = area.LargestGap;
            Replace(area, successor);
        }
        else
        {
            start = area.Parent;
            Replace(area, area.Left ?? area.Right);
        }
        Count--;
        if (_searched is { } searched && area.Start >= searched.Start)
            _searched = next;
        if (_first == area)
            _first = next;
        if (_last == area)
            _last = _root is null ? null : Rightmost(_root);
        if (next is not null)
            next.Gap = area.Gap == uint.MaxValue ? uint.MaxValue : Saturate(next.Gap + area.Pages + area.Gap);
        area.Parent = null;
        area.Left = null;
        area.Right = null;
        Rebalance(start);
        if (next is not null && next != start)
            UpdateGaps(next);
    }

    /// <summary>To be called when a varea's start has moved; its end too unless that is the next one's concern.</summary>
    public void Moved(VArea area)
    {
        VArea? next = Next(area);
        uint before = GapBetween(PreviousOf(area), area);
        uint after = next is null ? uint.MaxValue : GapBetween(area, next);
        if ((before > area.Gap || next is null || after > next.Gap) && _searched is { } searched && area.Start >= searched.Start)
            _searched = null;
        area.Gap = before;
        UpdateGaps(area);
        if (next is not null)
        {
            next.Gap = after;
            UpdateGaps(next);
        }
    }

    /// <summary>
    /// The highest address at which a range is free between two limits.
    /// </summary>
    /// <param name="pages">Length.</param>
    /// <param name="lowest">The range starts there or above.</param>
    /// <param name="highest">And ends there or below.</param>
    /// <param name="alignment">Of its address, in bytes.</param>
    /// <param name="start">The address.</param>
    /// <param name="next">The varea behind the gap, if there is one.</param>
    /// <returns>False when no gap is long enough.</returns>
    public bool FindGap(ulong pages, VirtualAddress lowest, VirtualAddress highest, ulong alignment, out VirtualAddress start, out VArea? next)
    {
        if (lowest < _lowest)
            lowest = _lowest;
        next = null;
        VirtualAddress lastEnd = _last is { } last ? last.End : _lowest;
        if (TryFit(pages, lastEnd < lowest ? lowest : lastEnd, highest, alignment, out start))
            return true;
        next = FindGapBelow(pages, lowest, highest, alignment, out start);
        if (next is null)
            return false;
        if (highest == _highest && alignment == Page.Size)
        {
            _searched = next;
            _searchedPages = pages;
        }
        return true;
    }

    /// <summary>As <see cref="FindGap"/> without limits, if the last search, or what happened since, tells where that is.</summary>
    /// <returns>False if it doesn't.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool FindGapAgain(ulong pages, out VirtualAddress start, out VArea? next)
    {
        next = _searched;
        if (next is null || pages < _searchedPages || next.Gap < pages)
        {
            start = default;
            return false;
        }
        start = new VirtualAddress(next.Start.Value - (pages << Page.Shift));
        return true;
    }

    /// <summary>The varea that ends at an address.</summary>
    /// <param name="address">Nothing is mapped there.</param>
    /// <param name="next">The first varea behind it, if there is one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly VArea? EndingAt(VirtualAddress address, VArea? next)
    {
        if (next is not null && next.Gap != uint.MaxValue && next.Start - address != (ulong)next.Gap << Page.Shift)
            return null;
        VArea? previous = next is null ? _last : PreviousOf(next);
        return previous is not null && previous.End == address ? previous : null;
    }

    /// <summary>Makes this tree a copy of another's shape; the caller clones the nodes and their gaps.</summary>
    public void Adopt(VArea? root, int count)
    {
        _root = root;
        _first = root is null ? null : Leftmost(root);
        _last = root is null ? null : Rightmost(root);
        _searched = null;
        Count = count;
    }

    /// <summary>What is wrong with shape, order, heights or gaps; null if nothing is.</summary>
    public readonly string? Verify()
    {
        int count = 0;
        VArea? previous = null;
        for (VArea? area = First; area is not null; previous = area, area = Next(area))
        {
            count++;
            if (previous is not null && area.Start < previous.End)
                return "vareas overlap or are out of order";
            if (area.Gap != GapBetween(previous, area))
                return "a varea's gap is wrong";
            if (area.LargestGap != LargestGapOf(area))
                return "a subtree's largest gap is wrong";
            int left = HeightOf(area.Left), right = HeightOf(area.Right);
            if (area.Height != 1 + int.Max(left, right) || left - right is < -1 or > 1)
                return "the tree of vareas is out of balance";
            if ((area.Left is { } l && l.Parent != area) || (area.Right is { } r && r.Parent != area))
                return "a varea has the wrong parent";
            if (_searched is { } searched && area.Start > searched.Start && area.Gap >= _searchedPages)
                return "there is a higher gap than searches find";
        }
        if (previous != _last || (_searched is not null && (_highest - previous!.End) >> Page.Shift >= _searchedPages))
            return "the tree of vareas ends elsewhere";
        return count == Count ? null : "vareas are not as many as counted";
    }

    /// <summary>The last varea of the tree, with what is free before it, that leaves room for a range; null if none does.</summary>
    private readonly VArea? FindGapBelow(ulong pages, VirtualAddress lowest, VirtualAddress highest, ulong alignment, out VirtualAddress start)
    {
        start = default;
        VArea? area = _root;
        if (area is null || area.LargestGap < pages)
            return null;
        bool isEntered = true;
        while (true)
        {
            // Into the right half, unless nothing there is long or low enough.
            while (isEntered && area.Right is { } right && right.LargestGap >= pages && area.End < highest)
                area = right;
            if (area.Start <= lowest)
                return null;
            if (area.Gap >= pages)
            {
                VirtualAddress low = GapStart(area);
                if (TryFit(pages, low < lowest ? lowest : low, area.Start > highest ? highest : area.Start, alignment, out start))
                    return area;
            }
            isEntered = area.Left is { } left && left.LargestGap >= pages;
            if (isEntered)
                area = area.Left!;
            else if (Above(area) is { } above)
                area = above;
            else
                return null;
        }
    }

    /// <summary>The nearest ancestor in whose right half a varea lies.</summary>
    private static VArea? Above(VArea area)
    {
        VArea child = area;
        VArea? parent = area.Parent;
        while (parent is not null && parent.Right != child)
        {
            child = parent;
            parent = parent.Parent;
        }
        return parent;
    }

    /// <summary>Where what is free before a varea begins.</summary>
    private readonly VirtualAddress GapStart(VArea area)
    {
        if (area.Gap != uint.MaxValue)
            return new VirtualAddress(area.Start.Value - ((ulong)area.Gap << Page.Shift));
        return PreviousOf(area) is { } previous ? previous.End : _lowest;
    }

    /// <summary>The highest aligned address at which the pages fit between two addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFit(ulong pages, VirtualAddress low, VirtualAddress high, ulong alignment, out VirtualAddress start)
    {
        ulong bytes = pages << Page.Shift;
        start = new VirtualAddress(high.Value - bytes).AlignDown(alignment);
        return high >= low && high - low >= bytes && start >= low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint GapBetween(VArea? previous, VArea area) =>
        Saturate((area.Start - (previous is null ? _lowest : previous.End)) >> Page.Shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Saturate(ulong pages) => pages > uint.MaxValue ? uint.MaxValue : (uint)pages;

    /// <summary>As <see cref="Previous"/>, but knows that there is none before the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly VArea? PreviousOf(VArea area) => area == _first ? null : Previous(area);

    private void InsertLast(VArea area)
    {
        area.Gap = GapBetween(_last, area);
        area.LargestGap = area.Gap;
        area.Parent = _last;
        if (_last is { } last)
            last.Right = area;
        else
            _root = _first = area;
        _last = area;
        Rebalance(area.Parent);
    }

    private static VArea Leftmost(VArea area)
    {
        while (area.Left is { } left)
            area = left;
        return area;
    }

    private static VArea Rightmost(VArea area)
    {
        while (area.Right is { } right)
            area = right;
        return area;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HeightOf(VArea? area) => area is null ? 0 : area.Height;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LargestGapOf(VArea area)
    {
        uint largest = area.Gap;
        if (area.Left is { } left && left.LargestGap > largest)
            largest = left.LargestGap;
        if (area.Right is { } right && right.LargestGap > largest)
            largest = right.LargestGap;
        return largest;
    }

    /// <summary>Carries a changed gap up, as far as it matters.</summary>
    private static void UpdateGaps(VArea area)
    {
        for (VArea? node = area; node is not null; node = node.Parent)
        {
            uint largest = LargestGapOf(node);
            if (largest == node.LargestGap)
                return;
            node.LargestGap = largest;
        }
    }

    /// <summary>Puts a node, or nothing, in the place of another.</summary>
    private void Replace(VArea area, VArea? other)
    {
        VArea? parent = area.Parent;
        if (parent is null)
            _root = other;
        else if (parent.Left == area)
            parent.Left = other;
        else
            parent.Right = other;
        if (other is not null)
            other.Parent = parent;
    }

    /// <summary>Restores heights, gaps and balance from a node upwards, until nothing changes any more.</summary>
    private void Rebalance(VArea? start)
    {
        for (VArea? node = start; node is not null; node = node.Parent)
        {
            int left = HeightOf(node.Left), right = HeightOf(node.Right);
            if (left > right + 1)
            {
                if (HeightOf(node.Left!.Left) < HeightOf(node.Left.Right))
                    RotateLeft(node.Left);
                node = RotateRight(node);
                continue;
            }
            if (right > left + 1)
            {
                if (HeightOf(node.Right!.Right) < HeightOf(node.Right.Left))
                    RotateRight(node.Right);
                node = RotateLeft(node);
                continue;
            }
            byte height = (byte)(1 + int.Max(left, right));
            uint largest = LargestGapOf(node);
            if (height == node.Height && largest == node.LargestGap)
                return;
            node.Height = height;
            node.LargestGap = largest;
        }
    }

    private VArea RotateLeft(VArea node)
    {
        VArea pivot = node.Right!;
        Replace(node, pivot);
        node.Right = pivot.Left;
        if (node.Right is { } inner)
            inner.Parent = node;
        pivot.Left = node;
        node.Parent = pivot;
        Refresh(node);
        Refresh(pivot);
        return pivot;
    }

    private VArea RotateRight(VArea node)
    {
        VArea pivot = node.Left!;
        Replace(node, pivot);
        node.Left = pivot.Right;
        if (node.Left is { } inner)
            inner.Parent = node;
        pivot.Right = node;
        node.Parent = pivot;
        Refresh(node);
        Refresh(pivot);
        return pivot;
    }

    private static void Refresh(VArea node)
    {
        node.Height = (byte)(1 + int.Max(HeightOf(node.Left), HeightOf(node.Right)));
        node.LargestGap = LargestGapOf(node);
    }
}
