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

        while (allocator.Allocate() is { } frame)
            Assert.True(seen.Add(frame.Value));

        Assert.Equal(15 + 8, seen.Count);
        Assert.DoesNotContain(0UL, seen);
        Assert.All(seen, frame => Assert.True(frame is < 16 or >= 32 and < 40));
        Assert.Equal(0UL, allocator.FreeFrames);
    }

    [Fact]
    public void A_freed_frame_is_handed_out_again()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(NoLimit, (8, 8));
        FrameNumber first = allocator.Allocate()!.Value;
        ulong free = allocator.FreeFrames;

        allocator.Free(first);

        Assert.Equal(free + 1, allocator.FreeFrames);
        Assert.Equal(first, allocator.Allocate());
        Assert.Equal(free, allocator.FreeFrames);
    }

    [Fact]
    public void Nothing_above_the_limit_is_handed_out_before_it_is_removed()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(20 * Page.Size, (16, 8), (32, 8));

        for (int i = 0; i < 4; i++)
            Assert.True(allocator.Allocate()!.Value.Value < 20);
        Assert.Null(allocator.Allocate());
        Assert.Equal(12UL, allocator.FreeFrames);

        allocator.RemoveLimit();

        for (int i = 0; i < 12; i++)
            Assert.NotNull(allocator.Allocate());
        Assert.Null(allocator.Allocate());
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

    [Fact]
    public void Released_memory_adds_only_whole_frames()
    {
        using var memory = new SimulatedMemory(64 * Page.Size);
        EarlyFrameAllocator allocator = Create(NoLimit, (8, 1));

        allocator.Release(new PhysicalAddress(40 * Page.Size + 1), new PhysicalAddress(43 * Page.Size - 1));

        Assert.Equal(2UL, allocator.FreeFrames);
        Assert.Equal(2UL, allocator.TotalFrames);
        Assert.Equal(new FrameNumber(41), allocator.Allocate());
    }

    private static EarlyFrameAllocator Create(ulong limit, params (ulong FirstFrame, ulong Frames)[] usable)
    {
        var map = new MemoryMap();
        foreach ((ulong first, ulong frames) in usable)
            map.Add(new PhysicalAddress(first * Page.Size), frames * Page.Size, MemoryRegionKind.Usable);
        map.Normalize();
        var allocator = new EarlyFrameAllocator();
        allocator.Initialize(map, new PhysicalAddress(limit));
        return allocator;
    }
}
