using System.Runtime.CompilerServices;
using System.Threading;

namespace Kernel.Mm;

/// <summary>
/// A lock that many may hold for reading or one for writing. Waiting writers go before new readers. Not recursive; no
/// interrupt handler takes it.
/// </summary>
/// <remarks>
/// Waiters spin (<see cref="Hardware.Pause"/>) and keep their processor: holders run on another one. So nobody may sleep, or let another
/// thread run, while he holds it; who has to wait for I/O gives it back first. Never copy one. The default value is a free lock.
/// </remarks>
public struct SpaceLock
{
    private const int Writer = 1 << 30;
    private const int WriterWaits = 1 << 29;

    // Readers in the low bits.
    private int _state;

    /// <summary>Whether somebody holds it for writing; for assertions.</summary>
    public readonly bool IsWriteHeld => (_state & Writer) != 0;

    /// <summary>Whether somebody holds it at all; for assertions.</summary>
    public readonly bool IsHeld => (_state & ~WriterWaits) != 0;

    /// <summary>Waits until nobody writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterRead()
    {
        if (Interlocked.Increment(ref _state) >= WriterWaits)
            WaitToRead();
    }

    /// <summary>Ends <see cref="EnterRead"/>.</summary>
    public void ExitRead() => Interlocked.Decrement(ref _state);

    /// <summary>Waits until nobody else holds the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterWrite()
    {
        if (Interlocked.CompareExchange(ref _state, Writer, 0) != 0)
            WaitToWrite();
    }

    /// <summary>Ends <see cref="EnterWrite"/>. Writers that wait say so again before any reader gets in, or soon after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ExitWrite() => Interlocked.And(ref _state, ~Writer);

    private void WaitToWrite()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if ((state & ~WriterWaits) == 0)
            {
                if (Interlocked.CompareExchange(ref _state, Writer, state) == state)
                    return;
            }
            else
            {
                Interlocked.CompareExchange(ref _state, state | WriterWaits, state);
            }
            Hardware.Current.Pause();
        }
    }

    /// <summary>Takes back the count of a reader that came too early, and tries again when the writers are done.</summary>
    private void WaitToRead()
    {
        do
        {
            Interlocked.Decrement(ref _state);
            while (Volatile.Read(ref _state) >= WriterWaits)
                Hardware.Current.Pause();
        }
        while (Interlocked.Increment(ref _state) >= WriterWaits);
    }
}
