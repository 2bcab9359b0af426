using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>The descriptors of all frames, by frame number, at consecutive addresses.</summary>
/// <remarks>
/// Only the parts that describe memory need storage behind them, rounded to blocks of the largest order, so that the
/// allocator may look at any block's buddy.
/// </remarks>
/// <param name="start">Where frame zero's descriptor is, or would be.</param>
/// <param name="end">The first frame that has no descriptor.</param>
public readonly unsafe struct FrameTable(void* start, FrameNumber end)
{
    private readonly FrameDescriptor* _start = (FrameDescriptor*)start;

    /// <summary>Bytes of one descriptor.</summary>
    public static int DescriptorSize => sizeof(FrameDescriptor);

    /// <summary>The first frame that has no descriptor.</summary>
    public FrameNumber End { get; } = end;

    /// <summary>A pointer to a frame's descriptor. As the indexer, but unchecked: for the fast paths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FrameDescriptor* Descriptor(FrameNumber frame) => _start + frame.Value;

    /// <summary>A frame's descriptor; stays at its place.</summary>
    /// <param name="frame">Below <see cref="End"/>, in a part of the table that has storage.</param>
    public ref FrameDescriptor this[FrameNumber frame]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert(frame.Value < End.Value);
            return ref _start[frame.Value];
        }
    }
}
