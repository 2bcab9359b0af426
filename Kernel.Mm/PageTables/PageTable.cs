using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Physical;

namespace Kernel.Mm.PageTables;

/// <summary>
/// The upper levels of a space's page table: finds and makes the level-2 entries, each of which covers a block of 2 MiB
/// and names a leaf table or maps a 2 MiB page.
/// </summary>
/// <remarks>
/// Reading and making tables needs the space's lock for reading: entries appear by compare-and-exchange. Removing needs
/// it for writing. A table's descriptor counts its entries in <see cref="FrameDescriptor.Mappings"/>.
/// </remarks>
internal readonly unsafe struct PageTable(PhysicalAddress root, FrameAllocator frames)
{
    private readonly FrameDescriptor* _descriptors = frames.Table.Descriptor(default);

    /// <summary>The level whose entries cover a block.</summary>
    public const int BlockLevel = 2;

    private const PageFlags UserTable = PageFlags.Present | PageFlags.Writable | PageFlags.User;
    private const PageFlags KernelTable = PageFlags.Present | PageFlags.Writable;

    /// <summary>The root table.</summary>
    public PhysicalAddress Root { get; } = root;

    /// <summary>What entries that name tables of user or kernel addresses allow: everything; leaves restrict.</summary>
    public static PageFlags TableFlags(bool isUser) => isUser ? UserTable : KernelTable;

    /// <summary>The leaf table that an entry names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LeafTable LeafOf(PageTableEntry block)
    {
        FrameNumber frame = block.Target.Frame;
        return new LeafTable(frame, DescriptorOf(frame));
    }

    /// <summary>A frame's descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameDescriptor* DescriptorOf(FrameNumber frame) => _descriptors + frame.Value;

    /// <summary>How many bytes behind that of frame zero the descriptor of the frame lies that an entry names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DescriptorOffset(ulong entry)
    {
        // A frame's address, less its twelve zero bits, times the 32 bytes of a descriptor.
        const int DescriptorShift = 7;
        const ulong DescriptorMask = 0x000f_ffff_ffff_f000 >> DescriptorShift;
        return (entry >> DescriptorShift) & DescriptorMask;
    }

    /// <summary>The level-2 entry for an address; null if a table above it is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry* FindBlock(VirtualAddress address)
    {
        PageTableEntry* table = PageTableWalk.Table(Root);
        for (int level = PageTableWalk.Levels; level > BlockLevel; level--)
        {
            PageTableEntry entry = *PageTableWalk.EntryFor(table, address, level);
            if (!entry.IsPresent)
                return null;
            table = PageTableWalk.Table(entry.Target);
        }
        return PageTableWalk.EntryFor(table, address, BlockLevel);
    }

    /// <summary>The level-2 entry for an address, with the tables above it made as needed.</summary>
    /// <returns>Null when memory has run out; tables made until then stay, empty, until <see cref="Prune"/>.</returns>
    public PageTableEntry* EnsureBlock(VirtualAddress address, bool isUser)
    {
        PageTableEntry* table = PageTableWalk.Table(Root);
        FrameNumber tableFrame = Root.Frame;
        for (int level = PageTableWalk.Levels; level > BlockLevel; level--)
        {
            PageTableEntry* entry = table + PageTableWalk.IndexOf(address, level);
            if (!entry->IsPresent && !MakeTable(entry, tableFrame, isUser))
                return null;
            tableFrame = entry->Target.Frame;
            table = PageTableWalk.Table(entry->Target);
        }
        return table + PageTableWalk.IndexOf(address, BlockLevel);
    }

    /// <summary>The first level-2 entry in use at or after an address.</summary>
    /// <param name="address">Moves to the start of the entry's block, unless it lies in it already; to <paramref name="end"/> or beyond if there is none.</param>
    /// <param name="end">Where to stop.</param>
    /// <returns>Null if there is none before the end.</returns>
    public PageTableEntry* NextBlock(ref VirtualAddress address, VirtualAddress end)
    {
        while (address < end)
        {
            PageTableEntry* table = PageTableWalk.Table(Root);
            int level = PageTableWalk.Levels;
            while (true)
            {
                int index = PageTableWalk.IndexOf(address, level);
                if (table[index].IsEmpty && !SkipEmpty(table, ref index, level, ref address, end))
                    break;
                if (level == BlockLevel)
                    return table + index;
                table = PageTableWalk.Table(table[index].Target);
                level--;
            }
        }
        return null;
    }

    /// <summary>Moves on to the next entry of a table that isn't empty.</summary>
    /// <returns>False at the table's end, or when the address has reached the end.</returns>
    private static bool SkipEmpty(PageTableEntry* table, ref int index, int level, ref VirtualAddress address, VirtualAddress end)
    {
        ulong size = PageTableWalk.PageSizeAt(level);
        int next = PageTableWalk.NextInUse(table, index + 1, PageTableWalk.EntriesPerTable);
        address = address.AlignDown(size) + (ulong)(next - index) * size;
        index = next;
        return next < PageTableWalk.EntriesPerTable && address < end;
    }

    /// <summary>Makes a leaf table for a block that has none. Any user of the space may race for it.</summary>
    /// <returns>False when memory has run out.</returns>
    public bool MakeLeaf(PageTableEntry* block, bool isUser)
    {
        if (frames.AllocateZeroed(FrameOwner.PageTable) is not { } frame)
            return false;
        var leaf = new LeafTable(frame, frames.Table.Descriptor(frame));
        leaf.Initialize(0);
        if (Install(block, frame, isUser))
            CountInTable(block, 1);
        else
        {
            leaf.Retire();
            frames.FreeZeroed(frame);
        }
        return true;
    }

    /// <summary>Counts entries of the table that an entry lies in.</summary>
    public void CountInTable(PageTableEntry* entry, int change)
    {
        FrameNumber table = DirectMap.AddressOf(entry).Frame;
        Interlocked.Add(ref frames.Table.Descriptor(table)->Mappings, change);
    }

    /// <summary>
    /// Takes out the upper tables over a range that have become empty. The caller makes all processors forget the
    /// space's translations before it frees them.
    /// </summary>
    /// <param name="range">Whose blocks were emptied.</param>
    /// <param name="tables">Gets the tables.</param>
    public void Prune(PageRange range, ref FrameList tables) => PruneBelow(Root, PageTableWalk.Levels, range.Start, range.End, ref tables);

    private void PruneBelow(PhysicalAddress table, int level, VirtualAddress start, VirtualAddress end, ref FrameList tables)
    {
        ulong size = PageTableWalk.PageSizeAt(level);
        VirtualAddress at = start;
        for (int index = PageTableWalk.IndexOf(start, level); index < PageTableWalk.EntriesPerTable && at < end; index++)
        {
            PageTableEntry* entry = PageTableWalk.Table(table) + index;
            VirtualAddress next = at.AlignDown(size) + size;
            if (entry->IsPresent)
            {
                if (level > BlockLevel + 1)
                    PruneBelow(entry->Target, level - 1, at, next < end ? next : end, ref tables);
                FrameNumber child = entry->Target.Frame;
                if (frames.Table.Descriptor(child)->Mappings == 0)
                {
                    *entry = default;
                    frames.Table.Descriptor(table.Frame)->Mappings--;
                    tables.Push(frames.Table, child);
                }
            }
            at = next;
        }
    }

    private bool MakeTable(PageTableEntry* entry, FrameNumber parent, bool isUser)
    {
        if (frames.AllocateZeroed(FrameOwner.PageTable) is not { } frame)
            return false;
        if (Install(entry, frame, isUser))
            Interlocked.Increment(ref frames.Table.Descriptor(parent)->Mappings);
        else
            frames.FreeZeroed(frame);
        return true;
    }

    private static bool Install(PageTableEntry* entry, FrameNumber frame, bool isUser) =>
        Interlocked.CompareExchange(ref *(ulong*)entry, new PageTableEntry(frame.Address, TableFlags(isUser)).Bits, 0) == 0;
}
