using Kernel.Abi;
using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Which processes there are, who made whom, and which groups and sessions they form.</summary>
/// <remarks><see cref="Lock"/> comes before wait queues' and the scheduler's locks. Interrupt handlers take it to send signals.</remarks>
internal static class ProcessTree
{
    /// <summary>Guards all of it, and signals.</summary>
    public static InterruptLock Lock;

    /// <summary>Process 1, which adopts orphans; null before it is started.</summary>
    public static Process? Init { get; internal set; }

    /// <summary>Processes that have not been waited for.</summary>
    public static int Count { get; internal set; }

    /// <summary>Threads that have not ended.</summary>
    public static int ThreadCount { get; internal set; }

    /// <summary>Processes made since boot.</summary>
    public static ulong Forks { get; internal set; }

    /// <summary>The process with a number; null if there is none. With the lock, or by who knows that it stays.</summary>
    public static Process? Find(int id) => IdTable.Find(id)?.Process;

    /// <summary>The thread with a number; null if there is none.</summary>
    public static Thread? FindThread(int id) => IdTable.Find(id)?.Thread;

    /// <summary>The group with a number; null if there is none.</summary>
    public static ProcessGroup? FindGroup(int id) => IdTable.Find(id)?.Group;

    /// <summary>How many threads a user has.</summary>
    public static ulong CountThreadsOf(uint user)
    {
        ulong count = 0;
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
        {
            if (entry.Process!.User.User == user)
                count += (ulong)entry.Process.ThreadCount;
        }
        return count;
    }

    /// <summary>Puts a process into a group. With the lock.</summary>
    public static void Join(Process process, ProcessGroup group)
    {
        process.Group = group;
        process.PreviousInGroup = null;
        process.NextInGroup = group.FirstMember;
        if (group.FirstMember is { } first)
            first.PreviousInGroup = process;
        group.FirstMember = process;
    }

    /// <summary>Takes a process out of its group, which ends if it was the last. With the lock.</summary>
    public static void Leave(Process process)
    {
        ProcessGroup group = process.Group;
        if (process.PreviousInGroup is { } previous)
            previous.NextInGroup = process.NextInGroup;
        else
            group.FirstMember = process.NextInGroup;
        if (process.NextInGroup is { } next)
            next.PreviousInGroup = process.PreviousInGroup;
        process.NextInGroup = null;
        process.PreviousInGroup = null;
        if (group.FirstMember is not null)
            return;
        Session session = group.Session;
        IdEntry entry = IdTable.Find(group.Id)!;
        entry.Group = null;
        IdTable.ReleaseIfFree(entry);
        ProcessPools.Groups.Return(group);
        if (--session.Groups > 0)
            return;
        entry = IdTable.Find(session.Id)!;
        entry.Session = null;
        IdTable.ReleaseIfFree(entry);
        ProcessPools.Sessions.Return(session);
    }

    /// <summary>Makes a group whose number is a process's, in a session. With the lock.</summary>
    /// <returns>Null when memory has run out.</returns>
    public static ProcessGroup? TryCreateGroup(int id, Session session)
    {
        if (ProcessPools.Groups.Take() is not { } group)
            return null;
        group.Id = id;
        group.Session = session;
        session.Groups++;
        IdTable.Find(id)!.Group = group;
        return group;
    }

    /// <summary>setsid: a process begins a session with a group of its own and no terminal.</summary>
    /// <returns><see cref="Errno.EPERM"/> if it leads a group; <see cref="Errno.ENOMEM"/>.</returns>
    public static Errno BeginSession(Process process)
    {
        using InterruptLock.Scope _ = Lock.Enter();
        IdEntry entry = IdTable.Find(process.Id)!;
        if (entry.Group is not null || entry.Session is not null)
            return Errno.EPERM;
        if (ProcessPools.Sessions.Take() is not { } session)
            return Errno.ENOMEM;
        session.Id = process.Id;
        if (TryCreateGroup(process.Id, session) is not { } group)
        {
            ProcessPools.Sessions.Return(session);
            return Errno.ENOMEM;
        }
        entry.Session = session;
        if (process.Group is not null)
            Leave(process);
        Join(process, group);
        return Errno.None;
    }

    /// <summary>setpgid: moves a process to a group of its session, or to a new one with its own number.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="processId">Whom to move: the caller or a child that has not started a program; zero is the caller.</param>
    /// <param name="groupId">Zero is the process's number.</param>
    public static Errno SetGroup(Process caller, int processId, int groupId)
    {
        if (groupId < 0)
            return Errno.EINVAL;
        using InterruptLock.Scope _ = Lock.Enter();
        Process? process = processId == 0 ? caller : Find(processId);
        if (process is null || process.IsZombie || (process != caller && process.Parent != caller))
            return Errno.ESRCH;
        if (process != caller && process.HasExecuted)
            return Errno.EACCES;
        if (process.Session != caller.Session || process.Session.Id == process.Id)
            return Errno.EPERM;
        groupId = groupId == 0 ? process.Id : groupId;
        ProcessGroup? group = FindGroup(groupId);
        if (group is null && groupId != process.Id)
            return Errno.EPERM;
        if (group is not null && group.Session != caller.Session)
            return Errno.EPERM;
        if (group == process.Group)
            return Errno.None;
        group ??= TryCreateGroup(groupId, process.Session);
        if (group is null)
            return Errno.ENOMEM;
        Leave(process);
        Join(process, group);
        return Errno.None;
    }

    /// <summary>Whether no member's parent is outside the group and inside the session: nobody would continue it (orphaned). With the lock.</summary>
    /// <param name="group">The group.</param>
    /// <param name="except">A process that is about to end and doesn't count; null for none.</param>
    public static bool IsOrphaned(ProcessGroup group, Process? except = null)
    {
        for (Process? member = group.FirstMember; member is not null; member = member.NextInGroup)
        {
            if (member != except && !member.IsZombie && member.Parent is { } parent && parent != Init
                && parent.Group != group && parent.Session == group.Session)
                return false;
        }
        return true;
    }

    /// <summary>Makes a process a child of another one. With the lock.</summary>
    internal static void Adopt(Process parent, Process child)
    {
        child.Parent = parent;
        child.PreviousSibling = null;
        child.NextSibling = parent.FirstChild;
        if (parent.FirstChild is { } first)
            first.PreviousSibling = child;
        parent.FirstChild = child;
    }

    /// <summary>Takes a process from its parent. With the lock.</summary>
    internal static void Disown(Process child)
    {
        if (child.PreviousSibling is { } previous)
            previous.NextSibling = child.NextSibling;
        else if (child.Parent is { } parent)
            parent.FirstChild = child.NextSibling;
        if (child.NextSibling is { } next)
            next.PreviousSibling = child.PreviousSibling;
        child.NextSibling = null;
        child.PreviousSibling = null;
        child.Parent = null;
    }
}
