using System.Runtime.CompilerServices;

namespace Kernel.Mm.Physical;

/// <summary>Frames of programs that nobody has any more, linked by <see cref="FrameDescriptor.Next"/>, to be given back together.</summary>
internal unsafe ref struct FrameRun
{
    /// <summary>Most frames in one.</summary>
    public const int Longest = 32;

    /// <summary>The first frame's number.</summary>
    public uint First;

    /// <summary>How many.</summary>
    public int Count;

    /// <summary>The last frame's descriptor; its link means nothing.</summary>
    public FrameDescriptor* Last;

    /// <summary>Adds a frame that is counted for nobody any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FrameDescriptor* descriptor, uint frame)
    {
        descriptor->State = FrameState.Cached;
        descriptor->Owner = FrameOwner.None;
        if (Count++ == 0)
            First = frame;
        else
            Last->Next = frame;
        Last = descriptor;
    }
}
