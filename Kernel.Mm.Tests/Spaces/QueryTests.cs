using System;
using System.Collections.Generic;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class QueryTests : SpaceTestBase
{
    [Fact]
    public void A_varea_is_found_by_any_address_in_it()
    {
        MapAt(0, 4);
        MapAt(10, 2, ReadOnly);
        Assert.Equal(At(0), Space.Find(At(3) + 4095)!.Start);
        Assert.Equal(At(10), Space.Find(At(10))!.Start);
        Assert.Equal(At(10), Space.Find(At(11))!.Start);
        Assert.Null(Space.Find(At(4)));
        Assert.Null(Space.Find(At(9)));
        Assert.Null(Space.Find(new VirtualAddress(ulong.MaxValue)));
    }

    [Fact]
    public void The_first_varea_at_or_after_an_address_is_found()
    {
        MapAt(0, 4);
        MapAt(10, 2, ReadOnly);
        MapAt(20, 2);
        Assert.Equal(At(0), Space.FindAtOrAfter(default)!.Start);
        Assert.Equal(At(10), Space.FindAtOrAfter(At(4))!.Start);
        Assert.Equal(At(10), Space.FindAtOrAfter(At(11))!.Start);
        Assert.Equal(At(20), Space.FindAtOrAfter(At(12))!.Start);
        Assert.Null(Space.FindAtOrAfter(At(22)));
    }

    [Fact]
    public void A_forgotten_hit_is_not_found()
    {
        MapAt(0, 4);
        Assert.NotNull(Space.Find(At(1)));
        Assert.Equal(Status.Success, Space.Unmap(Pages(1, 1)));
        Assert.Null(Space.Find(At(1)));
        Assert.Equal(At(2), Space.Find(At(3))!.Start);
    }

    [Fact]
    public void All_vareas_are_listed_in_order_and_a_listing_may_stop_early()
    {
        Assert.Equal("", Layout());
        for (ulong i = 0; i < 20; i++)
            MapAt(i * 7 % 20 * 2, 1);
        var starts = new List<VirtualAddress>();
        Space.BeginListing();
        foreach (VArea area in Space)
        {
            starts.Add(area.Start);
            if (starts.Count == 13)
                break;
        }
        Space.EndListing();
        for (int i = 0; i < 13; i++)
            Assert.Equal(At((ulong)i * 2), starts[i]);
        Verify();
    }

    [Fact]
    public void Translation_says_what_the_table_says()
    {
        MapAt(0, 4);
        Assert.False(Space.Translate(At(1)).IsMapped);
        Write(1, 1);
        PageTableWalk walk = Space.Translate(At(1) + 5);
        Assert.True(walk is { IsMapped: true, IsWritable: true, IsUser: true, IsExecutable: false, PageSize: Page.Size });
        Assert.Equal(5u, walk.Physical.Value & Page.OffsetMask);
    }

    [Fact]
    public void Page_states_need_a_proper_range_and_room()
    {
        MapAt(0, 4);
        var states = new PageState[4];
        Assert.Equal(Status.InvalidArgument, Space.GetPageStates(Pages(0, 0), states));
        Assert.Equal(Status.InvalidArgument, Space.GetPageStates(new PageRange(default, 1), states));
        Assert.Equal(Status.InvalidArgument, Space.GetPageStates(Pages(0, 4), states.AsSpan(0, 3)));
        Assert.Equal(Status.NotFound, Space.GetPageStates(Pages(2, 4), states));
        Assert.Equal(Status.Success, Space.GetPageStates(Pages(0, 4), states));
    }

    [Fact]
    public void Page_states_tell_zero_private_shared_and_absent()
    {
        const PageState Used = PageState.Resident | PageState.Accessed;
        MapAt(0, 4);
        Write(0, 1);
        Read(1);
        Assert.Equal(Used | PageState.Private | PageState.Dirty | PageState.Writable, StateOf(0));
        Assert.Equal(Used | PageState.Zero | PageState.Shared, StateOf(1));
        Assert.Equal(PageState.Absent, StateOf(2));
        MapAt(5000, 1);
        Assert.Equal(PageState.Absent, StateOf(5000));

        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Used | PageState.Private | PageState.Shared | PageState.Dirty, StateOf(0));
        Machine.Write(child!, At(0), 2);
        Write(0, 3);
        Assert.Equal(Used | PageState.Private | PageState.Dirty | PageState.Writable, StateOf(0));
        Verify();
    }

    [Fact]
    public void Page_states_of_objects()
    {
        const PageState Used = PageState.Resident | PageState.Accessed;
        RecordingObject mapped = NewObject(8);
        MapAt(0, 2, mapped);
        MapAt(2, 2, mapped, VAreaFlags.Private, offset: 2);
        Read(0);
        Write(1, 1);
        Read(2);
        Write(3, 1);
        Assert.Equal(Used | PageState.Shared, StateOf(0));
        Assert.Equal(Used | PageState.Shared | PageState.Dirty | PageState.Writable, StateOf(1));
        Assert.Equal(Used | PageState.Shared, StateOf(2));
        Assert.Equal(Used | PageState.Private | PageState.Dirty | PageState.Writable, StateOf(3));
        Verify();
    }

    [Fact]
    public void Page_states_of_large_pages()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        Write(9, 1);
        Assert.Equal(PageState.Private, StateOf(100) & (PageState.Private | PageState.Shared | PageState.Zero));
        Assert.Equal(PageState.Writable, StateOf(100) & PageState.Writable);
        Assert.Equal(Status.Success, Space.Fork(out _));
        Assert.Equal(PageState.Private | PageState.Shared, StateOf(100) & (PageState.Private | PageState.Shared | PageState.Writable));
        Verify();
    }

    [Fact]
    public void What_a_guest_shows_is_not_its_own()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Machine.Read(guest!, At(0));
        Span<PageState> state = stackalloc PageState[1];
        Assert.Equal(Status.Success, guest!.GetPageStates(Pages(0, 1), state));
        Assert.Equal(PageState.Shared, state[0] & (PageState.Shared | PageState.Private));
        Verify();
    }

    [Fact]
    public void Resident_pages_of_a_varea_are_counted()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 600);
        MapAt(600, 8, mapped, VAreaFlags.Private);
        Write(1, 1);
        Write(599, 1);
        Read(300);
        Write(600, 1);
        Read(601);

        Space.BeginListing();
        AddressSpace.ResidentCounts first = Space.CountResident(Space.Find(At(0))!);
        AddressSpace.ResidentCounts second = Space.CountResident(Space.Find(At(600))!);
        Space.EndListing();

        Assert.Equal((3ul, 2ul, 1ul), (first.Resident, first.Private, first.Shared));
        Assert.Equal((2ul, 1ul, 1ul), (second.Resident, second.Private, second.Shared));
        Assert.Equal(Space.ResidentPages, first.Resident + second.Resident);
    }

    [Fact]
    public void A_varea_knows_its_range_object_and_name()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(4, 3, mapped, VAreaFlags.Text, ReadOnly | Protection.Execute, offset: 2);
        VArea area = Space.Find(At(4))!;
        Assert.Equal((Pages(4, 3), 3ul, At(7)), (area.Range, area.Pages, area.End));
        Assert.Equal((VAreaFlags.Text, ReadOnly | Protection.Execute), (area.Flags, area.Protection));
        Assert.Equal(4ul, area.PageAt(At(6)));
        Assert.Equal("recorded"u8, area.Object!.NameFor(area));
        Assert.False(area.IsPrivate || area.IsAnonymous);
        Assert.Same(Space, area.Space);
        area.ObjectState = "note";
        Assert.Equal("note", area.ObjectState);
    }
}
