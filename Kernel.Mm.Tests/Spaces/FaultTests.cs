using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class FaultTests : SpaceTestBase
{
    private const FaultAccess UserRead = FaultAccess.User;
    private const FaultAccess UserWrite = FaultAccess.User | FaultAccess.Write;
    private const VAreaFlags Stack = VAreaFlags.GrowsDown;

    [Fact]
    public void Where_nothing_is_mapped_a_fault_is_refused()
    {
        MapAt(1, 1);
        Assert.Equal(FaultResult.NotMapped, Space.Fault(At(0), UserRead));
        Assert.Equal(FaultResult.NotMapped, Space.Fault(At(2), UserRead));
        Assert.Equal(FaultResult.NotMapped, Space.Fault(default, UserWrite));
        Assert.Equal(FaultResult.NotMapped, Space.Fault(new VirtualAddress(ulong.MaxValue), UserWrite));
        Assert.Equal(FaultResult.NotMapped, Space.Fault(new VirtualAddress(0x8000_0000_0000_0000), UserWrite));
        Verify();
        Assert.Equal((0ul, 0ul), (Space.MinorFaults, Space.MajorFaults));
    }

    [Fact]
    public void A_reserved_bit_means_a_corrupt_table()
    {
        MapAt(0, 1);
        Assert.Equal(FaultResult.Corrupt, Space.Fault(At(0), UserRead | FaultAccess.Reserved));
        Verify();
    }

    [Theory]
    [InlineData(ReadOnly, UserWrite)]
    [InlineData(ReadOnly, FaultAccess.User | FaultAccess.Execute)]
    [InlineData(Protection.Read | Protection.Write, UserRead)]
    [InlineData(Protection.Read | Protection.Write, UserWrite)]
    [InlineData(Protection.User, UserRead)]
    [InlineData(Protection.None, FaultAccess.Read)]
    [InlineData(ReadWrite, FaultAccess.User | FaultAccess.Execute)]
    public void What_the_varea_does_not_allow_is_refused(Protection protection, FaultAccess access)
    {
        MapAt(0, 1, protection);
        Assert.Equal(FaultResult.NotAllowed, Space.Fault(At(0), access));
        Verify();
        Assert.Equal((0ul, 0ul), (Space.ResidentPages, Space.MinorFaults));
    }

    [Theory]
    [InlineData(Protection.Write | Protection.User, UserRead)]
    [InlineData(Protection.Execute | Protection.User, UserRead)]
    [InlineData(Protection.Execute | Protection.User, FaultAccess.User | FaultAccess.Execute)]
    [InlineData(ReadWrite, FaultAccess.Write)]
    [InlineData(Protection.Read, FaultAccess.Read)]
    public void What_the_varea_allows_is_resolved(Protection protection, FaultAccess access)
    {
        MapAt(0, 1, protection);
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(0), access));
        Verify();
        Assert.Equal((1ul, 1ul), (Space.ResidentPages, Space.MinorFaults));
    }

    [Fact]
    public void A_read_shows_the_zero_page_and_a_write_takes_a_frame()
    {
        MapAt(0, 2);
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(0) + 77, UserRead));
        Verify();
        Assert.Equal(Machine.Manager.ZeroFrame, Space.Translate(At(0)).Physical.Frame);
        Assert.False(Space.Translate(At(0)).IsWritable);

        Assert.Equal(FaultResult.Resolved, Space.Fault(At(0), UserWrite | FaultAccess.Present));
        Verify();
        Assert.NotEqual(Machine.Manager.ZeroFrame, Space.Translate(At(0)).Physical.Frame);
        Assert.True(Space.Translate(At(0)).IsWritable);
        Assert.Equal((1ul, 2ul), (Space.ResidentPages, Space.MinorFaults));
    }

    [Fact]
    public void A_stale_translation_is_spurious()
    {
        MapAt(0, 1);
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(0), UserWrite));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(0), UserWrite));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(0), UserRead));
        Verify();
        Assert.Equal(3ul, Space.MinorFaults);
    }

    [Fact]
    public void Reading_a_table_shared_with_a_child_is_spurious()
    {
        MapAt(0, 2, ReadWrite | Protection.Execute);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Fork(out _));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(0), UserRead));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(0), FaultAccess.User | FaultAccess.Execute));
        Verify();
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(1), UserRead));
        Verify();
    }

    [Fact]
    public void Accessed_and_dirty_bits_are_those_of_the_access()
    {
        RecordingObject mapped = NewObject(4);
        MapAt(0, 2);
        MapAt(2, 4, mapped);
        Space.Fault(At(0), UserRead);
        Space.Fault(At(1), UserWrite);
        Space.Fault(At(2), UserRead);
        Space.Fault(At(3), UserWrite);
        Verify();
        Assert.Equal(PageFlags.Accessed, UseOf(0));
        Assert.Equal(PageFlags.Accessed | PageFlags.Dirty, UseOf(1));
        Assert.Equal(PageFlags.Accessed, UseOf(2));
        Assert.Equal(PageFlags.Accessed | PageFlags.Dirty, UseOf(3));
        Space.Fault(At(2), UserWrite | FaultAccess.Present);
        Assert.Equal(PageFlags.Accessed | PageFlags.Dirty, UseOf(2));
        Verify();
    }

    [Fact]
    public void Pages_may_be_executed_if_the_varea_says_so()
    {
        MapAt(0, 1, ReadOnly | Protection.Execute);
        MapAt(1, 1, ReadOnly);
        Assert.Equal(FaultResult.Resolved, TryExecute(0));
        Assert.Equal(FaultResult.Resolved, TryRead(1));
        Verify();
        Assert.True(Space.Translate(At(0)).IsExecutable);
        Assert.False(Space.Translate(At(1)).IsExecutable);
        Assert.Equal(FaultResult.NotAllowed, TryExecute(1));
    }

    [Fact]
    public void Memory_that_runs_out_is_said_and_changes_nothing()
    {
        MapAt(0, 600);
        MapAt(600, 4, NewObject(4), VAreaFlags.Private);
        Read(600);
        using (TakeAllFrames())
        {
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(599), UserWrite));
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(0), UserWrite));
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(600), UserWrite));
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(601), UserWrite));
        }
        MapAt(512 * 512 * 2, 1);
        using (TakeAllFrames())
            Assert.Equal(FaultResult.OutOfMemory, Space.Fault(At(512 * 512 * 2), UserRead));
        Verify();
        Assert.Equal((1ul, 1ul), (Space.ResidentPages, Space.MinorFaults));
    }

    [Fact]
    public void Behind_the_end_of_an_object_is_a_bus_error()
    {
        MapAt(0, 4, NewObject(2));
        Assert.Equal(FaultResult.Resolved, TryRead(1));
        Assert.Equal(FaultResult.BusError, TryRead(2));
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void Faults_with_input_and_output_are_major()
    {
        RecordingObject mapped = NewObject(4);
        mapped.HasInputOutput = true;
        MapAt(0, 4, mapped);
        Assert.Equal(FaultResult.ResolvedAfterInputOutput, Space.Fault(At(0), UserRead));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(0), UserRead));
        Verify();
        Assert.Equal((1ul, 1ul), (Space.MajorFaults, Space.MinorFaults));
    }

    [Fact]
    public void A_stack_grows_down_to_the_access()
    {
        MapAt(1000, 2, ReadWrite, Stack);
        Assert.Equal(FaultResult.Resolved, TryWrite(999));
        Verify();
        Assert.Equal("999-1002 rw", Layout());
        Assert.Equal(FaultResult.Resolved, TryRead(700));
        Verify();
        Assert.Equal("700-1002 rw", Layout());
        Assert.Equal((2ul, 302ul, 302ul), (Space.ResidentPages, Space.MappedPages, Space.DataPages));
    }

    [Fact]
    public void A_stack_stays_256_pages_clear_of_what_is_below()
    {
        MapAt(0, 10);
        MapAt(1000, 2, ReadWrite, Stack);
        Assert.Equal(FaultResult.NotMapped, TryWrite(10 + AddressSpace.StackGuardPages - 1));
        Verify();
        Assert.Equal("0-10 rw, 1000-1002 rw", Layout());
        Assert.Equal(FaultResult.Resolved, TryWrite(10 + AddressSpace.StackGuardPages));
        Verify();
    }

    [Fact]
    public void A_stack_does_not_leave_the_space()
    {
        var request = new MapRequest(1, ReadWrite) { Placement = Placement.Fixed, Address = Space.Range.Start + Page.Size, Flags = VAreaFlags.Private | Stack };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(FaultResult.NotMapped, Space.Fault(new VirtualAddress(Space.Range.Start.Value - 1), UserWrite));
        Assert.Equal(FaultResult.Resolved, Space.Fault(Space.Range.Start, UserWrite));
        Verify();
    }

    [Fact]
    public void Only_a_stack_grows_and_only_the_next_above()
    {
        MapAt(1000, 2);
        MapAt(2000, 2, ReadWrite, Stack);
        Assert.Equal(FaultResult.NotMapped, TryWrite(999));
        Assert.Equal(FaultResult.NotMapped, TryWrite(2002));
        Verify();
    }

    [Fact]
    public void Limits_hold_for_stacks()
    {
        MapAt(1000, 2, ReadWrite, Stack);
        Space.Limits = SpaceLimits.None with { Stack = 5 };
        Assert.Equal(FaultResult.NotMapped, TryWrite(996));
        Assert.Equal(FaultResult.Resolved, TryWrite(997));
        Space.Limits = SpaceLimits.None with { Mapped = 5 };
        Assert.Equal(FaultResult.NotMapped, TryWrite(996));
        Space.Limits = SpaceLimits.None with { Data = 5 };
        Assert.Equal(FaultResult.NotMapped, TryWrite(996));
        Space.Limits = SpaceLimits.None with { Locked = 5 };
        Assert.Equal(Status.Success, Space.SetLocked(Pages(997, 5), true));
        Assert.Equal(FaultResult.NotMapped, TryWrite(996));
        Verify();
        Space.Limits = SpaceLimits.None;
        Assert.Equal(FaultResult.Resolved, TryWrite(996));
        Verify();
        Assert.Equal(6ul, Space.LockedPages);
    }

    [Fact]
    public void A_stack_that_may_not_be_written_is_no_data()
    {
        MapAt(1000, 2, ReadOnly, Stack);
        Space.Limits = SpaceLimits.None with { Data = 0 };
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(999), FaultAccess.User));
        Verify();
        Assert.Equal((3ul, 0ul), (Space.MappedPages, Space.DataPages));
    }

    [Fact]
    public void A_stack_without_a_limit_stays_within_a_vareas_length()
    {
        var top = new VirtualAddress(0x7000_0000_0000);
        var lowest = new VirtualAddress(top.Value - ((VArea.MaximumPages - 1) << Page.Shift));
        Space.MapAt(top, 1, ReadOnly, VAreaFlags.Private | Stack);
        Space.Limits = SpaceLimits.None with { Stack = ulong.MaxValue };
        Assert.Equal(FaultResult.NotMapped, Space.Fault(new VirtualAddress(lowest.Value - Page.Size), UserRead));
        Verify();
        Assert.Equal(1ul, Space.MappedPages);
        Assert.Equal(FaultResult.Resolved, Space.Fault(lowest, UserRead));
        Verify();
        Assert.Equal(VArea.MaximumPages, Space.MappedPages);
    }

    [Fact]
    public void A_stack_of_an_object_grows_to_its_first_page_if_the_object_agrees()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(1000, 2, mapped, Stack, offset: 3);
        Assert.Equal(FaultResult.NotMapped, TryRead(996));
        mapped.Refusing = "expand";
        Assert.Equal(FaultResult.NotMapped, TryRead(998));
        Verify();
        mapped.Refusing = null;
        Assert.Equal(2, Read(998));
        Verify();
        Assert.Equal("998-1002 rw", Layout());
        Assert.Equal(1ul, Space.Find(At(998))!.Offset);
    }

    [Fact]
    public void Frozen_stacks_do_not_grow()
    {
        MapAt(1000, 2, ReadWrite, Stack);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(FaultResult.NotMapped, Space.Fault(At(999), UserRead));
        Verify();
    }

    [Fact]
    public void An_object_is_asked_again_if_the_page_came_by_another_way()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 4, mapped);
        mapped.DuringFault = () => Assert.Equal(FaultResult.Resolved, Space.Fault(At(1), UserWrite));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(1), UserWrite));
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void What_an_object_answers_is_what_a_fault_says()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 4, mapped);
        foreach ((PageAnswer answer, FaultResult expected) in new[]
        {
            (PageAnswer.OutOfMemory, FaultResult.OutOfMemory),
            (PageAnswer.BeyondEnd, FaultResult.BusError),
            (PageAnswer.NotAllowed, FaultResult.NotAllowed),
            (PageAnswer.InputOutputError, FaultResult.BusError),
            (PageAnswer.Mapped, FaultResult.Resolved),
        })
        {
            mapped.Answers.Enqueue(answer);
            Assert.Equal(expected, Space.Fault(At(1), UserRead));
            Verify();
            Assert.Equal(0ul, Space.ResidentPages);
        }
        mapped.Answers.Enqueue(PageAnswer.Retry);
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(1), UserRead));
        Verify();
    }

    [Fact]
    public void A_private_write_copies_the_page_that_the_object_has()
    {
        RecordingObject mapped = NewObject(4);
        MapAt(0, 4, mapped, VAreaFlags.Private);
        Write(1, 99);
        Assert.Equal(3, Read(2));
        Write(2, 98);
        Verify();
        Assert.Equal((99, 98), (Read(1), Read(2)));
        Assert.Equal("place, open 4, fault 1, fault 2", mapped.Calls);
        MapAt(10, 4, mapped);
        Assert.Equal((2, 3), (Read(11), Read(12)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_processor_sees_a_private_copy_at_once(bool isForked)
    {
        MapAt(0, 4);
        if (isForked)
        {
            Write(1, 7);
            Assert.Equal(Status.Success, Space.Fork(out _));
        }
        // From here on the table is this space's own; the page is still the zero page's, or the child's too.
        Write(2, 8);
        TestHardware.RunAs(1);
        TestProcessor other = Machine.Load(Space);
        byte[] seen = new byte[1];
        Assert.Equal(FaultResult.Resolved, other.Read(At(1), seen));
        Assert.Equal(isForked ? 7 : 0, seen[0]);
        TestHardware.RunAs(0);
        Write(1, 9);
        TestHardware.RunAs(1);
        Assert.Equal(FaultResult.Resolved, other.Read(At(1), seen));
        Assert.Equal(9, seen[0]);
        TestHardware.RunAs(0);
        Verify();
    }

    private PageFlags UseOf(ulong page) => Space.Translate(At(page)).Entry(1).Flags & (PageFlags.Accessed | PageFlags.Dirty);
}
