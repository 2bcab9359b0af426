using System;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.SelfTests;

/// <summary>The frame allocator on the machine's real memory; its logic is tested on the host (Kernel.Mm.Tests).</summary>
internal static unsafe class FrameTests
{
    private const int Many = 500;

    private static readonly FrameNumber[] s_frames = new FrameNumber[Many];

    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("mm.frames");
        suite.Add("every frame is where the counters say"u8, Verified);
        suite.Add("frames that are taken can be written and come back"u8, FramesCanBeWritten);
        suite.Add("zeroed frames hold zeros"u8, ZeroedFramesHoldZeros);
        suite.Add("a contiguous run below 16 MiB is where it should be"u8, RunBelow16MiB);
        return suite;
    }

    private static void Verified() => Check.Equal(null, PhysicalMemory.Frames.Verify());

    private static void FramesCanBeWritten()
    {
        FrameAllocator frames = PhysicalMemory.Frames;
        ulong free = frames.FreeFrames;
        for (int i = 0; i < Many; i++)
        {
            s_frames[i] = Take(frames.Allocate(FrameOwner.User));
            *(ulong*)DirectMap.Pointer(s_frames[i].Address) = s_frames[i].Value;
        }
        Check.Equal(free - Many, frames.FreeFrames);
        for (int i = 0; i < Many; i++)
            Check.Equal(s_frames[i].Value, *(ulong*)DirectMap.Pointer(s_frames[i].Address));
        Verified();
        for (int i = 0; i < Many; i++)
            frames.Free(s_frames[i]);
        Check.Equal(free, frames.FreeFrames);
        Verified();
    }

    private static void ZeroedFramesHoldZeros()
    {
        FrameAllocator frames = PhysicalMemory.Frames;
        frames.FillZeroed(Many / 2, Many / 2);
        for (int i = 0; i < Many; i++)
        {
            s_frames[i] = Take(frames.AllocateZeroed(FrameOwner.User));
            var content = new ReadOnlySpan<ulong>(DirectMap.Pointer(s_frames[i].Address), (int)Page.Size / sizeof(ulong));
            foreach (ulong word in content)
                Check.Equal(0UL, word);
        }
        for (int i = 0; i < Many; i++)
            frames.Free(s_frames[i]);
        Verified();
    }

    private static void RunBelow16MiB()
    {
        FrameAllocator frames = PhysicalMemory.Frames;
        FrameNumber first = Take(frames.AllocateContiguous(FrameOwner.Kernel, 16, 16, AddressLimit.Below16MiB));
        Check.True(first.Address.Value + 16 * Page.Size <= 16UL << 20);
        Check.Equal(0UL, first.Value % 16);
        frames.FreeContiguous(first, 16);
        Verified();
    }

    private static FrameNumber Take(FrameNumber? frame)
    {
        Check.True(frame is not null);
        return frame!.Value;
    }
}
