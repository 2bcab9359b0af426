using System;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.PageTables;

/// <summary>Bits of an x86-64 page-table entry (Intel SDM vol. 3, 4.5.4, tables 4-15 to 4-20).</summary>
[Flags]
public enum PageFlags : ulong
{
    /// <summary>Nothing is mapped.</summary>
    None = 0,

    /// <summary>P: the entry is in force.</summary>
    Present = 1UL << 0,

    /// <summary>R/W: writes are allowed, if every level allows them.</summary>
    Writable = 1UL << 1,

    /// <summary>U/S: user mode may use it, if every level allows it.</summary>
    User = 1UL << 2,

    /// <summary>PWT: low bit of the cache policy's index.</summary>
    WriteThrough = 1UL << 3,

    /// <summary>PCD: second bit of the cache policy's index.</summary>
    CacheDisable = 1UL << 4,

    /// <summary>A: set by the processor at the first use.</summary>
    Accessed = 1UL << 5,

    /// <summary>D: set by the processor at the first write; leaves only.</summary>
    Dirty = 1UL << 6,

    /// <summary>PS: the entry maps a 2 MiB or 1 GiB page instead of naming a table.</summary>
    Large = 1UL << 7,

    /// <summary>G: survives a change of address space; leaves only.</summary>
    Global = 1UL << 8,

    /// <summary>
    /// Software (bits 9 to 11 are ignored by the processor): the entry isn't present but keeps its frame, because the
    /// varea allows no access.
    /// </summary>
    Kept = 1UL << 9,

    /// <summary>Software: the frame isn't counted; device memory.</summary>
    Uncounted = 1UL << 10,

    /// <summary>Software: the page may be dropped as long as it isn't dirty (MADV_FREE).</summary>
    LazyFree = 1UL << 11,

    /// <summary>Software (bits 52 to 58 are ignored by the processor): the frame is a frozen space's, shown by a guest.</summary>
    Borrowed = 1UL << 52,

    /// <summary>XD: instruction fetches are refused, if any level says so.</summary>
    NoExecute = 1UL << 63,
}

/// <summary>One entry of a page table at any level.</summary>
/// <param name="Bits">As the processor reads it.</param>
public readonly record struct PageTableEntry(ulong Bits)
{
    /// <summary>Bits 51 to 12: the physical address of a frame or a table.</summary>
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;

    /// <summary>An entry for a frame or a table.</summary>
    /// <param name="target">Aligned to what the entry maps.</param>
    /// <param name="flags">What the entry allows.</param>
    public PageTableEntry(PhysicalAddress target, PageFlags flags)
        : this(target.Value | (ulong)flags)
    {
    }

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(PageTableEntry other) => Bits == other.Bits;

    /// <inheritdoc/>
    public override int GetHashCode() => Bits.GetHashCode();

    /// <summary>Whether it names nothing at all.</summary>
    public bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Bits == 0;
    }

    /// <summary>Whether it may be written as far as this level goes.</summary>
    public bool IsWritable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits & (ulong)PageFlags.Writable) != 0;
    }

    /// <summary>Whether the frame has no count.</summary>
    public bool IsUncounted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits & (ulong)PageFlags.Uncounted) != 0;
    }

    /// <summary>Whether any of some flags is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(PageFlags flags) => (Bits & (ulong)flags) != 0;

    /// <summary>The same with more flags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry With(PageFlags flags) => new(Bits | (ulong)flags);

    /// <summary>The same with fewer flags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PageTableEntry Without(PageFlags flags) => new(Bits & ~(ulong)flags);

    /// <summary>Everything but the address.</summary>
    public PageFlags Flags
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (PageFlags)(Bits & ~AddressMask);
    }

    /// <summary>The frame's or table's physical address.</summary>
    public PhysicalAddress Target
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Bits & AddressMask);
    }

    /// <summary>Whether the processor uses the entry.</summary>
    public bool IsPresent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits & (ulong)PageFlags.Present) != 0;
    }

    /// <summary>Whether it leads to a table of the next level; only meaningful above the leaf level.</summary>
    public bool NamesTable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits & (ulong)(PageFlags.Present | PageFlags.Large)) == (ulong)PageFlags.Present;
    }

    /// <summary>Whether it maps a 2 MiB or 1 GiB page; only meaningful above the leaf level.</summary>
    public bool IsLarge
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits & (ulong)PageFlags.Large) != 0;
    }
}
