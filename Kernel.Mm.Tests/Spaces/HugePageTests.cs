using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>A device of 1 GiB and 2 MiB more at each end, whose middle fits a 1 GiB page. Two processors have cached it before each change.</summary>
public sealed class HugePageTests : SpaceTestBase
{
    private const ulong Huge = Page.HugeSize / Page.Size;
    private const ulong Block = Page.LargeSize / Page.Size;
    private const ulong First = Huge - Block;
    private const ulong All = Huge + 2 * Block;

    // Between the root and a 1 GiB page.
    private const ulong UpperTables = PageTableWalk.Levels - PageTable.HugeLevel;

    private static readonly PhysicalAddress s_device = new((1UL << 40) - Page.LargeSize);

    private PhysicalAddress _mapped;

    [Fact]
    public void One_fault_maps_what_fits_a_huge_page()
    {
        ulong tables = Machine.Frames.UsedBy(FrameOwner.PageTable);
        MapDevice();
        AssertMapped(Huge + 12345, Page.HugeSize);
        Assert.Equal(Huge, Space.ResidentPages);
        Assert.Equal((tables + UpperTables, tables + UpperTables), (Machine.Frames.UsedBy(FrameOwner.PageTable), Space.CountTables()));
        Assert.Equal(FaultResult.Spurious, Space.Fault(At(2 * Huge - 1), FaultAccess.Write | FaultAccess.User));
        FaultIn(First);
        FaultIn(2 * Huge);
        AssertMapped(First + 1, Page.LargeSize);
        AssertMapped(2 * Huge + 1, Page.LargeSize);
        Assert.Equal(All, Space.ResidentPages);
        Space.BeginListing();
        ulong resident = Space.CountResident(Space.Find(At(Huge))!).Resident;
        tables = Space.CountTables();
        Space.EndListing();
        // Also the root, and one table for the 2 MiB pages at each end.
        Assert.Equal((All, 1 + UpperTables + 2), (resident, tables));
        Assert.Equal(PageState.Resident | PageState.Dirty | PageState.Accessed | PageState.Writable, StateOf(Huge + 7));
        Assert.Equal(PageState.Resident | PageState.Dirty | PageState.Accessed | PageState.Writable, StateOf(First + 7));
        Verify();
    }

    [Fact]
    public void Smaller_pages_serve_where_it_does_not_fit()
    {
        Machine.Hardware.UsesHugePages = false;
        MapDevice();
        AssertMapped(Huge + 1, Page.LargeSize);
        Machine.Hardware.UsesHugePages = true;
        // There is a table now.
        FaultIn(Huge + Block);
        AssertMapped(Huge + Block, Page.LargeSize);
        Assert.Equal(Status.Success, Space.Unmap(Pages(First, All)));
        // Of another alignment, and too short.
        MapDevice(s_device + Page.LargeSize);
        AssertMapped(Huge + 1, Page.LargeSize);
        Assert.Equal(Status.Success, Space.Unmap(Pages(First, All)));
        MapDevice(pages: All - Block - 1);
        AssertMapped(Huge + 1, Page.LargeSize);
        Verify();
    }

