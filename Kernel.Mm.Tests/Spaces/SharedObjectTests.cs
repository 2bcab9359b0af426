using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class SharedObjectTests : SpaceTestBase
{
    [Fact]
    public void What_one_space_writes_the_others_read()
    {
        SharedAnonymousObject shared = Create(8);
        AddressSpace other = Machine.CreateSpace();
        Map(Space, shared, 0);
        Map(other, shared, 100, offset: 2);
        shared.Release();

        Write(3, 33);
        Verify();
        Assert.Equal(33, Machine.Read(other, At(101)));
        Machine.Write(other, At(100), 44);
        Verify();
        Assert.Equal(44, Read(2));
        Assert.Equal(0, Read(1));
        Assert.Equal(3ul, shared.ResidentPages);
    }

    [Fact]
    public void A_child_maps_the_same()
    {
        SharedAnonymousObject shared = Create(8);
        Map(Space, shared, 0);
        shared.Release();
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Verify();
        Machine.Write(child!, At(1), 11);
        Write(2, 22);
        Verify();
        Assert.Equal((11, 22), (Read(1), Machine.Read(child!, At(2))));
        Assert.Equal(2, shared.References);
    }

    [Fact]
    public void Private_mappings_see_writes_until_they_write_themselves()
    {
        SharedAnonymousObject shared = Create(4);
        Map(Space, shared, 0);
        Map(Space, shared, 10, VAreaFlags.Private);
        shared.Release();
        Write(1, 1);
        Assert.Equal(1, Read(11));
        Write(1, 2);
        Assert.Equal(2, Read(11));
        Write(11, 3);
        Verify();
        Write(1, 4);
        Assert.Equal((4, 3), (Read(1), Read(11)));
    }

    [Fact]
    public void Pages_outlive_mappings_but_not_the_last_holder()
    {
        ulong free = Machine.Frames.FreeFrames;
        SharedAnonymousObject shared = Create(4);
        Map(Space, shared, 0);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 4)));
        Verify();
        Assert.Equal((1ul, 1ul), (shared.ResidentPages, shared.IndexFrames));
        Map(Space, shared, 20);
        Assert.Equal(1, Read(21));
        shared.Release();
        Assert.Equal(Status.Success, Space.Unmap(Pages(20, 4)));
        Verify();
        Assert.Equal((free, 0), (Machine.Frames.FreeFrames, Machine.SharedObjects.InUse));
    }

    [Fact]
    public void Nothing_is_behind_the_end()
    {
        SharedAnonymousObject shared = Create(2);
        var request = new MapRequest(4, ReadWrite, shared) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(FaultResult.BusError, TryWrite(2));
        (request.Offset, request.Address) = (2, At(20));
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(FaultResult.BusError, TryWrite(20));
        Assert.Equal(Status.BeyondEnd, shared.ReadPage(null!, 2, 0, new byte[1]));
        Assert.Equal(Status.BeyondEnd, shared.WritePage(null!, 2, 0, [1]));
        Verify();
        shared.Release();
    }

    [Fact]
    public void Bytes_are_read_and_written_without_a_mapping()
    {
        SharedAnonymousObject shared = Create(4);
        byte[] read = [9, 9, 9];
        Assert.Equal(Status.Success, shared.ReadPage(null!, 1, 5, read));
        Assert.Equal([0, 0, 0], read);
        Assert.Equal(0ul, shared.ResidentPages);
        Assert.Equal(Status.Success, shared.WritePage(null!, 1, 6, [7]));
        Assert.Equal(Status.Success, shared.WritePage(null!, 1, 7, [8]));
        Assert.Equal(Status.Success, shared.ReadPage(null!, 1, 5, read));
        Assert.Equal([0, 7, 8], read);
        Verify();
        Assert.Equal(1ul, shared.ResidentPages);
        shared.Release();
        Verify();
    }

    [Fact]
    public void Without_memory_a_page_or_the_index_is_not_made()
    {
        SharedAnonymousObject shared = Create(1UL << 40);
        Map(Space, shared, 0);
        Write(1, 1);
        for (int frames = 0; frames < 6; frames++)
        {
            using (TakeAllFrames(but: frames))
                if (shared.WritePage(null!, 1UL << 39, 0, [1]) == Status.Success)
                    break;
            Verify();
            Assert.Equal(1ul, shared.ResidentPages);
        }
        using (TakeAllFrames())
            Assert.Equal(FaultResult.OutOfMemory, TryWrite(2));
        Verify();
        Machine.SharedObjects.Left = 0;
        Assert.Null(SharedAnonymousObject.Create(Machine.Manager, 1));
        shared.Release();
    }

    [Fact]
    public void Objects_are_listed_as_long_as_they_live()
    {
        SharedAnonymousObject first = Create(4), second = Create(4), third = Create(4);
        second.Release();
        Verify();
        first.Release();
        Verify();
        third.Release();
        Verify();
        Assert.Equal(0, Machine.SharedObjects.InUse);
    }

    [Fact]
    public void A_shared_object_says_what_it_is()
    {
        SharedAnonymousObject shared = Create(4);
        Map(Space, shared, 0);
        Assert.Equal("shared"u8, shared.NameFor(Space.Find(At(0))!));
        Assert.Equal((MemoryObjectKind.SharedAnonymous, 4ul), (shared.Kind, shared.Pages));
        shared.Release();
    }

    private SharedAnonymousObject Create(ulong pages) => SharedAnonymousObject.Create(Machine.Manager, pages)!;

    private static void Map(AddressSpace space, SharedAnonymousObject shared, ulong page, VAreaFlags flags = VAreaFlags.None, ulong offset = 0)
    {
        var request = new MapRequest(4, ReadWrite, shared) { Placement = Placement.Fixed, Address = At(page), Flags = flags, Offset = offset };
        Assert.Equal(Status.Success, space.Map(request, out _));
    }
}
