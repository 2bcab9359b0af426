using System.Numerics;

namespace Kernel.Processes;

/// <summary>A signal on its way, with what it says.</summary>
internal sealed class SignalRecord
{
    public SignalInfo Info;

    public SignalRecord? Next { get; set; }
}

/// <summary>Signals that have been sent and not yet taken, to a thread or to a process.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards it. Without memory for a record a signal comes without its information.</remarks>
internal struct PendingSignals
{
    // Sent before those of the list; nothing if its signal is 0. Mostly there is only one, which needs no memory this way.
    private SignalInfo _oldest;
    private SignalRecord? _first;
    private SignalRecord? _last;

    /// <summary>The set of those that are there.</summary>
    public ulong Set { get; private set; }

    /// <summary>Adds a signal. A standard one that is there already is dropped.</summary>
    /// <returns>False when there is no memory for a real-time signal's record; nothing was added.</returns>
    public bool TryAdd(in SignalInfo info)
    {
        var signal = (Signal)info.Signal;
        ulong bit = SignalSet.Of(signal);
        if (signal < Signal.FirstRealTime && (Set & bit) != 0)
            return true;
        if (_first is null && _oldest.Signal == 0)
        {
            _oldest = info;
            Set |= bit;
            return true;
        }
        SignalRecord? record = ProcessPools.SignalRecords.Take();
        if (record is null && signal >= Signal.FirstRealTime && info.Code < 0)
            return false;
        Set |= bit;
        if (record is null)
            return true;
        record.Info = info;
        if (_last is { } last)
            last.Next = record;
        else
            _first = record;
        _last = record;
        return true;
    }

    /// <summary>Takes the next signal of a set: those that the processor raised first, then the lowest number.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTake(ulong allowed, out SignalInfo info)
    {
        ulong candidates = Set & allowed;
        if (candidates == 0)
        {
            info = default;
            return false;
        }
        if ((candidates & SignalSet.Synchronous) != 0)
            candidates &= SignalSet.Synchronous;
        var signal = (Signal)(BitOperations.TrailingZeroCount(candidates) + 1);
        bool isTaken = _oldest.Signal == (int)signal, hasMore = false;
        if (isTaken)
        {
            info = _oldest;
            _oldest.Signal = 0;
        }
        else
        {
            info = new SignalInfo { Signal = (int)signal };
        }
        SignalRecord? previous = null;
        for (SignalRecord? record = _first; record is not null;)
        {
            SignalRecord? next = record.Next;
            if (record.Info.Signal == (int)signal && !isTaken)
            {
                info = record.Info;
                isTaken = true;
                Remove(previous, record);
            }
            else
            {
                hasMore |= record.Info.Signal == (int)signal;
                previous = record;
            }
            record = next;
        }
        if (!hasMore)
            Set &= ~SignalSet.Of(signal);
        return true;
    }

    /// <summary>Drops all signals of a set.</summary>
    public void Drop(ulong set)
    {
        Set &= ~set;
        if (_oldest.Signal != 0 && (SignalSet.Of((Signal)_oldest.Signal) & set) != 0)
            _oldest.Signal = 0;
        SignalRecord? previous = null;
        for (SignalRecord? record = _first; record is not null;)
        {
            SignalRecord? next = record.Next;
            if ((SignalSet.Of((Signal)record.Info.Signal) & set) != 0)
                Remove(previous, record);
            else
                previous = record;
            record = next;
        }
    }

    private void Remove(SignalRecord? previous, SignalRecord record)
    {
        if (previous is null)
            _first = record.Next;
        else
            previous.Next = record.Next;
        if (_last == record)
            _last = previous;
        ProcessPools.SignalRecords.Return(record);
    }
}
