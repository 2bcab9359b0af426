using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>The frames that one processor has for itself, and its share of the counters.</summary>
/// <remarks>Only its processor touches it, in a critical section; the counters are read by all.</remarks>
internal sealed class ProcessorFrames
{
    /// <summary>Single free frames, content unknown.</summary>
    public FrameStack Free;

    /// <summary>Single free frames, filled with zeros.</summary>
    public FrameStack Zeroed;

    private OwnerCounts _used;

    public ProcessorFrames()
    {
        Free.Clear();
        Zeroed.Clear();
    }

    /// <summary>Frames of an owner that this processor took, less those that it gave back: negative if others took them.</summary>
    public long UsedBy(FrameOwner owner) => _used[(int)owner];

    /// <summary>Counts frames taken by an owner, or given back with a negative number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(FrameOwner owner, long frames) => _used[(int)owner] += frames;

    [InlineArray((int)FrameOwner.Kernel + 1)]
    private struct OwnerCounts
    {
        private long _first;
    }
}
