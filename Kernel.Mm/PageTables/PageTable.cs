using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Physical;

namespace Kernel.Mm.PageTables;

/// <summary>
/// The upper levels of a space's page table: finds and makes the level-2 entries, each of which covers a block of 2 MiB
/// and names a leaf table or maps a 2 MiB page. 1 GiB pages above are passed over.
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

    /// <summary>The level whose entries may map 1 GiB pages.</summary>
    public const int HugeLevel = 3;

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

    /// <summary>The level-2 entry for an address; null if a table above it is missing, or a 1 GiB page is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry* FindBlock(VirtualAddress address)
    {
        PageTableEntry* table = PageTableWalk.Table(Root);
        for (int level = PageTableWalk.Levels; level > BlockLevel; level--)
        {
            PageTableEntry entry = *PageTableWalk.EntryFor(table, address, level);
            if (level == HugeLevel ? !entry.NamesTable : !entry.IsPresent)
                return null;
            table = PageTableWalk.Table(entry.Target);
        }
        return PageTableWalk.EntryFor(table, address, BlockLevel);
    }

    /// <summary>As <see cref="FindBlock"/>, where no 1 GiB page can be: in private memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry* FindPrivateBlock(VirtualAddress address) => FindEntry(address, BlockLevel);

    /// <summary>The level-3 entry for an address that maps a 1 GiB page; null if none does.</summary>
    public PageTableEntry* FindHuge(VirtualAddress address)
    {
        PageTableEntry* entry = FindEntry(address, HugeLevel);
        return entry != null && entry->IsPresent && entry->IsLarge ? entry : null;
    }

    /// <summary>The entry of a level for an address; null if a table above it is missing. No large page may be on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PageTableEntry* FindEntry(VirtualAddress address, int entryLevel)
    {
        PageTableEntry* table = PageTableWalk.Table(Root);
        for (int level = PageTableWalk.Levels; level > entryLevel; level--)
        {
            PageTableEntry entry = *PageTableWalk.EntryFor(table, address, level);
            if (!entry.IsPresent)
                return null;
            table = PageTableWalk.Table(entry.Target);
        }
        return PageTableWalk.EntryFor(table, address, entryLevel);
    }

    /// <summary>The level-2 entry for an address, with the tables above it made as needed.</summary>
    /// <returns>
    /// Null when memory has run out, or a 1 GiB page is there; tables made until then stay, empty, until <see cref="Prune"/>.
    /// </returns>
    public PageTableEntry* EnsureBlock(VirtualAddress address, bool isUser) => EnsureEntry(address, BlockLevel, isUser);

    /// <summary>As <see cref="EnsureBlock"/>, for the level-3 entry, which may map a 1 GiB page itself.</summary>
    public PageTableEntry* EnsureHuge(VirtualAddress address, bool isUser) => EnsureEntry(address, HugeLevel, isUser);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PageTableEntry* EnsureEntry(VirtualAddress address, int entryLevel, bool isUser)
    {
        PageTableEntry* table = PageTableWalk.Table(Root);
        FrameNumber tableFrame = Root.Frame;
        for (int level = PageTableWalk.Levels; level > entryLevel; level--)
        {
            PageTableEntry* entry = PageTableWalk.EntryFor(table, address, level);
            // Another thread may be faster, with a 1 GiB page too.
            if (!entry->NamesTable && (!MakeTable(entry, tableFrame, isUser) || !entry->NamesTable))
                return null;
            tableFrame = entry->Target.Frame;
            table = PageTableWalk.Table(entry->Target);
        }
        return PageTableWalk.EntryFor(table, address, entryLevel);
    }

    /// <summary>Replaces a 1 GiB page of a device by a table of 2 MiB pages that allow the same. Locked for writing.</summary>
    /// <returns>False when memory has run out, the reserve too.</returns>
    public bool SplitHuge(PageTableEntry* huge, bool isUser)
    {
        if (frames.AllocateZeroed(FrameOwner.PageTable, AllocationPriority.Reserve) is not { } frame)
            return false;
        PageTableEntry* blocks = PageTableWalk.Table(frame.Address);
        for (int index = 0; index < PageTableWalk.EntriesPerTable; index++)
            blocks[index] = new PageTableEntry(huge->Target + (ulong)index * Page.LargeSize, huge->Flags);
        frames.Table.Descriptor(frame)->Mappings = PageTableWalk.EntriesPerTable;
        Volatile.Write(ref *(ulong*)huge, new PageTableEntry(frame.Address, TableFlags(isUser)).Bits);
        return true;
    }

    /// <summary>The first level-2 entry in use at or after an address. There is none under a 1 GiB page.</summary>
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
                if (table[index].IsLarge)
                {
                    address = address.AlignDown(PageTableWalk.PageSizeAt(level)) + PageTableWalk.PageSizeAt(level);
                    break;
                }
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
            if (entry->NamesTable)
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
