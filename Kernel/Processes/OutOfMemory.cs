using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Keeps the machine alive when memory has run out: the process that has most of it is killed.</summary>
internal static class OutOfMemory
{
    // What all memory counts, as in oom_score_adj.
    private const int Whole = 1000;

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

    /// <summary>How much a process counts when memory has run out, in thousandths of the machine's memory; 0 to 2000.</summary>
    public static ulong ScoreOf(Process process)
    {
        if (process.Space is not { } space || process.OutOfMemoryAdjust == -Whole)
            return 0;
        long pages = (long)space.ResidentPages * Whole / (long)Memory.PhysicalMemory.TotalFrames;
        return (ulong)System.Math.Max(pages + process.OutOfMemoryAdjust, 0);
    }

    private static Process? FindLargest()
    {
        Process? largest = null;
        long most = 0;
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            Process process = entry.Process!;
            if (process == ProcessTree.Init || process.Space is not { } space || process.OutOfMemoryAdjust == -Whole)
                continue;
            long points = (long)space.ResidentPages + process.OutOfMemoryAdjust * ((long)Memory.PhysicalMemory.TotalFrames / Whole);
            if (largest is null || points > most)
                (largest, most) = (process, points);
        }
        return largest ?? ProcessTree.Init;
    }
}
