using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace CosmosVm.QemuTests.Harness;

/// <summary>One line of the monitor's <c>memmap</c>.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte behind.</param>
/// <param name="Kind">In the kernel's words.</param>
public sealed record MemoryMapRegion(ulong Start, ulong End, string Kind)
{
    /// <summary>In bytes.</summary>
    public ulong Length => End - Start;
}

/// <summary>A strict reader for the monitor's <c>memmap</c>.</summary>
public sealed partial class MemoryMapReport
{
    /// <summary>In bytes.</summary>
    public const ulong Mebibyte = 1024 * 1024;

    private const ulong PageSize = 4096;

    private MemoryMapReport(IReadOnlyList<MemoryMapRegion> regions) => Regions = regions;

    /// <summary>In ascending order, disjoint.</summary>
    public IReadOnlyList<MemoryMapRegion> Regions { get; }

    /// <summary>Memory that is free for use, or is after boot.</summary>
    public ulong UsableBytes => Regions.Where(region => region.Kind == "usable").Aggregate(0ul, (sum, region) => sum + region.Length);

    /// <summary>Reads what <c>memmap</c> printed.</summary>
    /// <exception cref="FormatException">A region is empty, isn't in order, or is usable but not made of whole pages.</exception>
    public static MemoryMapReport Parse(string text)
    {
        List<MemoryMapRegion> regions = [];
        foreach (Match match in RegionLine().Matches(text))
        {
            MemoryMapRegion region = new(Number(match.Groups["start"]), Number(match.Groups["end"]), match.Groups["kind"].Value);
            bool inOrder = region.Start < region.End && (regions.Count == 0 || regions[^1].End <= region.Start);
            bool wholePages = region.Kind != "usable" || (region.Start % PageSize == 0 && region.End % PageSize == 0);
            if (!inOrder || !wholePages)
                throw new FormatException($"The memory map is wrong at {match.Value}.");
            regions.Add(region);
        }
        return regions.Count != 0 ? new MemoryMapReport(regions) : throw new FormatException($"No memory map in: {text}");
    }

    private static ulong Number(Group group) => ulong.Parse(group.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^ *0x(?<start>[0-9a-f]+) *- *0x(?<end>[0-9a-f]+) +.*?(?<kind>[a-z][a-zA-Z -]*)$")]
    private static partial Regex RegionLine();
}
