using System;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>Clears and copies whole pages. Clearing goes by 16 bytes at a time, in some 320 instructions; copying takes some 540.</summary>
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
        new ReadOnlySpan<byte>(source, (int)Page.Size).CopyTo(new Span<byte>(destination, (int)Page.Size));
    }

    [InlineArray(BlockBytes / sizeof(ulong))]
    private struct Block
    {
        private ulong _first;
    }
}
