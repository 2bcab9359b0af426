using System;
using System.Runtime;
using System.Text;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.PageTables;

namespace Kernel.Diagnostics;

/// <summary>Prints who called whom, with method, file and line from the image's own tables.</summary>
internal static unsafe class Backtrace
{
    private const int MostFrames = 64;
    private const int TextBufferSize = 512;

    /// <summary>Prints the frames from a set of registers outwards.</summary>
    /// <param name="context">The registers of the innermost frame.</param>
    /// <param name="fromCaller">Leaves out the innermost frames that only lead to the panic.</param>
    public static void Write(in ExceptionContext context, bool fromCaller)
    {
        PanicReport.Write($"backtrace:\n");
        var frames = new StackFrameIterator(context, &CanRead);
        Span<byte> buffer = stackalloc byte[TextBufferSize];
        for (int i = 0; i < MostFrames && frames.MoveNext(); i++)
        {
            // A return address may belong to the next line, even to the next method: look up the call before it.
            ulong lookup = frames.IsReturnAddress ? frames.InstructionPointer - 1 : frames.InstructionPointer;
            KernelImage.Symbols.TryResolve(
                new VirtualAddress(lookup), buffer, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> file, out int line);
            fromCaller = fromCaller && LeadsToPanic(method);
            if (!fromCaller)
                WriteFrame(frames.InstructionPointer, method, file, line);
        }
    }

    private static void WriteFrame(ulong address, ReadOnlySpan<byte> method, ReadOnlySpan<byte> file, int line)
    {
        PanicReport.Write($"  0x{address:x16}");
        if (!method.IsEmpty)
            PanicReport.Write($" {method}");
        if (line > 0)
            PanicReport.Write($" at {file}:{line}");
        PanicReport.Write($"\n");
    }

    private static bool LeadsToPanic(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("panic_trap"u8)
        || method.StartsWith("Kernel.Diagnostics.Panic."u8)
        || method.StartsWith("System.Environment.FailFast"u8)
        || method.StartsWith("System.Diagnostics.Debug."u8);

    /// <summary>Whether the page tables in force map every page of a range, so that a broken stack can't fault again.</summary>
    private static bool CanRead(ulong address, ulong length)
    {
        var root = new PhysicalAddress(Instructions.ReadCr3() & ~Page.OffsetMask);
        for (ulong page = address & ~Page.OffsetMask; page < address + length; page += Page.Size)
        {
            var at = new VirtualAddress(page);
            if (!at.IsCanonical || !KernelLayout.IsKernel(at) || !new PageTableWalk(root, at).IsMapped)
                return false;
        }
        return address + length > address;
    }
}
