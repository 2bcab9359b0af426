using System;
using System.Runtime.CompilerServices;
using Kernel.Boot;
using Kernel.Mm;

namespace Kernel.Diagnostics;

/// <summary>Names of exception types: there is no reflection, but the symbol table knows where each method table is.</summary>
internal static unsafe class ExceptionNames
{
    /// <summary>Room for the longest name that is shown, in bytes.</summary>
    public const int BufferSize = 128;

    /// <summary>The full name of an exception's type; allocates nothing and faults on nothing.</summary>
    /// <param name="exception">Any.</param>
    /// <param name="buffer">Where the name is put together; <see cref="BufferSize"/> bytes.</param>
    public static ReadOnlySpan<byte> Of(Exception exception, Span<byte> buffer)
    {
        // An object starts with the address of its method table.
        ulong methodTable = *(ulong*)Unsafe.As<Exception, nint>(ref exception);
        return KernelImage.Symbols.TryResolve(new VirtualAddress(methodTable), buffer, out ReadOnlySpan<byte> name, out _, out _)
            ? name
            : "exception of an unknown type"u8;
    }
}
