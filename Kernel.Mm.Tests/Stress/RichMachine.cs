using System;
using System.Collections.Generic;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Stress;

/// <summary>A machine with a space that has some of everything, and relatives that share memory with it.</summary>
public sealed unsafe class RichMachine : IDisposable
{
    private const ulong BlockPages = SpaceExtensions.BlockPages;

    /// <summary>Where the first block of the rich space begins.</summary>
    private static readonly VirtualAddress s_base = new(0x4000_0000);

    private readonly FrameNumber _pinned;
    private bool _isPinned = true;

    public RichMachine()
    {
        Machine = new TestMachine(8192);
        Frozen = Machine.CreateSpace();
        Fill(Frozen.MapAt(Block(5), 64), 40, Frozen);
        Assert.Equal(Status.Success, Frozen.Freeze());

        Space = Machine.CreateSpace();
        Fill(Space.MapAt(Block(0), BlockPages + 300), BlockPages + 200, Space);
        Space.MapAt(Block(3), BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
        Machine.Write(Space, Block(3), 3);
        File = FileObject.Create(Machine.Manager)!;
        Assert.Equal(Status.Success, File.Write(0, new byte[20 * Page.Size], out _));
        Assert.Equal(Status.Success, File.SetSize(60 * Page.Size));
        PageRange file = Space.MapAt(Block(13), 60, memoryObject: File);
        Fill(file, 2, Space);
        Machine.Read(Space, file.PageAt(8));
        Child = Space.Fork();
        Machine.Write(Space, Space.MapAt(Block(13) + 100 * Page.Size, 60, flags: VAreaFlags.None, memoryObject: File).Start, 7);

        // In the rest of a block whose table is shared.
        Shared = SharedAnonymousObject.Create(Machine.Manager, 2000)!;
        Space.MapAt(Block(1) + 400 * Page.Size, 10, flags: VAreaFlags.None, memoryObject: Shared);

        MapMixedBlock();
        Fill(Space.MapAt(Block(4), 100), 100, Space);
        Assert.Equal(Status.Success, Space.Pin(Block(4) + 3 * Page.Size, true, out _pinned));
        PageRange guest = Space.MapAt(Block(5), 64, memoryObject: Frozen.PrivateObject, offset: Block(5).Value >> Page.Shift);
        Machine.Read(Space, guest.PageAt(1));
        Machine.Write(Space, guest.PageAt(2), 9);
        PageRange zeros = Space.MapAt(Block(7), 100, memoryObject: Machine.Manager.ZeroObject);
        Machine.Read(Space, zeros.PageAt(1));
        Machine.Write(Space, zeros.PageAt(2), 9);
        Space.MapAt(Block(9) + 100 * Page.Size, 4, flags: VAreaFlags.Private | VAreaFlags.GrowsDown);
        PageRange closed = Space.MapAt(Block(10), 20);
        Fill(closed, 20, Space);
        Assert.Equal(Status.Success, Space.Protect(new PageRange(closed.PageAt(5), 5), Protection.None));
        var device = new MapRequest(8, TestMachine.ReadWrite) { Address = Block(11), Placement = Placement.Fixed };
        Assert.Equal(Status.Success, Space.MapPhysical(new PhysicalAddress(0xfe00_0000), CachePolicy.Uncached, device, out _));
        PageRange full = Space.MapAt(Block(12), BlockPages);
        Fill(full, BlockPages, Space);

        Empty = Machine.CreateSpace();
        Machine.Verify();
    }

    /// <summary>The machine.</summary>
    public TestMachine Machine { get; }

    /// <summary>The space with some of everything.</summary>
    public AddressSpace Space { get; }

    /// <summary>Shares blocks 0, 1 and 3 with it.</summary>
    public AddressSpace Child { get; }

    /// <summary>A frozen space; block 5 of the rich one shows its memory.</summary>
    public AddressSpace Frozen { get; }

    /// <summary>A space without anything.</summary>
    public AddressSpace Empty { get; }

    /// <summary>An object that the rich space maps in blocks 1 and 2.</summary>
    public SharedAnonymousObject Shared { get; }

    /// <summary>A file of twenty pages and a hole: the rich space and its child show it in block 13, private; the rich space also shared, from page 100 on.</summary>
    public FileObject File { get; }

    /// <summary>A record of a varea that the caller provides.</summary>
    public VArea Storage { get; } = new();

    /// <summary>Storage of an address space that the caller provides.</summary>
    public AddressSpace SpaceStorage { get; } = new();

    /// <summary>The kernel's space, once <see cref="CreateKernelSpace"/> has made it.</summary>
    public AddressSpace? KernelSpace { get; private set; }

    /// <summary>Start of a block of the rich space.</summary>
    public static VirtualAddress Block(ulong index) => s_base + index * Page.LargeSize;

    /// <summary>Pages of a block.</summary>
    public static PageRange Range(ulong block, ulong firstPage, ulong pages) => new(Block(block) + firstPage * Page.Size, pages);

    public void Dispose() => Machine.Dispose();

    /// <summary>Makes a kernel's space of 1 GiB, whose upper tables are there.</summary>
    public void CreateKernelSpace()
    {
        var start = new VirtualAddress(0xffff_c000_0000_0000);
        PhysicalAddress root = Machine.Frames.AllocateZeroed(FrameOwner.Kernel)!.Value.Address;
        PhysicalAddress table = root;
        for (int level = PageTableWalk.Levels; level > PageTable.BlockLevel; level--)
        {
            PhysicalAddress below = Machine.Frames.AllocateZeroed(FrameOwner.Kernel)!.Value.Address;
            PageTableWalk.Table(table)[PageTableWalk.IndexOf(start, level)] = new PageTableEntry(below, PageTable.TableFlags(isUser: false));
            table = below;
        }
        KernelSpace = new AddressSpace();
        PageRange range = PageRange.Between(start, start + Page.HugeSize);
        Assert.Equal(Status.Success, Machine.Manager.InitializeKernelSpace(KernelSpace, range, root));
    }

    /// <summary>Ends the pin of a page of <see cref="Space"/>, if that hasn't happened yet.</summary>
    public void EndPin()
    {
        if (!_isPinned)
            return;
        Space.Unpin(_pinned);
        _isPinned = false;
    }

    /// <summary>Ends everything, and fails the test unless all memory has come back.</summary>
    public void CloseAndCheck()
    {
        EndPin();
        Shared.Release();
        File.Release();
        var spaces = new List<AddressSpace>();
        for (AddressSpace? space = Machine.Manager.FirstSpace; space is not null; space = space.NextSpace)
            if (space != Frozen && space != KernelSpace && space != SpaceStorage)
                spaces.Add(space);
        if (KernelSpace is not null)
            Assert.Equal(Status.Success, KernelSpace.Unmap(KernelSpace.Range));
        if (SpaceStorage.IsLive)
            Assert.Equal(Status.Success, SpaceStorage.Detach());
        foreach (AddressSpace space in spaces)
            Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(space));
        Assert.Equal(Status.Success, Machine.Manager.DeleteSpace(Frozen));
        Machine.Verify();
        Assert.Equal(0ul, Machine.Frames.UsedBy(FrameOwner.User));
        Assert.Equal(0ul, Machine.Frames.UsedBy(FrameOwner.PageTable));
        Assert.Equal((0ul, 0, 0), (Machine.Frames.UsedBy(FrameOwner.PageCache), Machine.Files.InUse, Machine.FileMappings.InUse));
        Assert.Equal((0, 0, 0, 0, 0, 0), (Machine.Spaces.InUse, Machine.AreasInUse, Machine.PrivateObjects.InUse,
            Machine.Backups.InUse, Machine.SharedObjects.InUse, Machine.PhysicalRanges.InUse));
        Assert.Null(Storage.Space);
    }

