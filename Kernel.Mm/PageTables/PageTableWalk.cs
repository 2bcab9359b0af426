using System;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.PageTables;

/// <summary>What the page table says about one address, level by level, as the processor would walk it.</summary>
/// <remarks>A snapshot; the caller holds whatever keeps the tables from being freed.</remarks>
public unsafe struct PageTableWalk
{
    /// <summary>Levels of the page table, from the root (the highest) to the leaf tables (level 1).</summary>
    public const int Levels = Page.TableLevels;

    /// <summary>Entries of one table.</summary>
    public const int EntriesPerTable = 1 << IndexBits;

    private const int IndexBits = Page.TableIndexBits;

    private EntryStorage _entries;

    /// <summary>Walks a page table for one address.</summary>
    /// <param name="root">The root table.</param>
    /// <param name="address">Canonical.</param>
    public PageTableWalk(PhysicalAddress root, VirtualAddress address)
    {
        PhysicalAddress table = root;
        bool writable = true, user = true, executable = true;
        for (int level = Levels; level >= 1; level--)
        {
            PageTableEntry entry = Table(table)[IndexOf(address, level)];
            _entries[Levels - level] = entry;
            LastLevel = level;
            if (!entry.IsPresent)
                return;
            writable &= (entry.Flags & PageFlags.Writable) != 0;
            user &= (entry.Flags & PageFlags.User) != 0;
            executable &= (entry.Flags & PageFlags.NoExecute) == 0;
            if (level == 1 || entry.IsLarge)
                break;
            table = entry.Target;
        }
        IsMapped = true;
        IsWritable = writable;
        IsUser = user;
        IsExecutable = executable;
        ulong size = PageSizeAt(LastLevel);
        Physical = Entry(LastLevel).Target.AlignDown(size) + (address.Value & (size - 1));
    }

    /// <summary>The level at which the walk ended: 1 for a 4 KiB page, 2 for 2 MiB, 3 for 1 GiB; higher only if unmapped.</summary>
    public int LastLevel { get; }

    /// <summary>Whether the address is mapped.</summary>
    public bool IsMapped { get; }

    /// <summary>Whether every level allows writes.</summary>
    public bool IsWritable { get; }

    /// <summary>Whether every level allows user mode.</summary>
    public bool IsUser { get; }

    /// <summary>Whether no level forbids instruction fetches.</summary>
    public bool IsExecutable { get; }

    /// <summary>Where the address lies in physical memory, if mapped.</summary>
    public PhysicalAddress Physical { get; }

    /// <summary>Size of the page that maps the address, in bytes.</summary>
    public readonly ulong PageSize => PageSizeAt(LastLevel);

    /// <summary>The entry at a level that the walk reached (<see cref="LastLevel"/> to <see cref="Levels"/>).</summary>
    public readonly PageTableEntry Entry(int level) => _entries[Levels - level];

    /// <summary>Index of an address in its table of a level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(VirtualAddress address, int level) =>
        (int)(address.Value >> (Page.Shift + IndexBits * (level - 1))) & (EntriesPerTable - 1);

    /// <summary>The entry for an address in a table of a level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PageTableEntry* EntryFor(PageTableEntry* table, VirtualAddress address, int level)
    {
        const int EntryShift = 3;
        const ulong OffsetMask = (EntriesPerTable - 1) << EntryShift;
        return (PageTableEntry*)((byte*)table + ((address.Value >> (Page.Shift - EntryShift + IndexBits * (level - 1))) & OffsetMask));
    }

    /// <summary>The first entry in use of a part of a table. Budget: two instructions an entry.</summary>
    /// <param name="table">The table.</param>
    /// <param name="index">Where to begin.</param>
    /// <param name="end">Where to stop, at most <see cref="EntriesPerTable"/>.</param>
    /// <returns>Its index; <paramref name="end"/> if there is none.</returns>
    internal static int NextInUse(PageTableEntry* table, int index, int end)
    {
        const int AtOnce = 8;
        var at = (ulong*)table + index;
        ulong* stop = (ulong*)table + end;
        while (at + AtOnce <= stop && (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7]) == 0)
            at += AtOnce;
        while (at < stop && *at == 0)
            at++;
        return (int)(at - (ulong*)table);
    }

    /// <summary>Bytes that one entry of a level covers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PageSizeAt(int level) => Page.Size << (IndexBits * (level - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PageTableEntry* Table(PhysicalAddress table) => (PageTableEntry*)DirectMap.Pointer(table);

    [InlineArray(Levels)]
    private struct EntryStorage
    {
        private PageTableEntry _first;
    }
}
