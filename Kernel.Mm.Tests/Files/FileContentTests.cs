using System;
using System.Linq;
using Kernel.Mm.Objects;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Files;

public sealed class FileContentTests : FileTestBase
{
    [Fact]
    public void What_was_written_is_read()
    {
        FileObject file = NewFile();
        byte[] content = [.. Enumerable.Range(0, 10000).Select(i => (byte)(i % 251))];
        Put(file, 3000, content);
        Verify();
        Assert.Equal((13000ul, 4ul), (file.Size, file.ResidentPages));
        Assert.Equal(content, Get(file, 3000, 20000));
        Assert.Equal(content[5000..5100], Get(file, 8000, 100));
        Assert.Equal(new byte[3000], Get(file, 0, 3000));
        Put(file, 4095, [1, 2]);
        Assert.Equal([content[1094], 1, 2, content[1097]], Get(file, 4094, 4));
        Assert.Equal(13000ul, file.Size);
    }

    [Fact]
    public void Holes_read_as_zeros_and_stay_holes()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.Success, file.SetSize(1UL << 40));
        Put(file, 1UL << 39, [7]);
        Assert.Equal(new byte[5000], Get(file, (1UL << 39) - 5000, 5000));
        Assert.Equal([7, 0, 0], Get(file, 1UL << 39, 3));
        Assert.Equal(1ul, file.ResidentPages);
        Assert.Null(file.GetPage(5));
        Verify();
    }

    [Fact]
    public void Nothing_is_read_behind_the_end()
    {
        FileObject file = NewFile();
        Assert.Empty(Get(file, 0, 10));
        Put(file, 0, [1, 2, 3]);
        Assert.Equal([2, 3], Get(file, 1, 10));
        Assert.Empty(Get(file, 3, 10));
        Assert.Empty(Get(file, ulong.MaxValue, 10));
        Assert.Equal(Status.BeyondEnd, file.ReadPage(null!, 1, 0, new byte[1]));
        Assert.Equal(Status.BeyondEnd, file.WritePage(null!, 1, 0, [1]));
        Assert.Equal(Status.Success, file.WritePage(null!, 0, 100, [1]));
        Assert.Equal(3ul, file.Size);
    }

    [Fact]
    public void A_file_has_a_largest_size()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.InvalidArgument, file.SetSize(FileObject.MaximumSize + 1));
        Assert.Equal(Status.InvalidArgument, file.Write(FileObject.MaximumSize, [1], out _));
        Assert.Equal(Status.InvalidArgument, file.Write(FileObject.MaximumSize - 1, [1, 2], out int written));
        Assert.Equal((1, FileObject.MaximumSize), (written, file.Size));
        Assert.Equal(Status.Success, file.SetSize(0));
        Assert.Equal((0ul, 0ul), (file.ResidentPages, file.IndexFrames));
        Verify();
    }

    [Fact]
    public void A_page_outlives_its_file_while_it_is_held()
    {
        FileObject file = NewFile(2);
        FrameNumber frame = file.GetPage(1)!.Value;
        ulong free = Machine.Frames.FreeFrames;
        Assert.Equal(Status.Success, file.SetSize(4096));
        Assert.Equal((free, 1), (Machine.Frames.FreeFrames, Machine.Frames.Table[frame].References));
        file.PutPage(frame);
        Assert.Equal(free + 1, Machine.Frames.FreeFrames);
        Verify();
    }

    [Fact]
    public unsafe void A_write_that_stops_early_leaves_zeros_behind_the_end()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.Success, file.BeginWrite(100, 5000, out PageWrite write));
        Assert.Equal(3996, write.Bytes.Length);
        write.Bytes.Fill(9);
        Assert.Equal(Status.Success, file.EndWrite(ref write, 0));
        Verify();
        Assert.Equal((0ul, 0ul), (file.Size, file.ResidentPages));

        Assert.Equal(Status.Success, file.BeginWrite(0, 4096, out write));
        write.Bytes.Fill(9);
        Assert.Equal(Status.Success, file.EndWrite(ref write, 10));
        Assert.Equal(10ul, file.Size);
        Assert.Equal(Status.Success, file.BeginWrite(8, 100, out write));
        write.Bytes.Fill(8);
        Assert.Equal(Status.Success, file.EndWrite(ref write, 5));
        Assert.Equal(13ul, file.Size);
        Assert.Equal(Status.Success, file.BeginWrite(4, 20, out write));
        write.Bytes.Fill(7);
        Assert.Equal(Status.Success, file.EndWrite(ref write, 0));
        Assert.Equal(Status.Success, file.SetSize(30));
        Assert.Equal([9, 9, 9, 9, 7, 7, 7, 7, 7, 7, 7, 7, 7, .. new byte[17]], Get(file, 0, 40));
        Verify();
    }

    [Fact]
    public void A_page_that_appears_during_a_write_is_written()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.Success, file.SetSize(8192));
        Assert.Equal(Status.Success, file.BeginWrite(4196, 2, out PageWrite write));
        Assert.Equal(Status.Success, file.WritePage(null!, 1, 99, [1, 2, 3, 4]));
        write.Bytes.Fill(9);
        Assert.Equal(Status.Success, file.EndWrite(ref write, 2));
        Assert.Equal([1, 9, 9, 4], Get(file, 4195, 4));
        Assert.Equal(1ul, file.ResidentPages);
        Verify();
    }

    [Fact]
    public void A_longer_file_continues_with_zeros()
    {
        FileObject file = NewFile(3);
        Assert.Equal(Status.Success, file.SetSize(5000));
        Assert.Equal((5000ul, 2ul), (file.Size, file.ResidentPages));
        Verify();
        Assert.Equal(Status.Success, file.SetSize(12000));
        Assert.Equal([.. PageOf(2)[..904], .. new byte[7000]], Get(file, 4096, 9999));
        Assert.Equal(Status.Success, file.SetSize(8192));
        Assert.Equal(2ul, file.ResidentPages);
        Verify();
    }

    [Theory]
    [InlineData(0, 12288, 0)]
    [InlineData(100, 12000, 2)]
    [InlineData(4096, 4096, 2)]
    [InlineData(4096, 100, 3)]
    [InlineData(4000, 4192, 2)]
    [InlineData(4100, 200, 3)]
    [InlineData(8191, 1, 3)]
    [InlineData(8000, 100000, 2)]
    [InlineData(20000, 5, 3)]
    public void A_hole_reads_as_zeros(int offset, int bytes, int left)
    {
        FileObject file = NewFile(3);
        byte[] expected = Get(file, 0, 12288);
        expected.AsSpan()[int.Min(offset, 12288)..int.Min(offset + bytes, 12288)].Clear();
        Assert.Equal(Status.Success, file.PunchHole((ulong)offset, (ulong)bytes));
        Assert.Equal((12288ul, (ulong)left), (file.Size, file.ResidentPages));
        Assert.Equal(expected, Get(file, 0, 12288));
        Verify();
    }

    [Fact]
    public void Improper_ranges_are_refused()
    {
        FileObject file = NewFile(1);
        foreach ((ulong offset, ulong bytes) in new[] { (0ul, 0ul), (1ul, FileObject.MaximumSize), (FileObject.MaximumSize + 1, 1ul), (ulong.MaxValue, 2ul) })
        {
            Assert.Equal(Status.InvalidArgument, file.PunchHole(offset, bytes));
            Assert.Equal(Status.InvalidArgument, file.Allocate(offset, bytes, false));
        }
        Assert.Equal(Status.NoSpace, file.Allocate(0, 1UL << 50, false));
        Assert.Equal((4096ul, 1ul), (file.Size, file.ResidentPages));
    }

    [Fact]
    public void Room_can_be_made_beforehand()
    {
        FileObject file = NewFile(2);
        Assert.Equal(Status.Success, file.Allocate(4000, 10000, keepsSize: true));
        Assert.Equal((8192ul, 4ul), (file.Size, file.ResidentPages));
        Assert.Equal(Status.Success, file.Allocate(4000, 20000, keepsSize: false));
        Assert.Equal((24000ul, 6ul), (file.Size, file.ResidentPages));
        Assert.Equal([1, 2, 2], [Get(file, 4095, 1)[0], Get(file, 4096, 1)[0], Get(file, 8191, 1)[0]]);
        Assert.Equal(new byte[15808], Get(file, 8192, 20000));
        using (TakeAllFrames())
        {
            Put(file, 8192, PageOf(1));
            Assert.Equal(Status.OutOfMemory, file.Write(24576, [1], out _));
        }
        Verify();
    }

    [Fact]
    public void Room_that_is_not_there_leaves_everything_as_it_was()
    {
        FileObject file = NewFile(2);
        Assert.Equal(Status.Success, file.Allocate(4 * 4096, 4096, keepsSize: true));
        using (TakeAllFrames(but: 3))
            Assert.Equal(Status.OutOfMemory, file.Allocate(0, 100 * 4096, keepsSize: false));
        Verify();
        Assert.Equal((8192ul, 3ul), (file.Size, file.ResidentPages));
    }

    [Fact]
    public void Data_and_holes_are_found()
    {
        FileObject file = NewFile();
        Assert.Equal(Status.Success, file.SetSize(5000 * 4096));
        Put(file, 3 * 4096, PageOf(1));
        Put(file, 4 * 4096 + 5, [1]);
        Put(file, 4000 * 4096, [1]);
        Assert.Equal(3 * 4096ul, file.FindData(0));
        Assert.Equal(3 * 4096ul + 7, file.FindData(3 * 4096 + 7));
        Assert.Equal(4000 * 4096ul, file.FindData(5 * 4096));
        Assert.Null(file.FindData(4001 * 4096));
        Assert.Null(file.FindData(5000 * 4096));
        Assert.Equal(0ul, file.FindHole(0));
        Assert.Equal(5 * 4096ul, file.FindHole(3 * 4096 + 1));
        Assert.Equal(4001 * 4096ul, file.FindHole(4000 * 4096));
        Assert.Null(file.FindHole(5000 * 4096));
        FileObject full = NewFile(2);
        Assert.Equal(Status.Success, full.SetSize(8000));
        Assert.Equal((8000ul, 0ul), (full.FindHole(10), full.FindData(0)));
    }

    [Fact]
    public void Data_behind_the_longest_hole_are_found_at_once()
    {
        FileObject file = NewFile();
        const ulong Far = FileObject.MaximumSize / Page.Size * Page.Size;
        Assert.Equal(Status.Success, file.SetSize(FileObject.MaximumSize));
        Assert.Null(file.FindData(0));
        Put(file, 0, [1]);
        Assert.Null(file.FindData(Page.Size));
        Put(file, Far, [1]);
        Put(file, Far / 2, [1]);
        Assert.Equal(0ul, file.FindData(0));
        Assert.Equal(Far / 2 / Page.Size * Page.Size, file.FindData(Page.Size));
        Assert.Equal(Far, file.FindData(Far / 2 + Page.Size));
        Assert.Equal(Far + 9, file.FindData(Far + 9));
        Assert.Equal(Page.Size, file.FindHole(0));
    }

    [Fact]
    public void Every_refused_allocation_leaves_the_file_as_it_was()
    {
        FileObject file = NewFile(1);
        for (int frames = 0; ; frames++)
        {
            Status status;
            using (TakeAllFrames(but: frames))
                status = file.Write(1UL << 40, [1], out int written);
            Verify();
            if (status == Status.Success)
                break;
            Assert.Equal((Status.OutOfMemory, 4096ul, 1ul), (status, file.Size, file.ResidentPages));
        }
        Machine.Files.Left = 0;
        Assert.Null(FileObject.Create(Machine.Manager));
    }

    [Fact]
    public void A_full_file_system_takes_no_more_pages()
    {
        var host = new SmallHost(3);
        FileObject file = FileObject.Create(Machine.Manager, host)!;
        Assert.Equal(Status.NoSpace, file.Write(0, new byte[5 * 4096], out int written));
        Assert.Equal((3 * 4096, 0), (written, host.Left));
        Assert.Equal(Status.Success, file.PunchHole(4096, 4096));
        Assert.Equal(1, host.Left);
        Assert.Equal(Status.NoSpace, file.Allocate(0, 5 * 4096, false));
        Assert.Equal(1, host.Left);
        Put(file, 10 * 4096, [1]);
        PageRange mapped = MapFile(file, 0, 11);
        Assert.Equal(FaultResult.BusError, TryWrite(1));
        Assert.Equal(Status.Success, file.SetSize(0));
        Assert.Equal((3, false), (host.Left, host.IsReleased));
        Put(file, 0, [1]);
        Verify();
        Assert.Equal("small"u8, file.NameFor(Space.Find(mapped.Start)!));
        file.Release();
        Assert.False(host.IsReleased);
        Assert.Equal(Status.Success, Space.Unmap(mapped));
        Assert.Equal((3, true), (host.Left, host.IsReleased));
    }

    private sealed class SmallHost(int pages) : FileHost
    {
        public int Left { get; private set; } = pages;

        public bool IsReleased { get; private set; }

        public override ReadOnlySpan<byte> NameFor(VArea area) => "small"u8;

        public override bool TryCharge(ulong pages)
        {
            if ((int)pages > Left)
                return false;
            Left -= (int)pages;
            return true;
        }

        public override void Uncharge(ulong pages) => Left += (int)pages;

        public override void OnReleased(FileObject file) => IsReleased = true;
    }
}