    /// <summary>Everything that a program could notice, one line for each varea and each page with content.</summary>
    /// <param name="withResident">Whether resident pages count.</param>
    public List<string> Describe(bool withResident)
    {
        var lines = new List<string>();
        for (AddressSpace? space = Machine.Manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            lines.Add($"space {space.Translations.Root} mapped {space.MappedPages} data {space.DataPages} locked {space.LockedPages} "
                + $"limits {space.Limits} faults {space.MinorFaults}+{space.MajorFaults} frozen {space.IsFrozen}");
            if (withResident)
                lines.Add($"resident {space.ResidentPages}");
            foreach (VArea area in space)
                Describe(space, area, lines);
        }
        return lines;
    }

    private static void Describe(AddressSpace space, VArea area, List<string> lines)
    {
        lines.Add($"varea {area.Start} {area.Pages} {area.Protection} of {area.MaximumProtection} {area.Flags} {area.Object!.Kind} "
            + (area.IsAnonymous ? "" : $"at {area.Offset}"));
        ulong word = 0;
        for (ulong page = 0; page < area.Pages; page++)
        {
            VirtualAddress address = area.Start + page * Page.Size;
            Status status = space.Read(address, new Span<byte>(&word, sizeof(ulong)));
            if (status != Status.Success || word != 0)
                lines.Add($"{address} {status} {(status == Status.Success ? word : 0):x}");
        }
    }

    private void MapMixedBlock()
    {
        Fill(Space.MapAt(Block(2), 100), 50, Space);
        Fill(Space.MapAt(Block(2) + 100 * Page.Size, 50, flags: VAreaFlags.None, memoryObject: Shared, offset: 1000), 20, Space);
        Fill(Space.MapAt(Block(2) + 150 * Page.Size, 10, flags: VAreaFlags.Private | VAreaFlags.Locked), 10, Space);
        Fill(Space.MapAt(Block(2) + 160 * Page.Size, 10, flags: VAreaFlags.Private | VAreaFlags.DontFork), 10, Space);
        Fill(Space.MapAt(Block(2) + 170 * Page.Size, 10, flags: VAreaFlags.Private | VAreaFlags.WipeOnFork), 10, Space);
    }

    private void Fill(PageRange range, ulong pages, AddressSpace space)
    {
        for (ulong i = 0; i < pages; i++)
            Machine.Write(space, range.PageAt(i), (byte)(1 + i % 250));
    }
}
