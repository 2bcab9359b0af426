using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class OffloadTests : SpaceTestBase
{
    [Fact]
    public void Improper_ranges_are_refused()
    {
        Assert.Equal(Status.InvalidArgument, Space.Offload(Pages(0, 0)));
        Assert.Equal(Status.InvalidArgument, Space.Offload(new PageRange(default, 1)));
        Assert.Equal(Status.Success, Space.Offload(Pages(0, 100)));
        Verify();
    }

    [Fact]
    public void Pages_of_an_object_are_dropped_and_fetched_again()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 8, mapped);
        for (ulong i = 0; i < 8; i++)
            Read(i);
        Write(3, 33);
        mapped.Clear();

        Assert.Equal(Status.Success, Space.Offload(Pages(2, 4)));
        Verify();

        Assert.Equal(4ul, Space.ResidentPages);
        Assert.Equal((33, 2), (Read(3), Read(1)));
        Assert.Equal("fault 3", mapped.Calls);
    }

    [Fact]
    public void Private_pages_stay()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 8, mapped, VAreaFlags.Private);
        MapAt(8, 2);
        Write(8, 8);
        Write(1, 11);
        Read(2);

        Assert.Equal(Status.Success, Space.Offload(Pages(0, 10)));
        Verify();

        Assert.Equal(2ul, Space.ResidentPages);
        Assert.Equal((11, 3, 8), (Read(1), Read(2), Read(8)));
    }

    [Fact]
    public void Locked_pages_and_those_that_can_not_be_had_again_stay()
    {
        RecordingObject once = NewObject(8);
        once.Refetches = false;
        MapAt(0, 4, once);
        MapAt(4, 4, NewObject(8), VAreaFlags.Locked);
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 8)));

        Assert.Equal(Status.Success, Space.Offload(Pages(0, 8)));
        Verify();

        Assert.Equal(8ul, Space.ResidentPages);
    }

    [Fact]
    public void A_table_shared_with_a_child_is_copied_first()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 8, mapped, VAreaFlags.Private);
        Write(1, 11);
        Read(2);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Offload(Pages(0, 8)));
        Verify();

        Assert.Equal((1ul, 2ul), (Space.ResidentPages, child!.ResidentPages));
        Assert.Equal((11, 3), (Read(1), Machine.Read(child, At(2))));
    }

    [Fact]
    public void Without_any_frame_a_shared_table_stays()
    {
        MapAt(0, 8, NewObject(8), VAreaFlags.Private);
        Read(2);
        Assert.Equal(Status.Success, Space.Fork(out _));
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Offload(Pages(0, 8)));
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void Large_device_pages_are_dropped_whole_or_in_part()
    {
        var request = new MapRequest(1024, ReadWrite) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(1UL << 32), CachePolicy.Uncached, request, out _));
        Assert.Equal(Status.Success, Space.Populate(Pages(0, 1024)));
        Assert.Equal(1024ul, Space.ResidentPages);

        Assert.Equal(Status.Success, Space.Offload(Pages(0, 600)));
        Verify();

        Assert.Equal(424ul, Space.ResidentPages);
    }

    [Fact]
    public void A_private_large_page_stays()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        Write(7, 7);
        Assert.Equal(Status.Success, Space.Offload(Pages(0, 512)));
        Verify();
        Assert.Equal(512ul, Space.ResidentPages);
    }

    [Fact]
    public void What_a_guest_only_shows_is_dropped_and_what_it_wrote_stays()
    {
        MapAt(0, 4);
        Write(1, 1);
        Write(2, 2);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Machine.Write(guest!, At(1), 11);
        Machine.Read(guest!, At(2));

        Assert.Equal(Status.Success, guest!.Offload(Pages(0, 4)));
        Verify();

        Assert.Equal(1ul, guest.ResidentPages);
        Assert.Equal((11, 2), (Machine.Read(guest, At(1)), Machine.Read(guest, At(2))));
    }
}
