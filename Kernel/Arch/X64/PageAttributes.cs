using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.Arch.X64;

/// <summary>
/// Cache policies of pages through the page-attribute table (Intel SDM vol. 3, 11.12). The table keeps its reset
/// values but for index 1 (PWT), which becomes write-combining instead of write-through.
/// </summary>
internal static class PageAttributes
{
    // One byte an index, index 0 lowest: 06 write-back, 01 write-combining, 07 uncached-, 00 uncached; repeated.
    private const ulong Table = 0x0007_0106_0007_0106;

    /// <summary>Loads the table on the running processor.</summary>
    public static void Load()
    {
        if (CpuFeatures.Current.HasPat)
            Instructions.WriteMsr(Msr.PageAttributeTable, Table);
    }

    /// <summary>The flags that select a policy; write-combining falls back to uncached without the table.</summary>
    public static PageFlags For(CachePolicy policy) => policy switch
    {
        CachePolicy.WriteBack => PageFlags.None,
        CachePolicy.WriteCombining when CpuFeatures.Current.HasPat => PageFlags.WriteThrough,
        _ => PageFlags.CacheDisable | PageFlags.WriteThrough,
    };
}
