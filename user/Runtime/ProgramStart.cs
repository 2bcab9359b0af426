using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace User;

/// <summary>What the core library needs of its surroundings, for a process of Linux's system-call interface.</summary>
/// <remarks>As <c>Kernel.CoreLib/Runtime/README.md</c> asks: no static constructor here, and no <c>new</c> in what serves it.</remarks>
internal static unsafe class ProgramStart
{
    private const int PageSize = 4096;
    private const int ExitAfterStart = 70;

    /// <summary>The first C# of a program.</summary>
    /// <param name="stack">As the kernel left it: argument count, argument pointers, null, environment pointers, null.</param>
    [RuntimeExport("UserStart")]
    private static void Start(nint* stack)
    {
        Arguments.Initialize(stack);
        ManagedRuntime.Start();
        int status = ProgramMain();
        Output.Flush();
        SystemCalls.Exit(status);
    }

    /// <summary>The program itself; the number that it returns becomes the process's exit status.</summary>
    [RuntimeImport("*", "ProgramMain")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int ProgramMain();

    [RuntimeExport("KernelAllocatePages")]
    private static void* AllocatePages(nuint count)
    {
        nint address = SystemCalls.MapAnonymous(count * PageSize);
        return address < 0 ? null : (void*)address;
    }

    /// <summary>A program has one thread.</summary>
    [RuntimeExport("KernelProcessorIndex")]
    private static uint ProcessorIndex() => 0;

    [DoesNotReturn]
    [RuntimeExport("KernelUnhandledException")]
    private static void ReportUnhandledException(Exception exception, ExceptionContext* contextAtThrow) => Panic(exception.Message);

    [DoesNotReturn]
    [RuntimeExport("KernelFailFast")]
    private static void ReportFailFast(string? message) => Panic(message);

    [DoesNotReturn]
    private static void Panic(string? message)
    {
        Output.Flush();
        Output.Error($"{Arguments.Name}: {message}");
        SystemCalls.Abort();
        SystemCalls.Exit(ExitAfterStart);
    }
}
