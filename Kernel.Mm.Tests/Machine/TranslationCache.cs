using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests;

/// <summary>
/// What one processor has cached under one id: pages, and entries of upper levels (Intel SDM vol. 3, 4.10.2 and
/// 4.10.3). It has room for everything and loses nothing by itself. The processor's lock guards it.
/// </summary>
internal sealed class TranslationCache
{
    private const int LevelBits = 3;
    private const int KeptCapacity = 4096;

    private readonly Dictionary<ulong, CachedEntry> _pages = [];
    private readonly Dictionary<ulong, CachedEntry> _upper = [];

    // No page of a higher level was added since the cache was empty.
    private int _highestPageLevel = 1;

    /// <summary>The pages with their addresses and levels.</summary>
    public IEnumerable<(VirtualAddress Address, int Level, CachedEntry Entry)> Pages => Enumerate(_pages);

    /// <summary>The upper-level entries with the first address that each covers, and their levels.</summary>
    public IEnumerable<(VirtualAddress Address, int Level, CachedEntry Entry)> Upper => Enumerate(_upper);

    /// <summary>The smallest page that covers an address.</summary>
    /// <param name="address">Any address.</param>
    /// <param name="level">The page's level.</param>
    /// <returns>A null reference if there is none.</returns>
    public ref readonly CachedEntry FindPage(VirtualAddress address, out int level)
    {
        for (level = 1; level <= _highestPageLevel; level++)
        {
            ref CachedEntry found = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, Key(address, level));
            if (!Unsafe.IsNullRef(ref found))
                return ref found;
        }
        return ref Unsafe.NullRef<CachedEntry>();
    }

    /// <summary>The deepest upper-level entry that covers an address.</summary>
    public bool TryFindUpper(VirtualAddress address, out int level, out CachedEntry entry)
    {
        for (level = 2; level <= PageTableWalk.Levels; level++)
            if (_upper.TryGetValue(Key(address, level), out entry))
                return true;
        entry = default;
        return false;
    }

    public void AddPage(VirtualAddress address, int level, CachedEntry entry)
    {
        _pages[Key(address, level)] = entry;
        _highestPageLevel = Math.Max(_highestPageLevel, level);
    }

    public void AddUpper(VirtualAddress address, int level, CachedEntry entry) => _upper[Key(address, level)] = entry;

    /// <summary>Forgets the pages of all sizes that cover an address.</summary>
    public void DropPage(VirtualAddress address)
    {
        for (int level = 1; level <= _highestPageLevel; level++)
            _pages.Remove(Key(address, level));
    }

    /// <summary>Forgets the upper-level entries that cover an address.</summary>
    public void DropUpper(VirtualAddress address)
    {
        for (int level = 2; level <= PageTableWalk.Levels; level++)
            _upper.Remove(Key(address, level));
    }

    public void DropAllUpper() => Empty(_upper);

    public void DropAll()
    {
        Empty(_pages);
        Empty(_upper);
        _highestPageLevel = 1;
    }

    /// <summary>Forgets all pages of the kernel's half.</summary>
    public void DropKernelPages() => DropKernelHalf(_pages);

    /// <summary>Forgets all upper-level entries of the kernel's half.</summary>
    public void DropKernelUpper() => DropKernelHalf(_upper);

    private static void DropKernelHalf(Dictionary<ulong, CachedEntry> entries)
    {
        foreach (ulong key in entries.Keys)
            if ((long)AddressOf(key).Value < 0)
                entries.Remove(key);
    }

    private static void Empty(Dictionary<ulong, CachedEntry> entries)
    {
        entries.Clear();
        // Clearing takes time for the capacity, and is done often.
        if (entries.Capacity > KeptCapacity)
            entries.TrimExcess();
    }

    private static IEnumerable<(VirtualAddress Address, int Level, CachedEntry Entry)> Enumerate(Dictionary<ulong, CachedEntry> entries)
    {
        foreach ((ulong key, CachedEntry entry) in entries)
            yield return (AddressOf(key), LevelOf(key), entry);
    }

    private static ulong Key(VirtualAddress address, int level) =>
        (address.Value / PageTableWalk.PageSizeAt(level) << LevelBits) | (uint)(level - 1);

    private static int LevelOf(ulong key) => (int)(key & ((1 << LevelBits) - 1)) + 1;

    private static VirtualAddress AddressOf(ulong key) => new((key >> LevelBits) * PageTableWalk.PageSizeAt(LevelOf(key)));
}
