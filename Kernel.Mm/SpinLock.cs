using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace Kernel.Mm;

/// <summary>
/// A spin lock inside a critical section: interrupt handlers of this processor may want what it guards. The default
/// value is a free lock. It is not recursive, and holders must be quick.
/// </summary>
/// <remarks>Never copy one: keep it in a field and call <see cref="Enter"/> on that.</remarks>
public struct SpinLock
{
    private const int Free = 0;
    private const int Taken = 1;

    private int _state;

    /// <summary>Whether somebody holds it; for assertions.</summary>
    public readonly bool IsTaken => _state != Free;

    /// <summary>Enters a critical section, then waits for the lock. <c>using SpinLock.Scope _ = _lock.Enter();</c></summary>
    [UnscopedRef]
    public Scope Enter()
    {
        ulong state = Hardware.Current.EnterCriticalSection();
        while (Interlocked.CompareExchange(ref _state, Taken, Free) != Free)
            Hardware.Current.Pause();
        return new Scope(ref _state, state);
    }

    /// <summary>The time during which the lock is held.</summary>
    public readonly ref struct Scope
    {
        private readonly ref int _lock;
        private readonly ulong _state;

        internal Scope(ref int spinLock, ulong state)
        {
            _lock = ref spinLock;
            _state = state;
        }

        /// <summary>Frees the lock and leaves the critical section. Call it once; <c>using</c> does.</summary>
        public void Dispose()
        {
            Volatile.Write(ref _lock, Free);
            Hardware.Current.LeaveCriticalSection(_state);
        }
    }
}
