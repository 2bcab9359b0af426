using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
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
    private static bool s_exits;
    private static string? s_pendingReason;

    /// <summary>Whether the machine leaves QEMU after a panic (<c>exit</c> on the command line).</summary>
    public static void SetExit(bool exits) => s_exits = exits;

    /// <summary>Panics here. The report shows the caller's registers and starts its backtrace there.</summary>
    [DoesNotReturn]
    // A frame of its own in every case, so that the backtrace can leave it out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fail(string reason)
    {
        s_pendingReason = reason;
        RaiseTrap();
        Stop();
    }

    /// <summary>What the trap that <see cref="Fail"/> raises runs.</summary>
    public static void HandleTrap(TrapFrame* frame)
    {
        Begin(s_pendingReason ?? "panic trap without a reason");
        PanicReport.Write($"\n");
        ExceptionContext context = frame->ToContext();
        PanicReport.WriteRegisters(context, frame->Cs, frame->Ss);
        Backtrace.Write(context, fromCaller: true);
        End();
    }

    /// <summary>Panics because of a processor exception.</summary>
    [DoesNotReturn]
    public static void Raise(string reason, TrapFrame* frame)
    {
        Begin(reason);
        PanicReport.Write($"\n");
        PanicReport.WriteException(frame->Vector, frame->ErrorCode);
        ExceptionContext context = frame->ToContext();
        PanicReport.WriteRegisters(context, frame->Cs, frame->Ss);
        Backtrace.Write(context, fromCaller: false);
        End();
    }

    /// <summary>An exception that nothing catches: the core library calls this with nothing unwound.</summary>
    [RuntimeExport("KernelUnhandledException")]
    private static void UnhandledException(Exception exception, ExceptionContext* context)
    {
        Begin("unhandled ");
        ReadOnlySpan<byte> name = ExceptionNames.Of(exception, stackalloc byte[ExceptionNames.BufferSize]);
        PanicReport.Write($"{name}: {exception.Message}\n");
        PanicReport.WriteFault(*context);
        PanicReport.WriteRegisters(*context, Selector.KernelCode, Selector.KernelData);
        Backtrace.Write(*context, fromCaller: false);
        End();
    }

    [RuntimeExport("KernelFailFast")]
    private static void FailFast(string message) => Fail(message);

    /// <summary>Starts the report with a line that the caller ends.</summary>
    private static void Begin(ReadOnlySpan<char> reason)
    {
        Instructions.DisableInterrupts();
        Log.EnterPanic();
        if (s_depth++ > 0)
        {
            Log.WriteRaw("\n*** PANIC INSIDE A PANIC\n"u8);
            Stop();
        }
        PanicReport.Write($"\n*** KERNEL PANIC: {reason}");
    }

    [DoesNotReturn]
    private static void End()
    {
        Log.WriteRaw("*** END OF PANIC\n"u8);
        Stop();
    }

    [DoesNotReturn]
    private static void Stop()
    {
        if (s_exits)
            DebugExit.Exit(DebugExit.Failure);
        while (true)
            Instructions.Halt();
    }

    [RuntimeImport("*", "panic_trap")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    [DoesNotReturn]
    private static extern void RaiseTrap();
}
