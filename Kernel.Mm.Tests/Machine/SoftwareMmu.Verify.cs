using System.Threading;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests;

/// <content>Compares what is cached with the tables.</content>
public sealed partial class SoftwareMmu
{
    /// <summary>Checks that the page tables still grant everything that is cached. Nobody may change tables meanwhile.</summary>
    /// <returns>Null if they do, else the first processor, id and address for which they don't, and why.</returns>
    /// <remarks>
    /// What is cached without an id counts only where id zero is loaded: loading it forgets everything. A global page
    /// is looked up from the loaded root, since every root has the kernel's half.
    /// </remarks>
    public string? Verify()
    {
        foreach (Processor processor in _processors)
        {
            lock (processor.Lock)
            {
                if (processor.Root is not { } root)
                    continue;
                foreach ((VirtualAddress address, int level, CachedEntry entry) in processor.Global.Pages)
                    if (PageDifference(entry with { Root = root }, address, level) is { } difference)
                        return $"Processor {processor.Index}, global, {address}, level {level}: {difference}.";
                foreach ((ushort id, TranslationCache cache) in processor.Caches)
                    if ((id != 0 || processor.Id == 0) && Difference(cache, id) is { } difference)
                        return $"Processor {processor.Index}, id {id}, {difference}.";
            }
        }
        return null;
    }

    private string? Difference(TranslationCache cache, ushort id)
    {
        foreach ((VirtualAddress address, int level, CachedEntry entry) in cache.Pages)
            if ((RootDifference(entry, id) ?? PageDifference(entry, address, level)) is { } difference)
                return $"{address}, level {level}: {difference}";
        foreach ((VirtualAddress address, int level, CachedEntry entry) in cache.Upper)
            if ((RootDifference(entry, id) ?? UpperDifference(entry, address, level)) is { } difference)
                return $"{address}, upper entry of level {level}: {difference}";
        return null;
    }

    private string? RootDifference(CachedEntry cached, ushort id)
    {
        var root = new PhysicalAddress(Volatile.Read(ref _rootOfId[id]));
        return id == 0 || cached.Root == root ? null : $"left over from root {cached.Root}, the id is that of {root} now";
    }

    /// <summary>
    /// Why the tables don't grant a cached page; they may map it in larger pieces. Not in smaller ones: a processor could use both then, and
    /// which of them has its accessed and dirty bits is undefined (Intel SDM vol. 3, 4.10.2.3).
    /// </summary>
    private static string? PageDifference(CachedEntry cached, VirtualAddress address, int level)
    {
        if (!Lookup(cached.Root, address, 1, out int nowLevel, out PageTableEntry entry, out CachedEntry now))
            return "isn't present";
        if (nowLevel < level)
            return $"the tables have pages of level {nowLevel} there";
        PhysicalAddress target = InPage(now.Target, address, nowLevel);
        if (target != cached.Target)
            return $"cached as {cached.Target}, the table says {target}";
        if (RightsDifference(cached, now) is { } difference)
            return difference;
        return cached.IsDirty && (entry.Flags & PageFlags.Dirty) == 0 ? "cached as dirty, the table says clean" : null;
    }

    private static string? UpperDifference(CachedEntry cached, VirtualAddress address, int level)
    {
        if (!Lookup(cached.Root, address, level, out int nowLevel, out PageTableEntry entry, out CachedEntry now))
            return "isn't present";
        if (nowLevel != level || IsLeaf(entry, level))
            return $"a page of level {nowLevel} is there";
        if (now.Target != cached.Target)
            return $"cached as {cached.Target}, the table says {now.Target}";
        return RightsDifference(cached, now);
    }

    private static string? RightsDifference(CachedEntry cached, CachedEntry now) =>
        (cached.Rights & ~now.Rights) == 0 ? null : $"cached with the rights {cached.Rights}, the tables grant {now.Rights}";

    /// <summary>Walks from a root without setting a bit.</summary>
    /// <param name="root">Where to begin.</param>
    /// <param name="address">Canonical.</param>
    /// <param name="lastLevel">The level to stop at, if no larger page ends the walk before.</param>
    /// <param name="level">Where it ended.</param>
    /// <param name="entry">The entry there.</param>
    /// <param name="found">Where that leads.</param>
    /// <returns>False if an entry isn't present or has reserved bits set.</returns>
    private static bool Lookup(PhysicalAddress root, VirtualAddress address, int lastLevel, out int level, out PageTableEntry entry, out CachedEntry found)
    {
        found = new CachedEntry(root, root, Rights.All, false);
        for (level = PageTableWalk.Levels; ; level--)
        {
            entry = ReadEntry(PlaceOf(found.Target, address, level));
            if (!entry.IsPresent || HasReservedBits(entry, level))
                return false;
            found = Below(found, entry, level);
            if (level == lastLevel || IsLeaf(entry, level))
                return true;
        }
    }
}
