using System.Collections.Generic;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class SpaceTests : SpaceTestBase
{
    private static readonly PageRange s_range = Pages(0, 1000);

    [Fact]
    public void A_new_space_is_empty()
    {
        Assert.True(Space.IsLive);
        Assert.False(Space.IsFrozen);
        Assert.Equal((0, 0ul, 0ul, 0ul), (Space.AreaCount, Space.MappedPages, Space.ResidentPages, Space.PeakResidentPages));
        Assert.Equal(SpaceLimits.None, Space.Limits);
        Verify();
    }

    [Fact]
    public void Improper_ranges_are_refused()
    {
        MemoryManager manager = Machine.Manager;
        var storage = new AddressSpace();
        foreach (PageRange range in new[]
        {
            new PageRange(At(0), 0),
            new PageRange(At(0) + 1, 1),
            new PageRange(At(0), ulong.MaxValue),
            new PageRange(TestMachine.UserEnd + Page.Size, 1),
            new PageRange(TestMachine.UserEnd, 2),
            new PageRange(new VirtualAddress(0xffff_8000_0000_0000), 1),
            PageRange.Between(At(0), new VirtualAddress(0xffff_8000_0000_1000)),
        })
        {
            Assert.Equal(Status.InvalidArgument, manager.InitializeSpace(storage, range));
            Assert.Null(manager.CreateSpace(range));
        }
        Assert.False(storage.IsLive);
        Assert.Equal(1, Machine.Spaces.InUse);
        Verify();
    }

    [Fact]
    public void A_space_reaches_the_end_of_the_user_half()
    {
        VirtualAddress last = new(TestMachine.UserEnd.Value - Page.Size);
        foreach (ulong page in (ulong[])[0, Page.HugeSize, 512 * Page.HugeSize])
        {
            Space.MapAt(new VirtualAddress(last.Value - page), 1);
            Machine.Write(Space, new VirtualAddress(last.Value - page), (byte)(page >> 32 | 1));
        }
        AddressSpace child = Space.Fork();
        Machine.Write(Space, last, 5);
        Verify();
        Assert.Equal((5, 1), (Machine.Read(Space, last), Machine.Read(child, last)));
        Assert.Equal(Status.Success, Space.Unmap(new PageRange(last, 1)));
        Assert.Equal(Status.Success, Space.Unmap(PageRange.Between(new VirtualAddress(last.Value - 512 * Page.HugeSize), last)));
        Verify();
        Assert.Equal(0ul, Space.ResidentPages);
    }

    [Fact]
    public void Given_storage_is_used_detached_and_used_again()
    {
        var storage = new AddressSpace();
        Assert.Equal(Status.InvalidArgument, storage.Detach());
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(Status.Success, Machine.Manager.InitializeSpace(storage, s_range));
            Assert.Equal(Status.Busy, Machine.Manager.InitializeSpace(storage, s_range));
            Machine.Write(storage, TestMachine.Map(storage, 3), 1);
            Verify();
            Assert.Equal((1ul, 3ul, 1), (storage.ResidentPages, storage.MappedPages, storage.AreaCount));
            Assert.Equal(Status.Success, storage.Detach());
            Verify();
            Assert.False(storage.IsLive);
            Assert.Null(storage.PrivateObject);
        }
        Assert.Equal(Status.InvalidArgument, storage.Detach());
        Assert.Equal(1, Machine.Spaces.InUse);
    }

    [Fact]
    public void Detaching_closes_every_varea_and_frees_every_page_and_table()
    {
        ulong free = Machine.Frames.FreeFrames;
        RecordingObject mapped = NewObject(8);
        ulong taken = free - Machine.Frames.FreeFrames;
        AddressSpace space = Machine.CreateSpace();
        for (ulong i = 0; i < 20; i++)
        {
            Machine.Write(space, TestMachine.Map(space, 600), 1);
            Assert.Equal(Status.Success, space.Map(new MapRequest(2, ReadWrite, mapped), out VirtualAddress address));
            Machine.Write(space, address, 1);
        }
        Verify();
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(space));
        Verify();
        Assert.Equal((0, 0, free - taken), (mapped.Users, Machine.AreasInUse, Machine.Frames.FreeFrames));
    }

    [Fact]
    public void A_callers_record_is_the_callers_again()
    {
        var storage = new VArea();
        var request = new MapRequest(2, ReadWrite, NewObject(2)) { Storage = storage };
        AddressSpace space = Machine.CreateSpace();
        Assert.Equal(Status.Success, space.Map(request, out _));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(space));
        Assert.Null(storage.Space);
        Assert.Null(storage.Object);
        Verify();
    }

    [Fact]
    public void A_loaded_space_is_busy()
    {
        TestHardware.RunAs(3);
        Machine.Load(Space);
        TestHardware.RunAs(0);
        Assert.Equal(Status.Busy, Space.Detach());
        Assert.Equal(Status.Busy, Machine.Manager.DeleteSpace(Space));
        Assert.Same(Space, Machine.Manager.LoadedSpace(3));
        Verify();
        TestHardware.RunAs(3);
        Machine.Unload(Space);
        TestHardware.RunAs(0);
        Assert.Null(Machine.Manager.LoadedSpace(3));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(Space));
        Verify();
    }

    [Fact]
    public void Loading_another_space_unloads_the_first()
    {
        AddressSpace other = Machine.CreateSpace();
        Machine.Load(Space);
        int loads = Machine.Hardware.RootLoads;
        Machine.Load(Space);
        Assert.Equal(loads, Machine.Hardware.RootLoads);
        Machine.Load(other);
        Assert.Equal(loads + 1, Machine.Hardware.RootLoads);
        Machine.Unload(Space);
        Assert.Same(other, Machine.Manager.LoadedSpace(0));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(Space));
        Verify();
    }

    [Fact]
    public void Spaces_have_ids_of_their_own_and_give_them_back()
    {
        AddressSpace other = Machine.CreateSpace();
        ushort id = other.Translations.Id;
        Assert.NotEqual(0, id);
        Assert.NotEqual(Space.Translations.Id, id);
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(other));
        Assert.Equal(id, Machine.CreateSpace().Translations.Id);
    }

    [Fact]
    public void Without_ids_a_space_that_is_not_loaded_has_nothing_cached()
    {
        Machine.Hardware.UsesSpaceIds = false;
        AddressSpace space = Machine.CreateSpace();
        Assert.Equal(0, space.Translations.Id);
        VirtualAddress address = TestMachine.Map(space, 4);
        Machine.Write(space, address, 1);
        int invalidations = Machine.Hardware.PageInvalidations + Machine.Hardware.WholeInvalidations;
        Assert.Equal(Status.Success, space.Unmap(new PageRange(address, 4)));
        Verify();
        Assert.Equal(invalidations, Machine.Hardware.PageInvalidations + Machine.Hardware.WholeInvalidations);
        Machine.Load(space);
        Assert.Equal(FaultResult.NotMapped, Machine.Load(space).Read(address, new byte[1]));
        Machine.Unload(space);
    }

    [Fact]
    public void Ids_run_out_at_4095_and_the_rest_have_none()
    {
        var ids = new SpaceIds();
        var taken = new HashSet<ushort>();
        for (int i = 1; i <= 4095; i++)
            Assert.True(taken.Add(ids.Take()));
        Assert.DoesNotContain((ushort)0, taken);
        Assert.Equal(0, ids.Take());
        ids.Return(0);
        Assert.Equal(0, ids.Take());
        ids.Return(77);
        Assert.Equal(77, ids.Take());
    }

    [Fact]
    public void Without_memory_there_is_no_space()
    {
        using (TakeAllFrames())
            Assert.Null(Machine.Manager.CreateSpace(s_range));
        Machine.Spaces.Left = 0;
        Assert.Null(Machine.Manager.CreateSpace(s_range));
        Verify();
        Assert.Equal(1, Machine.Spaces.InUse);
    }

    [Fact]
    public void All_spaces_are_listed()
    {
        AddressSpace second = Machine.CreateSpace(), third = Machine.CreateSpace();
        Assert.Equal([third, second, Space], AllSpaces());
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(second));
        Assert.Equal([third, Space], AllSpaces());
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(third));
        Assert.Equal([Space], AllSpaces());
        Verify();
    }

    [Fact]
    public void The_peak_is_the_most_that_ever_was_resident()
    {
        MapAt(0, 8);
        for (ulong i = 0; i < 8; i++)
            Write(i, 1);
        Assert.Equal(8ul, Space.PeakResidentPages);
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 6)));
        Assert.Equal((2ul, 8ul), (Space.ResidentPages, Space.PeakResidentPages));
        Verify();
    }

    [Fact]
    public void Values_compare_by_content()
    {
        SpaceLimits limits = SpaceLimits.None;
        Assert.NotEqual(limits, limits with { Mapped = 1 });
        Assert.NotEqual(limits, limits with { Data = 1 });
        Assert.NotEqual(limits, limits with { Stack = 1 });
        Assert.NotEqual(limits, limits with { Locked = 1 });
        Assert.Equal(limits.GetHashCode(), SpaceLimits.None.GetHashCode());
        Assert.Equal(Space.Translations, Space.Translations with { });
        Assert.NotEqual(Space.Translations, Space.Translations with { Id = 0 });
        Assert.NotEqual(Space.Translations, Space.Translations with { Root = default });
        Assert.Equal(Space.Translations.GetHashCode(), (Space.Translations with { }).GetHashCode());
    }

    private List<AddressSpace> AllSpaces()
    {
        var found = new List<AddressSpace>();
        for (AddressSpace? space = Machine.Manager.FirstSpace; space is not null; space = space.NextSpace)
            found.Add(space);
        return found;
    }
}
