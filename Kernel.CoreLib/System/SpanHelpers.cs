using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Bulk operations on memory. ilc calls some by name.</summary>
internal static unsafe partial class SpanHelpers
{
    [RuntimeImport("*", "memmove")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* MoveBytes(void* destination, void* source, nuint bytes);

    [RuntimeImport("*", "memset")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* SetBytes(void* destination, int value, nuint bytes);

    /// <summary>Copies bytes; the two may overlap.</summary>
    internal static void Memmove(ref byte destination, ref byte source, nuint bytes) =>
        MoveBytes(Unsafe.AsPointer(ref destination), Unsafe.AsPointer(ref source), bytes);

    /// <summary>Copies elements; the two may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Memmove<T>(ref T destination, ref T source, nuint elements) =>
        Memmove(ref Unsafe.As<T, byte>(ref destination), ref Unsafe.As<T, byte>(ref source), elements * (nuint)Unsafe.SizeOf<T>());

    /// <summary>Zeroes bytes.</summary>
    internal static void ClearWithoutReferences(ref byte destination, nuint bytes) => SetBytes(Unsafe.AsPointer(ref destination), 0, bytes);

    /// <summary>Sets bytes.</summary>
    internal static void Fill(ref byte destination, byte value, nuint bytes) => SetBytes(Unsafe.AsPointer(ref destination), value, bytes);

    /// <summary>Sets elements.</summary>
    internal static void Fill<T>(ref T destination, nuint elements, T value)
    {
        for (nuint i = 0; i < elements; i++)
            Unsafe.Add(ref destination, i) = value;
    }

    /// <summary>Whether bytes are equal.</summary>
    internal static bool SequenceEqual(ref byte first, ref byte second, nuint bytes)
    {
        nuint position = 0;
        for (; position + sizeof(ulong) <= bytes; position += sizeof(ulong))
            if (Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref first, position)) != Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref second, position)))
                return false;
        for (; position < bytes; position++)
            if (Unsafe.AddByteOffset(ref first, position) != Unsafe.AddByteOffset(ref second, position))
                return false;
        return true;
    }
}
