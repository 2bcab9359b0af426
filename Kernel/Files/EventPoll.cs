using System;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>struct epoll_event: twelve bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}

/// <summary>A file that an epoll watches.</summary>
internal sealed class EpollItem
{
    public EventPoll Instance { get; set; } = null!;

    public OpenFile File { get; set; } = null!;

    /// <summary>The descriptor that it was added with.</summary>
    public int Descriptor { get; set; }

    /// <summary>What is wanted, with the flags of epoll_ctl.</summary>
    public uint Wanted { get; set; }

    public ulong Data { get; set; }

    /// <summary>For edges: what had happened when it was last reported.</summary>
    public uint ReportedChanges { get; set; }

    /// <summary>Whether it was reported since it was added or modified.</summary>
    public bool WasReported { get; set; }

    /// <summary>The next and the previous of the instance, and the next of the file.</summary>
    public EpollItem? Next { get; set; }

    public EpollItem? Previous { get; set; }

    public EpollItem? NextOfFile { get; set; }
}

/// <summary>Files that are watched together (epoll(7)).</summary>
/// <remarks>
/// A wait looks at all its files: its cost grows with their number. A file takes its items along when it is closed. The kernel not
/// being preempted guards the lists; looking at a file never sleeps.
/// </remarks>
internal sealed unsafe class EventPoll : FileBody
{
    private const uint EdgeTriggered = 1u << 31;
    private const uint OneShot = 1u << 30;
    private const uint WakeUp = 1u << 29;
    private const uint Exclusive = 1u << 28;
    private const uint FlagMask = EdgeTriggered | OneShot | WakeUp | Exclusive;
    private const int DeepestNesting = 5;

    private EpollItem? _first;
    private EpollItem? _last;

    // Changes of the list itself.
    private WaitQueue _listChanged;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KindName => "anon_inode:[eventpoll]"u8;

    /// <summary>Makes one. Null when memory has run out.</summary>
    public static OpenFile? TryOpen()
    {
        if (FilePools.EventPolls.Take() is not { } created)
            return null;
        OpenFile? file = OpenFile.TryCreate(created, null, OpenFlags.ReadWrite);
        if (file is null)
            FilePools.EventPolls.Return(created);
        return file;
    }

    /// <summary>Starts to watch a file.</summary>
    /// <returns><see cref="Errno.EEXIST"/>, <see cref="Errno.EPERM"/> for a file that never waits, <see cref="Errno.ELOOP"/>, <see cref="Errno.ENOMEM"/>.</returns>
    public Errno Add(OpenFile file, int descriptor, in EpollEvent wanted)
    {
        if (!file.Body.CanPoll)
            return Errno.EPERM;
        if (file.Body is EventPoll other && (other.Watches(this, 0) || other.DepthBelow(0) >= DeepestNesting))
            return Errno.ELOOP;
        if (Find(file, descriptor) is not null)
            return Errno.EEXIST;
        if (FilePools.EpollItems.Take() is not { } item)
            return Errno.ENOMEM;
        item.Instance = this;
        item.File = file;
        item.Descriptor = descriptor;
        item.Previous = _last;
        if (_last is not null)
            _last.Next = item;
        else
            _first = item;
        _last = item;
        item.NextOfFile = file.FirstWatch;
        file.FirstWatch = item;
        Set(item, wanted);
        return Errno.None;
    }

    /// <summary>Changes what is watched for. <see cref="Errno.ENOENT"/>.</summary>
    public Errno Modify(OpenFile file, int descriptor, in EpollEvent wanted)
    {
        if (Find(file, descriptor) is not { } item)
            return Errno.ENOENT;
        if (((item.Wanted | wanted.Events) & Exclusive) != 0)
            return Errno.EINVAL;
        Set(item, wanted);
        return Errno.None;
    }

    /// <summary>Stops watching. <see cref="Errno.ENOENT"/>.</summary>
    public Errno Remove(OpenFile file, int descriptor)
    {
        if (Find(file, descriptor) is not { } item)
            return Errno.ENOENT;
        Remove(item);
        return Errno.None;
    }

    /// <summary>Takes an item out of its lists.</summary>
    public void Remove(EpollItem item)
    {
        if (item.Previous is not null)
            item.Previous.Next = item.Next;
        else
            _first = item.Next;
        if (item.Next is not null)
            item.Next.Previous = item.Previous;
        else
            _last = item.Previous;
        OpenFile file = item.File;
        if (file.FirstWatch == item)
        {
            file.FirstWatch = item.NextOfFile;
        }
        else
        {
            EpollItem before = file.FirstWatch!;
            while (before.NextOfFile != item)
                before = before.NextOfFile!;
            before.NextOfFile = item.NextOfFile;
        }
        FilePools.EpollItems.Return(item);
    }

