using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>
/// The machine's memory as ordered, disjoint regions. What firmware reports may overlap, be unsorted and unaligned:
/// where two reports overlap the kind that allows less wins, and usable regions shrink to whole frames.
/// </summary>
/// <remarks>
/// A value without references, so that it works before there is a heap. Not locked: written at start-up by one
/// processor, only read afterwards.
/// </remarks>
public struct MemoryMap
{
    /// <summary>How many regions fit. Firmware reports tens, UEFI on a large server about two hundred.</summary>
    public const int Capacity = 384;

    private RegionStorage _regions;
    private int _count;

    /// <summary>Regions that did not fit and were left out; what they described stays unused.</summary>
    public int Dropped { get; private set; }

    /// <summary>The regions; ordered and disjoint after <see cref="Normalize"/>.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<MemoryRegion> Regions => ((ReadOnlySpan<MemoryRegion>)_regions)[.._count];

    /// <summary>First byte after the highest memory that may be read: everything but <see cref="MemoryRegionKind.Reserved"/>.</summary>
    public readonly PhysicalAddress EndOfMemory
    {
        get
        {
            var end = new PhysicalAddress(0);
            foreach (MemoryRegion region in Regions)
                if (region.Kind != MemoryRegionKind.Reserved && region.End > end)
                    end = region.End;
            return end;
        }
    }

    /// <summary>Adds what is known about a range, in any order; empty and wrapping ranges are ignored.</summary>
    public void Add(PhysicalAddress start, ulong length, MemoryRegionKind kind)
    {
        PhysicalAddress end = start + length;
        if (end <= start)
            return;
        if (kind == MemoryRegionKind.Usable)
        {
            start = start.AlignUp(Page.Size);
            end = end.AlignDown(Page.Size);
            if (end <= start)
                return;
        }
        Append(new MemoryRegion(start, end, kind));
    }

    /// <summary>Orders the regions, resolves overlaps and joins neighbours of one kind.</summary>
    public void Normalize()
    {
        MemoryMap raw = this;
        _count = 0;
        PhysicalAddress position = new(0);
        while (NextBoundary(raw.Regions, position) is { } boundary)
        {
            MemoryRegionKind kind = MostRestrictive(raw.Regions, position, boundary);
            if (kind != MemoryRegionKind.None)
                AppendOrExtend(new MemoryRegion(position, boundary, kind));
            position = boundary;
        }
        ShrinkUsableToFrames();
    }

    /// <summary>Bytes in regions of a kind.</summary>
    public readonly ulong TotalOf(MemoryRegionKind kind)
    {
        ulong total = 0;
        foreach (MemoryRegion region in Regions)
            if (region.Kind == kind)
                total += region.Length;
        return total;
    }

    /// <summary>The kind of the region that contains an address, <see cref="MemoryRegionKind.None"/> in a hole.</summary>
    public readonly MemoryRegionKind KindOf(PhysicalAddress address)
    {
        foreach (MemoryRegion region in Regions)
            if (address >= region.Start && address < region.End)
                return region.Kind;
        return MemoryRegionKind.None;
    }

    /// <summary>Cuts <paramref name="bytes"/> off the end of a region that is at least that long.</summary>
    /// <returns>The start of what was cut off.</returns>
    internal PhysicalAddress TakeFromEnd(int index, ulong bytes)
    {
        MemoryRegion region = _regions[index];
        var start = new PhysicalAddress(region.End.Value - bytes);
        _regions[index] = region with { End = start };
        return start;
    }

    private static PhysicalAddress? NextBoundary(ReadOnlySpan<MemoryRegion> regions, PhysicalAddress after)
    {
        PhysicalAddress? next = null;
        foreach (MemoryRegion region in regions)
        {
            if (region.Start > after && (next is null || region.Start < next.Value))
                next = region.Start;
            if (region.End > after && (next is null || region.End < next.Value))
                next = region.End;
        }
        return next;
    }

    private static MemoryRegionKind MostRestrictive(
        ReadOnlySpan<MemoryRegion> regions, PhysicalAddress start, PhysicalAddress end)
    {
        var kind = MemoryRegionKind.None;
        foreach (MemoryRegion region in regions)
            if (region.Start <= start && region.End >= end && region.Kind > kind)
                kind = region.Kind;
        return kind;
    }

    /// <summary>A firmware range that ends inside a frame takes the whole frame away from its usable neighbour.</summary>
    private void ShrinkUsableToFrames()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            MemoryRegion region = _regions[i];
            if (region.Kind == MemoryRegionKind.Usable)
            {
                region = region with { Start = region.Start.AlignUp(Page.Size), End = region.End.AlignDown(Page.Size) };
                if (region.End <= region.Start)
                    continue;
            }
            _regions[kept++] = region;
        }
        _count = kept;
    }

    private void AppendOrExtend(MemoryRegion region)
    {
        if (_count > 0 && _regions[_count - 1] is var last && last.End == region.Start && last.Kind == region.Kind)
            _regions[_count - 1] = last with { End = region.End };
        else
            Append(region);
    }

    private void Append(MemoryRegion region)
    {
        if (_count == Capacity)
            Dropped++;
        else
            _regions[_count++] = region;
    }

    [InlineArray(Capacity)]
    private struct RegionStorage
    {
        private MemoryRegion _first;
    }
}
