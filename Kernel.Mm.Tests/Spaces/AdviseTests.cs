using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class AdviseTests : SpaceTestBase
{
    [Fact]
    public void Improper_requests_are_refused()
    {
        MapAt(0, 4);
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 0), Advice.Normal));
        Assert.Equal(Status.InvalidArgument, Space.Advise(new PageRange(default, 1), Advice.Normal));
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 1), Advice.KeepOnFork + 1));
        Verify();
    }

    [Theory]
    [InlineData(Advice.Normal)]
    [InlineData(Advice.Random)]
    [InlineData(Advice.WillNeed)]
    [InlineData(Advice.DontNeed)]
    [InlineData(Advice.Free)]
    [InlineData(Advice.DontFork)]
    public void Holes_are_refused(Advice advice)
    {
        MapAt(0, 4);
        MapAt(6, 4);
        Assert.Equal(Status.NotFound, Space.Advise(Pages(4, 1), advice));
        Assert.Equal(Status.NotFound, Space.Advise(Pages(2, 6), advice));
        Assert.Equal(Status.NotFound, Space.Advise(Pages(8, 4), advice));
        Verify();
    }

    [Theory]
    [InlineData(Advice.Random, VAreaFlags.Random, Advice.Normal)]
    [InlineData(Advice.Sequential, VAreaFlags.Sequential, Advice.Normal)]
    [InlineData(Advice.HugePages, VAreaFlags.HugePages, Advice.NoHugePages)]
    [InlineData(Advice.DontFork, VAreaFlags.DontFork, Advice.DoFork)]
    [InlineData(Advice.WipeOnFork, VAreaFlags.WipeOnFork, Advice.KeepOnFork)]
    public void Advice_is_kept_in_the_varea_until_taken_back(Advice advice, VAreaFlags flag, Advice opposite)
    {
        MapAt(0, 10);
        Assert.Equal(Status.Success, Space.Advise(Pages(3, 4), advice));
        Verify();
        Assert.Equal(VAreaFlags.Private | flag, Space.Find(At(4))!.Flags);
        Assert.Equal(VAreaFlags.Private, Space.Find(At(2))!.Flags);

        Assert.Equal(Status.Success, Space.Advise(Pages(3, 4), opposite));
        Verify();
        Assert.Equal(VAreaFlags.Private, Space.Find(At(4))!.Flags);
        Assert.Equal("0-10 rw", Layout());
    }

    [Fact]
    public void Random_and_sequential_exclude_each_other()
    {
        MapAt(0, 2);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 2), Advice.Random));
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 2), Advice.Sequential));
        Assert.Equal(VAreaFlags.Private | VAreaFlags.Sequential, Space.Find(At(0))!.Flags);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 2), Advice.Random));
        Assert.Equal(VAreaFlags.Private | VAreaFlags.Random, Space.Find(At(0))!.Flags);
        Verify();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_records_nothing_changes(int records)
    {
        MapAt(0, 10);
        Machine.Areas.Left = records;
        Assert.Equal(Status.OutOfMemory, Space.Advise(Pages(3, 4), Advice.Random));
        Verify();
        Assert.Equal("0-10 rw", Layout());
    }

    [Fact]
    public void Wiping_and_freeing_are_for_private_anonymous_memory()
    {
        MapAt(0, 2);
        MapAt(2, 2, NewObject(4), VAreaFlags.Private);
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 4), Advice.WipeOnFork));
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 4), Advice.Free));
        Verify();
        Assert.Equal(VAreaFlags.Private, Space.Find(At(0))!.Flags);
    }

    [Fact]
    public void Locked_pages_are_not_dropped()
    {
        MapAt(0, 4, ReadWrite, VAreaFlags.Locked);
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 1), Advice.DontNeed));
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 1), Advice.Free));
        Verify();
        Assert.Equal(4ul, Space.ResidentPages);
    }

    [Fact]
    public void Pages_not_needed_are_zero_afterwards()
    {
        MapAt(0, 8);
        for (ulong i = 0; i < 8; i++)
            Write(i, 9);

        Assert.Equal(Status.Success, Space.Advise(Pages(2, 3), Advice.DontNeed));
        Verify();

        Assert.Equal(5ul, Space.ResidentPages);
        Assert.Equal((9, 0, 0, 9), (Read(1), Read(2), Read(4), Read(5)));
        Assert.Equal("0-8 rw", Layout());
    }

    [Fact]
    public void Private_pages_of_an_object_show_its_content_again()
    {
        MapAt(0, 4, NewObject(4), VAreaFlags.Private);
        Write(1, 99);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 4), Advice.DontNeed));
        Verify();
        Assert.Equal(2, Read(1));
    }

    [Fact]
    public void Pages_not_needed_stay_with_a_child()
    {
        MapAt(0, 1024);
        for (ulong i = 500; i < 530; i++)
            Write(i, (byte)i);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Advise(Pages(0, 520), Advice.DontNeed));
        Verify();

        Assert.Equal((0, 0, 520 % 256), (Read(501), Read(519), Read(520)));
        for (ulong i = 500; i < 530; i++)
            Assert.Equal((byte)i, Machine.Read(child!, At(i)));
    }

    [Fact]
    public void Without_any_frame_a_part_of_a_shared_table_stays()
    {
        MapAt(0, 8);
        for (ulong i = 0; i < 8; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Fork(out _));
        using (TakeAllFrames())
        {
            Assert.Equal(Status.OutOfMemory, Space.Advise(Pages(2, 3), Advice.DontNeed));
            Assert.Equal(Status.OutOfMemory, Space.Advise(Pages(2, 3), Advice.Free));
        }
        Verify();
        Assert.Equal(9, Read(3));
    }

    [Fact]
    public void Freed_pages_go_when_memory_runs_out()
    {
        MapAt(0, 200);
        for (ulong i = 0; i < 200; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(10, 150), Advice.Free));
        Verify();
        Assert.Equal((200ul, 9), (Space.ResidentPages, Read(20)));

        using (TakeAllFrames())
        {
            MapAt(250, 4);
            Write(250, 5);
        }
        Verify();

        Assert.Equal((9, 0, 0, 9), (Read(9), Read(10), Read(159), Read(160)));
        Assert.Equal(5, Read(250));
    }

    [Fact]
    public void Freed_pages_that_are_written_again_stay()
    {
        MapAt(0, 20);
        for (ulong i = 0; i < 20; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 20), Advice.Free));
        Write(3, 33);
        Assert.Equal(Status.Success, Space.Write(At(4), [44]));
        MapAt(30, 1);

        using (TakeAllFrames())
            Write(30, 1);
        Verify();

        Assert.Equal((33, 44, 0), (Read(3), Read(4), Read(5)));
    }

    [Fact]
    public void Freed_pages_that_are_locked_afterwards_stay()
    {
        MapAt(0, 20);
        for (ulong i = 0; i < 20; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 20), Advice.Free));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 4), true));
        MapAt(30, 1);

        using (TakeAllFrames())
            Write(30, 1);
        Verify();

        Assert.Equal((9, 0), (Read(3), Read(5)));
    }

    [Fact]
    public void Freed_pages_that_may_only_be_read_stay_once_they_are_locked()
    {
        MapAt(0, 20);
        for (ulong i = 0; i < 20; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 20), Advice.Free));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 20), ReadOnly));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 4), true));
        MapAt(30, 1);

        using (TakeAllFrames())
            Write(30, 1);
        Verify();

        Assert.Equal((9, 9, 0), (Read(0), Read(3), Read(5)));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 4), false));
        Assert.Equal(Status.Success, Space.Unmap(Pages(30, 1)));
        MapAt(30, 1);
        using (TakeAllFrames())
            Write(30, 1);
        Assert.Equal((0, 0), (Read(0), Read(3)));
    }

    [Fact]
    public void Freed_pages_that_a_child_has_too_stay()
    {
        MapAt(0, 20);
        MapAt(600, 2);
        for (ulong i = 0; i < 20; i++)
            Write(i, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 20), Advice.Free));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        MapAt(700, 1);
        Read(600);

        using (TakeAllFrames())
            Assert.Equal(FaultResult.OutOfMemory, TryWrite(600));
        Verify();
        Assert.Equal(9, Machine.Read(child!, At(3)));
        Write(5, 1);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 20), Advice.Free));
        using (TakeAllFrames())
            Write(600, 1);
        Verify();

        Assert.Equal((9, 0, 9), (Read(3), Read(5), Machine.Read(child!, At(5))));
    }

    [Fact]
    public void Freeing_what_is_kept_or_zero_or_absent_does_nothing()
    {
        MapAt(0, 4);
        Write(0, 9);
        Read(1);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 1), Protection.None));
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 4), Advice.Free));
        Verify();
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 1), ReadWrite));
        Assert.Equal(9, Read(0));
    }

    [Fact]
    public void A_freed_part_of_a_large_page_is_split_off()
    {
        MapAt(0, 512, ReadWrite, VAreaFlags.HugePages);
        Write(3, 9);
        Write(400, 8);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 100), Advice.Free));
        Verify();
        MapAt(600, 1);
        using (TakeAllFrames())
            Write(600, 1);
        Verify();
        Assert.Equal((0, 8), (Read(3), Read(400)));
    }

    [Fact]
    public void Needed_pages_are_made_present()
    {
        MapAt(0, 8);
        Assert.Equal(Status.Success, Space.Advise(Pages(2, 3), Advice.WillNeed));
        Verify();
        Assert.Equal(3ul, Space.ResidentPages);
    }

    [Fact]
    public void A_child_gives_up_the_pages_that_its_parent_had_freed()
    {
        MapAt(0, 64);
        for (ulong page = 0; page < 64; page++)
            Write(page, 1);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 64), Advice.Free));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(Space));
        PageRange other = child!.MapAt(At(1024), 4);
        Machine.Write(child!, other.Start, 1);
        using (new MemoryHog(Machine.Frames, AllocationPriority.Reserve, 0))
            Assert.Equal(FaultResult.Resolved, child!.Fault(other.PageAt(1), FaultAccess.User | FaultAccess.Write));
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child));
    }
}
