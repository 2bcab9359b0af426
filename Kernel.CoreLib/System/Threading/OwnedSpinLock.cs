using System.Runtime;
using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>A spin lock in one word that its owner, a processor, may enter again. Zero is a free lock.</summary>
internal static class OwnedSpinLock
{
    // The owning processor plus one in the lower half, further entries of the owner in the upper half.
    private const int OwnerMask = 0xffff;
    private const int OneEntry = 0x1_0000;

    internal static void Enter(ref int word)
    {
        while (!TryEnter(ref word))
            Pause();
    }

    internal static bool TryEnter(ref int word)
    {
        int self = Self;
        int seen = Volatile.Read(ref word);
        if ((seen & OwnerMask) == self)
        {
            word = seen + OneEntry;
            return true;
        }
        return seen == 0 && Interlocked.CompareExchange(ref word, self, 0) == 0;
    }

    internal static void Exit(ref int word)
    {
        int seen = word;
        if ((seen & OwnerMask) != Self)
            throw new SynchronizationLockException();
        Volatile.Write(ref word, seen >= OneEntry ? seen - OneEntry : 0);
    }

    internal static bool IsHeld(ref int word) => (Volatile.Read(ref word) & OwnerMask) == Self;

    private static int Self => (int)KernelHooks.ProcessorIndex() + 1;

    // A hint to the processor that the loop waits; the kernel provides it.
    [RuntimeImport("*", "processor_pause")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Pause();
}
