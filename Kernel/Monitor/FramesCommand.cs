using System;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Monitor;

/// <summary><c>frames</c>: who has the machine's frames, and in which blocks the free ones lie.</summary>
internal sealed class FramesCommand : MonitorCommand
{
    private const ulong BytesPerKibibyte = 1024;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "frames"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[verify]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows frames by owner and free blocks by size"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "A frame is 4 KiB. \"frames verify\" walks every frame and compares with the counters.\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        FrameAllocator frames = PhysicalMemory.Frames;
        if (arguments.Count == 1 && arguments[0].SequenceEqual("verify"u8))
        {
            output.Write($"{frames.Verify() ?? "every frame is where it should be"}\n");
            return CommandResult.Done;
        }
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        WriteOwners(frames, output);
        WriteBlocks(frames, output);
        return CommandResult.Done;
    }

    private static void WriteOwners(FrameAllocator frames, TextSink output)
    {
        Write("all"u8, frames.TotalFrames, output);
        for (FrameOwner owner = FrameOwner.User; owner <= FrameOwner.Kernel; owner++)
            Write(NameOf(owner), frames.UsedBy(owner), output);
        Write("free"u8, frames.FreeFrames, output);
        Write("  largest run"u8, frames.FindLargestFreeRun(), output);
        Write("  zeroed"u8, frames.ZeroedFrames, output);
        Write("  reserve"u8, frames.ReservedFrames, output);
    }

    private static void WriteBlocks(FrameAllocator frames, TextSink output)
    {
        output.Write("free blocks    of frames       blocks\n"u8);
        for (int order = 0; order <= FrameAllocator.LargestOrder; order++)
            output.Write($"{(Page.Size << order) / BytesPerKibibyte,7} KiB{1 << order,14}{frames.CountOfBlocks(order),13}\n");
    }

    private static void Write(ReadOnlySpan<byte> use, ulong frames, TextSink output) =>
        output.Write($"{use,-14}{frames,12} frames {frames * Page.Size / BytesPerKibibyte,12} KiB\n");

    private static ReadOnlySpan<byte> NameOf(FrameOwner owner) => owner switch
    {
        FrameOwner.User => "user pages"u8,
        FrameOwner.PageTable => "page tables"u8,
        FrameOwner.Pool => "pools"u8,
        FrameOwner.PageCache => "page cache"u8,
        _ => "kernel"u8,
    };
}