    /// <summary>Waits for events.</summary>
    /// <param name="events">Gets them: an array in user memory.</param>
    /// <param name="most">How many fit.</param>
    /// <param name="deadline">In nanoseconds since boot; zero doesn't wait.</param>
    /// <returns>How many there are; <see cref="Errno.EINTR"/>, <see cref="Errno.EFAULT"/>, <see cref="Errno.ENOMEM"/>.</returns>
    public SysResult Wait(ulong events, int most, ulong deadline)
    {
        const int atOnce = 16;
        EpollEvent* found = stackalloc EpollEvent[atOnce];
        bool waits = deadline != 0;
        while (true)
        {
            var poller = new Poller(waits);
            poller.Wait(ref _listChanged);
            int count = Collect(ref poller, found, Math.Min(most, atOnce));
            WaitResult result = WaitResult.TimedOut;
            bool hasFailed = poller.HasFailed;
            if (count == 0 && waits && !hasFailed)
                result = Scheduler.Sleep(deadline);
            poller.Stop();
            if (count > 0)
                return UserMemory.CopyOut(events, (byte*)found, (ulong)(count * sizeof(EpollEvent))) == 0 ? count : Errno.EFAULT;
            if (hasFailed)
                return Errno.ENOMEM;
            if (!waits)
                return 0;
            if (result == WaitResult.Interrupted)
                return Errno.EINTR;
            // One more look after the time is over.
            waits = result == WaitResult.Woken;
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, ref Poller poller)
    {
        if (poller.Depth >= DeepestNesting)
            return PollEvents.None;
        poller.Depth++;
        poller.Wait(ref _listChanged);
        PollEvents events = PollEvents.None;
        for (EpollItem? item = _first; item is not null && events == PollEvents.None; item = item.Next)
            if (Look(item, ref poller, out _) != PollEvents.None)
                events = PollEvents.Readable;
        poller.Depth--;
        return events;
    }

    /// <inheritdoc/>
    public override void OnClose(OpenFile file)
    {
        while (_first is { } item)
            Remove(item);
        FilePools.EventPolls.Return(this);
    }

    /// <summary>Reports what has happened; who was reported goes to the end, so that nobody is starved.</summary>
    private int Collect(ref Poller poller, EpollEvent* found, int most)
    {
        int count = 0;
        EpollItem? last = _last;
        for (EpollItem? item = _first; item is not null && count < most;)
        {
            EpollItem? next = item == last ? null : item.Next;
            PollEvents events = Look(item, ref poller, out uint changes);
            if (events != PollEvents.None)
            {
                poller.Deactivate();
                found[count++] = new EpollEvent { Events = (uint)events, Data = item.Data };
                item.WasReported = true;
                item.ReportedChanges = changes;
                if ((item.Wanted & OneShot) != 0)
                    item.Wanted &= FlagMask;
                MoveToEnd(item);
            }
            item = next;
        }
        return count;
    }

    /// <summary>What there is to report about a file.</summary>
    private static PollEvents Look(EpollItem item, ref Poller poller, out uint changes)
    {
        var wanted = (PollEvents)(item.Wanted & ~FlagMask);
        poller.Changes = 0;
        PollEvents events = item.File.Body.Poll(item.File, ref poller);
        changes = poller.Changes;
        if (wanted == PollEvents.None && (item.Wanted & OneShot) != 0)
            return PollEvents.None;
        events &= wanted | PollEvents.Error | PollEvents.HangUp;
        bool isOld = (item.Wanted & EdgeTriggered) != 0 && item.WasReported && item.ReportedChanges == changes;
        return isOld ? PollEvents.None : events;
    }

    private static EpollItem? Find(OpenFile file, int descriptor, EventPoll instance)
    {
        for (EpollItem? item = file.FirstWatch; item is not null; item = item.NextOfFile)
            if (item.Instance == instance && item.Descriptor == descriptor)
                return item;
        return null;
    }

    private EpollItem? Find(OpenFile file, int descriptor) => Find(file, descriptor, this);

    private void Set(EpollItem item, in EpollEvent wanted)
    {
        item.Wanted = wanted.Events;
        item.Data = wanted.Data;
        item.WasReported = false;
        _listChanged.WakeAll();
    }

    private void MoveToEnd(EpollItem item)
    {
        if (item == _last)
            return;
        if (item.Previous is not null)
            item.Previous.Next = item.Next;
        else
            _first = item.Next;
        item.Next!.Previous = item.Previous;
        item.Previous = _last;
        item.Next = null;
        _last!.Next = item;
        _last = item;
    }

    /// <summary>Whether it watches another one, or watches one that does.</summary>
    private bool Watches(EventPoll other, int depth)
    {
        if (this == other)
            return true;
        if (depth >= DeepestNesting)
            return false;
        for (EpollItem? item = _first; item is not null; item = item.Next)
            if (item.File.Body is EventPoll inner && inner.Watches(other, depth + 1))
                return true;
        return false;
    }

    /// <summary>How many epolls are watched in a row from it on.</summary>
    private int DepthBelow(int depth)
    {
        int deepest = depth + 1;
        for (EpollItem? item = _first; item is not null && depth < DeepestNesting; item = item.Next)
            if (item.File.Body is EventPoll inner)
                deepest = Math.Max(deepest, inner.DepthBelow(depth + 1));
        return deepest;
    }
}
