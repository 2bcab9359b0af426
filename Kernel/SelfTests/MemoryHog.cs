using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.SelfTests;

/// <summary>Has all free frames until it is disposed of.</summary>
internal readonly unsafe ref struct MemoryHog
{
    // Blocks by order, each with the next one's first frame, plus one, in its first word.
    private readonly ulong _first;

    private MemoryHog(ulong first) => _first = first;

    /// <summary>Takes what there is; the reserve stays.</summary>
    public static MemoryHog TakeAll()
    {
        FrameAllocator frames = PhysicalMemory.Frames;
        ulong first = 0;
        for (int order = FrameAllocator.LargestOrder; order >= 0; order--)
            while ((order == 0 ? frames.Allocate(FrameOwner.Kernel) : frames.AllocateBlock(FrameOwner.Kernel, order)) is { } block)
            {
                var words = (ulong*)DirectMap.Pointer(block.Address);
                words[0] = first;
                words[1] = (ulong)order;
                first = block.Value + 1;
            }
        return new MemoryHog(first);
    }

    public void Dispose()
    {
        for (ulong left = _first; left != 0;)
        {
            var block = new FrameNumber(left - 1);
            var words = (ulong*)DirectMap.Pointer(block.Address);
            left = words[0];
            int order = (int)words[1];
            if (order == 0)
                PhysicalMemory.Frames.Free(block);
            else
                PhysicalMemory.Frames.FreeBlock(block, order);
        }
    }
}
