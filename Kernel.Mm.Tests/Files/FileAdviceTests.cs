using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Files;

public sealed class FileAdviceTests : FileTestBase
{
    [Fact]
    public void A_hole_is_made_through_a_mapping()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 4, offset: 2);
        MapFile(file, 4, 4);
        for (ulong page = 0; page < 8; page++)
            _ = Read(page);
        Assert.Equal(Status.Success, Space.RemoveContent(Pages(3, 2)));
        Verify();
        Assert.Equal((8ul * 4096, 6ul), (file.Size, file.ResidentPages));
        Assert.Equal((5, 0, 0, 2), (Read(2), Read(3), Read(4), Read(5)));
    }

    [Fact]
    public void A_hole_needs_a_shared_file_that_may_be_written()
    {
        FileObject file = NewFile(8);
        MapFile(file, 0, 1);
        MapFile(file, 1, 1, VAreaFlags.Private);
        MapAt(2, 1);
        MapFile(file, 3, 1, VAreaFlags.Locked);
        var readOnly = new MapRequest(1, ReadOnly, file) { Placement = Placement.Fixed, Address = At(4), MaximumProtection = ReadOnly };
        Assert.Equal(Status.Success, Space.Map(readOnly, out _));
        Assert.Equal(Status.AccessDenied, Space.RemoveContent(Pages(1, 1)));
        Assert.Equal(Status.InvalidArgument, Space.RemoveContent(Pages(2, 1)));
        Assert.Equal(Status.InvalidArgument, Space.RemoveContent(Pages(3, 1)));
        Assert.Equal(Status.AccessDenied, Space.RemoveContent(Pages(4, 1)));
        Assert.Equal(Status.NotFound, Space.RemoveContent(Pages(5, 1)));
        Assert.Equal(Status.InvalidArgument, Space.RemoveContent(Pages(0, 0)));
        Assert.Equal(8ul, file.ResidentPages);
        Assert.Equal(Status.AccessDenied, Space.RemoveContent(Pages(0, 2)));
        Assert.Equal(7ul, file.ResidentPages);
        Verify();
    }

    [Fact]
    public void Dropped_pages_are_the_files_again()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        MapFile(file, 10, 4);
        Write(1, 9);
        Write(12, 8);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 4), Advice.DontNeed));
        Assert.Equal(Status.Success, Space.Advise(Pages(10, 4), Advice.DontNeed));
        Verify();
        Assert.Equal((0ul, 2, 8), (Space.ResidentPages, Read(1), Read(12)));
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 4), Advice.Free));
        Assert.Equal(Status.InvalidArgument, Space.Advise(Pages(0, 4), Advice.WipeOnFork));
    }

    [Fact]
    public void What_will_be_needed_is_mapped()
    {
        FileObject file = NewFile(2);
        Assert.Equal(Status.Success, file.SetSize(4 * 4096));
        MapFile(file, 0, 4, protection: ReadOnly);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 4), Advice.WillNeed));
        Assert.Equal(4ul, Space.ResidentPages);
        MapFile(file, 10, 5);
        Assert.Equal(Status.BeyondEnd, Space.Populate(Pages(10, 5)));
        Verify();
    }

    [Fact]
    public void A_forks_child_may_be_without_a_file()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4, VAreaFlags.Private);
        Write(1, 9);
        Assert.Equal(Status.Success, Space.Advise(Pages(0, 2), Advice.DontFork));
        AddressSpace child = Space.Fork();
        Verify();
        Assert.Equal("2-4 rw", Layout(child));
        Assert.Equal(3, Machine.Read(child, At(2)));
        Assert.Equal(Status.Success, file.SetSize(0));
        Verify();
    }

    [Fact]
    public void Pages_that_a_file_has_are_in_memory()
    {
        FileObject file = NewFile();
        Put(file, 4096, [1]);
        Assert.Equal(Status.Success, file.SetSize(4 * 4096));
        MapFile(file, 0, 4, VAreaFlags.Private);
        MapAt(4, 2);
        Write(5, 1);
        Span<byte> residency = stackalloc byte[6];
        residency.Fill(9);
        Assert.Equal(Status.Success, Space.GetResidency(Pages(0, 6), residency));
        Assert.Equal([0, 1, 0, 0, 0, 1], residency.ToArray());
        Assert.Equal(Status.NotFound, Space.GetResidency(Pages(4, 3), residency));
        Assert.Equal(Status.InvalidArgument, Space.GetResidency(Pages(0, 7), residency));
        Assert.Equal(0ul, file.ResidentPages - 1);
        Write(1, 9);
        Assert.Equal(Status.Success, file.PunchHole(4096, 4096));
        Assert.Equal(Status.Success, Space.GetResidency(Pages(1, 1), residency));
        Assert.Equal(1, residency[0]);
    }

    [Fact]
    public void Locked_pages_are_present_and_the_limit_holds()
    {
        FileObject file = NewFile(4);
        MapFile(file, 0, 4);
        Space.Limits = Space.Limits with { Locked = 3 };
        Assert.Equal(Status.OutOfMemory, Space.SetLocked(Pages(0, 4), true));
        Assert.Equal(Status.Success, Space.SetLockedOnFault(Pages(0, 3)));
        Assert.Equal((3ul, 0ul), (Space.LockedPages, Space.ResidentPages));
        Assert.Equal(Status.Success, Space.SetLocked(Pages(0, 2), true));
        Assert.Equal(FaultResult.Resolved, TryRead(1));
        Assert.Equal((3ul, 3ul), (Space.LockedPages, Space.ResidentPages));
        Assert.Equal(Status.OutOfMemory, Space.SetLockedOnFault(Pages(3, 1)));
        Assert.Equal(Status.NotFound, Space.SetLockedOnFault(Pages(3, 2)));
        Assert.Equal(Status.InvalidArgument, Space.SetLockedOnFault(Pages(0, 0)));
        Assert.Equal(Status.Success, file.SetSize(4096));
        Verify();
    }

    [Fact]
    public void Memory_of_other_spaces_is_reached_through_files_too()
    {
        FileObject file = NewFile(2);
        MapFile(file, 0, 3);
        MapFile(file, 10, 2, VAreaFlags.Private);
        byte[] bytes = new byte[2];
        Assert.Equal(Status.Success, Space.Read(At(1) + 4094, bytes));
        Assert.Equal([2, 2], bytes);
        Assert.Equal(Status.BeyondEnd, Space.Read(At(1) + 4095, bytes));
        Assert.Equal(0ul, Space.ResidentPages);
        Assert.Equal(Status.Success, Space.Write(At(1), [7]));
        Assert.Equal(Status.Success, Space.Write(At(10), [8]));
        Assert.Equal((1, 7, 8), (Get(file, 0, 1)[0], Get(file, 4096, 1)[0], Read(10)));
        Assert.Equal(Status.BeyondEnd, Space.Write(At(2), [7]));
        Verify();
    }
}
