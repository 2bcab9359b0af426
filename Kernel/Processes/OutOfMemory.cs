using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Keeps the machine alive when memory has run out: the process that has most of it is killed.</summary>
internal static class OutOfMemory
{
    /// <summary>Processes killed since boot.</summary>
    public static ulong Kills { get; private set; }

    /// <summary>Lets a process end whose end helps, and the others run; the thread's access is repeated afterwards.</summary>
    /// <param name="thread">The running thread, whose fault found no memory.</param>
    public static void Relieve(Thread thread)
    {
        if (!thread.MustEnd && FindEnding() is null && FindLargest() is { } victim)
        {
            Kills++;
            Log.Error($"out of memory: killed process {victim.Id} ({victim.Name}) with {victim.Space!.ResidentPages * 4} KiB");
            Signals.Send(victim, Signal.SIGKILL);
        }
        // Who ends needs the processor.
        Scheduler.RequestReschedule();
    }

    /// <summary>A process that ends already and has memory to give.</summary>
    private static Process? FindEnding()
    {
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            if (entry.Process is { IsEnding: true, Memory: not null } process)
                return process;
        }
        return null;
    }

    private static Process? FindLargest()
    {
        Process? largest = null;
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            Process process = entry.Process!;
            if (process == ProcessTree.Init || process.Space is not { } space)
                continue;
            if (largest?.Space is not { } most || space.ResidentPages > most.ResidentPages)
                largest = process;
        }
        return largest ?? ProcessTree.Init;
    }
}
