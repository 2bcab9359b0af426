using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class MoveTests : SpaceTestBase
{
    // A page of which no table but the root is there.
    private const ulong Far = 512 * 512 * 512;

    [Fact]
    public void A_table_made_for_the_target_is_no_part_of_the_source()
    {
        // The target's second block is the source's first, of which nothing was touched; its first lies below another upper table.
        const ulong Gibibyte = 512 * 512;
        MapAt(Gibibyte + 511, 43);
        Write(Gibibyte + 520, 7);
        VirtualAddress address = At(Gibibyte - 1);
        Assert.Equal(Status.Success, Space.Move(Pages(Gibibyte + 511, 43), 43, MoveMode.Fixed, ref address));
        Verify();
        Assert.Equal(7, Read(Gibibyte + 8));
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void A_move_of_nothing_leaves_no_table_at_its_target()
    {
        MapAt(0, 8);
        Write(7, 1);
        ulong tables = Machine.Frames.UsedBy(FrameOwner.PageTable);
        VirtualAddress address = At(5000);
        Assert.Equal(Status.Success, Space.Move(Pages(0, 4), 4, MoveMode.Fixed, ref address));
        Verify();
        Assert.Equal(tables, Machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal(1, Read(7));
    }

    [Fact]
    public void Improper_requests_are_refused()
    {
        MapAt(0, 4);
        AssertMove(Status.InvalidArgument, Pages(0, 0), 4, MoveMode.MayMove);
        AssertMove(Status.InvalidArgument, new PageRange(default, 1), 4, MoveMode.MayMove);
        AssertMove(Status.InvalidArgument, Pages(0, 4), 0, MoveMode.MayMove);
        AssertMove(Status.InvalidArgument, Pages(0, 4), VArea.MaximumPages + 1, MoveMode.MayMove);
        AssertMove(Status.InvalidArgument, Pages(0, 4), 4, MoveMode.Fixed + 1);
        AssertMove(Status.InvalidArgument, Pages(0, 4), 4, MoveMode.Fixed, At(20) + 1);
        AssertMove(Status.InvalidArgument, Pages(0, 4), 4, MoveMode.Fixed, default);
        AssertMove(Status.InvalidArgument, Pages(0, 4), 4, MoveMode.Fixed, At(3));
    }

    [Fact]
    public void What_is_not_pages_of_one_varea_is_refused()
    {
        MapAt(0, 4);
        MapAt(4, 4, ReadOnly);
        AssertMove(Status.BadAddress, Pages(2, 4), 8, MoveMode.MayMove);
        AssertMove(Status.BadAddress, Pages(20, 4), 8, MoveMode.MayMove);
        var request = new MapRequest(2, ReadWrite, NewObject(4)) { Placement = Placement.Fixed, Address = At(50), Storage = new VArea() };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        AssertMove(Status.BadAddress, Pages(50, 2), 8, MoveMode.MayMove);
    }

    [Fact]
    public void The_same_length_stays()
    {
        MapAt(0, 4);
        Assert.Equal(At(0), Move(Pages(0, 4), 4, MoveMode.MayMove));
        Assert.Equal("0-4 rw", Layout());
    }

    [Fact]
    public void A_mapping_shrinks_in_place()
    {
        MapAt(0, 8);
        Write(1, 1);
        Write(6, 6);
        Assert.Equal(At(0), Move(Pages(0, 8), 3, MoveMode.InPlace));
        Assert.Equal("0-3 rw", Layout());
        Assert.Equal(1, Read(1));
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void A_mapping_grows_in_place_and_joins_what_it_reaches()
    {
        MapAt(0, 4);
        MapAt(6, 4);
        Write(3, 3);
        Assert.Equal(At(0), Move(Pages(0, 4), 6, MoveMode.InPlace));
        Assert.Equal("0-10 rw", Layout());
        Assert.Equal((3, 0), (Read(3), Read(4)));
    }

    [Fact]
    public void A_mapping_without_room_can_not_grow_in_place()
    {
        MapAt(0, 4);
        MapAt(5, 4, ReadOnly);
        AssertMove(Status.NoAddressRange, Pages(0, 4), 6, MoveMode.InPlace);
        AssertMove(Status.NoAddressRange, Pages(0, 3), 4, MoveMode.InPlace);
        MapAt(((Space.Range.End - At(0)) >> Page.Shift) - 2, 2);
        VirtualAddress address = default;
        Assert.Equal(Status.NoAddressRange, Space.Move(new PageRange(new VirtualAddress(Space.Range.End.Value - 2 * Page.Size), 2), 3, MoveMode.InPlace, ref address));
    }

    [Fact]
    public void A_varea_does_not_grow_beyond_what_a_record_can_hold()
    {
        MapAt(0, VArea.MaximumPages, Protection.None);
        AssertMove(Status.NoAddressRange, Pages(10, VArea.MaximumPages - 10), VArea.MaximumPages, MoveMode.InPlace);
    }

    [Fact]
    public void A_mapping_without_room_moves_with_its_pages()
    {
        MapAt(0, 4);
        MapAt(4, 1, ReadOnly);
        Write(0, 1);
        Write(3, 4);
        ulong faults = Space.MinorFaults;

        VirtualAddress address = Move(Pages(0, 4), 6, MoveMode.MayMove);

        Assert.NotEqual(At(0), address);
        Assert.Equal("4-5 r", Layout()[..5]);
        Assert.Equal(FaultResult.NotMapped, TryRead(0));
        Assert.Equal((1, 4), (Machine.Read(Space, address), Machine.Read(Space, address + 3 * Page.Size)));
        Assert.Equal(faults, Space.MinorFaults);
        Assert.Equal(2ul, Space.ResidentPages);
    }

    [Fact]
    public void A_part_of_a_varea_moves_and_leaves_a_hole()
    {
        MapAt(0, 8);
        for (ulong i = 0; i < 8; i++)
            Write(i, (byte)(i + 1));

        Move(Pages(2, 3), 3, MoveMode.Fixed, At(100));

        Assert.Equal("0-2 rw, 5-8 rw, 100-103 rw", Layout());
        Assert.Equal((3, 5, 6), (Read(100), Read(102), Read(5)));
    }

    [Fact]
    public void What_is_at_a_fixed_target_goes()
    {
        MapAt(0, 4);
        MapAt(98, 4, ReadOnly);
        Write(1, 2);
        Read(100);

        Move(Pages(0, 4), 3, MoveMode.Fixed, At(100));

        Assert.Equal("98-100 r, 100-103 rw", Layout());
        Assert.Equal(2, Read(101));
    }

    [Fact]
    public void A_moved_mapping_joins_its_new_neighbours()
    {
        MapAt(0, 4);
        MapAt(96, 4);
        MapAt(104, 4);
        Write(2, 3);
        Move(Pages(0, 4), 4, MoveMode.Fixed, At(100));
        Assert.Equal("96-108 rw", Layout());
        Assert.Equal(3, Read(102));
    }

    [Fact]
    public void Whole_leaf_tables_move_when_the_alignment_allows()
    {
        MapAt(512, 1024);
        for (ulong i = 512; i < 1536; i++)
            Write(i, (byte)i);
        PhysicalAddress table = Space.Translate(At(600)).Entry(2).Target;
        PhysicalAddress frame = Space.Translate(At(600)).Physical;

        Move(Pages(512, 1024), 1024, MoveMode.Fixed, At(512 * 9));

        Assert.Equal(table, Space.Translate(At(512 * 9 + 88)).Entry(2).Target);
        Assert.Equal(frame, Space.Translate(At(512 * 9 + 88)).Physical);
        Assert.Equal(600 % 256, Read(512 * 9 + 88));
    }

    [Fact]
    public void Entries_move_when_the_alignment_differs()
    {
        MapAt(512, 1024);
        for (ulong i = 512; i < 1536; i += 3)
            Write(i, (byte)i);
        PhysicalAddress frame = Space.Translate(At(512)).Physical;

        Move(Pages(512, 1024), 1024, MoveMode.Fixed, At(5001));

        Assert.Equal(frame, Space.Translate(At(5001)).Physical);
        for (ulong i = 512; i < 1536; i++)
            Assert.Equal((i - 512) % 3 == 0 ? (byte)i : 0, Read(5001 + i - 512));
    }

    [Fact]
    public void A_long_mapping_keeps_its_offset_in_a_block()
    {
        MapAt(100, 1000);
        MapAt(1100, 1, ReadOnly);
        Write(700, 7);
        VirtualAddress address = Move(Pages(100, 1000), 1001, MoveMode.MayMove);
        Assert.Equal(At(100).Value & (Page.LargeSize - 1), address.Value & (Page.LargeSize - 1));
        Assert.Equal(7, Machine.Read(Space, address + 600 * Page.Size));
    }

    [Fact]
    public void A_table_that_unmapping_left_in_the_way_is_replaced()
    {
        MapAt(512, 512);
        Write(600, 6);
        MapAt(1024, 512, ReadOnly);
        Read(1100);
        Move(Pages(512, 512), 512, MoveMode.Fixed, At(1024));
        Assert.Equal("1024-1536 rw", Layout());
        Assert.Equal(6, Read(1112));
    }

    [Fact]
    public void An_empty_table_that_a_fault_left_is_no_obstacle()
    {
        RecordingObject end = NewObject(1);
        MapAt(1024, 512, end);
        Assert.Equal(FaultResult.BusError, TryRead(1100));
        MapAt(512, 512);
        Write(600, 6);
        Move(Pages(512, 512), 512, MoveMode.Fixed, At(1024));
        Assert.Equal(6, Read(1112));
    }

    [Fact]
    public void Tables_shared_with_a_child_move_or_are_copied_and_the_child_sees_nothing()
    {
        MapAt(512, 600);
        for (ulong i = 512; i < 1112; i++)
            Write(i, (byte)i);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Move(Pages(512, 600), 600, MoveMode.Fixed, At(512 * 20));
        Move(Pages(512 * 20 + 10, 20), 20, MoveMode.Fixed, At(0));
        Write(5, 99);
        Verify();

        Assert.Equal((99, 523 % 256, 1100 % 256), (Read(5), Read(1), Read(512 * 20 + 588)));
        for (ulong i = 512; i < 1112; i++)
            Assert.Equal((byte)i, Machine.Read(child!, At(i)));
    }

    [Fact]
    public void A_target_table_shared_with_a_child_is_copied()
    {
        MapAt(0, 4);
        MapAt(300, 8);
        for (ulong i = 300; i < 308; i++)
            Write(i, (byte)i);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        MapAt(1000, 4);
        Write(1001, 7);

        Move(Pages(1000, 4), 4, MoveMode.Fixed, At(304));

        Assert.Equal((byte)7, Read(305));
        Assert.Equal(303 % 256, Read(303));
        Assert.Equal(305 % 256, Machine.Read(child!, At(305)));
    }

    [Fact]
    public void Pages_of_an_object_keep_their_offset()
    {
        RecordingObject mapped = NewObject(16);
        MapAt(0, 8, mapped);
        Assert.Equal(4, Read(3));
        mapped.Clear();

        Move(Pages(2, 4), 6, MoveMode.Fixed, At(50));

        Assert.Equal((3, 4, 8), (Read(50), Read(51), Read(55)));
        Assert.Equal(2ul, Space.Find(At(50))!.Offset);
        Assert.Equal(3, mapped.Users);
    }

    [Fact]
    public void A_private_object_page_moves_as_it_is()
    {
        RecordingObject mapped = NewObject(16);
        MapAt(0, 8, mapped, VAreaFlags.Private);
        Write(3, 77);
        Move(Pages(0, 8), 8, MoveMode.Fixed, At(50));
        Assert.Equal((77, 5), (Read(53), Read(54)));
    }

    [Fact]
    public void Limits_are_kept()
    {
        MapAt(0, 4, ReadWrite, VAreaFlags.Locked);
        MapAt(4, 1, ReadOnly);
        Space.Limits = SpaceLimits.None with { Mapped = 6 };
        AssertMove(Status.OutOfMemory, Pages(0, 4), 6, MoveMode.MayMove);
        Space.Limits = SpaceLimits.None with { Data = 5 };
        AssertMove(Status.OutOfMemory, Pages(0, 4), 6, MoveMode.MayMove);
        Space.Limits = SpaceLimits.None with { Locked = 5 };
        AssertMove(Status.OutOfMemory, Pages(0, 4), 6, MoveMode.Fixed, At(100));
        Space.Limits = SpaceLimits.None;
        AssertMove(Status.OutOfMemory, Pages(0, 4), 5 + Machine.Frames.TotalFrames, MoveMode.MayMove);
        Assert.Equal(Status.Success, Space.Unmap(Pages(4, 1)));
        Space.Limits = SpaceLimits.None with { Mapped = 5 };
        AssertMove(Status.OutOfMemory, Pages(0, 4), 6, MoveMode.InPlace);
    }

    [Fact]
    public void An_object_that_has_no_more_pages_to_number_does_not_grow()
    {
        RecordingObject mapped = NewObject(16);
        MapAt(0, 4, mapped, offset: ulong.MaxValue - 5);
        AssertMove(Status.OutOfMemory, Pages(0, 4), 6, MoveMode.InPlace);
    }

    [Fact]
    public void Without_a_place_nothing_moves()
    {
        AddressSpace small = Machine.Manager.CreateSpace(Pages(0, 10))!;
        var request = new MapRequest(4, ReadWrite) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, small.Map(request, out _));
        (request.Address, request.Protection) = (At(5), ReadOnly);
        Assert.Equal(Status.Success, small.Map(request, out _));
        VirtualAddress address = default;
        Assert.Equal(Status.NoAddressRange, small.Move(Pages(0, 4), 6, MoveMode.MayMove, ref address));
        Verify();
    }

    [Fact]
    public void A_long_mapping_that_finds_no_aligned_place_takes_another()
    {
        AddressSpace small = Machine.Manager.CreateSpace(Pages(100, 1300))!;
        var request = new MapRequest(600, ReadWrite) { Placement = Placement.Fixed, Address = At(100) };
        Assert.Equal(Status.Success, small.Map(request, out _));
        Machine.Write(small, At(102), 5);
        (request.Address, request.Pages, request.Protection) = (At(700), 1, ReadOnly);
        Assert.Equal(Status.Success, small.Map(request, out _));
        VirtualAddress address = default;
        Assert.Equal(Status.Success, small.Move(Pages(100, 600), 650, MoveMode.MayMove, ref address));
        Verify();
        Assert.Equal(5, Machine.Read(small, address + 2 * Page.Size));
        Verify();
    }

    [Theory]
    [InlineData("open")]
    [InlineData("expand")]
    [InlineData("split")]
    public void An_object_that_refuses_stays_where_it_is(string handler)
    {
        RecordingObject mapped = NewObject(16);
        MapAt(0, 8, mapped);
        Assert.Equal(3, Read(2));
        mapped.Refusing = handler;
        ulong free = Machine.Frames.FreeFrames;

        if (handler == "expand")
            AssertMove(Status.AccessDenied, Pages(0, 8), 9, MoveMode.InPlace);
        else
            AssertMove(Status.AccessDenied, Pages(2, 4), 4, MoveMode.Fixed, At(5000));

        Assert.Equal(free, Machine.Frames.FreeFrames);
        Assert.Equal(1, mapped.Users);
        Assert.Equal("0-8 rw", Layout());
    }

    [Fact]
    public void A_target_that_refuses_to_go_stays()
    {
        RecordingObject mapped = NewObject(16);
        MapAt(0, 8);
        Write(3, 3);
        MapAt(5000, 8, mapped);
        mapped.Refusing = "split";
        ulong free = Machine.Frames.FreeFrames;

        AssertMove(Status.AccessDenied, Pages(2, 4), 4, MoveMode.Fixed, At(5002));

        Assert.Equal(free, Machine.Frames.FreeFrames);
        Assert.Equal(3, Read(3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Without_records_nothing_moves(int records)
    {
        MapAt(0, 8);
        Write(3, 3);
        Machine.Areas.Left = records;
        AssertMove(Status.OutOfMemory, Pages(2, 4), 4, MoveMode.Fixed, At(5000));
        Assert.Equal(3, Read(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_frames_for_tables_nothing_moves(bool isShared)
    {
        MapAt(0, 1200);
        Write(3, 3);
        Write(600, 6);
        Write(1100, 9);
        if (isShared)
            Assert.Equal(Status.Success, Space.Fork(out _));
        for (int frames = 0; frames < 4; frames++)
        {
            VirtualAddress target = At(512 * 512 * 600 + 1);
            string before = Layout();
            using (TakeAllFrames(but: frames))
                if (Space.Move(Pages(2, 1100), 1100, MoveMode.Fixed, ref target) == Status.Success)
                    break;
            Verify();
            Assert.Equal(before, Layout());
            Assert.Equal((3, 6, 9), (Read(3), Read(600), Read(1100)));
        }
    }

    /// <summary>What a processor could take in the time between the unmapping of the target and the move, this one can't have again.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(300UL)]
    public void A_target_that_was_unmapped_is_moved_to_though_others_take_all_memory_meanwhile(ulong offset)
    {
        MapAt(0, 1600);
        foreach (ulong page in (ulong[])[3, 600, 1100, 1599])
            Write(page, (byte)page);
        ulong target = Far + offset;
        MapAt(target, 700);
        Write(target + 1, 1);
        Write(target + 690, 1);
        RecordingObject mapped = NewObject(16);
        MapAt(target + 700, 600, mapped);
        Assert.Equal(2, Read(target + 701));
        MapAt(target + 1300, 300);
        Write(target + 1300, 1);
        MemoryHog? hog = null;
        mapped.DuringClose = () => hog = TakeAllFrames();

        VirtualAddress address = At(target);
        Status status = Space.Move(Pages(0, 1600), 1600, MoveMode.Fixed, ref address);

        hog!.Dispose();
        Assert.Equal(Status.Success, status);
        Verify();
        Assert.Equal($"{target}-{target + 1600} rw", Layout());
        foreach (ulong page in (ulong[])[3, 600, 1100, 1599])
            Assert.Equal((byte)page, Read(target + page));
        Assert.Equal((0, 0, 0), (Read(target + 1), Read(target + 701), Read(target + 1300)));
    }

    [Fact]
    public void A_target_whose_tables_a_child_shares_is_replaced_for_the_parent_alone()
    {
        MapAt(0, 1536);
        Write(700, 7);
        MapAt(Far, 1536, ReadWrite | Protection.Execute);
        Write(Far + 700, 1);
        Write(Far + 1400, 2);
        AddressSpace child = Space.Fork();

        Move(Pages(0, 1536), 1536, MoveMode.Fixed, At(Far));

        Assert.Equal((7, 0), (Read(Far + 700), Read(Far + 1400)));
        Assert.Equal((7, 1, 2), (Machine.Read(child, At(700)), Machine.Read(child, At(Far + 700)), Machine.Read(child, At(Far + 1400))));
        Verify();
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(7UL)]
    public void Tables_of_a_target_to_which_nothing_comes_go(ulong offset)
    {
        MapAt(0, 2048);
        Write(1000, 5);
        MapAt(Far + offset, 2048, ReadWrite | Protection.Execute);
        foreach (ulong page in (ulong[])[0, 512, 1030, 2040])
            Write(Far + offset + page, 1);
        // Four tables at each place at most, and one above them.
        ulong before = Machine.Frames.UsedBy(FrameOwner.PageTable);

        Move(Pages(0, 2048), 2048, MoveMode.Fixed, At(Far + offset));

        Assert.Equal(5, Read(Far + offset + 1000));
        Assert.Equal(1ul, Space.ResidentPages);
        ulong used = Machine.Frames.UsedBy(FrameOwner.PageTable);
        Assert.Equal(Status.Success, Space.Unmap(Pages(Far + offset, 1000)));
        Assert.Equal(Status.Success, Space.Unmap(Pages(Far + offset + 1001, 1047)));
        Assert.Equal(used, Machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.True(used < before);
        Verify();
    }

    [Fact]
    public void A_processor_that_uses_the_target_meanwhile_sees_what_moved_there()
    {
        MapAt(0, 512);
        Write(5, 5);
        MapAt(Far, 512);
        Write(Far + 5, 1);
        TestHardware.RunAs(1);
        TestProcessor other = Machine.Load(Space);
        Assert.Equal(1ul, other.ReadWord(At(Far + 5)) & 0xff);
        TestHardware.RunAs(0);

        Move(Pages(0, 512), 512, MoveMode.Fixed, At(Far));

        Assert.Equal(5ul, other.ReadWord(At(Far + 5)) & 0xff);
        TestHardware.RunAs(1);
        Machine.Unload(Space);
        TestHardware.RunAs(0);
    }

    private VirtualAddress Move(PageRange range, ulong newPages, MoveMode mode, VirtualAddress address = default)
    {
        Assert.Equal(Status.Success, Space.Move(range, newPages, mode, ref address));
        Verify();
        return address;
    }

    private void AssertMove(Status expected, PageRange range, ulong newPages, MoveMode mode, VirtualAddress address = default)
    {
        string before = Layout();
        Assert.Equal(expected, Space.Move(range, newPages, mode, ref address));
        Assert.Equal(before, Layout());
        Verify();
    }
}
