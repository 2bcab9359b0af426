using System;
using System.Diagnostics.CodeAnalysis;

namespace Kernel.Drivers;

/// <summary>Stands in for the kernel's lock: there are no interrupts here, but taking a lock twice is found out.</summary>
public struct InterruptLock
{
    private bool _isTaken;

    public static bool IsIgnored { get; private set; }

    public static void IgnoreAll() => IsIgnored = true;

    [UnscopedRef]
    public Scope Enter()
    {
        if (_isTaken && !IsIgnored)
            throw new InvalidOperationException("This would wait for ever: the lock is taken already.");
        _isTaken = true;
        return new Scope(ref _isTaken);
    }

    public readonly ref struct Scope
    {
        private readonly ref bool _isTaken;

        internal Scope(ref bool isTaken) => _isTaken = ref isTaken;

        public void Dispose() => _isTaken = false;
    }
}
