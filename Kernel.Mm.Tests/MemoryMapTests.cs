using System;
using System.Collections.Generic;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests;

public class MemoryMapTests
{
    [Fact]
    public void Unsorted_regions_come_out_in_order()
    {
        MemoryMap map = Normalized((0x5000, 0x2000, MemoryRegionKind.Usable), (0x1000, 0x1000, MemoryRegionKind.Reserved));

        Assert.Equal([Region(0x1000, 0x2000, MemoryRegionKind.Reserved), Region(0x5000, 0x7000, MemoryRegionKind.Usable)], map.Regions.ToArray());
    }

    [Fact]
    public void Neighbours_of_one_kind_are_joined()
    {
        MemoryMap map = Normalized((0x1000, 0x1000, MemoryRegionKind.Usable), (0x2000, 0x3000, MemoryRegionKind.Usable));

        Assert.Equal([Region(0x1000, 0x5000, MemoryRegionKind.Usable)], map.Regions.ToArray());
    }

    [Fact]
    public void The_more_restrictive_kind_wins_where_regions_overlap()
    {
        MemoryMap map = Normalized((0x1000, 0x6000, MemoryRegionKind.Usable), (0x3000, 0x1000, MemoryRegionKind.KernelImage));

        Assert.Equal(
            [Region(0x1000, 0x3000, MemoryRegionKind.Usable), Region(0x3000, 0x4000, MemoryRegionKind.KernelImage), Region(0x4000, 0x7000, MemoryRegionKind.Usable)],
            map.Regions.ToArray());
    }

    [Fact]
    public void Usable_regions_shrink_to_whole_frames()
    {
        MemoryMap map = Normalized((0x1001, 0x2fff, MemoryRegionKind.Usable), (0x9f000, 0xc00, MemoryRegionKind.Usable));

        Assert.Equal([Region(0x2000, 0x4000, MemoryRegionKind.Usable)], map.Regions.ToArray());
    }

    [Fact]
    public void A_reserved_byte_takes_its_whole_frame_from_usable_memory()
    {
        MemoryMap map = Normalized((0x1000, 0x4000, MemoryRegionKind.Usable), (0x2010, 0x8, MemoryRegionKind.BootReclaimable));

        Assert.Equal(0x1000UL + 0x2000UL, map.TotalOf(MemoryRegionKind.Usable));
        Assert.NotEqual(MemoryRegionKind.Usable, map.KindOf(new PhysicalAddress(0x2000)));
        Assert.NotEqual(MemoryRegionKind.Usable, map.KindOf(new PhysicalAddress(0x2ff0)));
    }

    [Fact]
    public void Empty_and_wrapping_ranges_are_ignored()
    {
        MemoryMap map = Normalized((0x1000, 0, MemoryRegionKind.Usable), (ulong.MaxValue - 0xfff, 0x2000, MemoryRegionKind.Reserved));

        Assert.True(map.Regions.IsEmpty);
    }

    [Fact]
    public void Regions_beyond_the_capacity_are_counted()
    {
        var map = new MemoryMap();
        for (int i = 0; i < MemoryMap.Capacity + 3; i++)
            map.Add(new PhysicalAddress((ulong)i * 0x2000), 0x1000, MemoryRegionKind.Usable);

        Assert.Equal(MemoryMap.Capacity, map.Regions.Length);
        Assert.Equal(3, map.Dropped);
    }

    [Fact]
    public void Random_maps_agree_with_a_page_by_page_model()
    {
        var random = new Random(20260101);
        for (int round = 0; round < 500; round++)
        {
            const int Pages = 64;
            var model = new MemoryRegionKind[Pages];
            var map = new MemoryMap();
            for (int i = random.Next(1, 12); i > 0; i--)
            {
                int start = random.Next(Pages);
                int length = random.Next(1, Pages - start + 1);
                var kind = (MemoryRegionKind)random.Next(1, (int)MemoryRegionKind.Reserved + 1);
                map.Add(new PhysicalAddress((ulong)start * Page.Size), (ulong)length * Page.Size, kind);
                for (int page = start; page < start + length; page++)
                    model[page] = (MemoryRegionKind)Math.Max((int)model[page], (int)kind);
            }

            map.Normalize();

            for (int page = 0; page < Pages; page++)
                Assert.Equal(model[page], map.KindOf(new PhysicalAddress((ulong)page * Page.Size)));
            for (int i = 1; i < map.Regions.Length; i++)
            {
                Assert.True(map.Regions[i - 1].End <= map.Regions[i].Start);
                Assert.False(map.Regions[i - 1].End == map.Regions[i].Start && map.Regions[i - 1].Kind == map.Regions[i].Kind);
            }
        }
    }

    internal static MemoryRegion Region(ulong start, ulong end, MemoryRegionKind kind) =>
        new(new PhysicalAddress(start), new PhysicalAddress(end), kind);

    internal static MemoryMap Normalized(params (ulong Start, ulong Length, MemoryRegionKind Kind)[] regions)
    {
        var map = new MemoryMap();
        foreach ((ulong start, ulong length, MemoryRegionKind kind) in regions)
            map.Add(new PhysicalAddress(start), length, kind);
        map.Normalize();
        return map;
    }
}
