using System;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>A counter that is waited for (eventfd(2)).</summary>
internal sealed unsafe class EventCounter : FileBody
{
    private const ulong Largest = ulong.MaxValue - 1;

    private WaitQueue _queue;
    private ulong _value;
    private bool _isSemaphore;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KindName => "anon_inode:[eventfd]"u8;

    /// <summary>Makes one.</summary>
    /// <param name="value">What it starts with.</param>
    /// <param name="isSemaphore">Whether a read takes one only.</param>
    /// <param name="flags">NonBlocking.</param>
    /// <returns>Null when memory has run out.</returns>
    public static OpenFile? TryOpen(ulong value, bool isSemaphore, OpenFlags flags)
    {
        if (FilePools.EventCounters.Take() is not { } counter)
            return null;
        counter._value = value;
        counter._isSemaphore = isSemaphore;
        OpenFile? file = OpenFile.TryCreate(counter, null, flags | OpenFlags.ReadWrite);
        if (file is null)
            FilePools.EventCounters.Return(counter);
        return file;
    }

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        if (to.Left < sizeof(ulong))
            return Errno.EINVAL;
        while (_value == 0)
        {
            Errno error = Wait(file, 0);
            if (error != Errno.None)
                return error;
        }
        ulong value = _isSemaphore ? 1 : _value;
        _value -= value;
        _queue.WakeAll();
        to.Put(new ReadOnlySpan<byte>(&value, sizeof(ulong)));
        return to.HasFailed ? Errno.EFAULT : sizeof(ulong);
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        if (from.Left < sizeof(ulong))
            return Errno.EINVAL;
        ulong value;
        from.Take(new Span<byte>(&value, sizeof(ulong)));
        if (from.HasFailed)
            return Errno.EFAULT;
        if (value == ulong.MaxValue)
            return Errno.EINVAL;
        while (_value > Largest - value)
        {
            Errno error = Wait(file, value);
            if (error != Errno.None)
                return error;
        }
        _value += value;
        _queue.WakeAll();
        return sizeof(ulong);
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, ref Poller poller)
    {
        poller.Wait(ref _queue);
        PollEvents events = PollEvents.None;
        if (_value > 0)
            events |= PollEvents.Readable;
        if (_value < Largest)
            events |= PollEvents.Writable;
        return events;
    }

    /// <inheritdoc/>
    public override void OnClose(OpenFile file) => FilePools.EventCounters.Return(this);

    /// <summary>Waits for the counter to change if it can't be read (<paramref name="added"/> zero) or added to.</summary>
    private Errno Wait(OpenFile file, ulong added)
    {
        if (file.IsNonBlocking)
            return Errno.EAGAIN;
        Waiter waiter = default;
        _queue.Add(&waiter);
        bool isReady = added == 0 ? _value > 0 : _value <= Largest - added;
        WaitResult result = isReady ? WaitResult.Woken : Scheduler.Sleep();
        _queue.Remove(&waiter);
        return result == WaitResult.Interrupted ? Errno.ERESTARTSYS : Errno.None;
    }
}
