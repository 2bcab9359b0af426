using System;
using System.Numerics;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Stress;

/// <summary>
/// Many vareas: what an operation costs is read from the tree that it walks, not from a clock.
/// </summary>
[Collection(nameof(SimulatedMemory))]
public sealed class Growth : IDisposable
{
    // A record with its tree node and object header.
    private const long RecordBytes = 96;

    private static readonly VirtualAddress s_base = new(0x10_0000_0000);

    private readonly TestMachine _machine = new(2048);
    private readonly AddressSpace _space;

    public Growth() => _space = _machine.CreateSpace();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(300_000)]
    public void Lookup_walks_no_deeper_than_a_balanced_tree(int count)
    {
        MapMany(count);
        AssertBalanced(_space);
        // Each is found where it is, and by the path that its depth says.
        var random = new Random(count);
        for (int i = 0; i < 1000; i++)
        {
            VirtualAddress address = s_base + (ulong)random.Next(count) * Page.Size;
            Assert.Equal(address, _space.Areas.Find(address)!.Start);
            Assert.InRange(DepthOf(_space, address), 1, HighestFor(count));
        }
        _machine.Verify();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(300_000)]
    public void Vareas_take_a_record_each_and_nothing_else(int count)
    {
        ulong free = _machine.Frames.FreeFrames;
        MapMany(count);
        Assert.Equal(count, _machine.AreasInUse);
        Assert.Equal(count, _space.AreaCount);
        Assert.Equal(1, _machine.PrivateObjects.InUse);
        Assert.Equal(free, _machine.Frames.FreeFrames);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(_space));
        Assert.Equal(0, _machine.AreasInUse);
        _machine.Verify();
    }

    [Fact]
    public void Record_has_96_bytes()
    {
        var records = new VArea[1000];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < records.Length; i++)
            records[i] = new VArea();
        Assert.Equal(RecordBytes, (GC.GetAllocatedBytesForCurrentThread() - before) / records.Length);
        GC.KeepAlive(records);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(300_000)]
    public void Mapping_anywhere_looks_at_one_path_of_the_tree(int count)
    {
        // Top-down, without a gap, as processes map.
        for (int i = 0; i < count; i++)
        {
            TestMachine.Map(_space, 1, ProtectionOf(i));
            if (BitOperations.IsPow2(i))
                Assert.InRange(NodesWithGap(_space.Areas.Root, 1), 0, HighestFor(i + 1));
        }
        AssertBalanced(_space);
        Assert.InRange(NodesWithGap(_space.Areas.Root, 1), 0, HighestFor(count));
        // A gap in the middle is found by its path too.
        VirtualAddress gap = _space.Range.End.AlignDown(Page.Size);
        gap = new VirtualAddress(gap.Value - (ulong)(count / 2) * Page.Size);
        Assert.Equal(Status.Success, _space.Unmap(new PageRange(gap, 3)));
        Assert.InRange(NodesWithGap(_space.Areas.Root, 3), 1, 2 * HighestFor(count));
        Assert.Equal(gap, TestMachine.Map(_space, 3, Protection.Read));
        _machine.Verify();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(300_000)]
    public void Unmapping_keeps_the_tree_balanced_and_gives_the_records_back(int count)
    {
        MapMany(count);
        var random = new Random(7);
        int left = count;
        // At random first, then in runs from one side: what unbalances trees.
        for (int i = 0; i < count / 4; i++)
        {
            int before = _space.AreaCount;
            Assert.Equal(Status.Success, _space.Unmap(new PageRange(s_base + (ulong)random.Next(count) * Page.Size, 1)));
            left -= before - _space.AreaCount;
        }
        AssertBalanced(_space);
        Assert.Equal(Status.Success, _space.Unmap(new PageRange(s_base, (ulong)count / 2)));
        AssertBalanced(_space);
        Assert.Equal(_space.AreaCount, _machine.AreasInUse);
        Assert.InRange(left, 1, count);
        _machine.Verify();
        Assert.Equal(Status.Success, _space.Unmap(new PageRange(s_base, (ulong)count)));
        Assert.Equal(0, _machine.AreasInUse);
        Assert.Equal(0ul, _space.MappedPages);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    [InlineData(300_000)]
    public void Fork_takes_a_record_for_each_varea_and_keeps_the_trees_shape(int count)
    {
        MapMany(count);
        _machine.Write(_space, s_base, 1);
        ulong tables = _machine.Frames.UsedBy(FrameOwner.PageTable);
        // Not one more.
        _machine.Areas.Left = count;
        AddressSpace child = _space.Fork();
        _machine.Areas.Left = int.MaxValue;
        Assert.Equal(2 * count, _machine.AreasInUse);
        Assert.Equal(tables + PageTableWalk.Levels - 1, _machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal(_space.Areas.Root!.Height, child.Areas.Root!.Height);
        AssertBalanced(child);
        _machine.Verify();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        Assert.Equal(count, _machine.AreasInUse);
    }

    [Fact]
    public void Fork_refused_its_last_record_gives_all_others_back()
    {
        const int Count = 30_000;
        MapMany(Count);
        _machine.Areas.Left = Count - 1;
        Assert.Equal(Status.OutOfMemory, _space.Fork(out _));
        _machine.Areas.Left = int.MaxValue;
        Assert.Equal(Count, _machine.AreasInUse);
        Assert.Equal(1, _machine.Spaces.InUse);
        _machine.Verify();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public void Protecting_everything_alike_leaves_one_varea(int count)
    {
        MapMany(count);
        _machine.Areas.Left = 0;
        Assert.Equal(Status.Success, _space.Protect(new PageRange(s_base, (ulong)count), TestMachine.ReadOnly));
        _machine.Areas.Left = int.MaxValue;
        Assert.Equal(1, _space.AreaCount);
        Assert.Equal(1, _machine.AreasInUse);
        _machine.Verify();
        // And cutting it again, page by page, makes as many.
        for (ulong page = 0; page < (ulong)count; page += 2)
            Assert.Equal(Status.Success, _space.Protect(new PageRange(s_base + page * Page.Size, 1), TestMachine.ReadWrite));
        Assert.Equal(count, _space.AreaCount);
        AssertBalanced(_space);
        _machine.Verify();
    }

    [Fact]
    public void Mappings_alike_take_one_record_however_many()
    {
        for (int i = 0; i < 30_000; i++)
            TestMachine.Map(_space, 1);
        Assert.Equal(1, _machine.AreasInUse);
        Assert.Equal(30_000ul, _space.MappedPages);
        _machine.Verify();
    }

    private static Protection ProtectionOf(int index) => (index & 1) == 0 ? TestMachine.ReadWrite : TestMachine.ReadOnly;

    /// <summary>The most levels that an AVL tree of so many nodes has (Knuth vol. 3, 6.2.3, theorem A).</summary>
    private static int HighestFor(int count) => (int)(1.4405 * Math.Log2(count + 2));

    /// <summary>Pages side by side that don't join.</summary>
    private void MapMany(int count)
    {
        for (int i = 0; i < count; i++)
            _space.MapAt(s_base + (ulong)i * Page.Size, 1, ProtectionOf(i));
    }

    /// <summary>Nodes that a lookup of an address compares with.</summary>
    private static int DepthOf(AddressSpace space, VirtualAddress address)
    {
        int depth = 1;
        for (VArea area = space.Areas.Root!; !area.Contains(address); depth++)
            area = address < area.Start ? area.Left! : area.Right!;
        return depth;
    }

    private static void AssertBalanced(AddressSpace space)
    {
        Assert.Null(space.Areas.Verify());
        Assert.InRange(space.Areas.Root!.Height, 1, HighestFor(space.AreaCount));
        Assert.Equal(space.Areas.Root.Height, HeightOf(space.Areas.Root));
    }

    private static int HeightOf(VArea? area) => area is null ? 0 : 1 + int.Max(HeightOf(area.Left), HeightOf(area.Right));

    /// <summary>Nodes that a search for a gap goes into: those whose subtree has one that is long enough.</summary>
    private static int NodesWithGap(VArea? area, uint pages) =>
        area is null || area.LargestGap < pages ? 0 : 1 + NodesWithGap(area.Left, pages) + NodesWithGap(area.Right, pages);
}
