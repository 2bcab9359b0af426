using System.Linq;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Files;

public sealed class FaultAroundTests : FileTestBase
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;

    [Fact]
    public void A_read_maps_the_group_of_pages_around_it()
    {
        FileObject file = NewFile(64);
        MapFile(file, 0, 64);
        Assert.Equal(22, Read(21));
        Verify();
        Assert.Equal(16ul, Space.ResidentPages);
        Assert.Equal(Enumerable.Range(17, 16), Enumerable.Range(16, 16).Select(page => (int)Read((ulong)page)));
        Assert.Equal(1ul, Space.MinorFaults);
        Verify();
    }

    [Fact]
    public void Only_the_page_of_the_fault_was_accessed()
    {
        MapFile(NewFile(16), 0, 16);
        Assert.Equal(FaultResult.Resolved, Space.Fault(At(3), FaultAccess.User));
        Assert.Equal((PageState.Accessed, PageState.Absent), (StateOf(3) & PageState.Accessed, StateOf(4) & PageState.Accessed));
        Assert.True(Space.EntryAt(At(4)).IsPresent);
    }

    [Fact]
    public void Pages_that_are_not_there_are_not_made()
    {
        FileObject file = NewFile();
        Put(file, 1 * 4096, [2]);
        Put(file, 3 * 4096, [4]);
        Put(file, 5 * 4096, [6]);
        MapFile(file, 0, 16);
        Assert.Equal(4, Read(3));
        Assert.Equal((3ul, 3ul), (Space.ResidentPages, file.ResidentPages));
        Assert.Equal(0, Read(2));
        Assert.Equal((4ul, 4ul), (Space.ResidentPages, file.ResidentPages));
        Verify();
    }

    [Fact]
    public void Neither_varea_nor_file_is_left()
    {
        FileObject file = NewFile(10);
        MapFile(file, 4, 20, offset: 2);
        MapFile(file, 34, 3);
        Assert.Equal((3, 1), (Read(4), Read(34)));
        Assert.Equal(8ul + 3, Space.ResidentPages);
        Verify();
    }

    [Fact]
    public void Random_advice_keeps_to_the_page()
    {
        MapFile(NewFile(16), 0, 16, VAreaFlags.Random);
        Assert.Equal(6, Read(5));
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void The_group_is_that_of_the_address_wherever_the_file_begins()
    {
        FileObject file = NewFile();
        for (ulong page = 500; page < 530; page++)
            Put(file, page << Page.Shift, [(byte)(page - 490)]);
        MapFile(file, BlockPages - 4, 30, offset: 506);
        Assert.Equal(21, Read(BlockPages + 1));
        // A node of the file's index ends behind page 511.
        Assert.Equal(2ul, Space.ResidentPages);
        Assert.Equal(22, Read(BlockPages + 2));
        Assert.Equal(16ul, Space.ResidentPages);
        Assert.Equal(18, Read(BlockPages - 2));
        Assert.Equal(20ul, Space.ResidentPages);
        Verify();
    }

    [Fact]
    public void Private_pages_stay_and_neighbours_are_read_only()
    {
        FileObject file = NewFile(16);
        MapFile(file, 0, 16, VAreaFlags.Private);
        Write(5, 55);
        Assert.Equal(1ul, Space.ResidentPages);
        Assert.Equal(7, Read(6));
        Assert.Equal((55, 16ul), (Read(5), Space.ResidentPages));
        Verify();
        Write(7, 77);
        Verify();
        Assert.Equal((77, 8), (Read(7), Get(file, 7 * 4096, 1)[0]));
    }

    [Fact]
    public void Instructions_are_brought_along_too()
    {
        FileObject file = NewFile(16);
        MapFile(file, 0, 16, VAreaFlags.Private, protection: Protection.Read | Protection.Execute | Protection.User);
        Assert.Equal(FaultResult.Resolved, TryExecute(2));
        Assert.Equal(16ul, Space.ResidentPages);
        Assert.Equal(FaultResult.Resolved, TryExecute(9));
        Assert.Equal(1ul, Space.MinorFaults);
        Verify();
    }

    [Fact]
    public void A_write_to_a_shared_file_maps_its_page_alone()
    {
        MapFile(NewFile(16), 0, 16);
        Write(4, 9);
        Assert.Equal(1ul, Space.ResidentPages);
        Assert.Equal(1, Read(0));
        Assert.Equal((16ul, 9), (Space.ResidentPages, Read(4)));
        Verify();
    }

    [Fact]
    public void A_table_that_a_child_shares_is_copied_first()
    {
        FileObject file = NewFile(16);
        MapFile(file, 0, 16, VAreaFlags.Private, protection: ReadOnly);
        MapAt(40, 1);
        Write(40, 1);
        AddressSpace child = Space.Fork();
        Assert.Equal(3, Machine.Read(child, At(2)));
        Assert.Equal((17ul, 1ul), (child.ResidentPages, Space.ResidentPages));
        Verify();
    }
}
