using System;
using System.Collections.Generic;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Tests.Spaces;

/// <summary>Frames that a test takes away, so that memory runs out.</summary>
internal sealed class FrameHoard : IDisposable
{
    private readonly FrameAllocator _frames;
    private readonly Stack<FrameNumber> _taken = new();

    /// <summary>Takes all frames but some, from the reserve too.</summary>
    public FrameHoard(FrameAllocator frames, ulong but)
    {
        _frames = frames;
        while (frames.Allocate(FrameOwner.Kernel, AllocationPriority.Reserve) is { } frame)
            _taken.Push(frame);
        GiveBack(but);
    }

    /// <summary>Lets the machine have some of them again.</summary>
    public void GiveBack(ulong frames)
    {
        for (; frames > 0 && _taken.TryPop(out FrameNumber frame); frames--)
            _frames.Free(frame);
    }

    public void Dispose() => GiveBack(ulong.MaxValue);
}
