using System.Runtime.CompilerServices;

namespace System;

/// <summary>Copies memory as bytes.</summary>
public static unsafe class Buffer
{
    /// <summary>Copies a number of bytes, which may overlap.</summary>
    /// <param name="destinationSizeInBytes">Room at the destination; less than <paramref name="sourceBytesToCopy"/> throws.</param>
    public static void MemoryCopy(void* source, void* destination, ulong destinationSizeInBytes, ulong sourceBytesToCopy)
    {
        if (sourceBytesToCopy > destinationSizeInBytes)
            ThrowHelper.ArgumentOutOfRange(nameof(sourceBytesToCopy));
        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    internal static void Memmove(ref byte destination, ref byte source, nuint bytes) => SpanHelpers.Memmove(ref destination, ref source, bytes);

    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint bytes) =>
        SpanHelpers.Memmove(ref destination, ref source, bytes);
}
