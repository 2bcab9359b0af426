using System;
using System.Collections.Generic;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

[Collection(nameof(SimulatedMemory))]
public sealed unsafe class PageIndexTests : IDisposable
{
    private readonly TestMachine _machine = new();
    private readonly ulong _freeAtStart;
    private PageIndex _index;

    public PageIndexTests()
    {
        _freeAtStart = _machine.Frames.FreeFrames;
        _index.Initialize(_machine.Frames);
    }

    public void Dispose()
    {
        while (_index.TakeAny() is not null)
        {
        }
        Assert.Equal((0ul, 0ul), (_index.Count, _index.NodeCount));
        Assert.Equal(_freeAtStart, _machine.Frames.FreeFrames);
        _machine.Dispose();
    }

    [Fact]
    public void An_empty_index_has_nothing()
    {
        Assert.Null(_index.Find(0));
        Assert.Null(_index.Find(ulong.MaxValue));
        Assert.Null(_index.TakeAny());
        Assert.Equal(0ul, _index.Tally(null));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(511, 1)]
    [InlineData(512, 2)]
    [InlineData(262143, 2)]
    [InlineData(262144, 3)]
    [InlineData(ulong.MaxValue >> 12, 6)]
    public void The_tree_is_as_high_as_the_highest_page_needs(ulong page, ulong nodes)
    {
        Assert.True(_index.Add(page, new FrameNumber(77)));
        Assert.Equal(new FrameNumber(77), _index.Find(page));
        Assert.Null(_index.Find(page ^ 1));
        Assert.Equal(nodes, _index.NodeCount);
        Assert.Equal(new FrameNumber(77), _index.TakeAny());
        Assert.Equal(0ul, _index.NodeCount);
    }

    [Fact]
    public void Random_pages_are_found_counted_and_taken()
    {
        var random = new Random(5);
        var expected = new Dictionary<ulong, FrameNumber>();
        for (uint i = 1; i <= 500; i++)
        {
            ulong page = (ulong)random.NextInt64() >> random.Next(12, 63);
            if (expected.TryAdd(page, new FrameNumber(i)))
                Assert.True(_index.Add(page, new FrameNumber(i)));
        }
        foreach ((ulong page, FrameNumber frame) in expected)
        {
            Assert.Equal(frame, _index.Find(page));
            Assert.Equal(expected.TryGetValue(page + 1, out FrameNumber next) ? next : null, _index.Find(page + 1));
        }
        uint* tally = stackalloc uint[501];
        Assert.Equal(((ulong)expected.Count, (ulong)expected.Count), (_index.Count, _index.Tally(tally)));

        var left = new HashSet<FrameNumber>(expected.Values);
        while (_index.TakeAny() is { } taken)
            Assert.True(left.Remove(taken));
        Assert.Empty(left);
    }

    [Fact]
    public void Without_frames_no_page_is_added_and_none_is_lost()
    {
        Assert.True(_index.Add(3, new FrameNumber(33)));
        bool isAdded = false;
        for (int frames = 0; frames < 20 && !isAdded; frames++)
        {
            using (new MemoryHog(_machine.Frames, AllocationPriority.Reserve, frames))
                isAdded = _index.Add(1UL << 40, new FrameNumber(44));
            Assert.Equal(new FrameNumber(33), _index.Find(3));
            Assert.Equal(isAdded ? 2ul : 1ul, _index.Count);
        }
        Assert.True(isAdded || _index.Add(1UL << 40, new FrameNumber(44)));
        Assert.Equal(new FrameNumber(44), _index.Find(1UL << 40));
    }

    [Fact]
    public void What_a_failed_addition_left_is_freed()
    {
        using (new MemoryHog(_machine.Frames, AllocationPriority.Normal, 1))
            Assert.False(_index.Add(1UL << 40, new FrameNumber(44)));
        Assert.Equal(0ul, _index.Count);
        Assert.Null(_index.TakeAny());
        Assert.Equal(0ul, _index.NodeCount);
    }
}
