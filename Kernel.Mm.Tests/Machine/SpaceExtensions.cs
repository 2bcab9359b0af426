using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests;

/// <summary>Short forms for tests of one space.</summary>
internal static unsafe class SpaceExtensions
{
    /// <summary>Pages of a block, 2 MiB.</summary>
    public const ulong BlockPages = Page.LargeSize / Page.Size;

    /// <summary>Maps at an address where nothing is.</summary>
    public static PageRange MapAt(
        this AddressSpace space,
        VirtualAddress address,
        ulong pages,
        Protection protection = TestMachine.ReadWrite,
        VAreaFlags flags = VAreaFlags.Private,
        MemoryObject? memoryObject = null,
        ulong offset = 0)
    {
        var request = new MapRequest(pages, protection, memoryObject)
        {
            Flags = flags,
            Offset = offset,
            Address = address,
            Placement = Placement.Fixed,
        };
        Assert.Equal(Status.Success, space.Map(request, out _));
        return new PageRange(address, pages);
    }

    /// <summary>A fork that must succeed.</summary>
    public static AddressSpace Fork(this AddressSpace space)
    {
        Assert.Equal(Status.Success, space.Fork(out AddressSpace? child));
        return child!;
    }

    /// <summary>The address of a page of a range.</summary>
    public static VirtualAddress PageAt(this PageRange range, ulong page) => range.Start + page * Page.Size;

    /// <summary>The leaf table over an address; fails the test if there is none.</summary>
    public static LeafTable LeafAt(this AddressSpace space, VirtualAddress address)
    {
        PageTableEntry* block = space.Table.FindBlock(address);
        Assert.True(block != null && block->IsPresent && !block->IsLarge);
        return space.Table.LeafOf(*block);
    }

    /// <summary>The leaf entry of an address.</summary>
    public static PageTableEntry EntryAt(this AddressSpace space, VirtualAddress address) =>
        space.LeafAt(address).Entries[PageTableWalk.IndexOf(address, 1)];

    /// <summary>The upper entry of an address, which names a leaf table or a 2 MiB page.</summary>
    public static PageTableEntry BlockAt(this AddressSpace space, VirtualAddress address) => *space.Table.FindBlock(address);

    /// <summary>The frame that an address is mapped to, by whatever size of page.</summary>
    public static FrameNumber FrameAt(this AddressSpace space, VirtualAddress address)
    {
        PageTableWalk walk = space.Translate(address);
        Assert.True(walk.IsMapped);
        return walk.Physical.Frame;
    }

    /// <summary>Entries that name a frame.</summary>
    public static int MappingsOf(this TestMachine machine, FrameNumber frame) => machine.Frames.Table[frame].Mappings;
}
