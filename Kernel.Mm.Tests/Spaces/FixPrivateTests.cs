using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class FixPrivateTests : SpaceTestBase
{
    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 3)]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 3)]
    public void A_page_becomes_private_from_a_present_or_absent_page_with_or_without_its_content(bool isPresent, bool copies, byte content)
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 8, mapped, VAreaFlags.Private);
        if (isPresent)
            Read(2);
        mapped.Clear();

        Assert.Equal(Status.Success, Space.FixPrivate(At(2) + 100, copies));
        Verify();

        Assert.Equal(PageState.Private, StateOf(2) & (PageState.Private | PageState.Shared));
        Assert.Equal(1ul, Space.ResidentPages);
        Assert.Equal(!isPresent && copies ? "read 2" : "", mapped.Calls);
        Assert.Equal(content, Read(2));
        Assert.Equal(FaultResult.Resolved, TryWrite(2));
        Assert.Equal(Status.Success, Space.Advise(Pages(2, 1), Advice.DontNeed));
        Assert.Equal(3, Read(2));
    }

    [Fact]
    public void What_has_no_object_to_replace_is_refused()
    {
        MapAt(0, 2);
        MapAt(2, 2, NewObject(4));
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(0), true));
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(2), true));
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(9), true));
        Verify();
    }

    [Fact]
    public void A_page_that_is_private_already_is_refused()
    {
        MapAt(0, 8, NewObject(8), VAreaFlags.Private);
        Write(1, 1);
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(1), true));
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(1), false));
        Verify();
        Assert.Equal(1, Read(1));
    }

    [Fact]
    public void An_object_that_can_not_be_read_is_refused()
    {
        RecordingObject mapped = NewObject(4);
        mapped.CanBeRead = false;
        MapAt(0, 8, mapped, VAreaFlags.Private);
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(1), true));
        mapped.CanBeRead = true;
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(6), true));
        Verify();
        Assert.Equal(0ul, Space.ResidentPages);
    }

    [Fact]
    public void A_frozen_space_is_refused()
    {
        MapAt(0, 2);
        MapAt(2, 4, NewObject(4), VAreaFlags.Private);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.InvalidArgument, Space.FixPrivate(At(2), true));
        Verify();
    }

    [Theory]
    [InlineData(ReadOnly)]
    [InlineData(Protection.None)]
    public void The_protection_is_kept(Protection protection)
    {
        MapAt(0, 4, NewObject(4), VAreaFlags.Private, protection);
        Assert.Equal(Status.Success, Space.FixPrivate(At(1), true));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryWrite(1));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), ReadWrite));
        Verify();
        Assert.Equal(2, Read(1));
        Assert.Equal(FaultResult.Resolved, TryWrite(1));
    }

    [Fact]
    public void A_table_shared_with_a_child_is_copied_first()
    {
        MapAt(0, 4, NewObject(4), VAreaFlags.Private);
        Read(1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Space.FixPrivate(At(1), false));
        Verify();
        Assert.Equal((0, 2), (Read(1), Machine.Read(child!, At(1))));
    }

    [Fact]
    public void What_a_guest_shows_becomes_its_own()
    {
        MapAt(0, 4);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Assert.Equal(1, Machine.Read(guest!, At(1)));

        Assert.Equal(Status.Success, guest!.FixPrivate(At(1), true));
        Verify();

        Assert.NotEqual(Space.Translate(At(1)).Physical, guest.Translate(At(1)).Physical);
        Assert.Equal(Status.InvalidArgument, guest.FixPrivate(At(1), true));
        Assert.Equal(1, Machine.Read(guest, At(1)));
    }

    [Fact]
    public void Without_frames_the_page_stays()
    {
        MapAt(0, 600, NewObject(600), VAreaFlags.Private);
        Read(1);
        using (TakeAllFrames())
        {
            Assert.Equal(Status.OutOfMemory, Space.FixPrivate(At(1), true));
            Assert.Equal(Status.OutOfMemory, Space.FixPrivate(At(512), true));
        }
        Assert.Equal(Status.Success, Space.Fork(out _));
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.FixPrivate(At(1), true));
        Verify();
        Assert.Equal(2, Read(1));
    }
}
