using System.Runtime;

namespace System.Threading;

/// <summary>
/// The lock that every object carries, which <c>lock</c> statements use: a spin lock with recursion in the object's
/// header. The owner is a processor.
/// </summary>
/// <remarks>
/// Differs from .NET: interrupts stay as they are, so an interrupt handler must not take a lock that the interrupted
/// code may hold; and there is no Wait or Pulse.
/// </remarks>
public static class Monitor
{
    /// <summary>Waits until the object's lock is free, or this processor's already, and takes it.</summary>
    /// <exception cref="ArgumentNullException">There is no object.</exception>
    public static void Enter(object obj) => OwnedSpinLock.Enter(ref WordOf(obj));

    /// <summary>As <see cref="Enter(object)"/>, for <c>lock</c> statements.</summary>
    public static void Enter(object obj, ref bool lockTaken)
    {
        if (lockTaken)
            throw new ArgumentException("The lock is taken already.");
        Enter(obj);
        lockTaken = true;
    }

    /// <summary>Takes the lock if that needs no waiting.</summary>
    public static bool TryEnter(object obj) => OwnedSpinLock.TryEnter(ref WordOf(obj));

    /// <summary>Undoes one <see cref="Enter(object)"/>.</summary>
    /// <exception cref="SynchronizationLockException">This processor doesn't hold the lock.</exception>
    public static void Exit(object obj) => OwnedSpinLock.Exit(ref WordOf(obj));

    /// <summary>Whether this processor holds the object's lock.</summary>
    public static bool IsEntered(object obj) => OwnedSpinLock.IsHeld(ref WordOf(obj));

    private static ref int WordOf(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return ref ObjectHeader.LockWord(obj);
    }
}
