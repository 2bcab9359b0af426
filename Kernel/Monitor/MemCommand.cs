using System;
using System.Runtime;
using Kernel.Boot;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Monitor;

/// <summary><c>mem</c>: who has the memory. Equal output before and after some work means that the work kept nothing.</summary>
internal sealed class MemCommand : MonitorCommand
{
    private const ulong BytesPerKibibyte = 1024;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "mem"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows who has the memory"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        ulong total = PhysicalMemory.TotalFrames, free = PhysicalMemory.FreeFrames;
        WriteFrames("total"u8, total, output);
        WriteFrames("free"u8, free, output);
        WriteFrames("in use"u8, total - free, output);
        WriteFrames("  kernel"u8, PhysicalMemory.Frames.UsedBy(FrameOwner.Kernel), output);
        WriteFrames("    managed heap"u8, PhysicalMemory.HeapFrames, output);
        WriteFrames("  page tables"u8, PhysicalMemory.Frames.UsedBy(FrameOwner.PageTable), output);
        WritePools(output);
        WriteImage(output);
        WriteAllocations(output);
        return CommandResult.Done;
    }

    private static void WriteFrames(ReadOnlySpan<byte> use, ulong frames, TextSink output) =>
        output.Write($"{use,-18}{frames * Page.Size / BytesPerKibibyte,12} KiB {frames,12} frames\n");

    private static void WritePools(TextSink output)
    {
        // By index: the enumerator of an interface is an object.
        ulong frames = 0;
        for (int i = 0; i < PoolStatistics.All.Count; i++)
            frames += (ulong)PoolStatistics.All[i].FrameCount;
        WriteFrames("  pools"u8, frames, output);
        for (int i = 0; i < PoolStatistics.All.Count; i++)
        {
            PoolStatistics pool = PoolStatistics.All[i];
            output.Write($"    {pool.Name,-24}{pool.ObjectsInUse,6} objects {pool.FrameCount,10} frames\n");
        }
        if (Poison.IsOn)
            output.Write("    poison mode is on\n"u8);
    }

    private static void WriteImage(TextSink output)
    {
        WriteSize("kernel image"u8, KernelImage.Start, KernelImage.End, output);
        WriteSize("  code"u8, KernelImage.Start, KernelImage.ConstantsStart, output);
        WriteSize("  constants"u8, KernelImage.ConstantsStart, KernelImage.DataStart, output);
        WriteSize("  data"u8, KernelImage.DataStart, KernelImage.DataEnd, output);
        WriteSize("  symbols"u8, KernelImage.DataEnd, KernelImage.End, output);
    }

    private static void WriteSize(ReadOnlySpan<byte> part, VirtualAddress start, VirtualAddress end, TextSink output) =>
        output.Write($"{part,-18}{(end - start) / BytesPerKibibyte,12} KiB\n");

    private static void WriteAllocations(TextSink output)
    {
        HeapStatistics heap = ManagedHeap.Statistics;
        output.Write("new                  calls        bytes\n"u8);
        WriteAllocations("  objects"u8, heap, AllocationKind.Object, output);
        WriteAllocations("  arrays"u8, heap, AllocationKind.Array, output);
        WriteAllocations("  strings"u8, heap, AllocationKind.String, output);
        WriteAllocations("  boxed values"u8, heap, AllocationKind.Box, output);
        WriteAllocations("  run time"u8, heap, AllocationKind.Runtime, output);
        output.Write($"  all             {heap.TotalCalls,8} {heap.TotalBytes,12}\n");
    }

    private static void WriteAllocations(ReadOnlySpan<byte> name, in HeapStatistics heap, AllocationKind kind, TextSink output) =>
        output.Write($"{name,-18}{heap.Calls(kind),8} {heap.Bytes(kind),12}\n");
}
