namespace System.Threading;

/// <summary>An object that is there only to be locked. <c>lock</c> on it uses <see cref="EnterScope"/>.</summary>
/// <remarks>Spins, as <see cref="Monitor"/> does, and like that one may be entered again by its owner.</remarks>
public sealed class Lock
{
    private int _word;

    /// <summary>Whether this processor holds it.</summary>
    public bool IsHeldByCurrentThread => OwnedSpinLock.IsHeld(ref _word);

    /// <summary>Waits for the lock and takes it.</summary>
    public void Enter() => OwnedSpinLock.Enter(ref _word);

    /// <summary>Takes the lock if that needs no waiting.</summary>
    public bool TryEnter() => OwnedSpinLock.TryEnter(ref _word);

    /// <summary>Undoes one entry.</summary>
    /// <exception cref="SynchronizationLockException">This processor doesn't hold the lock.</exception>
    public void Exit() => OwnedSpinLock.Exit(ref _word);

    /// <summary>Takes the lock until the scope's end.</summary>
    public Scope EnterScope()
    {
        Enter();
        return new Scope(ref _word);
    }

    /// <summary>Holds the lock.</summary>
    public readonly ref struct Scope
    {
        private readonly ref int _word;

        internal Scope(ref int word) => _word = ref word;

        /// <summary>Releases the lock.</summary>
        public void Dispose() => OwnedSpinLock.Exit(ref _word);
    }
}
