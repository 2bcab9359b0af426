using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public sealed class PageTableTests : IDisposable
{
    private static readonly VirtualAddress s_kernel = new(0xffff_8000_0000_0000);

    private readonly SimulatedMemory _memory = new(256 * Page.Size);
    private readonly Frames _frames = new(256);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Nothing_is_mapped_in_a_new_table() => Assert.False(new PageTableWalk(Builder().Root, s_kernel).IsMapped);

    [Fact]
    public void A_mapped_page_translates_with_its_offset()
    {
        PageTableBuilder builder = Builder();
        Assert.Equal(Status.Success, builder.Map(s_kernel + 0x3000, new PhysicalAddress(0x77000), Page.Size, PageFlags.Writable | PageFlags.NoExecute));

        var walk = new PageTableWalk(builder.Root, s_kernel + 0x3123);

        Assert.True(walk.IsMapped);
        Assert.Equal(new PhysicalAddress(0x77123), walk.Physical);
        Assert.Equal(1, walk.LastLevel);
        Assert.True(walk.IsWritable);
        Assert.False(walk.IsExecutable);
        Assert.False(walk.IsUser);
        Assert.False(new PageTableWalk(builder.Root, s_kernel + 0x4000).IsMapped);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 2)]
    public void The_largest_page_that_the_processor_has_is_used(bool hugePages, int level)
    {
        PageTableBuilder builder = Builder(hugePages);
        Assert.Equal(Status.Success, builder.Map(s_kernel, new PhysicalAddress(Page.HugeSize), Page.HugeSize, PageFlags.Writable));

        var walk = new PageTableWalk(builder.Root, s_kernel + 0x1234_5678);

        Assert.Equal(level, walk.LastLevel);
        Assert.Equal(new PhysicalAddress(Page.HugeSize + 0x1234_5678), walk.Physical);
    }

    [Fact]
    public void Unaligned_ends_of_a_range_use_small_pages()
    {
        PageTableBuilder builder = Builder();
        ulong start = Page.LargeSize - 2 * Page.Size;
        Assert.Equal(Status.Success, builder.Map(s_kernel + start, new PhysicalAddress(start), Page.LargeSize + 3 * Page.Size, PageFlags.None));

        Assert.Equal(1, new PageTableWalk(builder.Root, s_kernel + start).LastLevel);
        Assert.Equal(2, new PageTableWalk(builder.Root, s_kernel + Page.LargeSize).LastLevel);
        Assert.Equal(1, new PageTableWalk(builder.Root, s_kernel + 2 * Page.LargeSize).LastLevel);
        Assert.False(new PageTableWalk(builder.Root, s_kernel + 2 * Page.LargeSize + Page.Size).IsMapped);
    }

    [Fact]
    public void Misaligned_input_is_refused()
    {
        PageTableBuilder builder = Builder();

        Assert.Equal(Status.InvalidArgument, builder.Map(s_kernel + 1, new PhysicalAddress(0), Page.Size, PageFlags.None));
        Assert.Equal(Status.InvalidArgument, builder.Map(s_kernel, new PhysicalAddress(8), Page.Size, PageFlags.None));
        Assert.Equal(Status.InvalidArgument, builder.Map(s_kernel, new PhysicalAddress(0), Page.Size + 1, PageFlags.None));
    }

    [Fact]
    public void A_mapped_page_is_not_replaced()
    {
        PageTableBuilder builder = Builder();
        builder.Map(s_kernel, new PhysicalAddress(0x1000), Page.Size, PageFlags.None);

        Assert.Equal(Status.AlreadyExists, builder.Map(s_kernel, new PhysicalAddress(0x2000), Page.Size, PageFlags.None));
        Assert.Equal(new PhysicalAddress(0x1000), new PageTableWalk(builder.Root, s_kernel).Physical);
    }

    [Fact]
    public void A_large_page_is_not_split_by_a_small_mapping()
    {
        PageTableBuilder builder = Builder();
        builder.Map(s_kernel, new PhysicalAddress(0), Page.LargeSize, PageFlags.None);

        Assert.Equal(Status.AlreadyExists, builder.Map(s_kernel + 0x1000, new PhysicalAddress(0x9000), Page.Size, PageFlags.None));
    }

    [Fact]
    public void Lack_of_frames_is_reported()
    {
        PageTableBuilder builder = Builder();
        _frames.Left = 2;

        Assert.Equal(Status.OutOfMemory, builder.Map(s_kernel, new PhysicalAddress(0x1000), Page.Size, PageFlags.None));
    }

    [Fact]
    public void Unmap_removes_pages_and_reports_those_that_were_not_there()
    {
        PageTableBuilder builder = Builder();
        builder.Map(s_kernel, new PhysicalAddress(0x1000), 2 * Page.Size, PageFlags.None);

        Assert.Equal(Status.Success, builder.Unmap(s_kernel, Page.Size));
        Assert.False(new PageTableWalk(builder.Root, s_kernel).IsMapped);
        Assert.True(new PageTableWalk(builder.Root, s_kernel + Page.Size).IsMapped);
        Assert.Equal(Status.NotFound, builder.Unmap(s_kernel, 2 * Page.Size));
        Assert.False(new PageTableWalk(builder.Root, s_kernel + Page.Size).IsMapped);
    }

    [Fact]
    public void Unmap_removes_large_pages_as_a_whole()
    {
        PageTableBuilder builder = Builder();
        builder.Map(s_kernel, new PhysicalAddress(0), Page.LargeSize + Page.Size, PageFlags.None);

        Assert.Equal(Status.Success, builder.Unmap(s_kernel, Page.LargeSize + Page.Size));
        Assert.False(new PageTableWalk(builder.Root, s_kernel + 0x12345).IsMapped);
        Assert.False(new PageTableWalk(builder.Root, s_kernel + Page.LargeSize).IsMapped);
    }

    private PageTableBuilder Builder(bool hugePages = false) =>
        new(_frames.AllocateZeroed()!.Value.Address, _frames, hugePages);

    private sealed unsafe class Frames(ulong end) : IFrameSource
    {
        private ulong _next = 1;

        public int Left { get; set; } = int.MaxValue;

        public FrameNumber? AllocateZeroed()
        {
            if (Left-- <= 0 || _next == end)
                return null;
            var frame = new FrameNumber(_next++);
            new Span<byte>(DirectMap.Pointer(frame.Address), (int)Page.Size).Clear();
            return frame;
        }
    }
}
