using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class CustomObjectTests : SpaceTestBase
{
    private readonly RecordingObject _mapped;

    public CustomObjectTests() => _mapped = NewObject(16);

    [Fact]
    public void Mapping_opens_and_unmapping_closes()
    {
        MapAt(0, 4, _mapped);
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 4)));
        Assert.Equal("place, open 4, close 4", _mapped.Calls);
        Verify();
    }

    [Fact]
    public void Growing_asks_to_expand_at_either_end()
    {
        MapAt(4, 4, _mapped, offset: 4);
        MapAt(8, 2, _mapped, offset: 8);
        MapAt(2, 2, _mapped, offset: 2);
        VirtualAddress address = default;
        Assert.Equal(Status.Success, Space.Move(Pages(2, 8), 10, MoveMode.InPlace, ref address));
        Assert.Equal("place, open 4, place, expand 2, place, expand start 2, expand 2", _mapped.Calls);
        Verify();
    }

    [Fact]
    public void Trimming_asks_to_shrink_and_splits_off_what_is_closed()
    {
        MapAt(0, 8, _mapped);
        _mapped.Clear();
        Assert.Equal(Status.Success, Space.Unmap(Pages(6, 4)));
        Assert.Equal("shrink 2, split 2, close 2", _mapped.Calls);
        _mapped.Clear();
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 1)));
        Assert.Equal("shrink start 1, split 5, close 1", _mapped.Calls);
        Verify();
    }

    [Fact]
    public void A_hole_splits_twice_and_protecting_back_merges()
    {
        MapAt(0, 8, _mapped);
        _mapped.Clear();
        Assert.Equal(Status.Success, Space.Protect(Pages(2, 2), ReadOnly));
        Assert.Equal(Status.Success, Space.Protect(Pages(2, 2), ReadWrite));
        Assert.Equal("split 6, split 4, merge 2, merge 4", _mapped.Calls);
        Verify();
        _mapped.Clear();
        Assert.Equal(Status.Success, Space.Unmap(Pages(2, 2)));
        Assert.Equal("split 6, split 4, close 2", _mapped.Calls);
        Assert.Equal(2, _mapped.Users);
        Verify();
    }

    [Fact]
    public void A_child_opens_and_closes_too()
    {
        MapAt(0, 8, _mapped);
        _mapped.Clear();
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(child!));
        Assert.Equal("open 8, close 8", _mapped.Calls);
        Verify();
    }

    [Fact]
    public void A_child_that_is_refused_does_not_come_to_be()
    {
        MapAt(0, 8, NewObject(8));
        MapAt(8, 8, _mapped);
        MapAt(20, 4);
        Write(20, 1);
        _mapped.Refusing = "open";
        Assert.Equal(Status.AccessDenied, Space.Fork(out AddressSpace? child));
        Assert.Null(child);
        Verify();
        Assert.Equal(1, _mapped.Users);
        Assert.Equal(1, Machine.Spaces.InUse);
        Write(20, 2);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(6, 4)]
    [InlineData(0, 12)]
    public void Refusing_to_shrink_keeps_everything(ulong page, ulong pages)
    {
        MapAt(0, 8, _mapped);
        MapAt(8, 8, _mapped, VAreaFlags.None, ReadOnly, offset: 8);
        Read(1);
        Read(9);
        _mapped.Refusing = "shrink";
        Assert.Equal(Status.AccessDenied, Space.Unmap(Pages(page, pages)));
        Verify();
        Assert.Equal("0-8 rw, 8-16 r", Layout());
        Assert.Equal(2ul, Space.ResidentPages);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Refusing_to_split_keeps_everything(int splitsBefore)
    {
        MapAt(0, 8, _mapped);
        Read(3);
        (_mapped.Refusing, _mapped.RefusesAfter) = ("split", splitsBefore);
        Assert.Equal(Status.AccessDenied, Space.Unmap(Pages(2, 2)));
        Verify();
        _mapped.RefusesAfter = splitsBefore;
        Assert.Equal(Status.AccessDenied, Space.Protect(Pages(2, 2), ReadOnly));
        Verify();
        _mapped.RefusesAfter = splitsBefore;
        Assert.Equal(Status.AccessDenied, Space.Advise(Pages(2, 2), Advice.Random));
        Verify();
        _mapped.RefusesAfter = splitsBefore;
        Assert.Equal(Status.AccessDenied, Space.SetLocked(Pages(2, 2), true));
        Verify();
        Assert.Equal("0-8 rw", Layout());
        Assert.Equal((1, 1ul), (_mapped.Users, Space.ResidentPages));
    }

    [Fact]
    public void Faults_tell_page_and_purpose()
    {
        MapAt(0, 4, _mapped, offset: 3);
        MapAt(10, 4, _mapped, VAreaFlags.Private, offset: 3);
        _mapped.Clear();
        Read(1);
        Write(2, 1);
        Write(12, 1);
        Assert.Equal("fault 4, fault 5 write, fault 5", _mapped.Calls);
        Verify();
    }

    [Fact]
    public void Handlers_have_sensible_defaults()
    {
        MemoryObject plain = new PlainObject();
        var area = new VArea();
        Assert.Equal(Status.Success, plain.OnOpen(area));
        Assert.Equal(Status.Success, plain.OnExpand(area, 1, false));
        Assert.Equal(Status.Success, plain.OnShrink(area, 1, false));
        Assert.Equal(Status.Success, plain.OnSplit(area, area));
        Assert.Equal(Status.Success, plain.WriteBack(0, 1));
        Assert.Equal(Status.NotSupported, plain.Evict(0));
        Assert.Equal(Status.NotSupported, plain.ReadPage(area, 0, 0, new byte[1]));
        Assert.Equal(Status.NotSupported, plain.WritePage(area, 0, 0, [1]));
        Assert.True(plain.CanRefetch);
        plain.OnMerge(area, area);
        plain.OnClose(area);

        var request = new MapRequest(2, ReadWrite, plain) { Placement = Placement.Fixed, Address = At(0) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        Assert.Equal(FaultResult.BusError, TryRead(0));
        Assert.Equal(Status.NotSupported, Space.Read(At(0), new byte[1]));
        Assert.Equal(Status.Success, Space.Unmap(Pages(0, 1)));
        Verify();
    }

    private sealed class PlainObject : MemoryObject
    {
        public override MemoryObjectKind Kind => MemoryObjectKind.File;

        public override ReadOnlySpan<byte> NameFor(VArea area) => "plain"u8;

        public override PageAnswer OnPageFault(ref PageRequest request) => PageAnswer.BeyondEnd;
    }
}
