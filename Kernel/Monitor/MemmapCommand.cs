using System;
using Kernel.Boot;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Monitor;

/// <summary><c>memmap</c>: what physical memory there is, and where the kernel has mapped what.</summary>
internal sealed class MemmapCommand : MonitorCommand
{
    private const int BytesPerKibibyte = 1024;
    private const int PermissionLength = 4;
    private const int LongestUse = 16;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "memmap"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows physical memory and the kernel's virtual layout"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        WriteRegions(KernelEntry.Boot.MemoryMap, output);
        WriteLayout(output);
        return CommandResult.Done;
    }

    private static void WriteRegions(in MemoryMap map, TextSink output)
    {
        output.Write("physical memory\n"u8);
        foreach (MemoryRegion region in map.Regions)
            WriteRegion(region, output);
        for (MemoryRegionKind kind = MemoryRegionKind.Usable; kind <= MemoryRegionKind.Reserved; kind++)
        {
            ulong bytes = map.TotalOf(kind);
            if (bytes > 0)
                output.Write($"total {Startup.Describe(kind),-18}{bytes / BytesPerKibibyte,14} KiB\n");
        }
        if (map.Dropped > 0)
            output.Write($"{map.Dropped} regions did not fit into the map and are not used\n");
    }

    private static void WriteRegion(MemoryRegion region, TextSink output)
    {
        WriteRange(region.Start.Value, region.End.Value, output);
        output.Write($"{Startup.Describe(region.Kind)}\n");
    }

    private static void WriteLayout(TextSink output)
    {
        output.Write("kernel's virtual memory\n"u8);
        WriteRange(KernelLayout.DirectMapStart, KernelLayout.DeviceWindowStart, "direct map"u8, output);
        WriteWindow(KernelLayout.DeviceWindowStart, "devices"u8, output);
        WriteWindow(KernelLayout.StackWindowStart, "kernel stacks"u8, output);
        WriteWindow(KernelLayout.FrameTableStart, "frame table"u8, output);
        WriteImagePart(KernelImage.Start, KernelImage.ConstantsStart, "code"u8, output);
        WriteImagePart(KernelImage.ConstantsStart, KernelImage.DataStart, "constants"u8, output);
        WriteImagePart(KernelImage.DataStart, KernelImage.DataEnd, "data"u8, output);
        WriteImagePart(KernelImage.DataEnd, KernelImage.End, "symbols"u8, output);
    }

    private static void WriteWindow(ulong start, ReadOnlySpan<byte> use, TextSink output) =>
        WriteRange(start, start + KernelLayout.WindowSize, use, output);

    /// <summary>A part of the image, with what the page table allows there.</summary>
    private static void WriteImagePart(VirtualAddress start, VirtualAddress end, ReadOnlySpan<byte> use, TextSink output)
    {
        if (end <= start)
            return;
        var walk = new PageTableWalk(KernelPageTables.Root, start);
        Span<byte> text = stackalloc byte[PermissionLength + LongestUse];
        "r-- "u8.CopyTo(text);
        if (walk.IsWritable)
            text[1] = (byte)'w';
        if (walk.IsExecutable)
            text[2] = (byte)'x';
        use.CopyTo(text[PermissionLength..]);
        WriteRange(start.Value, end.Value, text[..(PermissionLength + use.Length)], output);
    }

    private static void WriteRange(ulong start, ulong end, ReadOnlySpan<byte> use, TextSink output)
    {
        WriteRange(start, end, output);
        output.WriteLine(use);
    }

    private static void WriteRange(ulong start, ulong end, TextSink output)
    {
        ulong bytes = end - start;
        output.Write($"  0x{start:x16} - 0x{end:x16} ");
        if (bytes < BytesPerKibibyte)
            output.Write($"{bytes,14} B, ");
        else
            output.Write($"{bytes / BytesPerKibibyte,12} KiB, ");
    }
}
