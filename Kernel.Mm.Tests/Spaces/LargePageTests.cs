using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class LargePageTests : SpaceTestBase
{
    private const VAreaFlags Huge = VAreaFlags.HugePages;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_fault_in_a_block_maps_a_large_page(bool isWrite)
    {
        MapAt(0, 1024, ReadWrite, Huge);
        if (isWrite)
            Write(700, 7);
        Assert.Equal(isWrite ? 7 : 0, Read(700));
        Verify();
        Assert.Equal(512ul, Space.ResidentPages);
        Assert.Equal(Page.LargeSize, Space.Translate(At(600)).PageSize);
        Assert.False(Space.Translate(At(0)).IsMapped);
        Assert.Equal(0, Read(1023));
    }

    [Fact]
    public void A_block_that_is_not_all_of_one_varea_gets_small_pages()
    {
        MapAt(1, 1000, ReadWrite, Huge);
        Write(5, 1);
        Write(600, 1);
        Verify();
        Assert.Equal(2ul, Space.ResidentPages);
    }

    [Fact]
    public void Without_a_run_of_frames_a_block_gets_small_pages()
    {
        MapAt(0, 512, ReadWrite, Huge);
        using (TakeAllFrames(but: 100))
            Write(5, 1);
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void An_object_gets_small_pages()
    {
        MapAt(0, 512, NewObject(512), VAreaFlags.Private | Huge);
        Write(5, 1);
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void A_large_page_of_a_read_only_varea_is_not_written()
    {
        MapAt(0, 512, ReadOnly, Huge);
        Assert.Equal(0, Read(7));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(7));
        Assert.Equal(FaultResult.NotAllowed, TryExecute(7));
        Verify();
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 512), ReadWrite | Protection.Execute));
        Verify();
        Assert.Equal(Page.LargeSize, Space.Translate(At(0)).PageSize);
        Write(7, 7);
        Assert.Equal(FaultResult.Resolved, TryExecute(7));
        Verify();
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 512), ReadOnly));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryWrite(7));
        Assert.Equal(FaultResult.NotAllowed, TryExecute(7));
        Assert.Equal(Page.LargeSize, Space.Translate(At(0)).PageSize);
    }

    [Fact]
    public void Unmapping_a_part_splits_it()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Unmap(Pages(100, 10)));
        Verify();
        Assert.Equal(502ul, Space.ResidentPages);
        Assert.Equal((99, 110), (Read(99), Read(110)));
        Assert.Equal(FaultResult.NotMapped, TryRead(100));
        Assert.True(Space.Translate(At(99)).IsWritable);
    }

    [Fact]
    public void Unmapping_all_frees_it()
    {
        ulong free = Machine.Frames.FreeFrames;
        MapLarge();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 512)));
        Verify();
        Assert.Equal(free, Machine.Frames.FreeFrames);
    }

    [Fact]
    public void Advice_about_a_part_splits_it_and_no_processor_knows_it_any_more()
    {
        MapLarge();
        Assert.Equal(12, Read(12));
        Assert.Equal(Status.Success, Space.Advise(Pages(10, 20), Advice.Random));
        // No page has changed: nothing but the split itself makes processors forget.
        Verify();
        Assert.Equal(1, Space.Translate(At(12)).LastLevel);
        Assert.Equal(12, Read(12));
    }

    [Theory]
    [InlineData(10, 20, ReadOnly)]
    [InlineData(0, 512, Protection.None)]
    public void Protecting_a_part_or_keeping_all_splits_it(ulong page, ulong pages, Protection protection)
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), protection));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryWrite(page + 1));
        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), ReadWrite));
        Verify();
        Assert.Equal(11, Read(11));
        Assert.Equal(FaultResult.Resolved, TryWrite(page + 1));
        Assert.Equal(512ul, Space.ResidentPages);
    }

    [Fact]
    public void A_child_shows_the_same_page_until_one_writes()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Assert.Equal(Space.Translate(At(5)).Physical, child!.Translate(At(5)).Physical);
        Assert.Equal(200, Machine.Read(child, At(200)));

        Machine.Write(child, At(200), 1);
        Verify();
        Assert.Equal((200, 1), (Read(200), Machine.Read(child, At(200))));
        Assert.Equal(Page.LargeSize, Space.Translate(At(5)).PageSize);
        Assert.Equal(Page.Size, child.Translate(At(5)).PageSize);

        Write(5, 55);
        Verify();
        Assert.Equal((55, 5), (Read(5), Machine.Read(child, At(5))));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child));
        Verify();
        Write(6, 66);
        Assert.Equal((66, 7), (Read(6), Read(7)));
        Verify();
    }

    [Fact]
    public unsafe void Verify_finds_a_whole_page_that_can_be_written_while_a_child_sees_a_part_of_it()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Machine.Write(child!, At(200), 1);
        Verify();
        PageTableEntry* block = Space.Table.FindBlock(At(0));
        PageTableEntry right = *block;
        *block = right.With(PageFlags.Writable);
        Assert.StartsWith("3:", Machine.Manager.Verify(out _));
        *block = right;
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child!));
    }

    [Fact]
    public void A_split_page_that_a_child_has_whole_is_private_in_both()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Write(200, 1);
        var states = new PageState[1];
        const PageState Expected = PageState.Resident | PageState.Private | PageState.Shared;
        foreach (AddressSpace space in new[] { Space, child! })
        {
            Assert.Equal(Status.Success, space.GetPageStates(Pages(5, 1), states));
            Assert.Equal(Expected, states[0] & (Expected | PageState.Zero));
        }
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child!));
    }

    [Fact]
    public void The_last_one_has_the_whole_page_again()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child!));
        ulong free = Machine.Frames.FreeFrames;
        Write(9, 99);
        Verify();
        Assert.Equal(Page.LargeSize, Space.Translate(At(9)).PageSize);
        Assert.Equal((free, 99), (Machine.Frames.FreeFrames, Read(9)));
    }

    [Fact]
    public void A_page_that_a_child_shows_in_part_outlives_the_others()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, child!.Unmap(Pages(0, 500)));
        Verify();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 512)));
        Verify();
        Assert.Equal(511 % 256, Machine.Read(child, At(511)));
        Machine.Write(child, At(511), 1);
        Verify();
    }

    [Fact]
    public void Without_any_frame_it_can_not_be_split()
    {
        MapLarge();
        using (TakeAllFrames())
        {
            Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(100, 10)));
            Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(100, 10), ReadOnly));
            Assert.Equal(Status.OutOfMemory, Space.Offload(Pages(100, 10)));
        }
        Verify();
        Assert.Equal(Status.Success, Space.Fork(out _));
        using (TakeAllFrames())
            Assert.Equal(FaultResult.OutOfMemory, TryWrite(1));
        Verify();
        Assert.Equal(105, Read(105));
    }

    [Fact]
    public void Small_pages_of_a_block_are_joined()
    {
        MapAt(0, 1536);
        for (ulong i = 0; i < 1536; i++)
            Write(i, (byte)i);
        ulong free = Machine.Frames.FreeFrames;

        Assert.Equal(2, Space.JoinLargePages(Pages(1, 1535)));
        Verify();

        Assert.Equal((Page.Size, Page.LargeSize), (Space.Translate(At(511)).PageSize, Space.Translate(At(1535)).PageSize));
        Assert.Equal(free + 2, Machine.Frames.FreeFrames);
        Assert.Equal(1536ul, Space.ResidentPages);
        for (ulong i = 500; i < 1536; i += 17)
            Assert.Equal((byte)i, Read(i));
        Write(600, 1);
        Assert.Equal(0, Space.JoinLargePages(Pages(512, 1024)));
        Verify();
    }

    [Fact]
    public void Blocks_that_are_not_all_own_and_alike_stay()
    {
        Machine.Manager.FaultsAhead = false;
        MapAt(0, 512);
        for (ulong i = 0; i < 511; i++)
            Write(i, 1);
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Read(511);
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Write(511, 1);
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 511)));
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 0)));
        Assert.Equal(0, Space.JoinLargePages(new PageRange(default, 512)));
        Assert.Equal(Status.Success, Space.Protect(Pages(3, 1), ReadOnly));
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 512), Protection.None));
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 512), ReadWrite));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Machine.Write(child!, At(0), 2);
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child!));
        using (TakeAllFrames(but: 50))
            Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Verify();
        Assert.Equal(1, Space.JoinLargePages(Pages(0, 512)));
        Verify();
        Write(1, 9);
        Assert.Equal((1, 9), (Read(0), Read(1)));
    }

    [Fact]
    public void Pages_of_an_object_are_not_joined()
    {
        MapAt(0, 512, NewObject(512), VAreaFlags.Private);
        for (ulong i = 0; i < 512; i++)
            Write(i, 1);
        Assert.Equal(0, Space.JoinLargePages(Pages(0, 512)));
        Verify();
    }

    [Fact]
    public void A_large_page_moves_as_it_is()
    {
        MapLarge();
        VirtualAddress target = At(5120);
        Assert.Equal(Status.Success, Space.Move(Pages(0, 512), 512, MoveMode.Fixed, ref target));
        Verify();
        Assert.Equal(Page.LargeSize, Space.Translate(At(5120)).PageSize);
        target = At(7);
        Assert.Equal(Status.Success, Space.Move(Pages(5120, 512), 512, MoveMode.Fixed, ref target));
        Verify();
        Assert.Equal((0, 100), (Read(7), Read(107)));
    }

    [Fact]
    public void A_frozen_space_gets_no_page_that_could_be_written()
    {
        MapAt(0, 1024, ReadWrite, Huge);
        Write(512, 1);
        MapAt(2048, 512);
        for (ulong i = 2048; i < 2560; i++)
            Write(i, 1);
        Assert.Equal(Status.Success, Space.Freeze());

        Assert.Equal(0, Read(5));
        Assert.Equal(0, Space.JoinLargePages(Pages(2048, 512)));
        Verify();

        Assert.False(Space.Translate(At(5)).IsWritable);
        Assert.Equal(FaultResult.NotAllowed, TryWrite(5));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(513));
    }

    [Fact]
    public void A_pinned_page_of_a_block_is_copied_in_a_fork()
    {
        MapLarge();
        Assert.Equal(Status.Success, Space.Pin(At(9), forWrite: true, out FrameNumber frame));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Write(9, 99);
        Verify();
        Assert.Equal(frame, Space.Translate(At(9)).Physical.Frame);
        Assert.Equal((9, 10), (Machine.Read(child!, At(9)), Machine.Read(child!, At(10))));
        Space.Unpin(frame);
        Verify();
    }

    private void MapLarge()
    {
        MapAt(0, 512, ReadWrite, Huge);
        for (ulong i = 0; i < 512; i++)
            Write(i, (byte)i);
        Assert.Equal(Page.LargeSize, Space.Translate(At(0)).PageSize);
    }
}
