using System.Runtime.CompilerServices;
using System.Threading;

namespace System.Runtime;

/// <summary>The eight bytes before an object: its identity hash and its lock word.</summary>
internal static unsafe class ObjectHeader
{
    private const int HashOffset = -ObjectLayout.HeaderSize;
    private const int LockOffset = HashOffset + sizeof(int);

    private static int s_lastHash;

    // An odd multiplier spreads consecutive numbers over all bits.
    private const int HashSpread = unchecked((int)0x9E3779B1);

    internal static ref int LockWord(object o) => ref Unsafe.As<byte, int>(ref Unsafe.AddByteOffset(ref MethodTableReference(o), (nint)LockOffset));

    internal static int GetHashCode(object o)
    {
        ref int hash = ref Unsafe.As<byte, int>(ref Unsafe.AddByteOffset(ref MethodTableReference(o), (nint)HashOffset));
        int known = hash;
        if (known != 0)
            return known;
        int fresh = Interlocked.Increment(ref s_lastHash) * HashSpread;
        int previous = Interlocked.CompareExchange(ref hash, fresh, 0);
        return previous != 0 ? previous : fresh;
    }

    private static ref byte MethodTableReference(object o) => ref Unsafe.AddByteOffset(ref o.RawData, -(nint)ObjectLayout.MethodTablePointerSize);
}
