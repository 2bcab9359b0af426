using System.Collections.Generic;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class FreezeTests : SpaceTestBase
{
    [Fact]
    public void A_space_without_private_memory_is_refused()
    {
        Assert.Equal(Status.InvalidArgument, Space.Freeze());
        MapAt(0, 4, NewObject(4));
        Assert.Equal(Status.InvalidArgument, Space.Freeze());
        Verify();
        Assert.False(Space.IsFrozen);
    }

    [Fact]
    public void Freezing_drops_shared_vareas_and_keeps_private_content()
    {
        MapAt(0, 4);
        MapAt(4, 600, NewObject(4));
        MapAt(604, 4, NewObject(4), VAreaFlags.Private);
        Write(1, 1);
        Write(5, 5);
        Write(605, 65);
        Read(606);

        Assert.Equal(Status.Success, Space.Freeze());
        Verify();

        Assert.Equal("0-4 rw, 604-608 rw", Layout());
        Assert.Equal((8ul, 3ul), (Space.MappedPages, Space.ResidentPages));
        Assert.Equal((1, 65, 3, 0, 4), (Read(1), Read(605), Read(606), Read(2), Read(607)));
        Assert.Equal(FaultResult.NotMapped, TryRead(5));
        Assert.Equal(MemoryObjectKind.Frozen, Space.PrivateObject!.Kind);
        Assert.Equal(Status.Busy, Space.Freeze());
        Verify();
    }

    [Fact]
    public void What_a_guest_sees_of_a_frozen_space_does_not_grow()
    {
        MapAt(600, 4, ReadWrite, VAreaFlags.GrowsDown | VAreaFlags.Private);
        Write(600, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        VirtualAddress address = At(0);
        Assert.Equal(Status.NotSupported, guest!.Move(Pages(600, 4), 5, MoveMode.InPlace, ref address));
        address = At(0);
        Assert.Equal(Status.NotSupported, guest.Move(Pages(600, 4), 5, MoveMode.Fixed, ref address));
        Assert.Equal(FaultResult.NotMapped, guest.Fault(At(599), FaultAccess.User | FaultAccess.Write));
        Assert.Equal(Status.Success, guest.Move(Pages(600, 4), 3, MoveMode.Fixed, ref address));
        Assert.Equal(1, Machine.Read(guest, At(0)));
        Verify();
    }

    [Fact]
    public void A_frozen_space_refuses_every_change()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(MemoryObjectKind.Private, Space.PrivateObject!.Kind);
        Assert.Equal(Status.Success, Space.Freeze());
        VirtualAddress address = At(50);
        Assert.Equal(Status.AccessDenied, Space.Map(new MapRequest(1, ReadWrite), out _));
        Assert.Equal(Status.AccessDenied, Space.Unmap(Pages(0, 1)));
        Assert.Equal(Status.AccessDenied, Space.Protect(Pages(0, 1), ReadOnly));
        Assert.Equal(Status.AccessDenied, Space.Advise(Pages(0, 1), Advice.DontNeed));
        Assert.Equal(Status.AccessDenied, Space.SetLocked(Pages(0, 1), true));
        Assert.Equal(Status.AccessDenied, Space.Move(Pages(0, 1), 2, MoveMode.MayMove, ref address));
        Assert.Equal(Status.AccessDenied, Space.Fork(out _));
        Assert.Equal(Status.AccessDenied, Space.Write(At(1), [1]));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(1));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(2));
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 4)));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(2));
        Verify();
        Assert.Equal(1, Read(1));
    }

    [Fact]
    public void Nothing_can_be_written_through_an_old_translation()
    {
        MapAt(0, 4);
        TestProcessor processor = Machine.Load(Space);
        Assert.Equal(FaultResult.Resolved, processor.Write(At(1), [1]));
        Assert.Equal(Status.Success, Space.Freeze());
        Verify();
        Assert.Equal(FaultResult.NotAllowed, processor.Write(At(1), [2]));
        Machine.Unload(Space);
    }

    [Fact]
    public void A_family_keeps_what_it_shares_with_a_frozen_one()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Space.Freeze());
        Verify();
        Machine.Write(child!, At(1), 2);
        Verify();
        Assert.Equal((1, 2), (Read(1), Machine.Read(child!, At(1))));
    }

    [Fact]
    public void Without_frames_for_mixed_tables_a_space_stays_as_it_was()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out _));
        MapAt(4, 4, NewObject(4));
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Freeze());
        Verify();
        Assert.False(Space.IsFrozen);
        Assert.Equal("0-4 rw, 4-8 rw", Layout());
    }

    [Fact]
    public void Only_a_frozen_space_is_duplicated()
    {
        MapAt(0, 4);
        Assert.Equal(Status.InvalidArgument, Space.Duplicate(out AddressSpace? guest));
        Assert.Null(guest);
        Verify();
    }

    [Fact]
    public void A_guest_reads_the_frozen_memory_and_copies_what_it_writes()
    {
        AddressSpace guest = FreezeAndDuplicate();
        Assert.Equal("0-8 rw, 8-10 r", Layout(guest));
        Assert.Equal((1, 0, 9), (Machine.Read(guest, At(1)), Machine.Read(guest, At(2)), Machine.Read(guest, At(9))));
        Verify();
        Assert.Equal(Space.Translate(At(1)).Physical, guest.Translate(At(1)).Physical);
        Machine.Write(guest, At(1), 11);
        Machine.Write(guest, At(3), 33);
        Machine.Write(guest, At(2), 22);
        Verify();
        Assert.Equal((1, 0, 3), (Read(1), Read(2), Read(3)));
        Assert.Equal((11, 22, 33), (Machine.Read(guest, At(1)), Machine.Read(guest, At(2)), Machine.Read(guest, At(3))));
    }

    [Fact]
    public void Names_tell_a_guest_from_the_owner()
    {
        AddressSpace guest = FreezeAndDuplicate();
        PrivateObject frozen = Space.PrivateObject!;
        Assert.Same(frozen, guest.Find(At(1))!.Object);
        Assert.Equal("anonymous"u8, frozen.NameFor(Space.Find(At(1))!));
        Assert.Equal("reference"u8, frozen.NameFor(guest.Find(At(1))!));
        Assert.False(guest.Find(At(1))!.IsAnonymous);
        Assert.Equal(2, frozen.Guests);
    }

    [Fact]
    public void A_space_with_guests_is_busy()
    {
        AddressSpace guest = FreezeAndDuplicate();
        Assert.Equal(Status.Busy, Machine.Manager.DeleteSpace(Space));
        Verify();
        Assert.Equal(Status.Success, guest.Unmap(Pages(0, 9)));
        Assert.Equal(Status.Busy, Space.Detach());
        Assert.Equal(Status.Success, guest.Unmap(Pages(9, 1)));
        Verify();
        Assert.Equal(0, Space.PrivateObject!.Guests);
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(Space));
        Verify();
    }

    [Fact]
    public void A_guest_reads_and_does_not_write_through_the_object()
    {
        AddressSpace guest = FreezeAndDuplicate();
        PrivateObject frozen = Space.PrivateObject!;
        VArea area = guest.Find(At(1))!, own = Space.Find(At(1))!;
        byte[] read = new byte[2];
        Assert.Equal(Status.Success, guest.Read(new VirtualAddress(At(3).Value - 1), read));
        Assert.Equal([0, 3], read);
        Assert.Equal(0ul, guest.ResidentPages);
        Assert.Equal(Status.AccessDenied, frozen.WritePage(area, area.PageAt(At(1)), 0, [1]));
        Assert.Equal(Status.NotSupported, frozen.WritePage(own, 0, 0, [1]));
        Assert.Equal(Status.BeyondEnd, frozen.ReadPage(area, area.PageAt(At(20)), 0, read));
        Verify();
    }

    [Fact]
    public void A_guest_writes_from_outside_as_its_threads_do()
    {
        AddressSpace guest = FreezeAndDuplicate();
        Assert.Equal(Status.Success, guest.Write(At(1), [77]));
        Verify();
        Assert.Equal((1, 77), (Read(1), Machine.Read(guest, At(1))));
    }

    [Fact]
    public void Guests_fork_and_freeze_and_have_guests_themselves()
    {
        AddressSpace guest = FreezeAndDuplicate();
        Machine.Write(guest, At(1), 11);
        Assert.Equal(Status.Success, guest.Map(new MapRequest(1, ReadWrite) { Placement = Placement.Fixed, Address = At(20) }, out _));
        Assert.Equal(Status.Success, guest.Fork(out AddressSpace? child));
        Verify();
        Machine.Write(child!, At(3), 33);
        Assert.Equal((11, 33, 3), (Machine.Read(child!, At(1)), Machine.Read(child!, At(3)), Machine.Read(guest, At(3))));
        Verify();

        Assert.Equal(Status.Success, guest.Freeze());
        Assert.Equal(Status.Success, guest.Duplicate(out AddressSpace? second));
        Verify();
        Assert.Equal((11, 3, 0), (Machine.Read(second!, At(1)), Machine.Read(second!, At(3)), Machine.Read(second!, At(20))));
        byte[] read = new byte[1];
        Assert.Equal(Status.Success, second!.Read(At(9), read));
        Assert.Equal(9, read[0]);
        Machine.Write(second, At(3), 44);
        Verify();
        Assert.Equal((44, 3), (Machine.Read(second, At(3)), Machine.Read(guest, At(3))));
    }

    [Fact]
    public void A_guest_may_allow_what_the_frozen_space_does_not()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), Protection.None));
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Assert.Equal(Status.Success, guest!.Protect(Pages(0, 2), ReadWrite));
        Assert.Equal(1, Machine.Read(guest, At(0)));
        Assert.Equal(Status.Success, guest.Protect(Pages(0, 2), Protection.None));
        Assert.Equal(Status.Success, guest.Protect(Pages(0, 2), ReadWrite));
        Machine.Write(guest, At(0), 2);
        Verify();
        Assert.Equal(Status.InvalidArgument, guest.FixPrivate(At(0), true));
    }

    [Fact]
    public void A_guest_of_a_large_page_shows_its_frames()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        Write(300, 30);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Assert.Equal(30, Machine.Read(guest!, At(300)));
        Machine.Write(guest!, At(300), 31);
        Verify();
        Assert.Equal((30, 31), (Read(300), Machine.Read(guest!, At(300))));
    }

    [Fact]
    public void A_guest_waits_for_the_object_behind_and_counts_a_major_fault()
    {
        RecordingObject mapped = NewObject(4);
        AddressSpace guest = DuplicateOf(mapped);
        mapped.HasInputOutput = true;
        mapped.Answers.Enqueue(PageAnswer.Retry);
        Assert.Equal(2, Machine.Read(guest, At(11)));
        Verify();
        Assert.Equal(1ul, guest.MajorFaults);

        mapped.Answers.Enqueue(PageAnswer.Retry);
        byte[] read = new byte[1];
        Assert.Equal(Status.Success, guest.Read(At(12), read));
        Assert.Equal(3, read[0]);
        Verify();
    }

    [Theory]
    [InlineData(PageAnswer.OutOfMemory, Status.OutOfMemory, FaultResult.OutOfMemory)]
    [InlineData(PageAnswer.NotAllowed, Status.AccessDenied, FaultResult.NotAllowed)]
    [InlineData(PageAnswer.InputOutputError, Status.InputOutputError, FaultResult.BusError)]
    [InlineData(PageAnswer.BeyondEnd, Status.BeyondEnd, FaultResult.BusError)]
    public void What_the_object_behind_refuses_a_guest_does_not_get(PageAnswer answer, Status status, FaultResult result)
    {
        RecordingObject mapped = NewObject(4);
        AddressSpace guest = DuplicateOf(mapped);
        mapped.Answers.Enqueue(answer);
        Assert.Equal(status, guest.Read(At(12), new byte[1]));
        mapped.Answers.Enqueue(answer);
        Assert.Equal(result, guest.Fault(At(12), FaultAccess.User));
        Verify();
        Assert.Equal(0ul, guest.ResidentPages);
    }

    [Fact]
    public void Private_memory_is_shown_by_others_only_when_frozen_and_private()
    {
        MapAt(0, 4);
        Write(1, 1);
        AddressSpace other = Machine.CreateSpace();
        var request = new MapRequest(8, ReadWrite, Space.PrivateObject)
        {
            Placement = Placement.Fixed,
            Address = At(100),
            Offset = At(0).Value >> Page.Shift,
            Flags = VAreaFlags.Private,
        };
        Assert.Equal(Status.InvalidArgument, other.Map(request, out _));
        Assert.Equal(Status.Success, Space.Freeze());
        request.Flags = VAreaFlags.None;
        Assert.Equal(Status.InvalidArgument, other.Map(request, out _));
        request.Flags = VAreaFlags.Private;
        Assert.Equal(Status.Success, other.Map(request, out _));
        Verify();
        Assert.Equal(1, Machine.Read(other, At(101)));
        Assert.Equal(FaultResult.BusError, other.Fault(At(105), FaultAccess.User));
        Verify();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_records_there_is_no_guest(int records)
    {
        MapAt(0, 2);
        MapAt(2, 2, ReadOnly);
        Assert.Equal(Status.Success, Space.Freeze());
        Machine.Areas.Left = records;
        Assert.Equal(Status.OutOfMemory, Space.Duplicate(out AddressSpace? guest));
        Assert.Null(guest);
        Verify();
        Assert.Equal((0, 1), (Space.PrivateObject!.Guests, Machine.Spaces.InUse));
        Machine.Spaces.Left = 0;
        Assert.Equal(Status.OutOfMemory, Space.Duplicate(out _));
        Verify();
    }

    [Fact]
    public void A_guest_inherits_limits_but_no_locks()
    {
        MapAt(0, 4, ReadWrite, VAreaFlags.Locked);
        MapAt(4, 4);
        Space.Limits = SpaceLimits.None with { Mapped = 100 };
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Verify();
        Assert.Equal((Space.Limits, 0ul, "0-8 rw"), (guest!.Limits, guest.LockedPages, Layout(guest)));
    }

    private AddressSpace FreezeAndDuplicate()
    {
        MapAt(0, 8);
        MapAt(8, 2);
        Write(1, 1);
        Write(3, 3);
        Write(9, 9);
        Assert.Equal(Status.Success, Space.Protect(Pages(8, 2), ReadOnly));
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Verify();
        return guest!;
    }

    private AddressSpace DuplicateOf(RecordingObject mapped)
    {
        MapAt(0, 1);
        MapAt(10, 4, mapped, VAreaFlags.Private);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Verify();
        return guest!;
    }

    [Fact]
    public void A_space_whose_pages_io_pins_is_not_frozen()
    {
        MapAt(0, 4);
        Assert.Equal(Status.Success, Space.Pin(At(0), true, out FrameNumber frame));
        Assert.Equal(Status.Busy, Space.Freeze());
        Assert.False(Space.IsFrozen);
        Space.Unpin(frame);
        Assert.Equal(Status.Success, Space.Freeze());
        Verify();
    }

    [Fact]
    public void A_frozen_page_that_was_free_to_go_stays()
    {
        MapAt(0, 4);
        MapAt(1024, 4);
        Write(0, 77);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 4), Advice.Free));
        Assert.Equal(Status.Success, Space.Freeze());
        using (new MemoryHog(Machine.Frames, AllocationPriority.Reserve, 0))
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(1024), FaultAccess.User));
        Assert.Equal(77, Read(0));
        Verify();
    }

    [Fact]
    public void A_long_chain_of_frozen_spaces_is_read_on_a_small_stack()
    {
        const int Links = 400;
        MapAt(0, 1);
        Write(0, 77);
        var chain = new Stack<AddressSpace>();
        AddressSpace last = Space;
        for (int link = 1; link <= Links; link++)
        {
            last.MapAt(At((ulong)link * 4), 1);
            Assert.Equal(Status.Success, last.Freeze());
            Assert.Equal(Status.Success, last.Duplicate(out AddressSpace? next));
            chain.Push(last = next!);
        }
        byte[] seen = new byte[1];
        Status status = default;
        var reader = new Thread(() => status = last.Read(At(0), seen), maxStackSize: 128 << 10);
        reader.Start();
        reader.Join();
        Assert.Equal((Status.Success, 77), (status, seen[0]));
        while (chain.TryPop(out AddressSpace? space))
            Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(space));
        Verify();
    }
}
