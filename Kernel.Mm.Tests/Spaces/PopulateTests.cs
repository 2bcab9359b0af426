using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class PopulateTests : SpaceTestBase
{
    [Fact]
    public void Improper_ranges_are_refused()
    {
        Assert.Equal(Status.InvalidArgument, Space.Populate(Pages(0, 0)));
        Assert.Equal(Status.InvalidArgument, Space.Populate(new PageRange(default, 1)));
        Assert.Equal(Status.NotFound, Space.Populate(Pages(0, 1)));
        Verify();
    }

    [Fact]
    public void Pages_before_a_hole_are_present()
    {
        MapAt(0, 4);
        Assert.Equal(Status.NotFound, Space.Populate(Pages(2, 4)));
        Verify();
        Assert.Equal(2ul, Space.ResidentPages);
    }

    [Fact]
    public void Private_pages_are_writable_at_once_and_read_only_ones_are_the_zero_page()
    {
        MapAt(0, 4);
        MapAt(4, 4, ReadOnly);
        MapAt(8, 2, Protection.None);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 10)));
        Verify();
        Assert.True(Space.Translate(At(1)).IsWritable);
        Assert.Equal(PageState.Zero, StateOf(5) & PageState.Zero);
        Assert.Equal(PageState.Absent, StateOf(8));
        Assert.Equal((8ul, 0ul), (Space.ResidentPages, Space.MinorFaults));
    }

    [Fact]
    public void What_may_not_be_accessed_is_passed_over_at_once()
    {
        const ulong Reserved = VArea.MaximumPages;
        MapAt(0, Reserved, Protection.None);
        MapAt(Reserved, 2, ReadOnly);
        Assert.Equal(Status.Success, Space.Populate(Pages(5, Reserved - 4)));
        Assert.Equal(1ul, Space.ResidentPages);
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, Reserved + 1), true));
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void What_is_there_already_stays_in_tables_that_fill_up()
    {
        MapAt(0, 1100);
        Write(5, 55);
        Read(7);
        Write(700, 70);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 1100)));
        Verify();
        Assert.Equal((1100ul, 3ul), (Space.ResidentPages, Space.MinorFaults));
        for (ulong page = 0; page < 1100; page++)
            Assert.Equal(PageState.Private | PageState.Dirty, StateOf(page) & (PageState.Private | PageState.Dirty | PageState.Zero));
        Assert.Equal((55, 0, 70), (Read(5), Read(7), Read(700)));
        Assert.Equal(3ul, Space.MinorFaults);
    }

    [Fact]
    public void A_shared_table_is_left_alone_where_pages_are_only_read()
    {
        MapAt(0, 4);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), ReadOnly));
        AddressSpace child = Space.Fork();
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 4)));
        Verify();
        Assert.Equal((4ul, 1ul), (Space.ResidentPages, child.ResidentPages));
    }

    [Fact]
    public void When_memory_has_run_out_the_pages_before_are_present()
    {
        MapAt(0, 600);
        using (MemoryHog hog = TakeAllFrames(but: 40))
            Assert.Equal(Status.OutOfMemory, Space.Populate(Pages(0, 600)));
        Verify();
        ulong present = Space.ResidentPages;
        Assert.InRange(present, 1ul, 40ul);
        Assert.NotEqual(PageState.Absent, StateOf(present - 1));
        Assert.Equal(PageState.Absent, StateOf(present));
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 600)));
        Assert.Equal(600ul, Space.ResidentPages);
    }

    [Fact]
    public void Pages_of_an_object_are_present_up_to_its_end()
    {
        MapAt(0, 6, NewObject(4));
        Assert.Equal(Status.BeyondEnd, Space.Populate(Pages(0, 6)));
        Verify();
        Assert.Equal(4ul, Space.ResidentPages);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 4)));
    }

    [Fact]
    public void Private_copies_of_an_object_are_made()
    {
        MapAt(0, 4, NewObject(4), VAreaFlags.Private);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 4)));
        Verify();
        Assert.Equal(PageState.Private, StateOf(2) & (PageState.Private | PageState.Shared));
        Assert.Equal(3, Read(2));
    }

    [Fact]
    public void Waiting_for_the_object_is_no_failure()
    {
        RecordingObject mapped = NewObject(4);
        MapAt(0, 4, mapped);
        mapped.HasInputOutput = true;
        mapped.Answers.Enqueue(PageAnswer.Retry);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 2)));
        Verify();
        Assert.Equal(2ul, Space.ResidentPages);
    }

    [Fact]
    public void Memory_that_runs_out_leaves_what_was_had()
    {
        MapAt(0, 400);
        using (TakeAllFrames(but: 100))
            Assert.Equal(Status.OutOfMemory, Space.Populate(Pages(0, 400)));
        Verify();
        Assert.NotEqual(0ul, Space.ResidentPages);
    }

    [Fact]
    public void Memory_that_was_freed_lazily_is_reclaimed_first()
    {
        MapAt(0, 200);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 200)));
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 200), Advice.Free));
        MapAt(300, 50);
        using (TakeAllFrames())
            Assert.Equal(Status.Success, Space.Populate(Pages(300, 50)));
        Verify();
        Assert.Equal(50ul, Space.ResidentPages);
    }
}
