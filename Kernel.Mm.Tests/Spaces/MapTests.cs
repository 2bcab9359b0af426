using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class MapTests : SpaceTestBase
{
    private delegate void Change(ref MapRequest request);

    [Fact]
    public void New_memory_reads_zero_and_keeps_what_is_written()
    {
        VirtualAddress start = TestMachine.Map(Space, 3);
        Verify();

        Assert.Equal(0, Machine.Read(Space, start + 5));
        Machine.Write(Space, start + Page.Size, 7);
        Verify();

        Assert.Equal(7, Machine.Read(Space, start + Page.Size));
        Assert.Equal(0, Machine.Read(Space, start + 2 * Page.Size));
    }

    [Fact]
    public void Without_a_hint_a_mapping_goes_to_the_top_and_the_next_one_below()
    {
        VirtualAddress first = TestMachine.Map(Space, 3);
        Assert.Equal(Space.Range.End, first + 3 * Page.Size);

        VirtualAddress second = TestMachine.Map(Space, 2, ReadOnly);
        Verify();

        Assert.Equal(first, second + 2 * Page.Size);
    }

    [Fact]
    public void The_private_object_is_made_with_the_first_private_memory()
    {
        Assert.Null(Space.PrivateObject);
        VArea area = AreaAt(MapAt(0, 1));

        Assert.Same(Space.PrivateObject, area.Object);
        Assert.Same(Space, Space.PrivateObject!.Owner);
        Assert.True(area.IsAnonymous);
        Assert.Equal("anonymous"u8, area.Object!.NameFor(area));
        MapAt(5, 1);
        Assert.Equal(1, Machine.PrivateObjects.InUse);
    }

    [Fact]
    public void Requests_that_make_no_sense_are_refused()
    {
        RecordingObject mapped = NewObject(4);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Pages = 0);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Protection |= (Protection)16);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.MaximumProtection |= (Protection)32);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Flags |= (VAreaFlags)(1 << 15));
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Placement = Placement.FixedReplace + 1);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Alignment = Page.Size / 2);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Alignment = 3 * Page.Size);
        AssertRefused(Status.InvalidArgument, (ref MapRequest r) => (r.Object, r.Offset) = (mapped, ulong.MaxValue));
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Flags = VAreaFlags.None);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Storage = new VArea());
        AssertRefused(Status.InvalidArgument, (ref MapRequest r) => (r.Object, r.Flags) = (mapped, VAreaFlags.Private | VAreaFlags.WipeOnFork));
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Flags |= VAreaFlags.Uncached);
        AssertRefused(Status.InvalidArgument, (ref MapRequest r) => (r.Object, r.Flags) = (mapped, VAreaFlags.WriteCombining));
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Address += 1);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.GuardPages = ulong.MaxValue / 2 + 1);
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Alignment = 16 * Page.LargeSize * 512);
        AssertRefused(Status.AccessDenied, static (ref MapRequest r) => r.MaximumProtection = ReadOnly);
        AssertRefused(Status.OutOfMemory, static (ref MapRequest r) => r.Pages = VArea.MaximumPages + 1);
    }

    [Fact]
    public void Addresses_outside_the_space_are_refused()
    {
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => r.Address = default);
        AssertRefused(Status.InvalidArgument, (ref MapRequest r) => r.Address = Space.Range.End);
        AssertRefused(Status.InvalidArgument, (ref MapRequest r) => (r.Address, r.Pages) = (new VirtualAddress(Space.Range.End.Value - Page.Size), 2));
        AssertRefused(Status.InvalidArgument, static (ref MapRequest r) => (r.Address, r.Pages) = (new VirtualAddress(ulong.MaxValue - Page.OffsetMask), 2));
        AssertRefused(
            Status.InvalidArgument, static (ref MapRequest r) => (r.Placement, r.Address) = (Placement.FixedReplace, new VirtualAddress(0xffff_8000_0000_0000)));
    }

    [Fact]
    public void More_private_writable_memory_than_the_machine_has_is_refused_but_readable_or_shared_is_not()
    {
        ulong tooMuch = Machine.Frames.TotalFrames + 1;
        AssertRefused(Status.OutOfMemory, (ref MapRequest r) => r.Pages = tooMuch);

        MapAt(0, tooMuch, ReadOnly);
        MapAt(tooMuch, 2 * tooMuch, NewObject(2 * tooMuch));
        Verify();
    }

    [Fact]
    public void A_fixed_place_that_is_taken_is_refused()
    {
        MapAt(10, 4);
        AssertRefused(Status.AlreadyExists, static (ref MapRequest r) => (r.Address, r.Pages) = (At(13), 1));
        AssertRefused(Status.AlreadyExists, static (ref MapRequest r) => (r.Address, r.Pages) = (At(8), 3));
        AssertRefused(Status.AlreadyExists, static (ref MapRequest r) => (r.Address, r.Pages) = (At(8), 10));
    }

    [Fact]
    public void A_fixed_place_can_be_replaced_across_vareas_and_holes()
    {
        MapAt(0, 4);
        MapAt(6, 4, ReadOnly);
        Write(1, 1);
        Write(3, 3);

        Replace(2, 6, ReadOnly);
        Verify();

        Assert.Equal("0-2 rw, 2-10 r", Layout());
        Assert.Equal(1, Read(1));
        Assert.Equal(0, Read(3));
        Assert.Equal(10ul, Space.MappedPages);
        Assert.Equal(2ul, Space.DataPages);
    }

    [Fact]
    public void Replacing_the_middle_cuts_a_varea_in_two()
    {
        MapAt(0, 10);
        Write(9, 9);

        Replace(3, 2, ReadOnly);
        Verify();

        Assert.Equal("0-3 rw, 3-5 r, 5-10 rw", Layout());
        Assert.Equal(9, Read(9));
    }

    [Fact]
    public void Replacing_nothing_is_mapping()
    {
        Replace(3, 2, ReadOnly);
        Verify();
        Assert.Equal("3-5 r", Layout());
    }

    [Fact]
    public void A_hint_is_taken_if_it_is_free()
    {
        MapAt(10, 4);
        Assert.Equal(At(14), MapNear(At(14), 3, ReadOnly));
        Assert.NotEqual(At(13), MapNear(At(13), 1, ReadOnly));
        Assert.Equal(At(20), MapNear(At(20) + 123, 1, ReadOnly));
        Verify();
    }

    [Fact]
    public void A_hint_outside_the_space_or_the_limits_is_not_taken()
    {
        Assert.Equal(Space.Range.End, MapNear(new VirtualAddress(0x1000), 2) + 2 * Page.Size);
        MapRequest request = NewRequest(1);
        (request.Placement, request.Lowest) = (Placement.Anywhere, At(50));
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        Assert.True(address >= At(50));
        (request.Lowest, request.Highest, request.Address, request.Protection) = (default, At(50), At(50), ReadOnly);
        Assert.Equal(Status.Success, Space.Map(request, out address));
        Assert.Equal(At(49), address);
        Verify();
    }

    [Fact]
    public void A_limit_range_is_filled_from_the_top_until_no_gap_is_left()
    {
        MapRequest request = NewRequest(4);
        (request.Placement, request.Address, request.Lowest, request.Highest) = (Placement.Anywhere, default, At(100), At(110));
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress first));
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress second));
        Verify();

        Assert.Equal(Status.NoAddressRange, Space.Map(request, out _));
        Verify();

        Assert.Equal((At(106), At(102)), (first, second));
        request.Pages = 2;
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress third));
        Assert.Equal(At(100), third);
        Verify();
    }

    [Fact]
    public void An_alignment_is_kept()
    {
        MapRequest request = NewRequest(3);
        (request.Placement, request.Address, request.Alignment) = (Placement.Anywhere, default, Page.LargeSize);
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        Assert.Equal(0ul, address.Value & (Page.LargeSize - 1));
        request.Address = At(700);
        Assert.Equal(Status.Success, Space.Map(request, out address));
        Assert.Equal(At(512), address);
        Verify();
    }

    [Fact]
    public void Guard_pages_stay_free_on_both_sides()
    {
        MapRequest request = NewRequest(2);
        (request.Placement, request.Address, request.GuardPages, request.Lowest, request.Highest) = (Placement.Anywhere, default, 1, At(0), At(10));
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress first));
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress second));
        Assert.Equal((At(7), At(4)), (first, second));

        request.Address = At(1);
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress third));
        Assert.Equal(At(1), third);
        Assert.Equal(Status.NoAddressRange, Space.Map(request, out _));
        Verify();
    }

    [Fact]
    public void Guards_at_the_ends_of_the_space_need_no_room_for_a_hint()
    {
        MapRequest request = NewRequest(1);
        (request.Placement, request.Address, request.GuardPages) = (Placement.Anywhere, Space.Range.Start, 8);
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        Assert.Equal(Space.Range.Start, address);
        request.Address = new VirtualAddress(Space.Range.End.Value - Page.Size);
        Assert.Equal(Status.Success, Space.Map(request, out address));
        Assert.Equal(request.Address, address);
        Verify();
    }

    [Fact]
    public void A_mapping_with_more_guards_than_there_are_addresses_finds_no_place()
    {
        MapRequest request = NewRequest(1);
        (request.Placement, request.Address, request.GuardPages, request.Lowest, request.Highest) = (Placement.Anywhere, default, 50, At(0), At(100));
        Assert.Equal(Status.NoAddressRange, Space.Map(request, out _));
    }

    [Fact]
    public void Limits_are_kept()
    {
        Space.Limits = new SpaceLimits(Mapped: 10, Data: 6, Stack: 4, Locked: 2);
        MapAt(0, 4);
        MapAt(10, 2, ReadOnly);

        AssertRefused(Status.OutOfMemory, static (ref MapRequest r) => r.Pages = 3);
        AssertRefused(Status.OutOfMemory, static (ref MapRequest r) => (r.Pages, r.Protection) = (5, ReadOnly));
        AssertRefused(Status.OutOfMemory, static (ref MapRequest r) => (r.Pages, r.Protection, r.Flags) = (3, ReadOnly, VAreaFlags.Private | VAreaFlags.Locked));

        // What is replaced doesn't count.
        MapAt(20, 4, ReadOnly);
        Replace(20, 4, Protection.None);
        Verify();
        Assert.Equal(10ul, Space.MappedPages);
    }

    [Fact]
    public void Limits_count_only_what_a_mapping_adds_to_what_it_replaces()
    {
        MapAt(0, 4);
        MapAt(10, 2, ReadWrite, VAreaFlags.Locked);
        Space.Limits = new SpaceLimits(Mapped: 6, Data: 6, Stack: 4, Locked: 2);

        Replace(1, 3, ReadWrite | Protection.Execute);
        Space.Limits = Space.Limits with { Data = 5 };
        AssertRefused(Status.OutOfMemory, static (ref MapRequest r) => (r.Pages, r.Address, r.Placement) = (2, At(4), Placement.FixedReplace));
        var request = new MapRequest(2, ReadOnly) { Flags = VAreaFlags.Private | VAreaFlags.Locked, Address = At(10), Placement = Placement.FixedReplace };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Verify();
        Assert.Equal((6ul, 4ul, 2ul), (Space.MappedPages, Space.DataPages, Space.LockedPages));
    }

    [Fact]
    public void What_is_mapped_in_the_place_of_what_has_just_gone_is_checked_as_all_else()
    {
        VirtualAddress first = TestMachine.Map(Space, 4, ReadOnly);
        VirtualAddress gone = TestMachine.Map(Space, 2);
        Space.Unmap(new PageRange(gone, 2));

        Space.Limits = new SpaceLimits(Mapped: 6, Data: 1, Stack: 4, Locked: 2);
        AssertRefusedAnywhere(Status.OutOfMemory, new MapRequest(3, ReadOnly | Protection.Execute));
        AssertRefusedAnywhere(Status.OutOfMemory, new MapRequest(2, ReadWrite));
        Space.Limits = SpaceLimits.None;
        AssertRefusedAnywhere(Status.InvalidArgument, new MapRequest(0, ReadWrite));
        AssertRefusedAnywhere(Status.InvalidArgument, new MapRequest(1, (Protection)16));
        AssertRefusedAnywhere(Status.AccessDenied, new MapRequest(1, ReadWrite) { MaximumProtection = ReadOnly });
        AssertRefusedAnywhere(Status.OutOfMemory, new MapRequest(Machine.Frames.TotalFrames + 1, ReadWrite));

        Assert.Equal(gone, TestMachine.Map(Space, 2));
        Verify();
        Assert.Equal((6ul, 2ul, 2), (Space.MappedPages, Space.DataPages, Space.AreaCount));
        Space.Unmap(new PageRange(gone, 2));
        // What continues a neighbour joins it.
        Assert.Equal(gone, TestMachine.Map(Space, 2, ReadOnly));
        Verify();
        Assert.Equal((gone, 6ul, 1), (AreaAt(first).Start, AreaAt(first).Pages, Space.AreaCount));
    }

    [Fact]
    public void What_leaves_a_hole_above_is_where_memory_is_mapped_next()
    {
        var areas = new VirtualAddress[20];
        for (int i = 0; i < areas.Length; i++)
            areas[i] = TestMachine.Map(Space, 3, i % 2 == 0 ? ReadWrite : ReadOnly);
        foreach (int i in new[] { 19, 7, 12, 3, 18, 0 })
        {
            Space.Unmap(new PageRange(areas[i], 3));
            Verify();
            Assert.Equal(areas[i] + Page.Size, TestMachine.Map(Space, 2, ReadWrite | Protection.Execute));
            Verify();
            Space.Unmap(new PageRange(areas[i] + Page.Size, 2));
            Verify();
            Assert.Equal(areas[i], TestMachine.Map(Space, 3, ReadWrite | Protection.Execute));
            Verify();
        }
    }

    [Fact]
    public void Prefetched_memory_is_present_at_once()
    {
        MapAt(0, 5, ReadWrite, VAreaFlags.Prefetch);
        Assert.Equal(5ul, Space.ResidentPages);
        Verify();
        MapAt(10, 3, ReadOnly, VAreaFlags.Locked);
        Verify();

        Assert.Equal(8ul, Space.ResidentPages);
        Assert.Equal(3ul, Space.LockedPages);
        Assert.Equal(0ul, Space.MinorFaults);
    }

    [Fact]
    public void More_than_all_memory_is_mapped_for_who_says_that_little_will_be_touched()
    {
        var request = new MapRequest(Machine.Frames.TotalFrames + 1, ReadWrite) { Flags = VAreaFlags.Private | VAreaFlags.NoReserve };
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        var range = new PageRange(address, request.Pages);
        // It stays so: permission may go and come back, and it may become longer still.
        Assert.Equal(Status.Success, Space.Protect(range, Protection.None));
        Assert.Equal(Status.Success, Space.Protect(range, ReadWrite));
        Assert.Equal(Status.Success, Space.Protect(new PageRange(address, 1), ReadOnly));
        Assert.Equal(Status.Success, Space.Protect(range, ReadWrite));
        Assert.Equal(Status.Success, Space.Move(range, range.Pages * 3, MoveMode.MayMove, ref address));
        Assert.Equal(Status.Success, Space.Unmap(new PageRange(address, range.Pages * 3)));
        Verify();
    }

    [Fact]
    public void Prefetching_more_than_there_is_maps_all_the_same()
    {
        using MemoryHog hog = TakeAllFrames(but: 40);
        MapAt(0, 30, ReadWrite, VAreaFlags.Prefetch);
        Assert.Equal("0-30 rw", Layout());
    }

    [Fact]
    public void A_callers_record_is_used_never_joined_and_never_freed()
    {
        RecordingObject mapped = NewObject(8);
        var storage = new VArea();
        MapRequest request = NewRequest(2, mapped);
        request.Storage = storage;
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        Verify();

        Assert.Same(storage, AreaAt(address));
        Assert.Equal(0, Machine.AreasInUse);
        MapAt(22, 2, mapped, offset: 2);
        Assert.Equal(2, Space.AreaCount);
        request.Address = At(30);
        Assert.Equal(Status.Busy, Space.Map(request, out _));
        Verify();

        Assert.Equal(Status.Success, Space.Unmap(Pages(20, 2)));
        Assert.Null(storage.Space);
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Verify();
    }

    [Fact]
    public void Without_a_record_or_a_private_object_nothing_is_mapped()
    {
        MapRequest request = NewRequest(2);
        Machine.PrivateObjects.Left = 0;
        Assert.Equal(Status.OutOfMemory, Space.Map(request, out _));
        Machine.PrivateObjects.Left = int.MaxValue;
        Machine.Areas.Left = 0;
        Assert.Equal(Status.OutOfMemory, Space.Map(request, out _));
        Verify();

        Assert.Equal(0, Space.AreaCount);
    }

    [Fact]
    public void An_object_that_refuses_is_not_mapped()
    {
        RecordingObject mapped = NewObject(4);
        mapped.Refusing = "open";
        Assert.Equal(Status.AccessDenied, Space.Map(NewRequest(2, mapped), out _));
        Verify();

        Assert.Equal((0, 0), (Space.AreaCount, Machine.AreasInUse));
        Assert.Equal("place, open 2", mapped.Calls);
    }

    [Fact]
    public void A_mapping_that_can_not_be_replaced_stays_and_the_new_object_is_closed()
    {
        RecordingObject old = NewObject(8), mapped = NewObject(4);
        MapAt(20, 8, old);
        old.Refusing = "shrink";

        MapRequest request = NewRequest(4, mapped);
        (request.Placement, request.Address) = (Placement.FixedReplace, At(18));
        Assert.Equal(Status.AccessDenied, Space.Map(request, out _));
        Verify();

        Assert.Equal("20-28 rw", Layout());
        Assert.Equal("place, open 4, close 4", mapped.Calls);
    }

    [Fact]
    public void An_object_may_wish_for_a_place()
    {
        RecordingObject mapped = NewObject(4);
        mapped.Wish = At(77);
        MapRequest request = NewRequest(4, mapped);
        (request.Placement, request.Address) = (Placement.Anywhere, default);

        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        Verify();

        Assert.Equal(At(77), address);
    }

    [Fact]
    public void Zeros_without_end_can_be_mapped_private_or_read_only()
    {
        ZeroObject zero = Machine.Manager.ZeroObject;
        MapRequest request = NewRequest(4);
        (request.Object, request.Flags) = (zero, VAreaFlags.None);
        Assert.Equal(Status.AccessDenied, Space.Map(request, out _));

        request.Flags = VAreaFlags.Private;
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(0, Read(20));
        Write(20, 9);
        Verify();
        (request.Flags, request.Protection, request.MaximumProtection, request.Address) = (VAreaFlags.None, ReadOnly, ReadOnly, At(40));
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(0, Read(41));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(41));
        Verify();

        Assert.Equal(9, Read(20));
        VArea area = AreaAt(At(20));
        Assert.Equal("zero"u8, area.Object!.NameFor(area));
        Assert.Equal(MemoryObjectKind.Zero, area.Object.Kind);
    }

    private MapRequest NewRequest(ulong pages, RecordingObject? mapped = null) =>
        new(pages, ReadWrite, mapped) { Placement = Placement.Fixed, Address = At(20) };

    private VArea AreaAt(VirtualAddress address) => Space.Find(address)!;

    private VirtualAddress MapNear(VirtualAddress hint, ulong pages, Protection protection = ReadWrite)
    {
        Assert.Equal(Status.Success, Space.Map(new MapRequest(pages, protection) { Address = hint }, out VirtualAddress address));
        return address;
    }

    private void Replace(ulong page, ulong pages, Protection protection)
    {
        var request = new MapRequest(pages, protection) { Placement = Placement.FixedReplace, Address = At(page) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
    }

    /// <summary>A good request for two pages, changed, must be refused and do nothing.</summary>
    private void AssertRefusedAnywhere(Status expected, MapRequest request)
    {
        ulong mapped = Space.MappedPages;
        Assert.Equal(expected, Space.Map(request, out VirtualAddress address));
        Assert.Equal(default, address);
        Assert.Equal(mapped, Space.MappedPages);
        Verify();
    }

    private void AssertRefused(Status expected, Change change)
    {
        string before = Layout();
        MapRequest request = NewRequest(2);
        change(ref request);
        Assert.Equal(expected, Space.Map(request, out VirtualAddress address));
        Assert.Equal(default, address);
        Assert.Equal(before, Layout());
        Verify();
    }
}
