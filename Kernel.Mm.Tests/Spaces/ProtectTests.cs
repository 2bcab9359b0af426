using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class ProtectTests : SpaceTestBase
{
    private const Protection Execute = ReadOnly | Protection.Execute;

    [Fact]
    public void Improper_requests_are_refused()
    {
        MapAt(0, 4);
        Assert.Equal(Status.InvalidArgument, Space.Protect(Pages(0, 0), ReadOnly));
        Assert.Equal(Status.InvalidArgument, Space.Protect(new PageRange(default, 1), ReadOnly));
        Assert.Equal(Status.InvalidArgument, Space.Protect(Pages(0, 1), (Protection)16));
        Verify();
    }

    [Fact]
    public void Holes_are_refused_and_nothing_changes()
    {
        MapAt(0, 4);
        MapAt(6, 4);
        Assert.Equal(Status.NotFound, Space.Protect(Pages(2, 6), ReadOnly));
        Assert.Equal(Status.NotFound, Space.Protect(Pages(8, 4), ReadOnly));
        Assert.Equal(Status.NotFound, Space.Protect(Pages(20, 1), ReadOnly));
        Verify();
        Assert.Equal("0-4 rw, 6-10 rw", Layout());
    }

    [Fact]
    public void A_protection_that_never_may_be_is_refused()
    {
        var request = new MapRequest(4, ReadOnly) { MaximumProtection = ReadOnly, Placement = Placement.Fixed, Address = At(4) };
        Assert.Equal(Status.Success, Space.Map(request, out _));
        MapAt(0, 4, ReadOnly);

        Assert.Equal(Status.AccessDenied, Space.Protect(Pages(2, 4), ReadWrite));
        Verify();

        Assert.Equal("0-4 r, 4-8 r", Layout());
    }

    [Theory]
    [InlineData(0, 8, "0-8 r")]
    [InlineData(0, 3, "0-3 r, 3-8 rw")]
    [InlineData(3, 5, "0-3 rw, 3-8 r")]
    [InlineData(3, 2, "0-3 rw, 3-5 r, 5-8 rw")]
    public void Vareas_are_cut_and_join_again(ulong page, ulong pages, string layout)
    {
        MapAt(0, 8);
        for (ulong i = 0; i < 8; i++)
            Write(i, (byte)i);

        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), ReadOnly));
        Verify();
        Assert.Equal(layout, Layout());
        Assert.Equal(8 - pages, Space.DataPages);
        for (ulong i = 0; i < 8; i++)
            Assert.Equal(Space.Find(At(i))!.IsWritable ? FaultResult.Resolved : FaultResult.NotAllowed, TryWrite(i));

        Assert.Equal(Status.Success, Space.Protect(Pages(page, pages), ReadWrite));
        Verify();
        Assert.Equal("0-8 rw", Layout());
        Assert.Equal(FaultResult.Resolved, TryWrite(page));
    }

    [Fact]
    public void The_same_protection_changes_nothing()
    {
        MapAt(0, 8);
        Machine.Areas.Left = 0;
        Assert.Equal(Status.Success, Space.Protect(Pages(2, 3), ReadWrite));
        Verify();
        Assert.Equal("0-8 rw", Layout());
    }

    [Fact]
    public void Pages_of_own_can_be_written_without_a_fault_when_writing_is_allowed_again()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(0, Read(1));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadOnly));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadWrite));
        Verify();

        Assert.True(Space.Translate(At(0)).IsWritable);
        Assert.False(Space.Translate(At(1)).IsWritable);
    }

    [Fact]
    public void Pages_without_access_keep_their_content()
    {
        MapAt(0, 4);
        Write(0, 1);
        Assert.Equal(0, Read(1));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), Protection.None));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryRead(0));
        Assert.Equal(2ul, Space.ResidentPages);
        Assert.Equal(PageState.Resident | PageState.Private | PageState.Dirty | PageState.Accessed, StateOf(0));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), Protection.User));
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4), ReadWrite));
        Verify();
        Assert.Equal((1, 0), (Read(0), Read(1)));
        Assert.True(Space.Translate(At(0)).IsWritable);
    }

    [Fact]
    public void Execution_is_allowed_and_forbidden()
    {
        MapAt(0, 2);
        Write(0, 1);
        Assert.Equal(FaultResult.NotAllowed, TryExecute(0));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), Execute));
        Verify();
        Assert.Equal(FaultResult.Resolved, TryExecute(0));
        Assert.Equal(FaultResult.Resolved, TryExecute(1));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadOnly));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryExecute(0));
    }

    [Fact]
    public void User_mode_is_shut_out_and_let_in()
    {
        MapAt(0, 2);
        Write(0, 1);

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), Protection.Read | Protection.Write));
        Verify();
        Assert.Equal(FaultResult.NotAllowed, TryRead(0));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 2), ReadWrite));
        Verify();
        Assert.Equal(1, Read(0));
    }

    [Fact]
    public void Many_pages_are_narrowed_at_once()
    {
        MapAt(0, 600);
        for (ulong i = 0; i < 600; i++)
            Write(i, 1);

        Assert.Equal(Status.Success, Space.Protect(Pages(10, 550), ReadOnly));
        Verify();

        Assert.Equal("0-10 rw, 10-560 r, 560-600 rw", Layout());
        Assert.Equal(FaultResult.NotAllowed, TryWrite(559));
        Assert.Equal(FaultResult.Resolved, TryWrite(560));
    }

    [Fact]
    public void Writable_data_over_the_limit_is_refused()
    {
        MapAt(0, 8, ReadOnly);
        MapAt(8, 2);
        Space.Limits = SpaceLimits.None with { Data = 5 };

        Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(0, 4), ReadWrite));
        Verify();
        Assert.Equal(Status.Success, Space.Protect(Pages(5, 5), ReadWrite));
        Verify();

        Assert.Equal("0-5 r, 5-10 rw", Layout());
    }

    [Fact]
    public void Taking_permission_away_is_not_refused_by_a_lowered_limit_of_data()
    {
        MapAt(0, 8);
        Space.Limits = SpaceLimits.None with { Data = 2 };

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 3), ReadOnly));
        Verify();
        Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(0, 1), ReadWrite));

        Assert.Equal("0-3 r, 3-8 rw", Layout());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_records_nothing_changes(int records)
    {
        MapAt(0, 8);
        Write(4, 4);
        Machine.Areas.Left = records;

        Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(3, 2), ReadOnly));
        Verify();

        Assert.Equal("0-8 rw", Layout());
        Assert.Equal(FaultResult.Resolved, TryWrite(4));
    }

    [Fact]
    public void A_child_keeps_its_protection()
    {
        MapAt(0, 8);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), ReadOnly));
        Verify();
        Machine.Write(child!, At(1), 9);
        Verify();

        Assert.Equal(1, Read(1));
        Assert.Equal(FaultResult.NotAllowed, TryWrite(1));
    }

    [Fact]
    public void Widening_over_a_shared_table_comes_with_faults()
    {
        MapAt(0, 8);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), Protection.None));
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), ReadWrite | Protection.Execute));
        Verify();

        Assert.Equal(1, Read(1));
        Write(1, 2);
        Assert.Equal(FaultResult.Resolved, TryExecute(1));
        Verify();
        Assert.Equal(Status.Success, child!.Protect(Pages(0, 8), ReadOnly));
        Assert.Equal(1, Machine.Read(child, At(1)));
    }

    [Fact]
    public void User_mode_is_let_in_by_faults_over_a_shared_table()
    {
        MapAt(0, 8, Protection.Read | Protection.Write);
        Assert.Equal(FaultResult.Resolved, Machine.Load(Space).Write(At(1), [1], isUser: false));
        Machine.Unload(Space);
        Assert.Equal(Status.Success, Space.Fork(out AddressSpace? child));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), ReadWrite));
        Assert.Equal(Status.Success, child!.Protect(Pages(0, 8), ReadWrite));
        Verify();

        Assert.Equal(1, Machine.Read(child, At(1)));
        Machine.Write(child, At(1), 2);
        Write(1, 3);
        Verify();
        Assert.Equal(2, Machine.Read(child, At(1)));
    }

    [Fact]
    public void Without_any_frame_a_shared_table_keeps_its_protection()
    {
        MapAt(0, 8);
        Write(1, 1);
        Assert.Equal(Status.Success, Space.Fork(out _));

        using (TakeAllFrames())
            Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(0, 8), ReadOnly));
        Verify();

        Assert.Equal("0-8 rw", Layout());
    }

    [Fact]
    public void Pages_of_an_object_become_writable_by_faults()
    {
        RecordingObject mapped = NewObject(8);
        MapAt(0, 4, mapped, VAreaFlags.None, ReadOnly);
        MapAt(4, 4, mapped, VAreaFlags.Private, ReadOnly, offset: 4);
        Assert.Equal((1, 5), (Read(0), Read(4)));

        Assert.Equal(Status.Success, Space.Protect(Pages(0, 8), ReadWrite));
        Verify();
        Write(0, 10);
        Write(4, 50);
        Verify();

        Assert.Equal((10, 50), (Read(0), Read(4)));
        Assert.Equal(Status.Success, Space.Offload(Pages(0, 4)));
        Assert.Equal(10, Read(0));
    }

    [Fact]
    public void More_memory_than_there_is_does_not_become_writable()
    {
        MapAt(0, 5000, ReadOnly);
        Assert.Equal(Status.OutOfMemory, Space.Protect(Pages(0, 5000), ReadWrite));
        Assert.Equal("0-5000 r", Layout());
        Assert.Equal(Status.Success, Space.Protect(Pages(0, 4000), ReadWrite));
        Verify();
    }
}
