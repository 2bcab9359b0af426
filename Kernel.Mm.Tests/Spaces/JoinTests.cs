using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class JoinTests : SpaceTestBase
{
    [Fact]
    public void A_mapping_joins_what_ends_where_it_begins()
    {
        MapAt(0, 4);
        MapAt(4, 2);
        Verify();
        Assert.Equal("0-6 rw", Layout());
        Assert.Equal(1, Machine.AreasInUse);
    }

    [Fact]
    public void A_mapping_joins_what_begins_where_it_ends()
    {
        MapAt(4, 2);
        MapAt(0, 4);
        Verify();
        Assert.Equal("0-6 rw", Layout());
        Assert.Equal(1, Machine.AreasInUse);
    }

    [Fact]
    public void A_mapping_that_closes_a_gap_joins_both()
    {
        MapAt(0, 4);
        MapAt(6, 2);
        MapAt(4, 2);
        Verify();
        Assert.Equal("0-8 rw", Layout());
        Assert.Equal(1, Machine.AreasInUse);
    }

    [Theory]
    [InlineData(ReadOnly, VAreaFlags.None)]
    [InlineData(ReadWrite, VAreaFlags.DontFork)]
    [InlineData(ReadWrite, VAreaFlags.Locked)]
    [InlineData(ReadWrite, VAreaFlags.HugePages)]
    public void What_is_different_stays_apart(Protection protection, VAreaFlags flags)
    {
        MapAt(0, 4);
        MapAt(8, 4);
        MapAt(4, 4, protection, flags);
        Verify();
        Assert.Equal(3, Space.AreaCount);
    }

    [Fact]
    public void What_may_become_different_stays_apart()
    {
        MapAt(0, 4);
        var request = new MapRequest(4, ReadWrite) { MaximumProtection = ReadWrite, Placement = Placement.Fixed, Address = At(4) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Verify();
        Assert.Equal(2, Space.AreaCount);
    }

    [Fact]
    public void Pages_of_an_object_join_in_order_only()
    {
        RecordingObject mapped = NewObject(32);
        MapAt(10, 4, mapped, offset: 10);
        MapAt(14, 2, mapped, offset: 14);
        MapAt(6, 4, mapped, offset: 6);
        Verify();
        Assert.Equal("6-16 rw", Layout());
        Assert.Equal(6ul, Space.Find(At(6))!.Offset);
        Assert.Equal(1, mapped.Users);

        MapAt(16, 2, mapped, offset: 17);
        MapAt(4, 2, mapped, offset: 3);
        Verify();
        Assert.Equal(3, Space.AreaCount);
        Assert.Equal((18, 4, 17), (Read(16), Read(4), Read(15) + 1));
    }

    [Fact]
    public void Pages_of_an_object_that_close_a_gap_join_both()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 2, mapped);
        MapAt(4, 2, mapped, offset: 4);
        mapped.Clear();

        MapAt(2, 2, mapped, offset: 2);
        Verify();

        Assert.Equal("0-6 rw", Layout());
        Assert.Equal("place, expand 2, merge 2", mapped.Calls);
        Assert.Equal(1, mapped.Users);
    }

    [Fact]
    public void Different_objects_stay_apart()
    {
        MapAt(0, 2, NewObject(8));
        MapAt(2, 2, NewObject(8), offset: 2);
        MapAt(4, 2);
        Verify();
        Assert.Equal(3, Space.AreaCount);
    }

    [Fact]
    public void Vareas_do_not_grow_beyond_what_a_record_can_hold()
    {
        MapAt(0, VArea.MaximumPages, Protection.None);
        MapAt(VArea.MaximumPages, 4, Protection.None);
        MapAt(VArea.MaximumPages + 4, VArea.MaximumPages - 2, Protection.None);
        Verify();
        Assert.Equal(3, Space.AreaCount);
    }

    [Fact]
    public void The_flag_of_a_callers_record_means_nothing_without_one()
    {
        MapAt(0, 2, ReadWrite, VAreaFlags.CallerProvided);
        MapAt(2, 2, ReadWrite, VAreaFlags.CallerProvided);
        Verify();
        Assert.Equal("0-4 rw", Layout());
    }

    [Fact]
    public void Locking_and_unlocking_join_again()
    {
        MapAt(0, 9);
        Assert.Equal(Status.Success, Space.SetLocked(Pages(3, 3), true));
        Verify();
        Assert.Equal(3, Space.AreaCount);

        Assert.Equal(Status.Success, Space.SetLocked(Pages(3, 3), false));
        Verify();
        Assert.Equal("0-9 rw", Layout());
    }

    [Fact]
    public void Advice_cuts_and_joins_again()
    {
        MapAt(0, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 3), Advice.Random));
        Assert.Equal(Status.Success, Space.Advise(Pages(6, 3), Advice.Random));
        Verify();
        Assert.Equal(3, Space.AreaCount);

        Assert.Equal(Status.Success, Space.Advise(Pages(3, 3), Advice.Random));
        Verify();
        Assert.Equal("0-9 rw", Layout());
    }

    [Fact]
    public void Protection_joins_on_both_sides()
    {
        MapAt(0, 3, ReadOnly);
        MapAt(3, 3);
        MapAt(6, 3, ReadOnly);
        Assert.Equal(Status.Success, Space.Protect(Pages(3, 3), ReadOnly));
        Verify();
        Assert.Equal("0-9 r", Layout());
        Assert.Equal(1, Machine.AreasInUse);
    }

    [Fact]
    public void The_joined_varea_is_found_where_the_other_was()
    {
        MapAt(0, 3);
        MapAt(3, 3, ReadOnly);
        Assert.Equal(At(3), Space.Find(At(4))!.Start);
        Assert.Equal(Status.Success, Space.Protect(Pages(3, 3), ReadWrite));
        Verify();
        Assert.Equal(At(0), Space.Find(At(4))!.Start);
    }
}
