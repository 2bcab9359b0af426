using System;
using System.Collections.Generic;
using System.Text;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>A machine with one space. When a test is over, everything must be as it was before: frames and pools.</summary>
[Collection(nameof(SimulatedMemory))]
public abstract class SpaceTestBase : IDisposable
{
    protected const Protection ReadWrite = TestMachine.ReadWrite;
    protected const Protection ReadOnly = TestMachine.ReadOnly;

    private readonly List<RecordingObject> _objects = [];
    private readonly ulong _freeAtStart;

    protected SpaceTestBase(ulong frames = 4096)
    {
        Machine = new TestMachine(frames);
        _freeAtStart = Machine.Frames.FreeFrames;
        Space = Machine.CreateSpace();
    }

    protected TestMachine Machine { get; }

    protected AddressSpace Space { get; }

    public void Dispose()
    {
        try
        {
            LeaveNothing();
        }
        finally
        {
            Machine.Dispose();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>The address that tests count pages from: the start of a block of 1 GiB.</summary>
    protected static VirtualAddress At(ulong page) => new(0x4000_0000 + (page << Page.Shift));

    protected static PageRange Pages(ulong page, ulong pages) => new(At(page), pages);

    /// <summary>Maps private anonymous memory at a page.</summary>
    protected VirtualAddress MapAt(ulong page, ulong pages, Protection protection = ReadWrite, VAreaFlags flags = VAreaFlags.None)
    {
        var request = new MapRequest(pages, protection) { Placement = Placement.Fixed, Address = At(page) };
        request.Flags |= flags;
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        return address;
    }

    /// <summary>Maps an object from its first page at a page.</summary>
    private protected VirtualAddress MapAt(
        ulong page, ulong pages, RecordingObject mapped, VAreaFlags flags = VAreaFlags.None, Protection protection = ReadWrite, ulong offset = 0)
    {
        var request = new MapRequest(pages, protection, mapped) { Placement = Placement.Fixed, Address = At(page), Flags = flags, Offset = offset };
        Assert.Equal(Status.Success, Space.Map(request, out VirtualAddress address));
        return address;
    }

    /// <summary>An object whose page <c>n</c> is full of <c>n + 1</c>.</summary>
    private protected RecordingObject NewObject(ulong pages)
    {
        var created = new RecordingObject(Machine.Manager, pages);
        _objects.Add(created);
        return created;
    }

    protected void Verify() => Machine.Verify();

    /// <summary>Writes a page's first byte as user mode.</summary>
    protected void Write(ulong page, byte value) => Machine.Write(Space, At(page), value);

    /// <summary>Reads a page's first byte as user mode.</summary>
    protected byte Read(ulong page) => Machine.Read(Space, At(page));

    /// <summary>A write by user mode that must be refused, or not.</summary>
    protected FaultResult TryWrite(ulong page)
    {
        FaultResult result = Machine.Load(Space).Write(At(page), [1]);
        Machine.Unload(Space);
        return result;
    }

    /// <summary>A read by user mode that must be refused, or not.</summary>
    protected FaultResult TryRead(ulong page)
    {
        FaultResult result = Machine.Load(Space).Read(At(page), new byte[1]);
        Machine.Unload(Space);
        return result;
    }

    /// <summary>An instruction fetch by user mode.</summary>
    protected FaultResult TryExecute(ulong page)
    {
        FaultResult result = Machine.Load(Space).Execute(At(page));
        Machine.Unload(Space);
        return result;
    }

    protected PageState StateOf(ulong page)
    {
        Span<PageState> state = stackalloc PageState[1];
        Assert.Equal(Status.Success, Space.GetPageStates(Pages(page, 1), state));
        return state[0];
    }

    /// <summary>The vareas as "first-end protection", in pages from <see cref="At"/> zero.</summary>
    protected string Layout(AddressSpace? space = null)
    {
        var text = new StringBuilder();
        foreach (VArea area in space ?? Space)
        {
            if (text.Length != 0)
                text.Append(", ");
            ulong first = (area.Start - At(0)) >> Page.Shift;
            text.Append(first).Append('-').Append(first + area.Pages).Append(' ');
            text.Append((area.Protection & Protection.Read) != 0 ? "r" : "").Append((area.Protection & Protection.Write) != 0 ? "w" : "");
            text.Append((area.Protection & Protection.Execute) != 0 ? "x" : "").Append(area.IsAccessible ? "" : "none");
        }
        return text.ToString();
    }

    /// <summary>Takes all free frames but a few, the reserve included, until it is disposed.</summary>
    protected MemoryHog TakeAllFrames(int but = 0) => new(Machine.Frames, AllocationPriority.Reserve, but);

    private void LeaveNothing()
    {
        // The last one first: guests go before what they show.
        for (int round = 0; Machine.Manager.FirstSpace is not null && round < 100; round++)
        {
            AddressSpace? next;
            for (AddressSpace? space = Machine.Manager.FirstSpace; space is not null; space = next)
            {
                next = space.NextSpace;
                for (int processor = 0; processor < Machine.Hardware.MaximumProcessors; processor++)
                {
                    TestHardware.RunAs(processor);
                    Machine.Unload(space);
                }
                if (Machine.Manager.DeleteSpace(space) == Status.Success)
                    Machine.Verify();
            }
        }
        TestHardware.RunAs(0);
        foreach (RecordingObject left in _objects)
            left.Release();
        Machine.Verify();
        Assert.Equal(0, Machine.Spaces.InUse);
        Assert.Equal(0, Machine.AreasInUse);
        Assert.Equal(0, Machine.PrivateObjects.InUse);
        Assert.Equal(0, Machine.Backups.InUse);
        Assert.Equal(0, Machine.SharedObjects.InUse);
        Assert.Equal(0, Machine.PhysicalRanges.InUse);
        Assert.Equal(0, Machine.Files.InUse);
        Assert.Equal(0, Machine.FileMappings.InUse);
        Assert.Equal(0, Machine.Hardware.OpenCriticalSections);
        Assert.Equal(_freeAtStart, Machine.Frames.FreeFrames);
    }
}
