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

    /// <summary>Prints the frames from a set of registers outwards.</summary>
    /// <param name="context">The registers of the innermost frame.</param>
    /// <param name="skip">Innermost frames that are left out.</param>
    public static void Write(in ExceptionContext context, int skip)
    {
        PanicReport.Write($"backtrace:\n");
        var frames = new StackFrameIterator(context, &CanRead);
        for (int i = 0; i < MostFrames && frames.MoveNext(); i++)
        {
            if (i < skip)
                continue;
            WriteFrame(frames.InstructionPointer, frames.IsReturnAddress);
        }
    }

    private static void WriteFrame(ulong address, bool isReturnAddress)
    {
        // A return address may belong to the next line, or even the next method: look up the call before it.
        var lookup = new VirtualAddress(isReturnAddress ? address - 1 : address);
        PanicReport.Write($"  0x{address:x16}");
        Span<byte> buffer = stackalloc byte[512];
        if (KernelImage.Symbols.TryResolve(lookup, buffer, out ReadOnlySpan<byte> method, out ReadOnlySpan<byte> file, out int line))
        {
            PanicReport.Write($" {method}");
            if (line > 0)
                PanicReport.Write($" at {file}:{line}");
        }
        PanicReport.Write($"\n");
    }

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
