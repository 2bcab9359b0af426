using System;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>One descriptor of poll or select, in kernel memory.</summary>
internal struct PollItem
{
    /// <summary>The open file, held while the call lasts; zero if there is none.</summary>
    public nint File;
    public int Descriptor;

    /// <summary>What is wanted, and what there is.</summary>
    public ushort Wanted;
    public ushort Found;
}

/// <summary>Descriptors that poll or select waits for. Give it back with <see cref="Dispose"/>.</summary>
internal unsafe ref struct PollSet
{
    private static int ItemsPerFrame => ByteBlocks.Longest / sizeof(PollItem);

    private static int MostFrames => ByteBlocks.Longest / sizeof(PollItem*);

    private PollItem** _frames;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>An item.</summary>
    public readonly ref PollItem this[int index] => ref _frames[index / ItemsPerFrame][index % ItemsPerFrame];

    /// <summary>Adds a descriptor, holding its open file.</summary>
    /// <returns><see cref="Errno.ENOMEM"/>.</returns>
    public Errno Add(int descriptor, ushort wanted)
    {
        if (_frames == null)
        {
            _frames = (PollItem**)ByteBlocks.Take(ByteBlocks.Longest);
            if (_frames == null)
                return Errno.ENOMEM;
        }
        if (Count % ItemsPerFrame == 0)
        {
            int frame = Count / ItemsPerFrame;
            if (frame == MostFrames)
                return Errno.ENOMEM;
            _frames[frame] = (PollItem*)ByteBlocks.Take(ByteBlocks.Longest);
            if (_frames[frame] == null)
                return Errno.ENOMEM;
        }
        OpenFile? file = Thread.Current.Process.Files.Get(descriptor);
        if (file is { IsPathOnly: true })
        {
            file.Release();
            file = null;
        }
        this[Count++] = new PollItem { File = file?.Handle ?? 0, Descriptor = descriptor, Wanted = wanted };
        return Errno.None;
    }

    /// <summary>Waits until there is something for an item, or a time has come.</summary>
    /// <param name="deadline">In nanoseconds since boot; zero doesn't wait.</param>
    /// <returns>How many items have something; <see cref="Errno.ERESTARTNOHAND"/>, <see cref="Errno.ENOMEM"/>.</returns>
    public SysResult Wait(ulong deadline)
    {
        bool waits = deadline != 0;
        while (true)
        {
            var poller = new Poller(waits);
            int count = 0;
            for (int index = 0; index < Count; index++)
            {
                if (!Look(ref this[index], ref poller))
                    continue;
                count++;
                poller.Deactivate();
            }
            WaitResult result = WaitResult.TimedOut;
            bool hasFailed = poller.HasFailed;
            if (count == 0 && waits && !hasFailed)
                result = poller.Count > 0 ? Scheduler.Sleep(deadline) : Scheduler.SleepUntil(deadline);
            poller.Stop();
            if (count > 0)
                return count;
            if (hasFailed)
                return Errno.ENOMEM;
            if (!waits)
                return 0;
            if (result == WaitResult.Interrupted)
                return Errno.ERESTARTNOHAND;
            // One more look after the time is over.
            waits = result == WaitResult.Woken;
        }
    }

    public void Dispose()
    {
        if (_frames == null)
            return;
        for (int index = 0; index < Count; index++)
            if (this[index].File != 0)
                OpenFile.FromHandle(this[index].File).Release();
        for (int frame = 0; frame * ItemsPerFrame < Count; frame++)
            ByteBlocks.Return(_frames[frame]);
        ByteBlocks.Return(_frames);
        _frames = null;
    }

    private static bool Look(ref PollItem item, ref Poller poller)
    {
        if (item.Descriptor < 0)
            return false;
        PollEvents found = PollEvents.Invalid;
        if (item.File != 0)
        {
            OpenFile file = OpenFile.FromHandle(item.File);
            found = file.Body.Poll(file, ref poller) & ((PollEvents)item.Wanted | PollEvents.Error | PollEvents.HangUp);
        }
        item.Found = (ushort)found;
        return found != PollEvents.None;
    }
}
