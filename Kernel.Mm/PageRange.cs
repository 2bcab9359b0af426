using System.Runtime.CompilerServices;

namespace Kernel.Mm;

/// <summary>Consecutive pages of virtual addresses.</summary>
/// <param name="Start">Address of the first page.</param>
/// <param name="Pages">How many.</param>
public readonly record struct PageRange(VirtualAddress Start, ulong Pages)
{
    /// <summary>The address after the last page.</summary>
    public VirtualAddress End => Start + Bytes;

    /// <summary>Length in bytes.</summary>
    public ulong Bytes => Pages << Page.Shift;

    /// <summary>Page-aligned, not empty, and without overflow.</summary>
    public bool IsValid
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Start.IsPageAligned && Pages != 0 && Pages <= (ulong.MaxValue - Start.Value) >> Page.Shift;
    }

    /// <summary>The range between two page-aligned addresses.</summary>
    public static PageRange Between(VirtualAddress start, VirtualAddress end) => new(start, (end - start) >> Page.Shift);

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(VirtualAddress address) => address.Value - Start.Value < Bytes;

    /// <summary>Whether all of another range lies in it.</summary>
    public bool Contains(PageRange other) => other.Start >= Start && other.End <= End;

    /// <summary>Whether the two have a page in common.</summary>
    public bool Overlaps(PageRange other) => Start < other.End && other.Start < End;

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(PageRange other) => Start == other.Start && Pages == other.Pages;

    /// <inheritdoc/>
    public override int GetHashCode() => Start.GetHashCode() ^ Pages.GetHashCode();
}
