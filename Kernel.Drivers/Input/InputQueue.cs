using System;

namespace Kernel.Drivers.Input;

/// <summary>Bytes typed by a person or a script, from interrupt handlers to whoever reads them.</summary>
/// <remarks>One lock guards it; writers may be in any context.</remarks>
public sealed class InputQueue
{
    /// <summary>Bytes that wait at most: more than a script types at once (4 KiB), so that none is lost.</summary>
    public const int Capacity = 16 * 1024;

    private readonly byte[] _bytes = new byte[Capacity];
    private InterruptLock _lock;
    private int _first;
    private int _count;
    private ulong _lost;

    /// <summary>Number of bytes dropped because the queue was full.</summary>
    public ulong LostCount
    {
        get
        {
            using InterruptLock.Scope _ = _lock.Enter();
            return _lost;
        }
    }

    /// <summary>Number of bytes that wait.</summary>
    public int Count
    {
        get
        {
            using InterruptLock.Scope _ = _lock.Enter();
            return _count;
        }
    }

    /// <summary>Appends a byte; a full queue drops and counts it.</summary>
    public void Write(byte value)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        if (_count == Capacity)
        {
            _lost++;
            return;
        }

        _bytes[(_first + _count) % Capacity] = value;
        _count++;
    }

    /// <summary>Appends bytes in one piece; if they don't all fit, drops and counts all of them.</summary>
    public void Write(ReadOnlySpan<byte> sequence)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        if (sequence.Length > Capacity - _count)
        {
            _lost += (ulong)sequence.Length;
            return;
        }

        foreach (byte value in sequence)
        {
            _bytes[(_first + _count) % Capacity] = value;
            _count++;
        }
    }

    /// <summary>Takes the oldest byte.</summary>
    /// <returns>False, at once, when none waits.</returns>
    public bool TryRead(out byte value)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        if (_count == 0)
        {
            value = 0;
            return false;
        }

        value = _bytes[_first];
        _first = (_first + 1) % Capacity;
        _count--;
        return true;
    }
}
