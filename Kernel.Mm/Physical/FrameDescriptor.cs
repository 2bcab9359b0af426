using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Kernel.Mm.Physical;

/// <summary>What a frame is at the moment.</summary>
public enum FrameState : byte
{
    /// <summary>No memory, or memory that the allocator never got.</summary>
    Absent = 0,

    /// <summary>The first frame of a free block; its order says how large the block is.</summary>
    FreeHead,

    /// <summary>Another frame of a free block.</summary>
    FreeTail,

    /// <summary>In a processor's list of single frames.</summary>
    Cached,

    /// <summary>In the pool of frames that are filled with zeros.</summary>
    Zeroed,

    /// <summary>Handed out; its owner says to whom.</summary>
    Used,
}

/// <summary>Who has a frame.</summary>
public enum FrameOwner : byte
{
    /// <summary>Nobody: it is free.</summary>
    None = 0,

    /// <summary>Pages of programs.</summary>
    User,

    /// <summary>A page table of any level.</summary>
    PageTable,

    /// <summary>Kernel objects in pools.</summary>
    Pool,

    /// <summary>Pages of files.</summary>
    PageCache,

    /// <summary>Everything else of the kernel: heap, stacks, tables.</summary>
    Kernel,
}

/// <summary>What is known about one frame. 32 bytes; the frame table has one for each.</summary>
/// <remarks>
/// While a frame is free the allocator's lock guards its descriptor, afterwards its owner. The links are for whoever
/// has the frame; the allocator uses them for its lists.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct FrameDescriptor
{
    /// <summary>No frame, as a link.</summary>
    public const uint NoFrame = uint.MaxValue;

    /// <summary>One of <see cref="References"/>, for <see cref="Release"/>.</summary>
    internal const long OneReference = 1;

    /// <summary>One of <see cref="Mappings"/>, for <see cref="Release"/>.</summary>
    internal const long OneMapping = 1L << 32;

    /// <summary>The next frame of the list that this one is in, or <see cref="NoFrame"/>.</summary>
    public uint Next;

    /// <summary>The frame before it in that list, or <see cref="NoFrame"/>.</summary>
    public uint Previous;

    /// <summary>Holders that are no page-table entry: objects, the kernel. For a page table: its users, the upper entries that name it.</summary>
    public int References;

    /// <summary>Entries that name the frame. For a page table: its own entries that name something.</summary>
    public int Mappings;

    /// <summary>I/O that must not lose the frame; each has a reference too.</summary>
    public int Pins;

    /// <summary>What the frame is.</summary>
    public FrameState State;

    /// <summary>Who has it.</summary>
    public FrameOwner Owner;

    /// <summary>log2 of the number of frames in its block; kept in the first frame of a block.</summary>
    public byte Order;

    /// <summary>The memory node that the frame belongs to.</summary>
    public byte Node;

    /// <summary>For the owner: an object's address, an offset, a lock.</summary>
    public ulong OwnerWord;

    /// <summary>Whether it is in use by an owner who has no count, pin or word of it left: it can be freed.</summary>
    internal readonly bool IsUnused => State == FrameState.Used && !IsHeld && OwnerWord == 0;

    /// <summary>Whether exactly one entry names the frame, and nobody else has it: its user may write to it.</summary>
    internal readonly bool IsExclusive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in Counts) == OneMapping;
    }

    /// <summary>Whether anybody has a count or pin of it.</summary>
    internal readonly bool IsHeld
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Counts | (uint)Pins) != 0;
    }

    /// <summary>Whether there is exactly one reference and no entry names the frame.</summary>
    internal readonly bool IsOnlyReferenced
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in Counts) == OneReference;
    }

    /// <summary>Whether a program has it.</summary>
    internal readonly bool IsUserPage
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<FrameState, ushort>(ref Unsafe.AsRef(in State)) == ((int)FrameState.Used | ((int)FrameOwner.User << 8));
    }

    /// <summary>References and mappings as one word, so that only one can see both become zero.</summary>
    [UnscopedRef]
    private readonly ref long Counts => ref Unsafe.As<int, long>(ref Unsafe.AsRef(in References));

    /// <summary>Counts the mapping less that is all there is: as <see cref="Release"/>, but with nothing done if it isn't all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReleaseOnlyMapping() => Interlocked.CompareExchange(ref Counts, 0, OneMapping) == OneMapping;

    /// <summary>Counts one reference or mapping less.</summary>
    /// <param name="one"><see cref="OneReference"/> or <see cref="OneMapping"/>.</param>
    /// <returns>Whether neither is left: the caller frees the frame.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Release(long one) => Interlocked.Add(ref Counts, -one) == 0;
}
