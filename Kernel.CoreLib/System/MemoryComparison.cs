using System.Runtime.CompilerServices;

namespace System;

/// <summary>Compares memory.</summary>
internal static class MemoryComparison
{
    /// <summary>Whether two areas of <paramref name="length"/> bytes have the same content.</summary>
    internal static bool AreEqual(ref byte first, ref byte second, nuint length)
    {
        nuint offset = 0;
        for (; length - offset >= sizeof(ulong); offset += sizeof(ulong))
        {
            if (Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref first, offset)) != Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref second, offset)))
                return false;
        }

        for (; offset < length; offset++)
        {
            if (Unsafe.AddByteOffset(ref first, offset) != Unsafe.AddByteOffset(ref second, offset))
                return false;
        }

        return true;
    }
}
