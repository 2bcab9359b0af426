using Kernel.Drivers;
using Kernel.Files;

namespace Kernel.Terminals;

/// <content>poll(2).</content>
internal sealed unsafe partial class Terminal
{
    // Output that waits makes poll(2) report no room for more, as on Linux.
    private const int PollOutputLimit = 256;

    /// <summary>poll(2).</summary>
    /// <param name="poller">Waits for changes.</param>
    /// <param name="hangUps">As for <see cref="Read"/>.</param>
    public PollEvents Poll(ref Poller poller, int hangUps)
    {
        poller.Wait(ref _readers);
        poller.Wait(ref _writers);
        if (IsDead(hangUps))
            return PollEvents.Readable | PollEvents.Writable | PollEvents.Error | PollEvents.HangUp;
        using InterruptLock.Scope _ = _lock.Enter();
        PollEvents events = _line.IsReadable ? PollEvents.Readable : PollEvents.None;
        return _line.IsWritable && _line.OutputCount < PollOutputLimit ? events | PollEvents.Writable : events;
    }

    /// <summary>poll(2) of the master.</summary>
    public PollEvents PollAsMaster(ref Poller poller)
    {
        poller.Wait(ref _masters);
        using InterruptLock.Scope _ = _lock.Enter();
        PollEvents events = _line.PendingOutput.IsEmpty ? PollEvents.None : PollEvents.Readable;
        if (_line.CanReceive)
            events |= PollEvents.Writable;
        return HasNoUser ? events | PollEvents.HangUp : events;
    }
}
