using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class PhysicalTests : SpaceTestBase
{
    private static readonly PhysicalAddress s_device = new(1UL << 40);

    [Fact]
    public void Device_memory_is_mapped_without_counting_its_frames()
    {
        MapDeviceAt(0, 4, s_device);
        FaultIn(1);
        Verify();
        PageTableWalk walk = Space.Translate(At(2) + 5);
        Assert.Equal(s_device + (2 * Page.Size + 5), walk.Physical);
        Assert.True(walk.IsWritable);
        Assert.Equal(4ul, Space.ResidentPages);
        Assert.Equal("physical"u8, AreaAt(0).Object!.NameFor(AreaAt(0)));
        Assert.Equal(MemoryObjectKind.PhysicalRange, AreaAt(0).Object!.Kind);
        Assert.Equal(Status.Success, Space.Unmap(Pages(1, 2)));
        Verify();
    }

    [Fact]
    public void What_no_processor_can_address_is_refused()
    {
        Assert.Equal(Status.InvalidArgument, TryMap(s_device + 1, 1));
        Assert.Equal(Status.InvalidArgument, TryMap(s_device, 0));
        Assert.Equal(Status.InvalidArgument, TryMap(new PhysicalAddress(1UL << 52), 1));
        Assert.Equal(Status.InvalidArgument, TryMap(new PhysicalAddress((1UL << 52) - Page.Size), 2));
        Assert.Equal(Status.InvalidArgument, TryMap(s_device, 1, new VirtualAddress(1)));
        Machine.PhysicalRanges.Left = 0;
        Assert.Equal(Status.OutOfMemory, TryMap(s_device, 1));
        Verify();
        Assert.Equal(0, Machine.PhysicalRanges.InUse);
    }

    [Fact]
    public void The_last_page_of_all_can_be_mapped()
    {
        Assert.Equal(Status.Success, TryMap(new PhysicalAddress((1UL << 52) - Page.Size), 1));
        FaultIn(20);
        Verify();
    }

    [Fact]
    public void A_callers_record_serves_for_device_memory()
    {
        var storage = new VArea();
        var request = new MapRequest(2, ReadWrite) { Placement = Placement.Fixed, Address = At(0), Storage = storage };
        Assert.Equal(Status.Success, Space.MapPhysical(s_device, CachePolicy.Uncached, request, out _));
        Assert.Same(storage, AreaAt(0));
        Verify();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 2)));
        Verify();
        Assert.Equal((0, 0), (Machine.AreasInUse, Machine.PhysicalRanges.InUse));
    }

    [Theory]
    [InlineData(CachePolicy.WriteBack, PageFlags.None)]
    [InlineData(CachePolicy.WriteCombining, PageFlags.WriteThrough)]
    [InlineData(CachePolicy.Uncached, PageFlags.WriteThrough | PageFlags.CacheDisable)]
    public void The_cache_policy_is_in_the_entries(CachePolicy policy, PageFlags flags)
    {
        var request = new MapRequest(2, ReadWrite) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.MapPhysical(s_device, policy, request, out _));
        FaultIn(0);
        Assert.Equal(flags, PolicyAt(0));
        Verify();
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), Protection.None));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadWrite));
        Verify();
        Assert.Equal(flags, PolicyAt(0));
        Assert.True(Space.Translate(At(0)).IsWritable);
    }

    [Fact]
    public void The_cache_policy_of_a_part_can_be_changed()
    {
        MapDeviceAt(0, 6, s_device);
        FaultIn(0);
        Assert.Equal(Status.Success, Space.SetCachePolicy(Pages(2, 2), CachePolicy.WriteCombining));
        Verify();
        Assert.Equal(3, Space.AreaCount);
        FaultIn(2);
        FaultIn(4);
        Assert.Equal(PageFlags.WriteThrough, PolicyAt(2));
        Assert.Equal(PageFlags.WriteThrough | PageFlags.CacheDisable, PolicyAt(4));
        Assert.Equal(s_device + 3 * Page.Size, Space.Translate(At(3)).Physical);

        Assert.Equal(Status.Success, Space.SetCachePolicy(Pages(0, 6), CachePolicy.WriteBack));
        Verify();
        Assert.Equal(1, Space.AreaCount);
        FaultIn(2);
        Assert.Equal(PageFlags.None, PolicyAt(2));
    }

    [Fact]
    public void The_cache_policy_of_memory_can_not_be_changed()
    {
        MapDeviceAt(0, 2, s_device);
        MapAt(2, 2);
        Assert.Equal(Status.NotSupported, Space.SetCachePolicy(Pages(0, 4), CachePolicy.WriteBack));
        Assert.Equal(Status.NotFound, Space.SetCachePolicy(Pages(4, 1), CachePolicy.WriteBack));
        Assert.Equal(Status.InvalidArgument, Space.SetCachePolicy(Pages(0, 0), CachePolicy.WriteBack));
        Assert.Equal(Status.InvalidArgument, Space.SetCachePolicy(new PageRange(default, 1), CachePolicy.WriteBack));
        Assert.Equal(Status.InvalidArgument, Space.SetCachePolicy(Pages(0, 2), CachePolicy.Uncached + 1));
        Machine.Areas.Left = 0;
        Assert.Equal(Status.OutOfMemory, Space.SetCachePolicy(Pages(0, 1), CachePolicy.WriteBack));
        Verify();
    }

    [Fact]
    public void The_cache_policy_of_a_part_of_a_large_page_needs_a_table()
    {
        MapDeviceAt(0, 512, s_device);
        FaultIn(1);
        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.SetCachePolicy(Pages(1, 1), CachePolicy.WriteBack));
        Verify();
        Assert.Equal(Status.Success, Space.SetCachePolicy(Pages(1, 1), CachePolicy.WriteBack));
        Verify();
        Assert.Equal(511ul, Space.ResidentPages);
    }

    [Fact]
    public void Large_pages_are_used_where_they_fit()
    {
        MapDeviceAt(0, 1100, s_device);
        FaultIn(3);
        FaultIn(600);
        FaultIn(1050);
        Verify();
        Assert.Equal(Page.LargeSize, Space.Translate(At(3)).PageSize);
        Assert.Equal(s_device + 600 * Page.Size, Space.Translate(At(600)).Physical);
        Assert.Equal(Page.Size, Space.Translate(At(1050)).PageSize);
        Assert.Equal(1100ul, Space.ResidentPages);
        FaultIn(600, FaultAccess.Write);
        Assert.Equal(Status.Success, Space.Unmap(Pages(600, 1)));
        Verify();
        Assert.Equal(1099ul, Space.ResidentPages);
        Assert.Equal(s_device + 601 * Page.Size, Space.Translate(At(601)).Physical);
    }

    [Fact]
    public void Small_pages_are_used_where_the_memory_is_not_aligned()
    {
        MapDeviceAt(0, 512, s_device + Page.Size);
        FaultIn(3);
        Verify();
        Assert.Equal((Page.Size, 512ul), (Space.Translate(At(3)).PageSize, Space.ResidentPages));
    }

    [Fact]
    public void A_place_that_suits_large_pages_is_chosen()
    {
        Assert.Equal(Status.Success, Space.MapPhysical(s_device, CachePolicy.Uncached, new MapRequest(600, ReadWrite), out VirtualAddress address));
        Assert.Equal(0ul, address.Value & (Page.LargeSize - 1));
        Verify();
    }

    [Fact]
    public void Behind_the_end_of_the_device_is_a_bus_error()
    {
        Assert.Equal(Status.Success, PhysicalRangeObject.Create(Machine.Manager, s_device, 2, out PhysicalRangeObject? device));
        var request = new MapRequest(4, ReadOnly, device) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        FaultIn(0);
        Assert.Equal(FaultResult.BusError, TryRead(2));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(0));
        Verify();
        Assert.Equal(2ul, Space.ResidentPages);
        (request.Offset, request.Address) = (2, At(10));
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(FaultResult.BusError, TryRead(10));
        (request.Offset, request.Flags, request.Address) = (0, VAreaFlags.Private, At(20));
        Assert.Equal(Status.InvalidArgument, Space.Map(request, out _));
        Assert.Equal(3, device!.References);
        device.Release();
        Verify();
    }

    [Fact]
    public void A_child_maps_the_device_by_its_own_faults()
    {
        MapDeviceAt(0, 512, s_device);
        MapAt(600, 2);
        Write(600, 1);
        FaultIn(1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Assert.Equal(0ul, child!.ResidentPages - 1);
        FaultIn(1, space: child);
        Verify();
        Assert.Equal(s_device + Page.Size, child.Translate(At(1)).Physical);
    }

    [Fact]
    public void Device_and_private_memory_share_a_block_in_a_family()
    {
        MapAt(0, 4);
        Write(0, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        MapDeviceAt(100, 4, s_device);
        FaultIn(101);
        Verify();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? second));
        Verify();
        FaultIn(101, space: second);
        Machine.Write(second!, At(0), 2);
        Verify();
        Assert.Equal((1, 1), (Read(0), Machine.Read(child!, At(0))));
    }

    [Fact]
    public void Memory_of_the_machine_mapped_as_a_device_stays_its_owners()
    {
        MapAt(0, 1);
        Write(0, 42);
        MapDeviceAt(10, 1, Space.Translate(At(0)).Physical);
        Assert.Equal(42, Machine.Read(Space, At(10)));
        Assert.Equal(Status.Success, Space.Unmap(Pages(10, 1)));
        Verify();
        Assert.Equal(42, Read(0));
    }

    [Fact]
    public void A_frame_is_kept_until_it_is_put_back()
    {
        MapAt(0, 1);
        Write(0, 1);
        PhysicalAddress address = Space.Translate(At(0) + 3).Physical;
        Assert.Equal(Status.Success, Machine.Manager.GetPage(address));
        Verify();
        ulong free = Machine.Frames.FreeFrames;
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 1)));
        Verify();
        Assert.Equal(FrameState.Used, Machine.Frames.Table[address.Frame].State);
        Assert.Equal(Status.Success, Machine.Manager.PutPage(address));
        Verify();
        Assert.True(Machine.Frames.FreeFrames > free);
        Assert.Equal(Status.InvalidArgument, Machine.Manager.PutPage(address));
    }

    [Fact]
    public void What_is_not_memory_in_use_can_not_be_kept()
    {
        MemoryManager manager = Machine.Manager;
        MapAt(0, 1);
        Write(0, 1);
        PhysicalAddress table = Space.Translations.Root;
        FrameNumber free = Machine.Frames.Allocate(FrameOwner.Kernel)!.Value;
        Assert.Equal(Status.InvalidArgument, manager.GetPage(free.Address));
        Machine.Frames.Free(free);
        foreach (PhysicalAddress address in new[] { s_device, new PhysicalAddress(4096 * Page.Size), table, free.Address })
        {
            Assert.Equal(Status.InvalidArgument, manager.GetPage(address));
            Assert.Equal(Status.InvalidArgument, manager.PutPage(address));
        }
        Assert.Equal(Status.InvalidArgument, manager.PutPage(Space.Translate(At(0)).Physical));
        Verify();
    }

    private void MapDeviceAt(ulong page, ulong pages, PhysicalAddress start)
    {
        var request = new MapRequest(pages, ReadWrite) { Placement = Placement.Fixed, Address = At(page) };
        Assert.Equal(Status.Success, Space.MapPhysical(start, CachePolicy.Uncached, request, out _));
        Verify();
    }

    private Status TryMap(PhysicalAddress start, ulong pages, VirtualAddress? address = null)
    {
        var request = new MapRequest(pages, ReadWrite) { Placement = Placement.Fixed, Address = address ?? At(20) };
        return Space.MapPhysical(start, CachePolicy.Uncached, request, out _);
    }

    /// <summary>A fault without the access itself: there is no device that could answer.</summary>
    private void FaultIn(ulong page, FaultAccess access = FaultAccess.Read, AddressSpace? space = null) =>
        Assert.True((space ?? Space).Fault(At(page), access | FaultAccess.User) <= FaultResult.Spurious);

    private VArea AreaAt(ulong page) => Space.Find(At(page))!;

    private PageFlags PolicyAt(ulong page)
    {
        PageTableWalk walk = Space.Translate(At(page));
        return walk.Entry(walk.LastLevel).Flags & (PageFlags.WriteThrough | PageFlags.CacheDisable);
    }
}
