using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Files;

public sealed class FileMappingTests : FileTestBase
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;

    [Fact]
    public void What_is_mapped_is_what_is_read_and_written()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4);
        AddressSpace other = Machine.CreateSpace();
        MapFile(file, 100, 2, offset: 2, space: other);
        Assert.Equal((1, 3, 4), (Read(0), Machine.Read(other, At(100)), Machine.Read(other, At(101))));
        Write(2, 33);
        Put(file, 3 * 4096, [44]);
        Assert.Equal((33, 44, 33), (Machine.Read(other, At(100)), Machine.Read(other, At(101)), Get(file, 8192, 1)[0]));
        Verify();
    }

    [Fact]
    public void Nothing_is_behind_the_last_page()
    {
        FileObject file = NewFile(1);
        Put(file, 4096, [2]);
        MapFile(file, 0, 4);
        MapFile(file, 10, 4, VAreaFlags.Private);
        Assert.Equal((FaultResult.Resolved, FaultResult.Resolved), (TryWrite(1), TryWrite(11)));
        Assert.Equal((FaultResult.BusError, FaultResult.BusError, FaultResult.BusError), (TryWrite(2), TryRead(2), TryRead(12)));
        Assert.Equal(Status.Success, file.SetSize(3 * 4096));
        Assert.Equal((0, FaultResult.BusError), (Read(2), TryRead(3)));
        Verify();
    }

    [Fact]
    public void A_private_page_is_the_files_until_it_is_written()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        Assert.Equal(2, Read(1));
        Put(file, 4096, [22]);
        Assert.Equal(22, Read(1));
        Write(1, 33);
        Write(2, 34);
        Put(file, 4096, [44, 45]);
        Assert.Equal((33, 34, 44), (Read(1), Read(2), Get(file, 4096, 1)[0]));
        Assert.Equal(PageState.Private, StateOf(1) & PageState.Private);
        Assert.Equal(PageState.Absent, StateOf(0) & PageState.Private);
        Verify();
    }

    [Fact]
    public void A_fork_shares_private_pages_and_the_files()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8, VAreaFlags.Private);
        MapFile(file, 600, 8);
        Write(1, 11);
        _ = (Read(2), Read(600));
        AddressSpace child = Space.Fork();
        Verify();
        Assert.Equal(2, Space.LeafAt(At(0)).Users);
        Assert.Equal((11, 3, 1), (Machine.Read(child, At(1)), Machine.Read(child, At(2)), Machine.Read(child, At(600))));
        Machine.Write(child, At(1), 12);
        Machine.Write(child, At(2), 13);
        Machine.Write(child, At(600), 14);
        Verify();
        Assert.Equal((11, 3, 14), (Read(1), Read(2), Read(600)));
        Put(file, 3 * 4096, [55]);
        Assert.Equal((55, 55), (Read(3), Machine.Read(child, At(3))));
        Write(2, 66);
        Assert.Equal((13, 3), (Machine.Read(child, At(2)), Get(file, 8192, 1)[0]));
        Verify();
    }

    [Fact]
    public void A_page_that_may_be_written_again_is_still_copied_first()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        Write(1, 9);
        _ = Read(2);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), ReadOnly));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(2));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), Protection.None));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), ReadWrite));
        Write(1, 10);
        Write(2, 10);
        Verify();
        Assert.Equal((2, 3), (Get(file, 4096, 1)[0], Get(file, 8192, 1)[0]));
    }

    [Fact]
    public void A_shorter_file_loses_its_pages_everywhere()
    {
        FileObject file = NewFile(6);
        MapFile(file, 0, 6);
        MapFile(file, 100, 6, VAreaFlags.Private);
        AddressSpace other = Machine.CreateSpace();
        MapFile(file, 7, 3, offset: 3, space: other);
        for (ulong page = 0; page < 6; page++)
            _ = (Read(page), Read(100 + page));
        Write(104, 9);
        Machine.Write(other, At(8), 7);
        (ulong pages, ulong copies) = (Machine.Frames.UsedBy(FrameOwner.PageCache), Machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(Status.Success, file.SetSize(3 * 4096 + 100));
        Verify();
        Assert.Equal((4ul, pages - 2, copies - 1), (file.ResidentPages, Machine.Frames.UsedBy(FrameOwner.PageCache), Machine.Frames.UsedBy(FrameOwner.User)));
        Assert.Equal((FaultResult.BusError, FaultResult.BusError, FaultResult.BusError), (TryRead(4), TryRead(104), TryWrite(105)));
        Assert.Equal(FaultResult.BusError, Machine.Load(other).Read(At(8), new byte[1]));
        Machine.Unload(other);
        Assert.Equal((4, 4, 4), (Read(3), Read(103), Machine.Read(other, At(7))));
        byte[] tail = new byte[10];
        Assert.Equal(Status.Success, Space.Read(At(3) + 95, tail));
        Assert.Equal([4, 4, 4, 4, 4, 0, 0, 0, 0, 0], tail);
        Assert.Equal(Status.Success, file.SetSize(6 * 4096));
        Assert.Equal((0, 0), (Read(4), Read(104)));
        Verify();
    }

    [Fact]
    public void A_hole_leaves_private_copies()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4);
        MapFile(file, 100, 4, VAreaFlags.Private);
        for (ulong page = 0; page < 4; page++)
            _ = (Read(page), Read(100 + page));
        Write(101, 9);
        Assert.Equal(Status.Success, file.PunchHole(4096, 8192));
        Verify();
        Assert.Equal(2ul, file.ResidentPages);
        Assert.Equal((1, 0, 0, 4), (Read(0), Read(1), Read(2), Read(3)));
        Assert.Equal((1, 9, 0, 4), (Read(100), Read(101), Read(102), Read(103)));
        Verify();
    }

    [Fact]
    public void Pages_without_access_go_too()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        Write(1, 9);
        _ = Read(2);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), Protection.None));
        Assert.Equal(Status.Success, file.SetSize(4096));
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shared_table_loses_pages_for_all_its_users(bool isTruncation)
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8, VAreaFlags.Private);
        MapAt(20, 4);
        Write(20, 1);
        for (ulong page = 0; page < 8; page++)
            _ = Read(page);
        Write(5, 9);
        AddressSpace child = Space.Fork();
        AddressSpace grandchild = child.Fork();
        // Every processor has its translations cached.
        foreach ((AddressSpace space, int processor) in new[] { (Space, 0), (child, 1), (grandchild, 2) })
        {
            TestHardware.RunAs(processor);
            TestProcessor user = Machine.Load(space);
            for (ulong page = 0; page < 8; page++)
                Assert.Equal(FaultResult.Resolved, user.Read(At(page), new byte[1]));
        }
        TestHardware.RunAs(0);
        Assert.Equal(3, Space.LeafAt(At(0)).Users);
        ulong free;
        using (TakeAllFrames())
        {
            free = Machine.Frames.FreeFrames;
            Assert.Equal(Status.Success, isTruncation ? file.SetSize(3 * 4096) : file.PunchHole(3 * 4096, 5 * 4096));
            Assert.Equal(free + (isTruncation ? 6ul : 5), Machine.Frames.FreeFrames);
        }
        Verify();
        ulong left = isTruncation ? 4ul : 5;
        Assert.Equal(3, Space.LeafAt(At(0)).Users);
        Assert.Equal((left, left, left), (Space.ResidentPages, child.ResidentPages, grandchild.ResidentPages));
        TestHardware.RunAs(1);
        if (isTruncation)
            Assert.Equal(FaultResult.BusError, Machine.Load(child).Read(At(5), new byte[1]));
        else
            Assert.Equal((9, 0), (Machine.Read(child, At(5)), Machine.Read(child, At(4))));
        Machine.Write(child, At(0), 77);
        Verify();
        TestHardware.RunAs(2);
        Machine.Unload(grandchild);
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(grandchild));
        Verify();
        TestHardware.RunAs(1);
        Machine.Unload(child);
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child));
        TestHardware.RunAs(0);
        Write(20, 2);
        Verify();
        Assert.Equal(left, Space.ResidentPages);
        Assert.Equal(left + 1, Space.ResidentPages + (ulong)(TryWrite(21) == FaultResult.Resolved ? 1 : 0));
        Verify();
    }

    [Fact]
    public void A_shared_table_that_loses_all_goes()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        for (ulong page = 0; page < 4; page++)
            Write(page, 9);
        AddressSpace child = Space.Fork();
        Assert.Equal(Status.Success, file.SetSize(0));
        Verify();
        Assert.Equal((0ul, 0ul, 0ul), (Space.ResidentPages, child.ResidentPages, Machine.Frames.UsedBy(FrameOwner.User)));
        Assert.Equal(Status.Success, Space.Unmap(Pages(1, 2)));
        Verify();
        Assert.Equal(Status.Success, file.SetSize(8192));
        Machine.Write(child, At(1), 1);
        Verify();
    }

    [Fact]
    public void Parts_of_a_thinned_table_can_be_unmapped_moved_and_forked()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8, VAreaFlags.Private);
        MapFile(file, 10, 4, VAreaFlags.Private);
        for (ulong page = 0; page < 8; page++)
            Write(page, 9);
        _ = Read(10);
        AddressSpace child = Space.Fork();
        Assert.Equal(Status.Success, file.SetSize(6 * 4096));
        AddressSpace second = child.Fork();
        Verify();
        Assert.Equal(Status.Success, Space.Unmap(Pages(2, 9)));
        Verify();
        VirtualAddress target = At(700);
        Assert.Equal(Status.Success, child.Move(Pages(0, 8), 8, MoveMode.Fixed, ref target));
        Verify();
        Assert.Equal(9, Machine.Read(child, At(705)));
        Assert.Equal(Status.Success, second.Unmap(Pages(0, 14)));
        Verify();
        Assert.Equal(Status.Success, file.SetSize(0));
        Verify();
        Assert.Equal((0ul, 0ul), (Space.ResidentPages, child.ResidentPages));
    }

    [Fact]
    public void A_table_that_moved_as_a_whole_is_found()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, BlockPages, VAreaFlags.Private);
        _ = (Read(0), Read(3));
        AddressSpace child = Space.Fork();
        VirtualAddress target = At(4 * BlockPages);
        Assert.Equal(Status.Success, child.Move(Pages(0, BlockPages), BlockPages, MoveMode.Fixed, ref target));
        Assert.Equal(4, Machine.Read(child, target + 3 * Page.Size));
        Assert.Equal(Status.Success, file.SetSize(8192));
        Verify();
        Assert.Equal(FaultResult.BusError, Machine.Load(child).Read(target + 3 * Page.Size, new byte[1]));
        Machine.Unload(child);
        Verify();
    }

    [Fact]
    public void Parts_of_a_varea_are_found_after_cuts_and_joins()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8);
        for (ulong page = 0; page < 8; page++)
            _ = Read(page);
        Assert.Equal(Status.Success, Space.Protect(Pages(2, 3), ReadOnly));
        Verify();
        Assert.Equal(Status.Success, file.PunchHole(3 * 4096, 4096));
        Verify();
        Assert.Equal((3, 0, 5), (Read(2), Read(3), Read(4)));
        Assert.Equal(Status.Success, Space.Protect(Pages(2, 3), ReadWrite));
        Verify();
        Assert.Equal("0-8 rw", Layout());
        Assert.Equal(Status.Success, Space.Unmap(Pages(1, 2)));
        Assert.Equal(Status.Success, file.SetSize(4096 * 4));
        Verify();
        Assert.Equal((1, 0, FaultResult.BusError), (Read(0), Read(3), TryRead(4)));
    }

    [Fact]
    public void Whether_anybody_may_write_through_a_mapping_is_known()
    {
        FileObject file = NewFile(1);
        Assert.False(file.HasWritableMappings);
        MapFile(file, 0, 1, VAreaFlags.Private);
        Assert.False(file.HasWritableMappings);
        PageRange shared = MapFile(file, 10, 1, protection: ReadOnly);
        Assert.True(file.HasWritableMappings);
        Assert.Equal(Status.Success, Space.Unmap(shared));
        Assert.False(file.HasWritableMappings);
        var request = new MapRequest(1, ReadOnly, file) { MaximumProtection = ReadOnly };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.False(file.HasWritableMappings);
    }

    [Fact]
    public void Mappings_keep_a_file_and_refusals_leave_nothing()
    {
        FileObject file = FileObject.Create(Machine.Manager)!;
        Put(file, 0, [5]);
        Machine.FileMappings.Left = 0;
        var request = new MapRequest(4, ReadWrite, file) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.OutOfMemory, Space.Map(request, out _));
        Machine.FileMappings.Left = 1;
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(1, 1)));
        Assert.Equal(Status.OutOfMemory, Space.Fork(out _));
        Verify();
        Machine.FileMappings.Left = int.MaxValue;
        file.Release();
        Assert.Equal((5, 1), (Read(0), Machine.Files.InUse));
        AddressSpace child = Space.Fork();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 4)));
        Assert.Equal((5, 2), (Machine.Read(child, At(0)), file.References + 1));
        Assert.Equal(Status.Success, child.Unmap(Pages(0, 4)));
        Assert.Equal((0, 0), (Machine.Files.InUse, Machine.FileMappings.InUse));
    }

    [Fact]
    public void Guests_of_a_frozen_space_read_its_files()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8, VAreaFlags.Private);
        Write(1, 9);
        MapAt(20, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Assert.Equal(Status.Success, Space.Duplicate(out AddressSpace? guest));
        Assert.Equal((1, 9, 5), (Machine.Read(guest!, At(0)), Machine.Read(guest!, At(1)), Machine.Read(guest!, At(4))));
        Machine.Write(guest!, At(4), 7);
        Verify();
        Assert.Equal(Status.Success, file.SetSize(4096));
        Verify();
        // What the guest has is its own, or borrowed for good.
        Assert.Equal((9, 7), (Machine.Read(guest!, At(1)), Machine.Read(guest!, At(4))));
        Assert.Equal(FaultResult.BusError, Machine.Load(guest!).Read(At(5), new byte[1]));
        Machine.Unload(guest!);
        Machine.Write(guest!, At(1), 3);
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(guest!));
    }

    [Fact]
    public void Faults_without_memory_leave_nothing_behind()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.Success, file.SetSize(10 * 4096));
        MapFile(file, 0, 10);
        MapFile(file, 20, 10, VAreaFlags.Private);
        for (int frames = 0; frames < 6; frames++)
        {
            using (TakeAllFrames(but: frames))
                _ = (TryWrite(1), TryRead(22), TryWrite(23));
            Verify();
        }
        Assert.Equal((FaultResult.Resolved, FaultResult.Resolved, FaultResult.Resolved), (TryWrite(2), TryRead(23), TryWrite(24)));
    }

    [Fact]
    public void A_removal_still_comes_to_a_varea_that_joined_one_it_has_dealt_with()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 8);
        Assert.Equal(Status.Success, file.SetSize(4 * Page.Size));
        Assert.Equal(Status.Success, Space.Protect(Pages(4, 4), ReadOnly));
        VArea head = Space.Find(At(0))!, tail = Space.Find(At(4))!;
        uint done = ((FileMapping)head.ObjectState!).Removal;
        ((FileMapping)tail.ObjectState!).Removal = done - 1;
        Assert.Equal(Status.Success, Space.Protect(Pages(4, 4), head.Protection));
        Assert.Same(head, Space.Find(At(4)));
        Assert.Equal(done - 1, ((FileMapping)head.ObjectState!).Removal);
        Verify();
    }
}
