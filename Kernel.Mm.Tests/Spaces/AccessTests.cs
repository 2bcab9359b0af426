using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class AccessTests : SpaceTestBase
{
    [Fact]
    public void Bytes_are_written_and_read_across_pages()
    {
        MapAt(0, 4);
        byte[] bytes = new byte[9000];
        new Random(1).NextBytes(bytes);
        Assert.Equal(Status.Success, Space.Write(At(0) + 4000, bytes));
        Verify();

        byte[] read = new byte[9000];
        Assert.Equal(Status.Success, Space.Read(At(0) + 4000, read));
        Assert.Equal(bytes, read);
        Assert.Equal(bytes[96], Read(1));
        Assert.Equal(Status.Success, Space.Read(default, default));
        Assert.Equal(Status.Success, Space.Write(default, default));
    }

    [Fact]
    public void Reading_maps_nothing()
    {
        MapAt(0, 2);
        MapAt(2, 2, NewObject(4));
        MapAt(4, 2, NewObject(4), VAreaFlags.Private);
        byte[] read = new byte[6 * Page.Size];
        Array.Fill(read, (byte)99);
        Assert.Equal(Status.Success, Space.Read(At(0), read));
        Verify();
        Assert.Equal((0, 1, 2, 2), (read[0], read[2 * Page.Size], read[3 * Page.Size], read[5 * Page.Size]));
        Assert.Equal(0ul, Space.ResidentPages);
    }

    [Fact]
    public void Pages_before_a_hole_are_read_and_written()
    {
        MapAt(0, 1);
        byte[] bytes = new byte[2 * Page.Size];
        Array.Fill(bytes, (byte)7);
        Assert.Equal(Status.BadAddress, Space.Write(At(0), bytes));
        Assert.Equal(7, Read(0));
        Array.Clear(bytes);
        Assert.Equal(Status.BadAddress, Space.Read(At(0), bytes));
        Assert.Equal((7, 0), (bytes[0], bytes[Page.Size]));
        Verify();
    }

    [Fact]
    public void What_is_not_allowed_is_refused()
    {
        MapAt(0, 1, ReadOnly);
        MapAt(1, 1, Protection.None);
        Assert.Equal(Status.AccessDenied, Space.Write(At(0), [1]));
        Assert.Equal(Status.AccessDenied, Space.Write(At(1), [1]));
        Assert.Equal(Status.AccessDenied, Space.Read(At(1), new byte[1]));
        Verify();
    }

    [Fact]
    public void Behind_the_end_of_an_object_nothing_is_read_or_written()
    {
        RecordingObject mapped = NewObject(2);
        MapAt(0, 4, mapped);
        Assert.Equal(Status.BeyondEnd, Space.Read(At(2), new byte[1]));
        Assert.Equal(Status.BeyondEnd, Space.Write(At(2), [1]));
        mapped.CanBeRead = false;
        Assert.Equal(Status.NotSupported, Space.Read(At(1), new byte[1]));
        Verify();
    }

    [Fact]
    public void Writing_takes_the_faults_that_a_thread_would()
    {
        RecordingObject mapped = NewObject(4);
        MapAt(0, 1);
        MapAt(1, 1, mapped, VAreaFlags.Private, offset: 1);
        MapAt(2, 1, mapped, offset: 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        for (ulong i = 0; i < 3; i++)
            Assert.Equal(Status.Success, child!.Write(At(i), [77]));
        Verify();

        Assert.Equal((1, 2, 77), (Read(0), Read(1), Read(2)));
        Assert.Equal((77, 77), (Machine.Read(child!, At(0)), Machine.Read(child!, At(1))));
        Assert.Equal(PageState.Dirty, StateOf(0) & PageState.Dirty);
    }

    [Fact]
    public void Writing_waits_for_the_object()
    {
        RecordingObject mapped = NewObject(4);
        mapped.HasInputOutput = true;
        mapped.Answers.Enqueue(PageAnswer.Retry);
        MapAt(0, 4, mapped);
        Assert.Equal(Status.Success, Space.Write(At(1), [9]));
        Verify();
        Assert.Equal((1ul, 0ul), (Space.MajorFaults, Space.MinorFaults));
    }

    [Fact]
    public void Without_frames_nothing_is_written()
    {
        MapAt(0, 4);
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Write(At(0), [9]));
        Verify();
        Assert.Equal(0, Read(0));
    }

    [Fact]
    public void Pages_kept_without_access_are_read_when_reading_is_allowed_again()
    {
        RecordingObject mapped = NewObject(4);
        MapAt(0, 4);
        MapAt(4, 4, mapped, VAreaFlags.Private);
        Write(1, 11);
        Write(5, 55);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), Protection.None));
        Assert.Equal(Status.Success, Space.Fork(out _));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), ReadWrite));

        byte[] read = new byte[1];
        Assert.Equal(Status.Success, Space.Read(At(1), read));
        Assert.Equal(11, read[0]);
        Assert.Equal(Status.Success, Space.Read(At(5), read));
        Assert.Equal(55, read[0]);
        Verify();
    }

    [Fact]
    public void Large_pages_are_read_and_written()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        Assert.Equal(Status.Success, Space.Write(At(300) + 7, [1, 2, 3]));
        byte[] read = new byte[3];
        Assert.Equal(Status.Success, Space.Read(At(300) + 7, read));
        Assert.Equal([1, 2, 3], read);
        Verify();
    }

    [Fact]
    public void Device_memory_is_neither_read_nor_written_nor_pinned()
    {
        var request = new MapRequest(2, ReadWrite) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(1UL << 40), CachePolicy.Uncached, request, out _));
        Assert.Equal(Status.NotSupported, Space.Read(At(0), new byte[1]));
        Assert.Equal(Status.NotSupported, Space.Write(At(0), [1]));
        Assert.Equal(Status.NotSupported, Space.Read(At(0), new byte[1]));
        Assert.Equal(Status.NotSupported, Space.Pin(At(0), true, out _));
        Verify();
    }

    [Fact]
    public void A_pinned_frame_outlives_its_mapping()
    {
        MapAt(0, 2);
        Write(0, 42);
        Assert.Equal(Status.Success, Space.Pin(At(0) + 9, forWrite: false, out FrameNumber frame));
        Assert.Equal(Space.Translate(At(0)).Physical.Frame, frame);
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 2)));
        Verify();
        Assert.Equal(1, Machine.Frames.Table[frame].Pins);
        Space.Unpin(frame);
        Verify();
    }

    [Fact]
    public void Pinning_makes_pages_present_or_says_why_not()
    {
        MapAt(0, 2);
        MapAt(2, 1, ReadOnly);
        Assert.Equal(Status.Success, Space.Pin(At(1), forWrite: true, out FrameNumber written));
        Assert.Equal(Status.Success, Space.Pin(At(0), forWrite: false, out FrameNumber own));
        Assert.NotEqual(Machine.Manager.ZeroFrame, own);
        Assert.Equal(Status.AccessDenied, Space.Pin(At(2), forWrite: true, out _));
        Assert.Equal(Status.BadAddress, Space.Pin(At(3), forWrite: true, out _));
        Verify();
        Space.Unpin(written);
        Space.Unpin(own);
        Verify();
    }

    [Fact]
    public void A_pinned_page_is_written_in_place_after_a_time_without_permission()
    {
        MapAt(0, 2);
        Assert.Equal(Status.Success, Space.Pin(At(0), forWrite: true, out FrameNumber frame));
        foreach (Protection protection in new[] { Protection.None, ReadOnly })
        {
            Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), protection));
            Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadWrite));
            Write(0, 47);
            Assert.Equal(frame, Space.Translate(At(0)).Physical.Frame);
            Verify();
        }
        Space.Unpin(frame);
        Verify();
    }

    [Fact]
    public void A_page_that_others_see_is_copied_before_a_device_reads_it()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadOnly));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Space.Pin(At(0), forWrite: false, out FrameNumber frame));
        Assert.Equal(frame, Space.Translate(At(0)).Physical.Frame);
        Assert.NotEqual(frame, child!.Translate(At(0)).Physical.Frame);
        Verify();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 2)));
        Assert.Equal(Status.Success, child.Protect(Pages(0, 2), ReadWrite));
        Assert.Equal(Status.Success, child.Write(At(0), [2]));
        Verify();
        byte[] seen = new byte[1];
        SimulatedMemory.Read(frame.Address, seen);
        Assert.Equal(1, seen[0]);
        Space.Unpin(frame);
        Verify();
    }

    [Fact]
    public void The_parent_keeps_a_pinned_frame_when_it_forks()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Pin(At(0), forWrite: true, out FrameNumber frame));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Write(0, 2);
        Verify();
        Assert.Equal(frame, Space.Translate(At(0)).Physical.Frame);
        Assert.Equal(1, Machine.Read(child!, At(0)));
        Space.Unpin(frame);
        Verify();
    }

    [Fact]
    public void A_frame_got_by_its_address_stays_its_spaces_in_a_fork()
    {
        MapAt(0, 2);
        Write(0, 1);
        PhysicalAddress address = Space.Translate(At(0)).Physical;
        Assert.Equal(Status.Success, Machine.Manager.GetPage(address));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Write(0, 2);
        Assert.Equal(address.Frame, Space.Translate(At(0)).Physical.Frame);
        Assert.Equal(1, Machine.Read(child!, At(0)));
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.PutPage(address));
        Verify();
    }

    [Fact]
    public void What_the_kernel_writes_is_not_dropped_as_free()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 2), Advice.Free));
        Assert.Equal(Status.Success, Space.Write(At(0), [7]));
        using (new MemoryHog(Machine.Frames, AllocationPriority.Reserve, 0))
            Space.Fault(At(1), FaultAccess.User | FaultAccess.Write);
        Assert.Equal(7, Read(0));
        Verify();
    }
}
