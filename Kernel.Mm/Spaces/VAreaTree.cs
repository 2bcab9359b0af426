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

    /// <summary>Where the space starts: the gap before the first varea begins there.</summary>
    private VirtualAddress _lowest;

    /// <summary>Vareas in it.</summary>
    public int Count { get; private set; }

    /// <summary>The varea at the root.</summary>
    public readonly VArea? Root => _root;

    /// <summary>The first varea.</summary>
    public readonly VArea? First => _root is null ? null : Leftmost(_root);

    /// <summary>The last varea.</summary>
    public readonly VArea? Last
    {
        get
        {
            VArea? last = _root;
            while (last?.Right is { } right)
                last = right;
            return last;
        }
    }

    /// <summary>Makes it empty.</summary>
    public void Clear(VirtualAddress lowest)
    {
        _root = null;
        _lowest = lowest;
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
        {
            while (left.Right is { } right)
                left = right;
            return left;
        }
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
    public void Insert(VArea area)
    {
        VArea? next = FindAtOrAfter(area.Start);
        Insert(area, next is null ? Last : Previous(next), next);
    }

    /// <summary>Adds a varea between two neighbours.</summary>
    /// <param name="area">The varea.</param>
    /// <param name="previous">The one before it, if there is one.</param>
    /// <param name="next">The one after it, if there is one.</param>
    public void Insert(VArea area, VArea? previous, VArea? next)
    {
        area.Left = null;
        area.Right = null;
        area.Gap = GapBetween(previous, area);
        area.LargestGap = area.Gap;
        area.Height = 1;
        Count++;
        // One of two neighbours has no child on the side of the other.
        VArea? parent;
        if (next is not null && next.Left is null)
        {
            parent = next;
            next.Left = area;
        }
        else
        {
            parent = previous;
            if (previous is not null)
                previous.Right = area;
            else
                _root = area;
        }
        area.Parent = parent;
        if (next is not null)
            next.Gap = GapBetween(area, next);
        Rebalance(parent);
        if (next is not null && next != parent)
            UpdateGaps(next);
    }

    /// <summary>Takes a varea out.</summary>
    public void Remove(VArea area)
    {
        VArea? previous = Previous(area), next = Next(area), start;
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
        area.Parent = null;
        area.Left = null;
        area.Right = null;
        Count--;
        if (next is not null)
            next.Gap = GapBetween(previous, next);
        Rebalance(start);
        if (next is not null)
            UpdateGaps(next);
    }

    /// <summary>To be called when a varea's start has moved; its end too unless that is the next one's concern.</summary>
    public readonly void Moved(VArea area)
    {
        area.Gap = GapBetween(Previous(area), area);
        UpdateGaps(area);
        if (Next(area) is { } next)
        {
            next.Gap = GapBetween(area, next);
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
    /// <param name="next">The varea behind the gap, if there is one.</param>
    /// <returns>Null when no gap is long enough.</returns>
    public readonly VirtualAddress? FindGap(ulong pages, VirtualAddress lowest, VirtualAddress highest, ulong alignment, out VArea? next)
    {
        next = null;
        if (lowest < _lowest)
            lowest = _lowest;
        VirtualAddress lastEnd = Last is { } last ? last.End : _lowest;
        return Fit(pages, lastEnd < lowest ? lowest : lastEnd, highest, alignment)
            ?? FindGapIn(_root, pages, lowest, highest, alignment, ref next);
    }

    /// <summary>Makes this tree a copy of another's shape; the caller clones the nodes and their gaps.</summary>
    public void Adopt(VArea? root, int count)
    {
        _root = root;
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
        }
        return count == Count ? null : "vareas are not as many as counted";
    }

    private static VirtualAddress? FindGapIn(
        VArea? area, ulong pages, VirtualAddress lowest, VirtualAddress highest, ulong alignment, ref VArea? next)
    {
        if (area is null || area.LargestGap < pages)
            return null;
        if (area.End < highest && FindGapIn(area.Right, pages, lowest, highest, alignment, ref next) is { } found)
            return found;
        VirtualAddress gapStart = area.Gap != uint.MaxValue ? new VirtualAddress(area.Start.Value - ((ulong)area.Gap << Page.Shift))
            : Previous(area) is { } previous ? previous.End : lowest;
        if (area.Gap >= pages)
        {
            VirtualAddress low = gapStart < lowest ? lowest : gapStart;
            VirtualAddress high = area.Start > highest ? highest : area.Start;
            if (Fit(pages, low, high, alignment) is { } here)
            {
                next = area;
                return here;
            }
        }
        return gapStart <= lowest ? null : FindGapIn(area.Left, pages, lowest, highest, alignment, ref next);
    }

    /// <summary>The highest aligned address at which the pages fit between two addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VirtualAddress? Fit(ulong pages, VirtualAddress low, VirtualAddress high, ulong alignment)
    {
        ulong bytes = pages << Page.Shift;
        if (high < low || high - low < bytes)
            return null;
        VirtualAddress start = new VirtualAddress(high.Value - bytes).AlignDown(alignment);
        return start >= low ? start : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint GapBetween(VArea? previous, VArea area)
    {
        ulong pages = (area.Start - (previous is null ? _lowest : previous.End)) >> Page.Shift;
        return pages > uint.MaxValue ? uint.MaxValue : (uint)pages;
    }

    private static VArea Leftmost(VArea area)
    {
        while (area.Left is { } left)
            area = left;
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
