using System;
using System.Collections.Generic;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public class EarlyFrameAllocatorTests
{
    private const ulong NoLimit = ulong.MaxValue & ~Page.OffsetMask;

    [Fact]
    public void Every_usable_frame_but_zero_is_handed_out_exactly_once()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(NoLimit, (0, 16), (32, 8));
        var seen = new HashSet<ulong>();

        while (allocator.AllocateContiguous(1) is { } frame)
            Assert.True(seen.Add(frame.Value));

        Assert.Equal(15 + 8, seen.Count);
        Assert.DoesNotContain(0UL, seen);
        Assert.All(seen, frame => Assert.True(frame is < 16 or >= 32 and < 40));
        Assert.Equal(0UL, allocator.FreeFrames);
    }

    [Fact]
    public void Nothing_above_the_limit_is_handed_out_before_it_is_removed()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(20 * Page.Size, (16, 8), (32, 8));

        for (int i = 0; i < 4; i++)
            Assert.True(allocator.AllocateContiguous(1)!.Value.Value < 20);
        Assert.Null(allocator.AllocateContiguous(1));
        Assert.Equal(12UL, allocator.FreeFrames);

        allocator.RemoveLimit();

        for (int i = 0; i < 12; i++)
            Assert.NotNull(allocator.AllocateContiguous(1));
        Assert.Null(allocator.AllocateContiguous(1));
    }

    [Fact]
    public void Contiguous_frames_lie_in_one_region()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(NoLimit, (8, 6), (32, 4));

        Assert.Equal(new FrameNumber(9), allocator.AllocateContiguous(5));
        Assert.Null(allocator.AllocateContiguous(5));
        Assert.Equal(new FrameNumber(32), allocator.AllocateContiguous(4));
        Assert.Equal(1UL, allocator.FreeFrames);
    }

    [Theory]
    [InlineData(NoLimit)]
    [InlineData(20 * Page.Size)]
    public unsafe void Everything_is_handed_over_as_free_or_used(ulong limit)
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        Hardware.Current = new TestHardware();
        MemoryMap map = Map((0, 8), (16, 8), (32, 8));
        var early = new EarlyFrameAllocator();
        early.Initialize(map, new PhysicalAddress(limit));
        FrameNumber taken = early.AllocateContiguous(3)!.Value;
        early.Release(new PhysicalAddress(40 * Page.Size + 1), new PhysicalAddress(43 * Page.Size - 1));
        FrameDescriptor* table = stackalloc FrameDescriptor[1024];
        new Span<FrameDescriptor>(table, 1024).Clear();
        var frames = new FrameAllocator(new FrameTable(table, new FrameNumber(1024)), 1);

        Assert.Equal(Status.Success, early.HandOver(map, frames));

        Assert.Equal(7UL + 8 + 8 + 1, frames.TotalFrames);
        Assert.Equal(3UL, frames.UsedBy(FrameOwner.Kernel));
        Assert.Equal(frames.TotalFrames - 3, frames.FreeFrames);
        Assert.Equal(FrameState.Used, frames.Table[taken].State);
        Assert.Equal(FrameState.Absent, frames.Table[new FrameNumber(0)].State);
        Assert.NotEqual(FrameState.Absent, frames.Table[new FrameNumber(41)].State);
        Assert.Null(frames.Verify());
        Assert.Null(early.AllocateContiguous(1));
    }

    private static MemoryMap Map(params (ulong FirstFrame, ulong Frames)[] usable)
    {
        var map = new MemoryMap();
        foreach ((ulong first, ulong frames) in usable)
            map.Add(new PhysicalAddress(first * Page.Size), frames * Page.Size, MemoryRegionKind.Usable);
        map.Normalize();
        return map;
    }

    private static EarlyFrameAllocator Create(ulong limit, params (ulong FirstFrame, ulong Frames)[] usable)
    {
        var allocator = new EarlyFrameAllocator();
        allocator.Initialize(Map(usable), new PhysicalAddress(limit));
        return allocator;
    }
}
