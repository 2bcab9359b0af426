using System.Threading;

namespace Kernel.Processes;

/// <content>What signals need.</content>
internal sealed unsafe partial class Thread
{
    /// <summary>Signals that it doesn't take now. Only the thread itself changes it.</summary>
    public ulong BlockedSignals { get; private set; }

    /// <summary>Signals that it waits for in sigtimedwait: it takes them though they have no action or are ignored.</summary>
    public ulong AwaitedSignals { get; set; }

    /// <summary>The mask from before sigsuspend and its like, to be restored when the call has ended; see <see cref="HasSavedMask"/>.</summary>
    public ulong SavedMask { get; set; }

    /// <summary>Whether <see cref="SavedMask"/> must be restored.</summary>
    public bool HasSavedMask { get; set; }

    /// <summary>Where handlers run that ask for it.</summary>
    public SignalStack SignalStack;

    /// <summary>Signals sent to this thread alone.</summary>
    public PendingSignals Pending;

    /// <summary>Whether it must end, whatever it does: its process ends, or runs a new program.</summary>
    public bool MustEnd { get; internal set; }

    /// <summary>When a restarted clock_nanosleep or the like shall end, in nanoseconds since boot, and where the rest goes.</summary>
    public ulong RestartDeadline, RestartResult;

    /// <summary>The last processor exception that became a signal: vector, error code and, for page faults, the address.</summary>
    public ulong LastTrap, LastError, LastFaultAddress;

    /// <summary>Whether something waits that it would take now: a signal, its end, or a stop.</summary>
    public bool HasSignal
    {
        get
        {
            if (IsKernel)
                return false;
            return MustEnd || ((Pending.Set | Process.Pending.Set) & ~BlockedSignals) != 0 || Process.IsStopping;
        }
    }

    /// <summary>Sets the mask of blocked signals; what can't be blocked is left out.</summary>
    public void SetBlocked(ulong signals)
    {
        BlockedSignals = signals & ~SignalSet.Unblockable;
        if (HasSignal)
            Scheduler.NoteReturnWork(this);
    }

    /// <summary>Blocks other signals for the rest of the call; they come back when it has ended, or after the handler that it ran.</summary>
    public void SetBlockedForCall(ulong signals)
    {
        SavedMask = BlockedSignals;
        HasSavedMask = true;
        SetBlocked(signals);
    }

    /// <summary>What exit was called with.</summary>
    public int ExitCode { get; set; }

    /// <summary>Called when the thread has ended for good and nobody runs on its stack.</summary>
    internal void NoteGone()
    {
        if (!IsKernel)
            Process.NoteThreadGone(this);
    }
}
