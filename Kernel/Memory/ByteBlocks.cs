using System.Runtime.CompilerServices;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Memory;

/// <summary>
/// Small pieces of memory of any length: names, link targets, tables, buffers. Each size class lives in whole frames; a frame
/// whose blocks have all been returned goes back at once. Longer blocks are frames of their own.
/// </summary>
/// <remarks>
/// A block never begins at a frame's beginning unless it is a frame: so <see cref="Return"/> needs no length. The content is
/// undefined. Any context may call, with any lock but the frame allocator's.
/// </remarks>
internal static unsafe class ByteBlocks
{
    /// <summary>The longest block, in bytes.</summary>
    public const int Longest = (int)Page.Size;

    private const int Classes = 7;
    private const int SmallestShift = 5;
    private const int NoBlock = 0;

    // As many as fit behind the header: 127 of 32 down to two of 2032.
    private const int SecondLargest = 1008;
    private const int Largest = 2032;
    private const int OfFive = 496;

    private static InterruptLock s_lock;
    private static ClassHeads s_heads;

    /// <summary>Blocks in use, whole frames included.</summary>
    public static ulong InUse { get; private set; }

    /// <summary>Frames that blocks lie in.</summary>
    public static ulong Frames { get; private set; }

    /// <summary>Takes a block.</summary>
    /// <param name="bytes">1 to <see cref="Longest"/>.</param>
    /// <returns>Null when memory has run out.</returns>
    public static byte* Take(int bytes)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        byte* block = bytes > Largest ? NewFrame() : TakeFrom(ClassOf(bytes));
        if (block != null)
            InUse++;
        return block;
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">Null is allowed.</param>
    public static void Return(void* block)
    {
        if (block == null)
            return;
        using InterruptLock.Scope _ = s_lock.Enter();
        InUse--;
        int offset = (int)((nuint)block & (nuint)Page.OffsetMask);
        if (offset == 0)
        {
            FreeFrame(block);
            return;
        }
        var frame = (FrameHeader*)((byte*)block - offset);
        if (Poison.IsOn)
            Poison.Fill((byte*)block, SizeOf(frame->Class));
        *(ushort*)block = (ushort)frame->FirstFree;
        frame->FirstFree = (ushort)offset;
        frame->UsedCount--;
        if (frame->UsedCount == CountOf(frame->Class) - 1)
            Link(frame);
        if (frame->UsedCount == 0)
        {
            Unlink(frame);
            FreeFrame(frame);
        }
    }

    private static byte* TakeFrom(int index)
    {
        FrameHeader* frame = s_heads[index].First;
        if (frame == null)
        {
            frame = (FrameHeader*)NewFrame();
            if (frame == null)
                return null;
            *frame = new FrameHeader { Class = (ushort)index, Untouched = (ushort)sizeof(FrameHeader) };
            Link(frame);
        }
        byte* block = (byte*)frame + frame->FirstFree;
        if (frame->FirstFree != NoBlock)
        {
            frame->FirstFree = *(ushort*)block;
        }
        else
        {
            block += frame->Untouched;
            frame->Untouched += (ushort)SizeOf(index);
        }
        frame->UsedCount++;
        if (frame->UsedCount == CountOf(index))
            Unlink(frame);
        return block;
    }

    private static int ClassOf(int bytes)
    {
        int index = 0;
        while (SizeOf(index) < bytes)
            index++;
        return index;
    }

    private static int SizeOf(int index) => index switch
    {
        < 4 => 1 << (SmallestShift + index),
        4 => OfFive,
        5 => SecondLargest,
        _ => Largest,
    };

    private static int CountOf(int index) => ((int)Page.Size - sizeof(FrameHeader)) / SizeOf(index);

    private static byte* NewFrame()
    {
        if (PhysicalMemory.Frames.Allocate(FrameOwner.Pool) is not { } frame)
            return null;
        Frames++;
        return (byte*)DirectMap.Pointer(frame.Address);
    }

    private static void FreeFrame(void* frame)
    {
        Frames--;
        PhysicalMemory.Free(DirectMap.AddressOf(frame).Frame);
    }

    private static void Link(FrameHeader* frame)
    {
        ref ClassHead head = ref s_heads[frame->Class];
        frame->Previous = null;
        frame->Next = head.First;
        if (head.First != null)
            head.First->Previous = frame;
        head.First = frame;
    }

    private static void Unlink(FrameHeader* frame)
    {
        if (frame->Previous != null)
            frame->Previous->Next = frame->Next;
        else
            s_heads[frame->Class].First = frame->Next;
        if (frame->Next != null)
            frame->Next->Previous = frame->Previous;
    }

    /// <summary>At the start of each frame of small blocks; linked while the frame has free ones.</summary>
    private struct FrameHeader
    {
        public FrameHeader* Next;
        public FrameHeader* Previous;

        /// <summary>Head of the list of returned blocks: bytes from the frame's beginning.</summary>
        public ushort FirstFree;

        /// <summary>The first block that was never taken: bytes from the frame's beginning.</summary>
        public ushort Untouched;

        public ushort UsedCount;
        public ushort Class;
    }

    private struct ClassHead
    {
        public FrameHeader* First;
    }

    [InlineArray(Classes)]
    private struct ClassHeads
    {
        private ClassHead _first;
    }
}
