using Kernel.Files;
using Kernel.Mm.Spaces;

namespace Kernel.Processes;

/// <summary>A program that runs: memory, open files, and one thread or more.</summary>
/// <remarks>
/// <para>
/// Lives in a pool from its making until its parent has taken its exit status. Split by subject: Process.Lifetime.cs has
/// making, ending and waiting.
/// </para>
/// <para>
/// The lock of <see cref="ProcessTree"/> guards family, group, threads, signals and exit state. What only the process's own
/// threads touch in system calls (limits, times, identity) is guarded by the kernel not being preempted; with several processors it
/// comes under that lock too.
/// </para>
/// </remarks>
internal sealed unsafe partial class Process
{
    /// <summary>Its number: its first thread's.</summary>
    public int Id { get; internal set; }

    /// <summary>Its memory. Null once it has ended.</summary>
    public ProcessMemory? Memory { get; internal set; }

    /// <summary>Its address space. Null once it has ended.</summary>
    public AddressSpace? Space => Memory?.Space;

    /// <summary>Its open files. Null once it has ended.</summary>
    public FileTable Files { get; internal set; } = null!;

    /// <summary>Its working directory, root and umask. Null once it has ended.</summary>
    public PathContext Paths { get; internal set; } = null!;

    /// <summary>What it does about signals. Null once it has ended.</summary>
    public SignalActions Actions { get; internal set; } = null!;

    /// <summary>Who made it, or who adopted it; null only for process 1.</summary>
    public Process? Parent { get; internal set; }

    /// <summary>Its group.</summary>
    public ProcessGroup Group { get; internal set; } = null!;

    /// <summary>Its session.</summary>
    public Session Session => Group.Session;

    /// <summary>On whose behalf it acts.</summary>
    public Credentials User;

    /// <summary>What it may use.</summary>
    public ResourceLimits Limits;

    /// <summary>Signals sent to it as a whole.</summary>
    public PendingSignals Pending;

    /// <summary>Its parent waits here for children, and its own threads for its other threads' end.</summary>
    public WaitQueue ChildEvents;

    /// <summary>Who made it by vfork waits here until it runs another program or ends.</summary>
    public WaitQueue ProgramStarted;

    /// <summary>Whether its maker waits for it in vfork.</summary>
    public bool HoldsParent { get; internal set; }

    /// <summary>Nice value, -20 to 19. Recorded; the scheduler treats all alike.</summary>
    public int Nice { get; set; }

    /// <summary>personality(2).</summary>
    public uint Personality { get; set; }

    /// <summary>What it gets when its parent ends; zero for nothing (PR_SET_PDEATHSIG).</summary>
    public Signal ParentDeathSignal { get; set; }

    /// <summary>Whether it adopts the orphans among its descendants (PR_SET_CHILD_SUBREAPER).</summary>
    public bool AdoptsOrphans { get; set; }

    /// <summary>PR_SET_DUMPABLE.</summary>
    public int Dumpable { get; set; } = 1;

    /// <summary>-1000 to 1000 thousandths of the machine's memory that it counts more when memory has run out; -1000 saves it.</summary>
    public short OutOfMemoryAdjust { get; set; }

    /// <summary>Whether it runs a program of its own already (execve), not its parent's any more (setpgid).</summary>
    public bool HasExecuted { get; set; }

    /// <summary>When it was made, in nanoseconds since boot.</summary>
    public ulong StartTime { get; internal set; }

    /// <summary>Time in user mode and in the kernel, in ticks of <see cref="Scheduler.TimeSlice"/>.</summary>
    public ulong UserTicks, KernelTicks;

    /// <summary>What ended threads ran, in ticks of the timestamp counter.</summary>
    internal ulong EndedRunTicks { get; set; }

    /// <summary>What its children used that it has waited for.</summary>
    public ResourceUsage ChildrenUsage;

    /// <summary>What it used itself, kept when its memory goes.</summary>
    internal ResourceUsage OwnUsage;

    /// <summary>The first of its threads; the others by <see cref="Thread.NextOfProcess"/>.</summary>
    public Thread? FirstThread { get; internal set; }

    /// <summary>How many threads it has that have not ended.</summary>
    public int ThreadCount { get; internal set; }

    /// <summary>The next in its group.</summary>
    public Process? NextInGroup { get; internal set; }

    internal Process? PreviousInGroup { get; set; }

    // Its first thread's name, once that has ended.
    private ThreadName _endedName;

    internal Process? FirstChild { get; set; }

    internal Process? NextSibling { get; set; }

    internal Process? PreviousSibling { get; set; }

    /// <summary>Its name: its first thread's, also when that has ended.</summary>
    public System.ReadOnlySpan<byte> Name => ProcessTree.FindThread(Id) is { } thread && thread.Process == this ? thread.Name : _endedName.Text;

    /// <summary>Whether it may look into another one's memory (ptrace(2), access mode checking).</summary>
    public bool MayAccess(Process other) => User.IsPrivileged
        || (User.User == other.User.User && User.User == other.User.EffectiveUser && User.User == other.User.SavedUser
            && User.Group == other.User.Group && User.Group == other.User.EffectiveGroup && User.Group == other.User.SavedGroup);

    /// <summary>Whether it may send a signal to another one (kill(2)).</summary>
    public bool MaySignal(Process other, Signal signal) => User.IsPrivileged
        || User.EffectiveUser == other.User.User || User.EffectiveUser == other.User.SavedUser
        || User.User == other.User.User || User.User == other.User.SavedUser
        || (signal == Signal.SIGCONT && Session == other.Session);
}

/// <summary>What a process has used.</summary>
internal struct ResourceUsage
{
    /// <summary>Ticks of <see cref="Scheduler.TimeSlice"/>.</summary>
    public ulong UserTicks, KernelTicks;

    public ulong MinorFaults, MajorFaults;

    /// <summary>In pages.</summary>
    public ulong PeakResident;

    /// <summary>Adds what another one used.</summary>
    public void Add(in ResourceUsage other)
    {
        UserTicks += other.UserTicks;
        KernelTicks += other.KernelTicks;
        MinorFaults += other.MinorFaults;
        MajorFaults += other.MajorFaults;
        if (other.PeakResident > PeakResident)
            PeakResident = other.PeakResident;
    }
}
