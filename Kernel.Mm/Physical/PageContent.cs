using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>Fills and copies whole pages, by 16 bytes at a time: a page is cleared in some 280 instructions.</summary>
internal static unsafe class PageContent
{
    private const int BlockBytes = 128;
    private const int Blocks = (int)Page.Size / BlockBytes;

    /// <summary>Zeroes a page.</summary>
    public static void Clear(void* page)
    {
        var block = (Block*)page;
        for (Block* end = block + Blocks; block < end; block += 4)
        {
            block[0] = default;
            block[1] = default;
            block[2] = default;
            block[3] = default;
        }
    }

    /// <summary>Copies a page to another.</summary>
    public static void Copy(void* destination, void* source)
    {
        var to = (Block*)destination;
        var from = (Block*)source;
        for (Block* end = to + Blocks; to < end; to += 4, from += 4)
        {
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
            to[3] = from[3];
        }
    }

    [InlineArray(BlockBytes / sizeof(ulong))]
    private struct Block
    {
        private ulong _first;
    }
}
