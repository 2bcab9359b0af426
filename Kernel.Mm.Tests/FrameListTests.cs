using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests;

/// <summary>Damages the lists of free frames, one link at a time: the check must notice each.</summary>
[Collection(nameof(SimulatedMemory))]
public sealed unsafe class FrameListTests : IDisposable
{
    private const ulong Frames = 8192;

    private readonly TestHardware _hardware = new();
    private readonly SimulatedMemory _memory = new(Frames * Page.Size);
    private readonly void* _table;
    private readonly FrameAllocator _allocator;
    private readonly FrameNumber _used;

    // Each list has frames: blocks, two loose batches and more, the zeroed pool, the caches of two processors.
    public FrameListTests()
    {
        Hardware.Current = _hardware;
        _table = NativeMemory.AllocZeroed((nuint)(Frames * (ulong)FrameTable.DescriptorSize));
        _allocator = new FrameAllocator(new FrameTable(_table, new FrameNumber(Frames)), 1);
        Assert.Equal(Status.Success, _allocator.AddMemory(default, new FrameNumber(Frames)));
        _used = _allocator.AllocateBlock(FrameOwner.Kernel, 0)!.Value;
        for (int processor = 1; processor >= 0; processor--)
        {
            TestHardware.RunAs(processor);
            var taken = new List<FrameNumber>();
            for (int i = 0; i < 200; i++)
                taken.Add(_allocator.Allocate(FrameOwner.User)!.Value);
            taken.ForEach(_allocator.Free);
            Assert.Equal(100, _allocator.FillZeroed(100, (uint)_allocator.ZeroedFrames + 100));
            _allocator.FreeZeroed(_allocator.AllocateZeroed(FrameOwner.PageTable)!.Value);
            Assert.True(_allocator.CurrentCache.Zeroed.Count > 1);
            Assert.True(_allocator.CurrentCache.Free.Count > 1);
        }
        Assert.Null(_allocator.Verify());
    }

    public void Dispose()
    {
        TestHardware.RunAs(0);
        NativeMemory.Free(_table);
        _memory.Dispose();
    }

    [Fact]
    public void A_link_of_any_free_frame_that_leads_elsewhere_is_noticed()
    {
        uint head = First(FrameState.FreeHead), cached = First(FrameState.Cached), zeroed = First(FrameState.Zeroed);
        var seen = new Dictionary<FrameState, int>();
        for (uint number = 0; number < Frames; number++)
        {
            FrameState state = Descriptor(number).State;
            if (state is not (FrameState.FreeHead or FrameState.Cached or FrameState.Zeroed))
                continue;
            seen[state] = seen.GetValueOrDefault(state) + 1;
            foreach (uint target in new[] { FrameDescriptor.NoFrame, number, (uint)_used.Value, (uint)Frames, head + 1, head, cached, zeroed })
                if (Descriptor(number).Next != target)
                    AssertNoticed(number, target);
        }
        Assert.True(seen[FrameState.FreeHead] >= 5 && seen[FrameState.Cached] >= 200 && seen[FrameState.Zeroed] >= 200, string.Join(", ", seen));
    }

    [Fact]
    public void A_link_backwards_that_leads_elsewhere_is_noticed()
    {
        uint head = First(FrameState.FreeHead);
        uint good = Descriptor(head).Previous;
        Descriptor(head).Previous = (uint)_used.Value;
        Assert.Contains("isn't the same backwards", _allocator.Verify());
        Descriptor(head).Previous = good;
        Assert.Null(_allocator.Verify());
    }

    [Fact]
    public void A_loose_batch_that_is_lost_or_linked_to_itself_is_noticed()
    {
        // The batches' first frames are the only ones that aren't in a cache and that nothing names by Next.
        List<uint> batches = LooseBatches();
        Assert.True(batches.Count >= 3);
        foreach (uint batch in batches)
        {
            uint good = Descriptor(batch).Previous;
            foreach (uint target in new[] { FrameDescriptor.NoFrame, batch, First(FrameState.Zeroed), _allocator.CurrentCache.Free.Top })
            {
                if (target == good)
                    continue;
                Descriptor(batch).Previous = target;
                Assert.NotNull(_allocator.Verify());
                Descriptor(batch).Previous = good;
            }
            Assert.Null(_allocator.Verify());
        }
    }

    [Fact]
    public void What_the_lists_lack_or_have_twice_is_named()
    {
        FrameCache cache = _allocator.CurrentCache;
        uint top = cache.Free.Top, second = Descriptor(top).Next;
        Assert.Contains("in two lists", Damaged(second, top));
        Assert.Contains("that its state contradicts", Damaged(top, (uint)_used.Value));
        Assert.Contains("not the allocator's", Damaged(top, (uint)Frames));
        Assert.Contains("shorter than counted", Damaged(top, FrameDescriptor.NoFrame));
        uint head = First(FrameState.FreeHead);
        Descriptor(head + 1).Pins = 1;
        Assert.Contains("counts of an owner", _allocator.Verify());
        Descriptor(head + 1).Pins = 0;
        Assert.Null(_allocator.Verify());
    }

    private ref FrameDescriptor Descriptor(uint number) => ref _allocator.Table[new FrameNumber(number)];

    private uint First(FrameState state)
    {
        uint number = 0;
        while (Descriptor(number).State != state || (state == FrameState.FreeHead && Descriptor(number).Order == 0))
            number++;
        return number;
    }

    private List<uint> LooseBatches()
    {
        var named = new HashSet<uint>();
        for (int processor = 0; processor < 2; processor++)
        {
            TestHardware.RunAs(processor);
            named.Add(_allocator.CurrentCache.Free.Top);
        }
        TestHardware.RunAs(0);
        var cached = new List<uint>();
        for (uint number = 0; number < Frames; number++)
            if (Descriptor(number).State == FrameState.Cached)
            {
                cached.Add(number);
                named.Add(Descriptor(number).Next);
            }
        return cached.FindAll(number => !named.Contains(number));
    }

    private string? Damaged(uint number, uint next)
    {
        uint good = Descriptor(number).Next;
        Descriptor(number).Next = next;
        string? problem = _allocator.Verify();
        Descriptor(number).Next = good;
        return problem;
    }

    private void AssertNoticed(uint number, uint next)
    {
        string? problem = Damaged(number, next);
        Assert.True(problem is not null, $"frame {number}, {Descriptor(number).State}, linked to {next}");
    }
}
