namespace Kernel.Mm;

/// <summary>Sizes of pages and of what the levels of a page table cover, in bytes.</summary>
public static class Page
{
    /// <summary>log2 of <see cref="Size"/>.</summary>
    public const int Shift = 12;

    /// <summary>A page, a frame, a page table: 4096 bytes.</summary>
    public const ulong Size = 1UL << Shift;

    /// <summary>Selects the offset in a page.</summary>
    public const ulong OffsetMask = Size - 1;

    /// <summary>Levels of a page table: 4, or 5 where it is built so.</summary>
#if FIVE_LEVELS
    public const int TableLevels = 5;
#else
    public const int TableLevels = 4;
#endif

    /// <summary>Bits of an address that one level translates.</summary>
    public const int TableIndexBits = 9;

    /// <summary>Bits of an address that a page table translates; the highest is repeated in all above: 48, or 57 with five levels.</summary>
    public const int AddressBits = Shift + TableIndexBits * TableLevels;

    /// <summary>What one leaf table, or one entry of the level above it, covers: 2 MiB.</summary>
    public const ulong LargeSize = 1UL << 21;

    /// <summary>What one entry of the third level covers: 1 GiB.</summary>
    public const ulong HugeSize = 1UL << 30;

    /// <summary>Pages that hold <paramref name="bytes"/> bytes.</summary>
    public static ulong CountFor(ulong bytes) => (bytes + OffsetMask) >> Shift;
}
