using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class LockTests : SpaceTestBase
{
    [Fact]
    public void Improper_ranges_and_holes_are_refused()
    {
        MapAt(0, 4);
        Assert.Equal(Status.InvalidArgument, Space.SetLocked(Pages(0, 0), true));
        Assert.Equal(Status.InvalidArgument, Space.SetLocked(new PageRange(default, 1), true));
        Assert.Equal(Status.NotFound, Space.SetLocked(Pages(2, 4), true));
        Verify();
        Assert.Equal(0ul, Space.LockedPages);
    }

    [Fact]
    public void Locked_pages_are_present()
    {
        MapAt(0, 8);
        Assert.Equal(Status.Success, Space.SetLocked(Pages(2, 4), true));
        Verify();
        Assert.Equal((4ul, 4ul), (Space.LockedPages, Space.ResidentPages));
        Assert.Equal(FaultResult.Resolved, TryWrite(3));
        Assert.Equal(0ul, Space.MinorFaults);

        Assert.Equal(Status.Success, Space.SetLocked(Pages(3, 1), false));
        Verify();
        Assert.Equal((3ul, 4ul), (Space.LockedPages, Space.ResidentPages));
    }

    [Fact]
    public void The_limit_counts_each_page_once()
    {
        MapAt(0, 8);
        Space.Limits = SpaceLimits.None with { Locked = 5 };
        Assert.Equal(Status.Success, Space.SetLocked(Pages(2, 3), true));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 5), true));
        Assert.Equal(Status.OutOfMemory, Space.SetLocked(Pages(0, 6), true));
        Verify();
        Assert.Equal(5ul, Space.LockedPages);
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 8), false));
        Verify();
        Assert.Equal(0ul, Space.LockedPages);
    }

    [Fact]
    public void Without_records_nothing_is_locked()
    {
        MapAt(0, 8);
        Machine.Areas.Left = 1;
        Assert.Equal(Status.OutOfMemory, Space.SetLocked(Pages(2, 3), true));
        Verify();
        Assert.Equal(("0-8 rw", 0ul), (Layout(), Space.LockedPages));
    }

    [Fact]
    public void Pages_without_access_can_be_locked()
    {
        MapAt(0, 4, Protection.None);
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 4), true));
        Verify();
        Assert.Equal((4ul, 0ul), (Space.LockedPages, Space.ResidentPages));
    }

    [Fact]
    public void More_than_there_is_can_not_be_locked()
    {
        MapAt(0, 400);
        using MemoryHog hog = TakeAllFrames(but: 100);
        Assert.Equal(Status.OutOfMemory, Space.SetLocked(Pages(0, 400), true));
    }

    [Fact]
    public void A_child_has_no_locks()
    {
        MapAt(0, 4, ReadWrite, VAreaFlags.Locked);
        MapAt(4, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Assert.Equal(0ul, child!.LockedPages);
        Assert.Equal("0-8 rw", Layout(child));
        Assert.Equal(1, Machine.Read(child, At(1)));
        Assert.Equal(4ul, Space.LockedPages);
    }

    [Fact]
    public void Locked_pages_that_a_child_shared_are_made_own()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 4), true));
        Verify();
        Assert.True(Space.Translate(At(1)).IsWritable);
        Assert.Equal(1, Machine.Read(child!, At(1)));
    }
}
