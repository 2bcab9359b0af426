using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class UnmapTests : SpaceTestBase
{
    [Fact]
    public void Improper_ranges_are_refused()
    {
        MapAt(0, 4);
        Assert.Equal(Status.InvalidArgument, Space.Unmap(Pages(0, 0)));
        Assert.Equal(Status.InvalidArgument, Space.Unmap(new PageRange(At(0) + 1, 1)));
        Assert.Equal(Status.InvalidArgument, Space.Unmap(new PageRange(default, 1)));
        Assert.Equal(Status.InvalidArgument, Space.Unmap(new PageRange(At(0), Space.Range.Pages)));
        Assert.Equal(Status.InvalidArgument, Space.Unmap(new PageRange(At(0), ulong.MaxValue)));
        Verify();
        Assert.Equal("0-4 rw", Layout());
    }

    [Theory]
    [InlineData(10, 6, "")]
    [InlineData(8, 20, "")]
    [InlineData(10, 2, "12-16 rw")]
    [InlineData(9, 3, "12-16 rw")]
    [InlineData(13, 3, "10-13 rw")]
    [InlineData(13, 9, "10-13 rw")]
    [InlineData(12, 2, "10-12 rw, 14-16 rw")]
    [InlineData(16, 5, "10-16 rw")]
    public void A_varea_goes_or_loses_an_end_or_its_middle(ulong page, ulong pages, string left)
    {
        MapAt(10, 6);
        for (ulong i = 10; i < 16; i++)
            Write(i, (byte)i);

        Assert.Equal(Status.Success, Space.Unmap(Pages(page, pages)));
        Verify();

        Assert.Equal(left, Layout());
        for (ulong i = 10; i < 16; i++)
        {
            if (Space.Find(At(i)) is not null)
                Assert.Equal((byte)i, Read(i));
            else
                Assert.Equal(FaultResult.NotMapped, TryRead(i));
        }
        Assert.Equal(Space.MappedPages, Space.ResidentPages);
    }

    [Fact]
    public void What_lies_before_an_objects_end_goes_and_leaves_the_rest()
    {
        SharedAnonymousObject shared = SharedAnonymousObject.Create(Machine.Manager, 3)!;
        Space.MapAt(At(10), 6, memoryObject: shared);
        shared.Release();
        Write(12, 1);

        Assert.Equal(Status.Success, Space.Unmap(Pages(10, 4)));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();

        Assert.Equal("14-16 rw", Layout());
        Assert.Equal("14-16 rw", Layout(child));
        Assert.Equal(FaultResult.BusError, TryRead(14));
    }

    [Fact]
    public void A_range_may_span_vareas_and_holes()
    {
        MapAt(0, 4);
        MapAt(6, 2, ReadOnly);
        MapAt(12, 1000, Protection.None);
        MapAt(1020, 4);
        Write(1, 1);
        Write(1023, 2);

        Assert.Equal(Status.Success, Space.Unmap(Pages(2, 1019)));
        Verify();

        Assert.Equal("0-2 rw, 1021-1024 rw", Layout());
        Assert.Equal((1, 2), (Read(1), Read(1023)));
        Assert.Equal(5ul, Space.MappedPages);
    }

    [Fact]
    public void Nothing_is_unmapped_where_nothing_is()
    {
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 100)));
        Assert.Equal(Status.Success, Space.Unmap(Space.Range));
        Verify();
    }

    [Fact]
    public void Frames_and_tables_go_back()
    {
        ulong free = Machine.Frames.FreeFrames;
        MapAt(0, 1200);
        for (ulong i = 0; i < 1200; i += 7)
            Write(i, 1);
        Assert.Equal(172ul, Space.ResidentPages);

        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 1200)));
        Verify();

        Assert.Equal(free, Machine.Frames.FreeFrames);
        Assert.Equal((0ul, 172ul), (Space.ResidentPages, Space.PeakResidentPages));
    }

    [Fact]
    public void An_old_translation_can_not_be_used()
    {
        MapAt(0, 4);
        TestProcessor processor = Machine.Load(Space);
        Assert.Equal(FaultResult.Resolved, processor.Write(At(1), [1]));

        Assert.Equal(Status.Success, Space.Unmap(Pages(1, 1)));
        Verify();

        Assert.Equal(FaultResult.NotMapped, processor.Write(At(1), [1]));
    }

    [Fact]
    public void Without_a_record_the_middle_stays()
    {
        MapAt(0, 10);
        Write(5, 5);
        Machine.Areas.Left = 0;

        Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(4, 2)));
        Verify();

        Assert.Equal("0-10 rw", Layout());
        Assert.Equal(5, Read(5));
    }

    [Fact]
    public void Without_a_second_record_the_first_cut_is_undone()
    {
        MapAt(0, 10);
        Machine.Areas.Left = 1;

        Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(4, 2)));
        Verify();

        Assert.Equal("0-10 rw", Layout());
    }

    [Fact]
    public void A_callers_record_is_whole_again_when_the_second_cut_fails()
    {
        var request = new MapRequest(10, ReadWrite, NewObject(10)) { Placement = Placement.Fixed, Address = At(0), Storage = new VArea() };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Machine.Areas.Left = 1;

        Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(4, 2)));
        Verify();

        Assert.Equal("0-10 rw", Layout());
    }

    [Fact]
    public void A_callers_record_may_be_cut()
    {
        var storage = new VArea();
        var request = new MapRequest(10, ReadWrite, NewObject(10)) { Placement = Placement.Fixed, Address = At(0), Storage = storage };
        Assert.Equal(Status.Success, Space.Map(request, out _));

        Assert.Equal(Status.Success, Space.Unmap(Pages(4, 2)));
        Verify();

        Assert.Equal("0-4 rw, 6-10 rw", Layout());
        Assert.Same(storage, Space.Find(At(0)));
        Assert.Equal(1, Machine.AreasInUse);
        Assert.Equal(7, Read(6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_left_of_a_callers_record_joins_what_continues_it(int way)
    {
        RecordingObject mapped = NewObject(20);
        var request = new MapRequest(10, ReadWrite, mapped) { Placement = Placement.Fixed, Address = At(0), Storage = new VArea() };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        MapAt(10, 10, mapped, offset: 10);
        MapAt(30, 2);

        VirtualAddress to = At(0);
        Status status = way switch
        {
            0 => Space.Unmap(Pages(0, 4)),
            1 => Space.Map(new MapRequest(4, ReadOnly) { Placement = Placement.FixedReplace, Address = At(0) }, out _),
            _ => Space.Move(Pages(30, 2), 4, MoveMode.Fixed, ref to),
        };
        Assert.Equal(Status.Success, status);
        Verify();

        Assert.EndsWith("4-20 rw" + (way < 2 ? ", 30-32 rw" : ""), Layout());
        Assert.Equal(7, Read(6));
        Assert.Equal(17, Read(16));
    }

    [Fact]
    public void A_part_of_a_table_shared_with_a_child_is_copied_first()
    {
        MapAt(0, 20);
        for (ulong i = 0; i < 20; i++)
            Write(i, (byte)i);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Unmap(Pages(5, 3)));
        Verify();

        Assert.Equal(6, Machine.Read(child!, At(6)));
        Assert.Equal(8, Read(8));
        Assert.Equal(17ul, Space.ResidentPages);
    }

    [Fact]
    public void A_shared_table_that_has_nothing_else_is_dropped_as_a_whole()
    {
        MapAt(0, 20);
        MapAt(100, 20);
        Write(3, 3);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        ulong tables = Machine.Frames.UsedBy(Physical.FrameOwner.PageTable);

        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 20)));
        Verify();

        Assert.Equal(0ul, Space.ResidentPages);
        Assert.True(Machine.Frames.UsedBy(Physical.FrameOwner.PageTable) < tables);
        Assert.Equal(3, Machine.Read(child!, At(3)));
    }

    [Fact]
    public void Without_any_frame_a_part_of_a_shared_table_stays()
    {
        MapAt(0, 20);
        for (ulong i = 0; i < 20; i++)
            Write(i, (byte)i);
        Assert.Equal(Status.Success, Space.Fork(out _));

        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(5, 3)));
        Verify();

        Assert.Equal("0-20 rw", Layout());
        Assert.Equal(6, Read(6));
    }

    [Fact]
    public void Without_any_frame_the_end_of_a_range_may_be_what_can_not_be_copied()
    {
        MapAt(0, 1024);
        Write(510, 1);
        Write(513, 2);
        Assert.Equal(Status.Success, Space.Fork(out _));

        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(0, 513)));
        Verify();

        Assert.Equal((1, 2), (Read(510), Read(513)));
    }
}
