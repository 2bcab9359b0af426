using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public sealed unsafe class FrameAllocatorTests : IDisposable
{
    private const ulong Frames = 8192;

    private readonly TestHardware _hardware = new();
    private readonly SimulatedMemory _memory = new(Frames * Page.Size);
    private readonly void* _table;

    public FrameAllocatorTests()
    {
        Hardware.Current = _hardware;
        TestHardware.RunAs(0);
        nuint bytes = (nuint)(Frames * (ulong)FrameTable.DescriptorSize);
        _table = NativeMemory.AllocZeroed(bytes);
    }

    public void Dispose()
    {
        Assert.Equal(0, _hardware.OpenCriticalSections);
        NativeMemory.Free(_table);
        _memory.Dispose();
    }

    [Fact]
    public void A_descriptor_has_at_most_32_bytes() => Assert.True(FrameTable.DescriptorSize <= 32);

    [Fact]
    public void All_memory_is_free_at_first_and_in_the_largest_blocks()
    {
        FrameAllocator allocator = Create();

        Assert.Equal(Frames, allocator.TotalFrames);
        Assert.Equal(Frames, allocator.FreeFrames);
        Assert.Equal(Frames / 1024, allocator.CountOfBlocks(10));
        Assert.Equal(1024UL, allocator.LargestFreeBlock);
        Assert.Equal(Frames, allocator.FindLargestFreeRun());
    }

    [Fact]
    public void Largest_free_run_goes_across_blocks_and_lists_and_ends_at_a_frame_in_use()
    {
        FrameAllocator allocator = Create(add: false);
        Assert.Equal(0UL, allocator.FindLargestFreeRun());
        Assert.Equal(Status.Success, allocator.AddMemory(new FrameNumber(1), new FrameNumber(5000)));
        Assert.Equal(Status.Success, allocator.AddUsed(new FrameNumber(5000), new FrameNumber(5001), FrameOwner.Kernel));
        Assert.Equal(Status.Success, allocator.AddMemory(new FrameNumber(5001), new FrameNumber(Frames)));
        Assert.Equal(4999UL, allocator.FindLargestFreeRun());
        // Frames in a processor's list and zeroed ones are free too.
        allocator.Free(allocator.Allocate(FrameOwner.User)!.Value);
        allocator.FillZeroed(10, 10);
        Assert.Equal(4999UL, allocator.FindLargestFreeRun());
        allocator.FreeContiguous(new FrameNumber(5000), 1);
        Assert.Equal(Frames - 1, allocator.FindLargestFreeRun());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(31, false)]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(7, true)]
    public void Frames_given_back_together_are_free_whether_the_cache_is_in_use_or_not(int length, bool isCacheTaken)
    {
        FrameAllocator allocator = Create();
        const int Runs = 6;
        var frames = new Queue<FrameNumber>();
        for (int i = 0; i < Runs * length; i++)
            frames.Enqueue(allocator.Allocate(FrameOwner.User)!.Value);
        // The first runs fill the cache, the others become loose batches.
        for (int left = Runs - 1; left >= 0; left--)
        {
            FrameRun run = default;
            for (int j = 0; j < length; j++)
            {
                FrameNumber frame = frames.Dequeue();
                run.Add(allocator.Table.Descriptor(frame), (uint)frame.Value);
            }
            Assert.Equal(length, run.Count);
            if (isCacheTaken)
                Assert.True(allocator.CurrentCache.TryLock());
            allocator.Free(ref run);
            if (isCacheTaken)
                allocator.CurrentCache.Unlock();
            Assert.Equal(0, run.Count);
            Assert.Equal((ulong)(left * length), allocator.UsedBy(FrameOwner.User));
            Assert.Equal(Frames - (ulong)(left * length), allocator.FreeFrames);
            Assert.Null(allocator.Verify());
        }
        var taken = new HashSet<FrameNumber>();
        for (ulong i = 0; i < Frames - allocator.ReservedFrames; i++)
            Assert.True(taken.Add(allocator.Allocate(FrameOwner.User)!.Value));
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Odd_ranges_are_cut_into_aligned_blocks()
    {
        FrameAllocator allocator = Create(add: false);

        Assert.Equal(Status.Success, allocator.AddMemory(new FrameNumber(3), new FrameNumber(1029)));

        Assert.Equal(1026UL, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Theory]
    [InlineData(5, 5, 0)]
    [InlineData(6, 5, 0)]
    [InlineData(0, 8193, 0)]
    [InlineData(0, 16, 1)]
    [InlineData(0, 16, -1)]
    public void Memory_that_cannot_be_is_refused(ulong start, ulong end, int node)
    {
        FrameAllocator allocator = Create(add: false);

        Assert.Equal(Status.InvalidArgument, allocator.AddMemory(new FrameNumber(start), new FrameNumber(end), node));
        Assert.Equal(0UL, allocator.TotalFrames);
    }

    [Fact]
    public void Memory_is_not_added_twice()
    {
        FrameAllocator allocator = Create(add: false);
        allocator.AddMemory(new FrameNumber(16), new FrameNumber(32));

        Assert.Equal(Status.AlreadyExists, allocator.AddMemory(new FrameNumber(31), new FrameNumber(64)));
        Assert.Equal(16UL, allocator.TotalFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Every_frame_but_the_reserve_is_handed_out_exactly_once()
    {
        FrameAllocator allocator = Create();
        var seen = new HashSet<ulong>();

        while (allocator.Allocate(FrameOwner.User) is { } frame)
            Assert.True(seen.Add(frame.Value));

        Assert.Equal(Frames - allocator.ReservedFrames, (ulong)seen.Count);
        Assert.Equal((ulong)seen.Count, allocator.UsedBy(FrameOwner.User));
        Assert.Null(allocator.Verify());
        while (allocator.Allocate(FrameOwner.Kernel, AllocationPriority.Reserve) is { } frame)
            Assert.True(seen.Add(frame.Value));
        Assert.Equal(Frames, (ulong)seen.Count);
        Assert.Equal(0UL, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Pressure_rises_at_each_watermark()
    {
        FrameAllocator allocator = Create();
        Assert.True(allocator.ReservedFrames < allocator.LowWatermark && allocator.LowWatermark < allocator.HighWatermark);
        var seen = new Dictionary<MemoryPressure, ulong>();
        do
            seen.TryAdd(allocator.Pressure, allocator.FreeFrames);
        while (allocator.Allocate(FrameOwner.User) is not null);
        Assert.Equal(Frames, seen[MemoryPressure.None]);
        Assert.Equal(allocator.HighWatermark - 1, seen[MemoryPressure.Scarce]);
        Assert.Equal(allocator.LowWatermark - 1, seen[MemoryPressure.Low]);
        Assert.Equal(allocator.ReservedFrames, seen[MemoryPressure.Exhausted]);
    }

    [Fact]
    public void Freed_frames_join_into_the_blocks_that_were_there()
    {
        FrameAllocator allocator = Create();
        List<FrameNumber> frames = [.. Enumerable.Range(0, 3000).Select(_ => allocator.Allocate(FrameOwner.User)!.Value)];
        var random = new Random(7);

        foreach (FrameNumber frame in frames.OrderBy(_ => random.Next()))
            allocator.Free(frame);
        allocator.DrainProcessor();

        Assert.Equal(Frames, allocator.FreeFrames);
        Assert.Equal(Frames / 1024, allocator.CountOfBlocks(10));
        Assert.Equal(0UL, allocator.UsedBy(FrameOwner.User));
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void A_zeroed_frame_holds_zeros_wherever_it_comes_from()
    {
        FrameAllocator allocator = Create();
        Assert.Equal(5, allocator.FillZeroed(5, 100));
        Assert.Equal(5UL, allocator.ZeroedFrames);

        for (int i = 0; i < 20; i++)
        {
            FrameNumber frame = allocator.AllocateZeroed(FrameOwner.User)!.Value;
            Assert.Equal(-1, new Span<byte>(DirectMap.Pointer(frame.Address), 4096).IndexOfAnyExcept((byte)0));
            Assert.Equal((ulong)Math.Max(0, 4 - i), allocator.ZeroedFrames);
        }
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Zeroing_stops_at_the_goal_and_at_the_reserve()
    {
        FrameAllocator allocator = Create();

        Assert.Equal(8, allocator.FillZeroed(1000, 8));
        Assert.Equal(0, allocator.FillZeroed(1000, 8));
        Assert.Equal((int)(Frames - allocator.ReservedFrames - 8), allocator.FillZeroed(int.MaxValue, uint.MaxValue));
        Assert.Equal(Frames, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Zeroed_frames_serve_when_nothing_else_is_left()
    {
        FrameAllocator allocator = Create();
        allocator.FillZeroed(int.MaxValue, uint.MaxValue);

        Assert.NotNull(allocator.Allocate(FrameOwner.User));
        Assert.Null(allocator.Verify());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void A_block_is_aligned_to_its_size(int order)
    {
        FrameAllocator allocator = Create();
        allocator.Allocate(FrameOwner.User);

        FrameNumber block = allocator.AllocateBlock(FrameOwner.Kernel, order)!.Value;

        Assert.Equal(0UL, block.Value & ((1UL << order) - 1));
        Assert.Equal(1UL << order, allocator.UsedBy(FrameOwner.Kernel));
        Assert.Null(allocator.Verify());
        allocator.FreeBlock(block, order);
        Assert.Null(allocator.Verify());
    }

    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(3UL, 1UL)]
    [InlineData(5UL, 16UL)]
    [InlineData(1000UL, 256UL)]
    [InlineData(1025UL, 1UL)]
    [InlineData(3000UL, 2048UL)]
    public void A_run_has_its_length_and_alignment_and_gives_the_rest_back(ulong frames, ulong alignment)
    {
        FrameAllocator allocator = Create();
        ulong free = allocator.FreeFrames;

        FrameNumber first = allocator.AllocateContiguous(FrameOwner.Kernel, frames, alignment)!.Value;

        Assert.Equal(0UL, first.Value % alignment);
        Assert.Equal(free - frames, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
        allocator.FreeContiguous(first, frames);
        Assert.Equal(Frames / 1024, allocator.CountOfBlocks(10));
        Assert.Null(allocator.Verify());
    }

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(1UL, 0UL)]
    [InlineData(1UL, 3UL)]
    [InlineData(8192UL, 1UL)]
    [InlineData(1UL << 40, 1UL)]
    public void An_impossible_run_is_refused_and_changes_nothing(ulong frames, ulong alignment)
    {
        FrameAllocator allocator = Create();

        Assert.Null(allocator.AllocateContiguous(FrameOwner.Kernel, frames, alignment));
        Assert.Equal(Frames, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void A_limit_is_kept_even_when_higher_memory_is_free()
    {
        FrameAllocator allocator = Create();

        for (int i = 0; i < 100; i++)
            Assert.True(allocator.AllocateBlock(FrameOwner.Kernel, 2, AddressLimit.Below16MiB)!.Value.Value < 4096);
        FrameNumber run = allocator.AllocateContiguous(FrameOwner.Kernel, 2000, 1, AddressLimit.Below16MiB)!.Value;
        Assert.True(run.Value + 2000 <= 4096);
        Assert.Null(allocator.AllocateContiguous(FrameOwner.Kernel, 3000, 1, AddressLimit.Below16MiB));
    }

    [Fact]
    public void Memory_below_16_MiB_is_taken_last()
    {
        FrameAllocator allocator = Create();

        for (int i = 0; i < 4000; i++)
            Assert.True(allocator.Allocate(FrameOwner.User)!.Value.Value >= 4096);
    }

    [Fact]
    public void A_processor_takes_from_its_own_node_first()
    {
        _hardware.NodeOfProcessor = static processor => processor;
        FrameAllocator allocator = Create(add: false, nodes: 2);
        allocator.AddMemory(new FrameNumber(4096), new FrameNumber(6000), 0);
        allocator.AddMemory(new FrameNumber(6000), new FrameNumber(8192), 1);

        Assert.True(allocator.Allocate(FrameOwner.User)!.Value.Value < 6000);
        TestHardware.RunAs(1);
        for (int i = 0; i < 2100; i++)
            Assert.Equal(1, allocator.Table[allocator.Allocate(FrameOwner.User)!.Value].Node);
        while (allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve) is not null)
        {
            // The other node's memory serves too, in the end what lies in its processor's cache.
        }
        Assert.Equal(0UL, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Random_sequences_keep_every_invariant()
    {
        var random = new Random(20260103);
        FrameAllocator allocator = Create();
        var singles = new List<FrameNumber>();
        var runs = new List<(FrameNumber First, ulong Frames)>();
        for (int step = 0; step < 20_000; step++)
        {
            TestHardware.RunAs(random.Next(4));
            FrameOwner owner = (FrameOwner)random.Next(1, 6);
            switch (random.Next(7))
            {
                case 0 or 1 when allocator.Allocate(owner) is { } frame:
                    singles.Add(frame);
                    break;
                case 2 when allocator.AllocateZeroed(owner) is { } frame:
                    singles.Add(frame);
                    break;
                case 3:
                    ulong length = (ulong)random.Next(1, 1500);
                    if (allocator.AllocateContiguous(owner, length, 1UL << random.Next(8)) is { } first)
                        runs.Add((first, length));
                    break;
                case 4 when singles.Count > 0:
                    int index = random.Next(singles.Count);
                    allocator.Free(singles[index]);
                    singles.RemoveAt(index);
                    break;
                case 5 when runs.Count > 0:
                    int run = random.Next(runs.Count);
                    allocator.FreeContiguous(runs[run].First, runs[run].Frames);
                    runs.RemoveAt(run);
                    break;
                case 6:
                    allocator.FillZeroed(random.Next(20), 64);
                    break;
            }
            if (step % 100 == 0)
                Assert.Null(allocator.Verify());
        }
        singles.ForEach(allocator.Free);
        runs.ForEach(run => allocator.FreeContiguous(run.First, run.Frames));
        Assert.Null(allocator.Verify());
        Assert.Equal(Frames, allocator.FreeFrames);
    }

    [Fact]
    public void Four_processors_at_once_lose_and_share_no_frame()
    {
        FrameAllocator allocator = Create();
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, processor =>
        {
            TestHardware.RunAs(processor);
            var random = new Random(processor);
            var mine = new List<FrameNumber>();
            for (int round = 0; round < 4_000; round++)
            {
                // More than a processor's own list holds, so that every round goes to the zones and back.
                for (int i = random.Next(150); i > 0 && allocator.Allocate(FrameOwner.User) is { } frame; i--)
                {
                    *(long*)DirectMap.Pointer(frame.Address) = processor;
                    mine.Add(frame);
                }
                for (int i = random.Next(150); i > 0 && mine.Count > 0; i--)
                {
                    FrameNumber last = mine[^1];
                    mine.RemoveAt(mine.Count - 1);
                    Assert.Equal(processor, *(long*)DirectMap.Pointer(last.Address));
                    allocator.Free(last);
                }
            }
            mine.ForEach(allocator.Free);
        });
        TestHardware.RunAs(0);

        Assert.Null(allocator.Verify());
        Assert.Equal(Frames, allocator.FreeFrames);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Memory_has_not_run_out_while_another_processor_has_some_in_its_cache(bool isZeroed, bool asksForZeros)
    {
        FrameAllocator allocator = Create();
        const int Kept = 40;
        List<FrameNumber> taken = TakeAll(allocator);
        FillCacheOf(1, allocator, taken, Kept, isZeroed);

        for (int i = 0; i < Kept; i++)
            Assert.NotNull(asksForZeros
                ? allocator.AllocateZeroed(FrameOwner.User, AllocationPriority.Reserve)
                : allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve));

        Assert.Null(allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve));
        Assert.Equal(0UL, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void What_lay_in_another_processors_cache_fills_the_reserve_first()
    {
        FrameAllocator allocator = Create();
        List<FrameNumber> taken = TakeAll(allocator);
        FillCacheOf(1, allocator, taken, (int)allocator.ReservedFrames + 1, isZeroed: false);

        Assert.NotNull(allocator.Allocate(FrameOwner.User));
        Assert.Null(allocator.Allocate(FrameOwner.User));
        Assert.Equal(allocator.ReservedFrames, allocator.FreeFrames);
        Assert.Null(allocator.Verify());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cache_that_is_in_use_is_waited_for_but_not_for_ever(bool isLeft)
    {
        FrameAllocator allocator = Create();
        FillCacheOf(1, allocator, TakeAll(allocator), 1, isZeroed: false);
        TestHardware.RunAs(1);
        FrameCache cache = allocator.CurrentCache;
        TestHardware.RunAs(0);
        Assert.True(cache.TryLock());
        int pauses = 0;
        _hardware.DuringPause = () =>
        {
            if (++pauses == 5 && isLeft)
                cache.Unlock();
        };

        FrameNumber? frame = allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve);

        _hardware.DuringPause = null;
        Assert.Equal(isLeft, frame is not null);
        if (!isLeft)
            cache.Unlock();
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Who_may_not_use_his_own_cache_gets_what_others_have()
    {
        FrameAllocator allocator = Create();
        FillCacheOf(1, allocator, TakeAll(allocator), 2, isZeroed: true);
        Assert.True(allocator.CurrentCache.TryLock());

        Assert.NotNull(allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve));
        Assert.NotNull(allocator.AllocateZeroed(FrameOwner.User, AllocationPriority.Reserve));
        Assert.Null(allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve));

        allocator.CurrentCache.Unlock();
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void A_run_is_found_though_another_processor_has_a_part_of_it_in_its_cache()
    {
        FrameAllocator allocator = Create();
        List<FrameNumber> taken = TakeAll(allocator);
        taken.Sort(static (left, right) => left.Value.CompareTo(right.Value));
        FillCacheOf(1, allocator, taken.GetRange(1024, 64), 64, isZeroed: false);
        // A request for devices leaves the reserve alone.
        taken.GetRange(4096, (int)allocator.ReservedFrames).ForEach(frame => allocator.FreeContiguous(frame, 1));

        Assert.Equal(new FrameNumber(1024), allocator.AllocateContiguous(FrameOwner.Kernel, 64, 64));
        Assert.Null(allocator.Verify());
    }

    [Fact]
    public void Processors_that_run_out_of_memory_at_once_find_every_frame_and_share_none()
    {
        FrameAllocator allocator = Create();
        const int Processors = 4;
        var all = new List<FrameNumber>[Processors];
        for (int round = 0; round < 20; round++)
        {
            Parallel.For(0, Processors, new ParallelOptions { MaxDegreeOfParallelism = Processors }, processor =>
            {
                TestHardware.RunAs(processor);
                all[processor] = TakeAll(allocator);
                for (int i = 0; i < 60 && all[processor].Count > 0; i++)
                {
                    allocator.Free(all[processor][^1]);
                    all[processor].RemoveAt(all[processor].Count - 1);
                }
            });
            TestHardware.RunAs(0);
            Assert.Null(allocator.Verify());
            List<FrameNumber> rest = TakeAll(allocator);
            Assert.Equal(0UL, allocator.FreeFrames);
            Assert.Equal(Frames, (ulong)all.Sum(static list => list.Count) + (ulong)rest.Count);
            foreach (List<FrameNumber> list in all.Append(rest))
                list.ForEach(allocator.Free);
        }
    }

    private static List<FrameNumber> TakeAll(FrameAllocator allocator)
    {
        var taken = new List<FrameNumber>();
        while (allocator.Allocate(FrameOwner.User, AllocationPriority.Reserve) is { } frame)
            taken.Add(frame);
        return taken;
    }

    /// <summary>Gives the last of some frames back on a processor, in whose cache they stay.</summary>
    private static void FillCacheOf(int processor, FrameAllocator allocator, List<FrameNumber> taken, int count, bool isZeroed)
    {
        TestHardware.RunAs(processor);
        foreach (FrameNumber frame in taken.GetRange(taken.Count - count, count))
        {
            if (isZeroed)
            {
                new Span<byte>(DirectMap.Pointer(frame.Address), (int)Page.Size).Clear();
                allocator.FreeZeroed(frame);
            }
            else
            {
                allocator.Free(frame);
            }
        }
        TestHardware.RunAs(0);
    }

    [Fact]
    public void Verify_finds_a_lost_frame_and_a_wrong_count()
    {
        FrameAllocator allocator = Create();
        FrameNumber frame = allocator.Allocate(FrameOwner.User)!.Value;

        allocator.Table[frame].State = FrameState.Absent;
        Assert.NotNull(allocator.Verify());
        allocator.Table[frame].State = FrameState.Used;
        allocator.Table[frame].Owner = FrameOwner.Pool;
        Assert.NotNull(allocator.Verify());
        allocator.Table[frame].Owner = FrameOwner.User;
        Assert.Null(allocator.Verify());
    }

    private FrameAllocator Create(bool add = true, int nodes = 1)
    {
        var allocator = new FrameAllocator(new FrameTable(_table, new FrameNumber(Frames)), nodes);
        if (add)
            Assert.Equal(Status.Success, allocator.AddMemory(new FrameNumber(0), new FrameNumber(Frames)));
        return allocator;
    }
}