    [Fact]
    public void A_place_that_suits_huge_pages_is_chosen()
    {
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(1UL << 40), CachePolicy.Uncached, new MapRequest(Huge + 5, ReadWrite), out VirtualAddress address));
        Assert.Equal(0ul, address.Value & (Page.HugeSize - 1));
    }

    [Fact]
    public void Unmapping_takes_a_huge_page_away_as_one_and_needs_no_memory()
    {
        ulong tables = Machine.Frames.UsedBy(FrameOwner.PageTable);
        MapDevice();
        using (TakeAllFrames())
            Assert.Equal(Status.Success, Space.Unmap(Pages(First, All)));
        Verify();
        Assert.Equal((0ul, tables), (Space.ResidentPages, Machine.Frames.UsedBy(FrameOwner.PageTable)));
        Assert.Equal(FaultResult.NotMapped, TryRead(Huge));
    }

    [Theory]
    [InlineData(Huge + 5, 1UL)]
    [InlineData(Huge + 1, Block)]
    [InlineData(Huge + 3 * Block, Block)]
    [InlineData(First, Block + 1)]
    [InlineData(2 * Huge - 1, 1UL)]
    public void Unmapping_a_part_leaves_the_rest(ulong page, ulong pages)
    {
        MapDevice();
        string before = Layout();
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Unmap(Pages(page, pages)));
        Verify();
        Assert.Equal(before, Layout());
        AssertMapped(Huge + 12345, Page.HugeSize);

        Assert.Equal(Status.Success, Space.Unmap(Pages(page, pages)));

        Verify();
        Assert.Equal(FaultResult.NotMapped, TryRead(page));
        Assert.False(Space.Translate(At(page + pages - 1)).IsMapped);
        AssertMapped(Huge + 12345, Page.LargeSize);
        Assert.Equal(Huge - ulong.Min(pages, page + pages - Huge), Space.ResidentPages);
    }

    [Fact]
    public void What_is_mapped_over_a_part_is_seen()
    {
        MapDevice();
        var request = new MapRequest(1, ReadWrite) { Placement = Placement.FixedReplace, Address = At(Huge + 600) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Write(Huge + 600, 6);
        Assert.Equal(6, Read(Huge + 600));
        AssertMapped(Huge + 599, Page.Size);
        AssertMapped(Huge + 601, Page.Size);
        Verify();
    }

    [Theory]
    [InlineData(First, All, false)]
    [InlineData(Huge, Huge, false)]
    [InlineData(Huge + 5, 3UL, false)]
    [InlineData(First, All, true)]
    [InlineData(Huge + 5, 3UL, true)]
    public void Protection_changes_for_a_part_or_all(ulong page, ulong pages, bool isNone)
    {
        MapDevice();
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(page, pages), isNone ? Protection.None : ReadOnly));
        Verify();
        AssertMapped(Huge + 12345, Page.HugeSize);

        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), isNone ? Protection.None : ReadOnly));

        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryWrite(ulong.Max(page, Huge)));
        Assert.False(Space.Translate(At(ulong.Max(page, Huge) + 2)).IsWritable);
        Assert.Equal(pages < Huge, Space.Translate(At(2 * Huge - 1)).IsWritable);
        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), ReadWrite));
        FaultIn(Huge + 6, FaultAccess.Write);
        Assert.Equal(s_device + (Huge + 6 - First) * Page.Size, Space.Translate(At(Huge + 6)).Physical);
        Verify();
    }

    [Fact]
    public void A_part_is_dropped_and_comes_back()
    {
        MapDevice();
        Assert.Equal(Status.Success, Space.Advise(Pages(Huge + 100, 1000), Advice.DontNeed));
        Verify();
        Assert.Equal(Huge - 1000, Space.ResidentPages);
        FaultIn(Huge + 100);
        AssertMapped(Huge + 100, Page.Size);
        Assert.Equal(Status.Success, Space.Advise(Pages(First, All), Advice.DontNeed));
        Verify();
        Assert.Equal(0ul, Space.ResidentPages);
        FaultIn(Huge + 100);
        AssertMapped(Huge + 100, Page.HugeSize);
    }

    [Fact]
    public void A_cut_varea_has_no_huge_page_across_its_ends()
    {
        MapDevice();
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Advise(Pages(Huge + 1, 1), Advice.DontFork));
        Verify();
        Assert.Equal(Status.Success, Space.Advise(Pages(Huge + 1, 1), Advice.DontFork));
        Verify();
        Assert.Equal(3, Space.AreaCount);
        Assert.Equal(Status.Success, Space.SetCachePolicy(Pages(Huge + 1000, 4), CachePolicy.WriteBack));
        Verify();
        FaultIn(Huge + 1001);
        PageFlags policy = Space.Translate(At(Huge + 1001)).Entry(1).Flags & (PageFlags.WriteThrough | PageFlags.CacheDisable);
        Assert.Equal(PageFlags.None, policy);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    public void A_huge_page_moves_in_smaller_ones(ulong offset)
    {
        const ulong Moved = Huge / 64;
        MapDevice();
        // What is at the target is a huge page too.
        VirtualAddress target = At(9 * Huge + 3 * Block + offset);
        var request = new MapRequest(Huge, ReadWrite) { Placement = Placement.Fixed, Address = At(9 * Huge) };
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(1UL << 41), CachePolicy.Uncached, request, out _));
        FaultIn(9 * Huge);
        AssertTranslation(9 * Huge, new PhysicalAddress(1UL << 41), Page.HugeSize);

        Assert.Equal(Status.Success, Space.Move(Pages(Huge + Block, Moved), Moved, MoveMode.Fixed, ref target));

        Verify();
        Assert.Equal(s_device + (2 * Block + 77) * Page.Size, Space.Translate(target + 77 * Page.Size).Physical);
        AssertTranslation(9 * Huge + 5, new PhysicalAddress((1UL << 41) + 5 * Page.Size), Page.LargeSize);
        Assert.Equal(FaultResult.NotMapped, TryRead(Huge + Block));
        AssertMapped(Huge + 5, Page.LargeSize);
        Assert.Equal(2 * Huge - Moved, Space.ResidentPages);
    }

    [Fact]
    public void A_child_makes_huge_pages_of_its_own()
    {
        MapDevice();
        MapAt(2 * Huge + 2 * Block, 4);
        Write(2 * Huge + 2 * Block, 4);
        AddressSpace child = Space.Fork();
        Verify();
        Assert.Equal(1ul, child.ResidentPages);
        FaultIn(Huge + 9, space: child);
        Assert.Equal(Page.HugeSize, child.Translate(At(Huge)).PageSize);
        Machine.Write(child, At(2 * Huge + 2 * Block), 5);
        Assert.Equal(4, Read(2 * Huge + 2 * Block));
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child));
        Verify();
        AssertMapped(Huge + 9, Page.HugeSize);
    }

    [Fact]
    public void A_frozen_space_has_no_devices()
    {
        MapDevice();
        MapAt(0, 1);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Freeze());
        Verify();
        Assert.Equal(1ul, Space.ResidentPages);
    }

    [Fact]
    public void A_device_is_neither_read_nor_pinned_through_a_huge_page()
    {
        MapDevice();
        Assert.Equal(Status.NotSupported, Space.Read(At(Huge + 3), new byte[4]));
        Assert.Equal(Status.NotSupported, Space.Write(At(Huge + 3), [1]));
        Assert.Equal(Status.NotSupported, Space.Pin(At(Huge + 3), true, out _));
        Assert.True(Space.Describe(At(Huge + 3), out FrameNumber frame, out _).HasFlag(PageState.Resident));
        Assert.Equal((s_device + (3 + Block) * Page.Size).Frame, frame);
    }

    /// <summary>Maps the device; the 1 GiB page, if there can be one, is there, and processors 1 and 2 know it.</summary>
    private void MapDevice(PhysicalAddress? start = null, ulong pages = All)
    {
        var request = new MapRequest(pages, ReadWrite) { Placement = Placement.Fixed, Address = At(First) };
        _mapped = start ?? s_device;
        Assert.Equal(Status.Success, Space.MapPhysical(_mapped, CachePolicy.Uncached, request, out _));
        FaultIn(Huge + 5);
        Verify();
        for (int processor = 1; processor <= 2; processor++)
        {
            TestHardware.RunAs(processor);
            Machine.Load(Space);
            foreach (ulong page in (ReadOnlySpan<ulong>)[Huge, Huge + 5, Huge + 12345, 2 * Huge - 1])
                Machine.Hardware.Mmu.Prefetch(processor, At(page));
        }
        TestHardware.RunAs(0);
    }

    private void FaultIn(ulong page, FaultAccess access = FaultAccess.Read, AddressSpace? space = null) =>
        Assert.True((space ?? Space).Fault(At(page), access | FaultAccess.User) <= FaultResult.Spurious);

    private void AssertMapped(ulong page, ulong size) => AssertTranslation(page, _mapped + (page - First) * Page.Size, size);

    private void AssertTranslation(ulong page, PhysicalAddress physical, ulong size)
    {
        PageTableWalk walk = Space.Translate(At(page));
        Assert.Equal((true, physical, size), (walk.IsMapped, walk.Physical, walk.PageSize));
    }
}
