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

    /// <summary>What one leaf table, or one entry of the level above it, covers: 2 MiB.</summary>
    public const ulong LargeSize = 1UL << 21;

    /// <summary>What one entry of the third level covers: 1 GiB.</summary>
    public const ulong HugeSize = 1UL << 30;

    /// <summary>Pages that hold <paramref name="bytes"/> bytes.</summary>
    public static ulong CountFor(ulong bytes) => (bytes + OffsetMask) >> Shift;
}
