using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Drivers;

namespace Kernel.Diagnostics;

/// <summary>The end: says what happened, with registers and a backtrace, on every console, and stops the machine.</summary>
/// <remarks>
/// Takes no lock and allocates nothing. A panic inside a panic stops after one line. With <c>exit</c> on the command
/// line the machine leaves QEMU through the debug-exit port, else it halts with the text on the screen.
/// </remarks>
internal static unsafe class Panic
{
    private static int s_depth;
    private static string? s_pendingReason;

    /// <summary>Panics here.</summary>
    [DoesNotReturn]
    public static void Fail(string reason)
    {
        s_pendingReason = reason;
        RaisePanicTrap();
    }

    /// <summary>The reason that <see cref="Fail"/> left for the panic trap's handler.</summary>
    public static string PendingReason => s_pendingReason ?? "panic trap without a reason";

    /// <summary>Panics because of what a trap frame shows.</summary>
    [DoesNotReturn]
    public static void Raise(ReadOnlySpan<char> reason, TrapFrame* frame, bool isException)
    {
        Begin(reason);
        if (isException)
            PanicReport.WriteException(frame);
        PanicReport.WriteRegisters(frame);
        Backtrace.Write(frame);
        End();
    }
}
