using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

[Collection(nameof(SimulatedMemory))]
public sealed unsafe class KernelSpaceTests : IDisposable
{
    private static readonly VirtualAddress s_start = new(0xffff_c000_0000_0000);
    private static readonly PageRange s_range = PageRange.Between(s_start, s_start + Page.HugeSize);
    private static readonly PhysicalAddress s_device = new(1UL << 40);

    private readonly TestMachine _machine = new();
    private readonly AddressSpace _space = new();
    private readonly PhysicalAddress _root;
    private readonly ulong _freeAtStart;

    /// <summary>The kernel's upper tables exist before its _space.</summary>
    public KernelSpaceTests()
    {
        PhysicalAddress table = NewTable();
        _root = table;
        for (int level = PageTableWalk.Levels; level > PageTable.BlockLevel; level--)
        {
            PhysicalAddress below = NewTable();
            PageTableWalk.Table(table)[PageTableWalk.IndexOf(s_start, level)] = new PageTableEntry(below, PageTable.TableFlags(isUser: false));
            table = below;
        }
        _freeAtStart = _machine.Frames.FreeFrames;
        Assert.Equal(Status.Success, _machine.Manager.InitializeKernelSpace(_space, s_range, _root));
    }

    public void Dispose()
    {
        _machine.Unload(_space);
        Assert.Equal(Status.Success, _space.Unmap(s_range));
        _machine.Verify();
        Assert.Equal((0, _freeAtStart), (_machine.AreasInUse, _machine.Frames.FreeFrames));
        _machine.Dispose();
    }

    [Fact]
    public void A_kernel_space_is_of_the_upper_half_and_made_once()
    {
        MemoryManager manager = _machine.Manager;
        Assert.Equal(Status.InvalidArgument, manager.InitializeKernelSpace(new AddressSpace(), new PageRange(s_start, 0), _root));
        Assert.Equal(Status.InvalidArgument, manager.InitializeKernelSpace(new AddressSpace(), new PageRange(new VirtualAddress(Page.Size), 1), _root));
        Assert.Equal(Status.InvalidArgument, manager.InitializeKernelSpace(new AddressSpace(), new PageRange(new VirtualAddress(1UL << 63), 1), _root));
        Assert.Equal(Status.InvalidArgument, manager.InitializeKernelSpace(_space, s_range, _root));
        _machine.Verify();
    }

    [Fact]
    public void A_huge_page_of_a_device_is_mapped_split_and_removed()
    {
        PageTableWalk walk = _space.Translate(s_start);
        PageTableEntry* above = PageTableWalk.EntryFor(PageTableWalk.Table(walk.Entry(PageTable.HugeLevel + 1).Target), s_start, PageTable.HugeLevel);
        PageTableEntry given = *above;
        *above = default;
        var request = new MapRequest(s_range.Pages, Protection.Read | Protection.Write);

        Assert.Equal(Status.Success, _space.MapPhysical(s_device, CachePolicy.Uncached, request, out VirtualAddress address));
        Assert.Equal(FaultResult.Resolved, _space.Fault(address + Page.Size, FaultAccess.Write));
        _machine.Verify();
        Assert.Equal(Page.HugeSize, _space.Translate(address).PageSize);
        _machine.Load(_space);
        _machine.Hardware.Mmu.Prefetch(0, address + Page.Size);
        Assert.Equal(Status.Success, _space.Unmap(new PageRange(address + Page.Size, 1)));
        _machine.Verify();
        Assert.Equal(s_range.Pages - 1, _space.ResidentPages);
        Assert.Equal(Status.Success, _space.Unmap(s_range));
        _machine.Verify();
        Assert.Equal(0ul, _space.ResidentPages);

        // Tables of the kernel stay for good.
        FrameNumber table = above->Target.Frame;
        *above = given;
        _machine.Frames.FreeZeroed(table);
    }

    [Fact]
    public void Devices_are_mapped_with_guard_pages_and_any_offset()
    {
        Assert.Equal(Status.Success, _space.MapDevice(s_device + 0x123, 0x1000, CachePolicy.Uncached, out VirtualAddress first));
        Assert.Equal(Status.Success, _space.MapDevice(s_device, 4, CachePolicy.WriteCombining, out VirtualAddress second));
        _machine.Verify();

        Assert.Equal(0x123u, first.PageOffset);
        Assert.Equal(2ul, _space.Find(first)!.Pages);
        Assert.Equal(s_range.End, _space.Find(first)!.End + Page.Size);
        Assert.True(_space.Find(second)!.End + Page.Size <= _space.Find(first)!.Start);
        Assert.Equal(FaultResult.Resolved, _space.Fault(first, FaultAccess.Write));
        Assert.Equal(FaultResult.NotAllowed, _space.Fault(first, FaultAccess.User));
        _machine.Verify();

        PageTableWalk walk = _space.Translate(first);
        Assert.Equal(s_device + 0x123, walk.Physical);
        Assert.True(walk.Entry(1).Has(PageFlags.Global));
        Assert.True(walk is { IsWritable: true, IsUser: false, IsExecutable: false });
    }

    [Fact]
    public void No_bytes_and_more_than_there_are_addresses_are_refused()
    {
        Assert.Equal(Status.InvalidArgument, _space.MapDevice(s_device + 0xfff, 0, CachePolicy.Uncached, out VirtualAddress address));
        Assert.Equal(Status.InvalidArgument, _space.MapDevice(s_device + 0xfff, ulong.MaxValue, CachePolicy.Uncached, out address));
        Assert.Equal(Status.NoAddressRange, _space.MapDevice(s_device + 0xfff, s_range.Bytes, CachePolicy.Uncached, out address));
        Assert.Equal(default, address);
        _machine.Verify();
    }

    [Fact]
    public void The_kernel_reads_and_writes_and_forgets_what_it_unmaps()
    {
        Assert.Equal(Status.Success, _space.Map(new MapRequest(4, Protection.Read | Protection.Write), out VirtualAddress address));
        TestProcessor processor = _machine.Load(_space);
        Assert.Equal(FaultResult.Resolved, processor.Write(address, [1, 2, 3], isUser: false));
        _machine.Verify();
        Assert.Equal(Status.Success, _space.Protect(new PageRange(address, 1), Protection.Read));
        _machine.Verify();
        Assert.Equal(FaultResult.NotAllowed, processor.Write(address, [1], isUser: false));
        Assert.Equal(FaultResult.Resolved, processor.Read(address, new byte[3], isUser: false));
        Assert.Equal(Status.Success, _space.Unmap(new PageRange(address, 4)));
        _machine.Verify();
        Assert.Equal(FaultResult.NotMapped, processor.Read(address, new byte[1], isUser: false));
    }

    [Fact]
    public void Pages_of_a_kernel_varea_are_copied_and_invalidated_everywhere()
    {
        Assert.Equal(Status.Success, _space.Map(new MapRequest(4, Protection.Read | Protection.Write), out VirtualAddress address));
        TestProcessor processor = _machine.Load(_space);
        Assert.Equal(FaultResult.Resolved, processor.Read(address, new byte[1], isUser: false));
        int invalidations = _machine.Hardware.PageInvalidations;
        Assert.Equal(FaultResult.Resolved, processor.Write(address, [5], isUser: false));
        Assert.Equal(invalidations + 1, _machine.Hardware.PageInvalidations);
        _machine.Verify();
    }

    private PhysicalAddress NewTable() => _machine.Frames.AllocateZeroed(FrameOwner.Kernel)!.Value.Address;
}
