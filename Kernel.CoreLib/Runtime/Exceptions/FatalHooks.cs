using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>What the core library leaves to the kernel when it can't go on; bound by name at link time.</summary>
internal static unsafe class FatalHooks
{
    /// <summary>No frame handles an exception. Nothing has been unwound: a backtrace from the context shows the throw.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="contextAtThrow">Inside the instruction that threw.</param>
    [DoesNotReturn]
    [RuntimeImport("*", "KernelUnhandledException")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void UnhandledException(Exception exception, ExceptionContext* contextAtThrow);

    /// <summary>Something that must not be is so.</summary>
    [DoesNotReturn]
    [RuntimeImport("*", "KernelFailFast")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void FailFast(string? message);
}
