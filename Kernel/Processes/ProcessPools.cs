using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>Where the objects of processes come from.</summary>
internal static class ProcessPools
{
    public static Pool<Thread> Threads { get; private set; } = null!;

    public static Pool<Process> Processes { get; private set; } = null!;

    public static Pool<ProcessMemory> Memories { get; private set; } = null!;

    public static Pool<SignalActions> SignalActions { get; private set; } = null!;

    public static Pool<SignalRecord> SignalRecords { get; private set; } = null!;

    public static Pool<IdEntry> Ids { get; private set; } = null!;

    public static Pool<ProcessGroup> Groups { get; private set; } = null!;

    public static Pool<Session> Sessions { get; private set; } = null!;

    /// <summary>Once, at boot.</summary>
    public static void Initialize()
    {
        Threads = new Pool<Thread>("thread");
        Processes = new Pool<Process>("process");
        Memories = new Pool<ProcessMemory>("process memory");
        SignalActions = new Pool<SignalActions>("signal actions");
        SignalRecords = new Pool<SignalRecord>("signal");
        Ids = new Pool<IdEntry>("process id");
        Groups = new Pool<ProcessGroup>("process group");
        Sessions = new Pool<Session>("session");
    }
}
