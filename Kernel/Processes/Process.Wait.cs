using Kernel.Abi;
using Kernel.Drivers;

namespace Kernel.Processes;

/// <summary>Which children wait4 and waitid mean.</summary>
/// <param name="Kind">How <paramref name="Id"/> is meant.</param>
/// <param name="Id">A process's or a group's number.</param>
internal readonly record struct ChildSelector(ChildSelectorKind Kind, int Id)
{
    /// <summary>Whether it means a child.</summary>
    public bool Matches(Process child) => Kind switch
    {
        ChildSelectorKind.Process => child.Id == Id,
        ChildSelectorKind.Group => child.Group.Id == Id,
        _ => true,
    };
}

/// <summary>See <see cref="ChildSelector"/>.</summary>
internal enum ChildSelectorKind : byte
{
    Any = 0,
    Process,
    Group,
}

/// <summary>Options of wait4 and waitid.</summary>
[System.Flags]
internal enum WaitOptions : uint
{
    NoHang = 1,
    Stopped = 2,
    Exited = 4,
    Continued = 8,
    NoWait = 0x0100_0000,
    NoThread = 0x2000_0000,
    AllChildren = 0x4000_0000,
    CloneChildren = 0x8000_0000,
}

/// <summary>What a wait found.</summary>
internal struct ChildReport
{
    public int Process;
    public uint User;
    public int Status;
    public SignalCode Code;
    public ResourceUsage Usage;
}

/// <content>Waiting for children.</content>
internal sealed unsafe partial class Process
{
    private const int ContinuedStatus = 0xffff;

    /// <summary>Waits until a child has something to report, and takes the report.</summary>
    /// <param name="selector">Which children.</param>
    /// <param name="options">What counts, and whether to wait.</param>
    /// <param name="report">What was found; <see cref="ChildReport.Process"/> is zero if nothing was and nobody shall wait.</param>
    /// <returns><see cref="Errno.ECHILD"/> if there is no such child; <see cref="Errno.ERESTARTSYS"/> after a signal.</returns>
    public Errno WaitForChild(ChildSelector selector, WaitOptions options, out ChildReport report)
    {
        while (true)
        {
            Waiter waiter = default;
            ChildEvents.Add(&waiter);
            Errno error = TryTakeReport(selector, options, out report, out Process? ended);
            if (error != Errno.None || report.Process != 0 || (options & WaitOptions.NoHang) != 0)
            {
                ChildEvents.Remove(&waiter);
                ended?.Forget();
                return error;
            }
            WaitResult result = Scheduler.Sleep();
            ChildEvents.Remove(&waiter);
            if (result == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
    }

    private Errno TryTakeReport(ChildSelector selector, WaitOptions options, out ChildReport report, out Process? ended)
    {
        report = default;
        ended = null;
        bool hasChild = false;
        using InterruptLock.Scope _ = ProcessTree.Lock.Enter();
        for (Process? child = FirstChild; child is not null; child = child.NextSibling)
        {
            bool isClone = child.ExitSignal != Signal.SIGCHLD;
            if (!selector.Matches(child) || ((options & WaitOptions.AllChildren) == 0 && isClone != ((options & WaitOptions.CloneChildren) != 0)))
                continue;
            hasChild = true;
            bool isTaken = (options & WaitOptions.NoWait) == 0;
            if (child.IsZombie && (options & WaitOptions.Exited) != 0)
            {
                report = ReportOf(child);
                ended = isTaken ? child : null;
                // Another thread of this process must not find it again.
                if (isTaken)
                {
                    ProcessTree.Disown(child);
                    ChildrenUsage.Add(report.Usage);
                }
                return Errno.None;
            }
            if (child.HasStopReport && (options & WaitOptions.Stopped) != 0)
            {
                report = ReportOf(child) with { Status = child.StopStatus, Code = SignalCode.ChildStopped };
                if (isTaken)
                    child.HasStopReport = false;
                return Errno.None;
            }
            if (child.HasContinueReport && (options & WaitOptions.Continued) != 0)
            {
                report = ReportOf(child) with { Status = ContinuedStatus, Code = SignalCode.ChildContinued };
                if (isTaken)
                    child.HasContinueReport = false;
                return Errno.None;
            }
        }
        return hasChild ? Errno.None : Errno.ECHILD;
    }

    private static ChildReport ReportOf(Process child)
    {
        ResourceUsage usage = child.OwnUsage;
        usage.Add(child.ChildrenUsage);
        return new ChildReport
        {
            Process = child.Id,
            User = child.User.User,
            Status = child.ExitStatus,
            Code = (child.ExitStatus & 0x7f) == 0 ? SignalCode.ChildExited
                : (child.ExitStatus & DumpedBit) != 0 ? SignalCode.ChildDumped : SignalCode.ChildKilled,
            Usage = usage,
        };
    }
}
