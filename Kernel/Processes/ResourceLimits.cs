using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel.Processes;

/// <summary>Resources with limits (getrlimit(2)).</summary>
internal enum Resource
{
    ProcessorTime = 0,
    FileSize,
    Data,
    Stack,
    Core,
    ResidentSet,
    Processes,
    OpenFiles,
    LockedMemory,
    AddressSpace,
    Locks,
    PendingSignals,
    MessageQueues,
    Nice,
    RealTimePriority,
    RealTimeTime,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>struct rlimit: the limit in force, and how far the process may raise it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    public ulong Current, Maximum;
}

/// <summary>The limits of a process.</summary>
[InlineArray((int)Resource.Count)]
internal struct ResourceLimits
{
    private const ulong DefaultStack = 8 << 20;
    private const ulong DefaultOpenFiles = 1024;
    private const ulong MaximumOpenFiles = 4096;
    private const ulong DefaultLockedMemory = 8 << 20;
    private const ulong DefaultProcesses = 8192;

    private ResourceLimit _first;

    /// <summary>What the first process has.</summary>
    public static ResourceLimits Initial
    {
        get
        {
            ResourceLimits limits = default;
            for (int resource = 0; resource < (int)Resource.Count; resource++)
                limits[resource] = new ResourceLimit { Current = ResourceLimit.Unlimited, Maximum = ResourceLimit.Unlimited };
            limits[(int)Resource.Stack].Current = DefaultStack;
            limits[(int)Resource.Core].Current = 0;
            limits[(int)Resource.OpenFiles] = new ResourceLimit { Current = DefaultOpenFiles, Maximum = MaximumOpenFiles };
            limits[(int)Resource.LockedMemory] = new ResourceLimit { Current = DefaultLockedMemory, Maximum = DefaultLockedMemory };
            limits[(int)Resource.Processes] = new ResourceLimit { Current = DefaultProcesses, Maximum = DefaultProcesses };
            limits[(int)Resource.Nice] = default;
            limits[(int)Resource.RealTimePriority] = default;
            limits[(int)Resource.MessageQueues] = new ResourceLimit { Current = 819200, Maximum = 819200 };
            return limits;
        }
    }
}
