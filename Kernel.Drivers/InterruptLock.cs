using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kernel.Drivers;

/// <summary>
/// A spin lock for what interrupt handlers touch too: interrupts stay off on this processor while it is held.
/// The default value is a free lock. It is not recursive, and holders must be quick.
/// </summary>
/// <remarks>Never copy one: keep it in a static or in a field of a class and call <see cref="Enter"/> on that.</remarks>
public struct InterruptLock
{
    private const int Free = 0;
    private const int Taken = 1;

    private static bool s_ignored;

    private int _state;

    /// <summary>
    /// Makes every lock of this kind enter at once from now on, whoever holds it. For a panic, which must get its
    /// report out whatever the code that failed was holding.
    /// </summary>
    public static void IgnoreAll() => Volatile.Write(ref s_ignored, true);

    /// <summary>Disables interrupts, then waits for the lock. <c>using InterruptLock.Scope _ = s_lock.Enter();</c></summary>
    /// <returns>What gives the lock back and restores the interrupt flag as it was.</returns>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Scope Enter()
    {
        ulong flags = SaveAndDisableInterrupts();
        if (Interlocked.Exchange(ref _state, Taken) != Free)
            Wait();
        return new Scope(ref _state, flags);
    }

    /// <summary>
    /// Frees the lock that another thread took before it switched to one that runs for the first time, and so has no scope to end.
    /// Interrupts stay off.
    /// </summary>
    public void FreeForNewThread() => Volatile.Write(ref _state, Free);

    private void Wait()
    {
        while (!Volatile.Read(ref s_ignored))
        {
            Pause();
            if (Interlocked.Exchange(ref _state, Taken) == Free)
                return;
        }
    }

    [RuntimeImport("*", "interrupts_save_disable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong SaveAndDisableInterrupts();

    [RuntimeImport("*", "interrupts_restore")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void RestoreInterrupts(ulong flags);

    [RuntimeImport("*", "processor_pause")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Pause();

    /// <summary>The time during which a lock is held.</summary>
    public readonly ref struct Scope
    {
        private readonly ref int _state;
        private readonly ulong _flags;

        internal Scope(ref int state, ulong flags)
        {
            _state = ref state;
            _flags = flags;
        }

        /// <summary>Frees the lock and restores the interrupt flag. Call it once; <c>using</c> does.</summary>
        public void Dispose()
        {
            Volatile.Write(ref _state, Free);
            RestoreInterrupts(_flags);
        }
    }
}
