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

    private const string LayoutHeading = "kernel's virtual memory\n";
    private const ulong PageSize = 4096;

    private MemoryMapReport(IReadOnlyList<MemoryMapRegion> physical, IReadOnlyList<MemoryMapRegion> layout)
    {
        Physical = physical;
        Layout = layout;
    }

    /// <summary>What the firmware and the kernel say about physical memory, ascending and disjoint.</summary>
    public IReadOnlyList<MemoryMapRegion> Physical { get; }

    /// <summary>The kernel's part of the address space, ascending and disjoint; parts of the image say <c>r-x code</c>.</summary>
    public IReadOnlyList<MemoryMapRegion> Layout { get; }

    /// <summary>Memory that is free, or becomes free, or holds the kernel; in bytes.</summary>
    public ulong MemoryBytes => BytesOf("usable") + BytesOf("boot information") + BytesOf("kernel image");

    /// <summary>Bytes in regions of a kind.</summary>
    public ulong BytesOf(string kind) =>
        Physical.Where(region => region.Kind == kind).Aggregate(0ul, (sum, region) => sum + region.Length);

    /// <summary>Reads what <c>memmap</c> printed.</summary>
    /// <exception cref="FormatException">A region is empty, isn't in order, or is usable but not made of whole pages.</exception>
    public static MemoryMapReport Parse(string text)
    {
        string[] parts = text.Split(LayoutHeading);
        return parts.Length == 2
            ? new MemoryMapReport(Regions(parts[0]), Regions(parts[1]))
            : throw new FormatException($"The memory map has no line '{LayoutHeading.TrimEnd()}': {text}");
    }

    private static List<MemoryMapRegion> Regions(string text)
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
        return regions.Count != 0 ? regions : throw new FormatException($"No regions in: {text}");
    }

    private static ulong Number(Group group) => ulong.Parse(group.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^  0x(?<start>[0-9a-f]{16}) - 0x(?<end>[0-9a-f]{16}) +\d+ KiB, (?<kind>.+)$")]
    private static partial Regex RegionLine();
}
