using System;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

[Collection(nameof(SimulatedMemory))]
public sealed class AddressSpaceTests : IDisposable
{
    private readonly TestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_life_of_mapping_forking_and_moving_leaves_nothing_behind()
    {
        ulong free = _machine.Frames.FreeFrames;
        AddressSpace space = _machine.CreateSpace();
        VirtualAddress start = TestMachine.Map(space, 1024);
        for (ulong i = 0; i < 1024; i += 3)
            _machine.Write(space, start + i * Page.Size, (byte)i);
        _machine.Verify();
        Assert.Equal(0, _machine.Read(space, start + Page.Size));

        Assert.Equal(Status.Success, space.Fork(out AddressSpace? child));
        _machine.Verify();
        _machine.Write(child!, start, 77);
        _machine.Verify();
        Assert.Equal(0, _machine.Read(space, start));
        _machine.Write(space, start + 3 * Page.Size, 78);
        Assert.Equal(3, _machine.Read(child!, start + 3 * Page.Size));

        Assert.Equal(Status.Success, space.Protect(new PageRange(start + 2 * Page.Size, 5), Protection.None));
        _machine.Verify();
        Assert.Equal(Status.Success, space.Protect(new PageRange(start + 2 * Page.Size, 5), TestMachine.ReadWrite));
        VirtualAddress moved = default;
        Assert.Equal(Status.Success, space.Move(new PageRange(start, 1024), 2048, MoveMode.MayMove, ref moved));
        _machine.Verify();
        Assert.Equal(78, _machine.Read(space, moved + 3 * Page.Size));

        Assert.Equal(Status.Success, child!.Unmap(new PageRange(start + Page.Size, 700)));
        _machine.Verify();
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(child));
        _machine.Write(space, moved + 3 * Page.Size, 79);
        _machine.Verify();
        Assert.Null(space.PrivateObject!.Backup);
        Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(space));
        _machine.Verify();
        Assert.Equal(free, _machine.Frames.FreeFrames);
    }
}
