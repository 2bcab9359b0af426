using System;
using System.Collections.Generic;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Tests;

/// <summary>Takes all memory but a few frames, and gives it back when disposed.</summary>
public sealed class MemoryHog : IDisposable
{
    private readonly FrameAllocator _frames;
    private readonly Stack<FrameNumber> _taken = new();

    /// <param name="frames">Whose memory.</param>
    /// <param name="priority">With <see cref="AllocationPriority.Normal"/> the reserve is left alone.</param>
    /// <param name="left">Frames that can still be had, if there are so many.</param>
    public MemoryHog(FrameAllocator frames, AllocationPriority priority, int left = 0)
    {
        _frames = frames;
        while (frames.Allocate(FrameOwner.Kernel, priority) is { } frame)
            _taken.Push(frame);
        for (; left > 0 && _taken.Count != 0; left--)
            frames.Free(_taken.Pop());
    }

    public void Dispose()
    {
        while (_taken.TryPop(out FrameNumber frame))
            _frames.Free(frame);
        // So that runs of frames can be had again.
        _frames.DrainProcessor();
    }
}
