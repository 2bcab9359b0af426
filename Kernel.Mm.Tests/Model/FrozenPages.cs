using System.Runtime.Intrinsics;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests.Model;

/// <summary>A checksum of each page that a space had of its own when it was frozen: frozen pages never change.</summary>
internal sealed unsafe class FrozenPages
{
    private readonly ModelSpace _space;
    private readonly ulong[] _sums = new ulong[ModelSpace.WindowPages];

    /// <param name="space">Has just been frozen.</param>
    public FrozenPages(ModelSpace space)
    {
        _space = space;
        Visit(static (ref ulong sum, ulong now) =>
        {
            sum = now;
            return true;
        });
    }

    private delegate bool Visitor(ref ulong sum, ulong now);

    /// <summary>The first page that isn't what it was; -1 if all are.</summary>
    public int FindChanged() => Visit(static (ref ulong sum, ulong now) => sum == now);

    /// <summary>Visits the pages that don't show an object, which has its own ways to change. A file's truncation takes even private pages.</summary>
    /// <returns>The first page that the visitor doesn't like.</returns>
    private int Visit(Visitor visitor)
    {
        PageTable table = _space.Real.Table;
        for (int block = 0; block < ModelSpace.WindowPages; block += ModelSpace.BlockPages)
        {
            PageTableEntry* named = table.FindBlock(ModelSpace.At(block));
            bool isEmpty = named == null || named->IsEmpty;
            bool isLarge = !isEmpty && named->IsLarge;
            PageTableEntry* entries = isEmpty || isLarge ? null : table.LeafOf(*named).Entries;
            for (int i = 0; i < ModelSpace.BlockPages; i++)
            {
                ref readonly ModelPage page = ref _space.Pages[block + i];
                if (!page.IsMapped || page.ShowsObject)
                    continue;
                ulong sum = isLarge ? SumOf(named->Target + (ulong)i * Page.Size)
                    : entries == null || entries[i].IsEmpty ? 0 : SumOf(entries[i].Target);
                if (!visitor(ref _sums[block + i], sum))
                    return block + i;
            }
        }
        return -1;
    }

    /// <summary>Zero for zeros only, as far as sums go; depends on the order too (Fletcher, 1982).</summary>
    private static ulong SumOf(PhysicalAddress page)
    {
        var words = (ulong*)DirectMap.Pointer(page);
        Vector256<ulong> sum = default, sums = default;
        for (int i = 0; i < (int)Page.Size / sizeof(ulong); i += Vector256<ulong>.Count)
        {
            sum += Vector256.Load(words + i);
            sums += sum;
        }
        sums += Vector256.Shuffle(sum, Vector256.Create(1ul, 2, 3, 0));
        return sums[0] + 3 * sums[1] + 5 * sums[2] + 7 * sums[3];
    }
}
