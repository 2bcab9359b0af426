using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>Pages that come before they are asked for, where access to anonymous memory is in order.</summary>
public sealed class FaultAheadTests : SpaceTestBase
{
    private const ulong Group = 16;

    [Fact]
    public void A_group_that_was_written_in_order_brings_the_next()
    {
        MapAt(0, 64);
        WriteAll(0, Group);
        Assert.Equal((Group, Group), (Space.ResidentPages, Space.MinorFaults));
        WriteAll(Group, 3 * Group);
        Verify();
        Assert.Equal((64ul, Group + 3), (Space.ResidentPages, Space.MinorFaults));
        for (ulong page = 0; page < 64; page++)
            Assert.Equal((byte)(page + 1), Read(page));
    }

    [Fact]
    public void Pages_that_came_ahead_are_zeros_neither_accessed_nor_written()
    {
        MapAt(0, 64);
        WriteAll(0, Group + 1);
        PageTableWalk ahead = Space.Translate(At(Group + 1));
        Assert.True(ahead is { IsMapped: true, IsWritable: true });
        Assert.Equal(PageFlags.None, ahead.Entry(1).Flags & (PageFlags.Accessed | PageFlags.Dirty));
        Assert.Equal(0, Read(Group + 1));
        Write(Group + 2, 9);
        PageTableWalk written = Space.Translate(At(Group + 2));
        Assert.Equal(PageFlags.Accessed | PageFlags.Dirty, written.Entry(1).Flags & (PageFlags.Accessed | PageFlags.Dirty));
        Verify();
    }

    [Fact]
    public void Pages_that_came_ahead_and_stayed_unused_bring_no_more()
    {
        MapAt(0, 64);
        WriteAll(0, Group + 1);
        Assert.Equal(2 * Group, Space.ResidentPages);
        Write(2 * Group, 1);
        Assert.Equal(2 * Group + 1, Space.ResidentPages);
    }

    [Fact]
    public void Reading_in_order_brings_the_zero_page()
    {
        MapAt(0, 64);
        ulong free = Machine.Frames.FreeFrames;
        for (ulong page = 0; page <= Group; page++)
            Assert.Equal(0, Read(page));
        Verify();
        Assert.Equal((2 * Group, Group + 1), (Space.ResidentPages, Space.MinorFaults));
        Assert.Equal(Machine.Manager.ZeroFrame, Space.Translate(At(Group + 5)).Physical.Frame);
        Assert.Equal(0ul, Machine.Frames.UsedBy(FrameOwner.User));
        Write(Group + 5, 1);
        Assert.Equal(1, Read(Group + 5));
        Assert.Equal(0, Read(Group + 6));
        Verify();
        // A table of each level but the root, and a page.
        Assert.True(free - Machine.Frames.FreeFrames <= PageTableWalk.Levels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Access_out_of_order_brings_nothing(bool backwards)
    {
        MapAt(0, 128);
        for (ulong i = 0; i < 128; i++)
            if (backwards || i % 2 == 0)
                Write(backwards ? 127 - i : i, 1);
        Assert.Equal(backwards ? 128ul : 64, Space.MinorFaults);
        Assert.Equal(Space.MinorFaults, Space.ResidentPages);
    }

    [Fact]
    public void A_group_ends_with_its_varea_and_at_what_is_there_already()
    {
        MapAt(0, 2 * Group + 4);
        Write(Group + 7, 70);
        WriteAll(0, Group + 1);
        Assert.Equal(Group + 8, Space.ResidentPages);
        Assert.Equal(70, Read(Group + 7));
        WriteAll(Group + 1, Group);
        Assert.Equal(2 * Group + 4, Space.ResidentPages);
        Verify();
    }

    [Fact]
    public void The_pattern_begins_anew_with_each_table()
    {
        MapAt(0, 1024);
        WriteAll(0, 513);
        Assert.Equal(513ul, Space.ResidentPages);
        WriteAll(513, Group);
        Assert.Equal(512 + 2 * Group, Space.ResidentPages);
        Verify();
    }

    [Fact]
    public void Random_advice_and_the_switch_turn_it_off()
    {
        MapAt(0, 256);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 64), Advice.Random));
        WriteAll(0, 64);
        Assert.Equal(64ul, Space.MinorFaults);
        Machine.Manager.FaultsAhead = false;
        WriteAll(64, 64);
        Assert.Equal(Status.Success, Space.Advise(Pages(128, 64), Advice.Sequential));
        WriteAll(128, 64);
        Assert.Equal(192ul, Space.MinorFaults);
    }

    [Fact]
    public void Sequential_advice_brings_15_pages_with_any()
    {
        MapAt(0, 520);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 520), Advice.Sequential));
        Write(3, 1);
        Verify();
        Assert.Equal(Group, Space.ResidentPages);

        // Not beyond what is there already, the table's end, or the varea's end.
        Write(1, 1);
        Assert.Equal(Group + 2, Space.ResidentPages);
        Write(509, 1);
        Assert.Equal(Group + 5, Space.ResidentPages);
        Write(518, 1);
        Assert.Equal(Group + 7, Space.ResidentPages);
        Verify();
    }

    [Fact]
    public void Nothing_comes_ahead_in_memory_that_is_locked_when_it_is_touched()
    {
        MapAt(0, 64);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 64), Advice.Sequential));
        Assert.Equal(Status.Success, Space.SetLockedOnFault(Pages(0, 64)));
        WriteAll(0, Group + 1);
        Assert.Equal(Group + 1, Space.ResidentPages);
    }

    [Fact]
    public void Nothing_comes_ahead_while_memory_is_short()
    {
        MapAt(0, 64);
        WriteAll(0, Group);
        using (new MemoryHog(Machine.Frames, AllocationPriority.Normal, 8))
        {
            Write(Group, 1);
            Assert.Equal(Group + 1, Space.ResidentPages);
        }
        Verify();
    }

    [Fact]
    public void A_fork_shares_what_came_ahead()
    {
        MapAt(0, 64);
        WriteAll(0, Group + 1);
        AddressSpace child = Space.Fork();
        Machine.Write(child, At(Group + 3), 5);
        Write(Group + 3, 6);
        Assert.Equal((5, 6), (Machine.Read(child, At(Group + 3)), Read(Group + 3)));
        Assert.Equal(2 * Group, child.ResidentPages);
        Verify();
    }

    private void WriteAll(ulong page, ulong pages)
    {
        for (ulong i = page; i < page + pages; i++)
            Write(i, (byte)(i + 1));
    }
}
