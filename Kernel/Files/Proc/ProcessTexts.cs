using System;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <summary>What was counted of a process's memory, in pages.</summary>
internal struct ProcessUsage
{
    public MemoryUsage Pages;
    public ulong Stack, Tables;

    /// <summary>Mapped and executable, whether present or not.</summary>
    public ulong Executable;
}

/// <summary>What /proc/PID says about a process: stat, statm, status, limits (proc(5)). Nothing here waits.</summary>
internal static unsafe class ProcessTexts
{
    private const int KilobyteShift = 10;

    /// <summary>Writes stat.</summary>
    /// <param name="text">Gets it.</param>
    /// <param name="process">The process.</param>
    /// <param name="thread">The thread that it is about; null if it has ended.</param>
    /// <param name="isThread">Times are the thread's alone.</param>
    /// <param name="showsAddresses">Whether the reader may see addresses.</param>
    public static void WriteStat(ref ProcText text, Process process, Thread? thread, bool isThread, bool showsAddresses)
    {
        const int normalPriority = 20;
        const ulong nanosecondsPerTick = 10_000_000;
        ResourceUsage usage = process.Usage, children = process.ChildrenUsage;
        ProcessMemory? memory = process.Memory;
        AddressSpace? space = process.Space;
        text.Number((ulong)(isThread && thread is not null ? thread.Id : process.Id));
        text.Add(" ("u8);
        text.Add(thread is not null ? thread.Name : process.Name);
        text.Add(") "u8);
        text.Add(StateOf(process, thread));
        Field(ref text, process.Parent?.Id ?? 0);
        Field(ref text, process.Group.Id);
        Field(ref text, process.Session.Id);
        Field(ref text, (long)(process.Session.Terminal?.DeviceNumber ?? 0));
        Field(ref text, process.Session.Terminal is { ForegroundGroup: > 0 } terminal ? terminal.ForegroundGroup : -1);
        Field(ref text, FlagsOf(process));
        Field(ref text, (long)usage.MinorFaults);
        Field(ref text, (long)children.MinorFaults);
        Field(ref text, (long)usage.MajorFaults);
        Field(ref text, (long)children.MajorFaults);
        Field(ref text, (long)usage.UserTicks);
        Field(ref text, (long)usage.KernelTicks);
        Field(ref text, (long)children.UserTicks);
        Field(ref text, (long)children.KernelTicks);
        Field(ref text, normalPriority + process.Nice);
        Field(ref text, process.Nice);
        Field(ref text, process.ThreadCount);
        Field(ref text, 0);
        Field(ref text, (long)(process.StartTime / nanosecondsPerTick));
        Unsigned(ref text, (space?.MappedPages ?? 0) << Page.Shift);
        Unsigned(ref text, space?.ResidentPages ?? 0);
        Unsigned(ref text, process.Limits[(int)Resource.ResidentSet].Current);
        ProcessMemory? shown = showsAddresses ? memory : null;
        // Linux shows 1 for an address that is there but not for this reader's eyes.
        ulong hidden = memory is not null && shown is null ? 1u : 0;
        Unsigned(ref text, shown?.CodeStart ?? hidden);
        Unsigned(ref text, shown?.CodeEnd ?? hidden);
        Unsigned(ref text, shown?.StackStart ?? 0);
        Unsigned(ref text, 0);
        Unsigned(ref text, 0);
        SignalSets sets = SignalsOf(process, thread);
        Unsigned(ref text, sets.Pending & int.MaxValue);
        Unsigned(ref text, sets.Blocked & int.MaxValue);
        Unsigned(ref text, sets.Ignored & int.MaxValue);
        Unsigned(ref text, sets.Caught & int.MaxValue);
        text.Add(" 0 0 0"u8);
        Field(ref text, (int)process.ExitSignal);
        text.Add(" 0 0 0 0 0 0"u8);
        Unsigned(ref text, shown?.DataStart ?? 0);
        Unsigned(ref text, shown?.DataEnd ?? 0);
        Unsigned(ref text, shown?.BreakStart ?? 0);
        Unsigned(ref text, shown?.ArgumentsStart ?? 0);
        Unsigned(ref text, shown?.ArgumentsEnd ?? 0);
        Unsigned(ref text, shown?.EnvironmentStart ?? 0);
        Unsigned(ref text, shown?.EnvironmentEnd ?? 0);
        Field(ref text, showsAddresses && process.IsZombie ? process.ExitStatus : 0);
        text.Add("\n"u8);
    }

    /// <summary>Writes statm.</summary>
    public static void WriteStatm(ref ProcText text, Process process, in ProcessUsage usage)
    {
        ulong executable = process.Memory is { } memory ? CodePages(memory) : 0;
        text.Number(process.Space?.MappedPages ?? 0);
        Unsigned(ref text, usage.Pages.Resident);
        Unsigned(ref text, usage.Pages.Resident - usage.Pages.Anonymous);
        Unsigned(ref text, executable);
        Unsigned(ref text, 0);
        Unsigned(ref text, process.Space?.DataPages ?? 0);
        text.Add(" 0\n"u8);
    }

    /// <summary>Writes status.</summary>
    public static void WriteStatus(ref ProcText text, Process process, Thread? thread, in ProcessUsage usage)
    {
        const int setDigits = 16;
        text.Add("Name:\t"u8);
        text.Escaped(thread is not null ? thread.Name : process.Name);
        if (process.Paths is { } paths)
        {
            text.Add("\nUmask:\t"u8);
            text.Octal(paths.Umask, 4);
        }
        byte state = StateOf(process, thread);
        text.Add("\nState:\t"u8);
        text.Add(state);
        text.Add(state switch
        {
            (byte)'R' => " (running)"u8,
            (byte)'S' => " (sleeping)"u8,
            (byte)'D' => " (disk sleep)"u8,
            (byte)'T' => " (stopped)"u8,
            (byte)'Z' => " (zombie)"u8,
            _ => " (dead)"u8,
        });
        text.Line("\nTgid:\t"u8, (ulong)process.Id, "\nNgid:\t0"u8);
        text.Line("\nPid:\t"u8, (ulong)(thread?.Id ?? process.Id), default);
        text.Line("\nPPid:\t"u8, (ulong)(process.Parent?.Id ?? 0), "\nTracerPid:\t0"u8);
        WriteIdentity(ref text, process, thread?.Id ?? process.Id);
        if (process.Space is not null)
            WriteMemory(ref text, process, usage);
        text.Line("Threads:\t"u8, (ulong)process.ThreadCount, default);
        text.Line("\nSigQ:\t0/"u8, process.Limits[(int)Resource.PendingSignals].Current, default);
        SignalSets sets = SignalsOf(process, thread);
        text.Add("\nSigPnd:\t"u8);
        text.Hex(sets.Pending, setDigits);
        text.Add("\nShdPnd:\t"u8);
        text.Hex(process.Pending.Set, setDigits);
        text.Add("\nSigBlk:\t"u8);
        text.Hex(sets.Blocked, setDigits);
        text.Add("\nSigIgn:\t"u8);
        text.Hex(sets.Ignored, setDigits);
        text.Add("\nSigCgt:\t"u8);
        text.Hex(sets.Caught, setDigits);
        WriteCapabilities(ref text, process.User);
        text.Add("\nNoNewPrivs:\t0\nSeccomp:\t0\nSeccomp_filters:\t0\nCpus_allowed:\t1\nCpus_allowed_list:\t0\nMems_allowed:\t1\nMems_allowed_list:\t0\n"u8);
    }

    /// <summary>Writes limits.</summary>
    public static void WriteLimits(ref ProcText text, Process process)
    {
        text.Add("Limit                     Soft Limit           Hard Limit           Units     \n"u8);
        for (var resource = (Resource)0; resource < Resource.Count; resource++)
        {
            const int nameWidth = 26, limitWidth = 21, unitWidth = 10;
            ReadOnlySpan<byte> name = NameOf(resource), unit = UnitOf(resource);
            text.Add(name);
            text.Fill((byte)' ', nameWidth - name.Length);
            ResourceLimit limit = process.Limits[(int)resource];
            WriteLimit(ref text, limit.Current, limitWidth);
            WriteLimit(ref text, limit.Maximum, limitWidth);
            text.Add(unit);
            text.Fill((byte)' ', unitWidth - unit.Length);
            text.Add("\n"u8);
        }
    }

    private static void WriteIdentity(ref ProcText text, Process process, int threadId)
    {
        const ulong fewestDescriptors = 64;
        ref readonly Credentials user = ref process.User;
        text.Line("\nUid:\t"u8, user.User, "\t"u8);
        text.Line(default, user.EffectiveUser, "\t"u8);
        text.Line(default, user.SavedUser, "\t"u8);
        text.Line(default, user.FileUser, "\nGid:\t"u8);
        text.Line(default, user.Group, "\t"u8);
        text.Line(default, user.EffectiveGroup, "\t"u8);
        text.Line(default, user.SavedGroup, "\t"u8);
        text.Line(default, user.FileGroup, "\nFDSize:\t"u8);
        text.Line(default, process.Files is { } files ? Math.Max((ulong)files.End, fewestDescriptors) : 0, "\nGroups:\t"u8);
        for (int index = 0; index < user.GroupCount; index++)
            text.Line(default, user.GroupAt(index), " "u8);
        if (user.GroupCount == 0)
            text.Add((byte)' ');
        text.Line("\nNStgid:\t"u8, (ulong)process.Id, default);
        text.Line("\nNSpid:\t"u8, (ulong)threadId, default);
        text.Line("\nNSpgid:\t"u8, (ulong)process.Group.Id, default);
        text.Line("\nNSsid:\t"u8, (ulong)process.Session.Id, "\n"u8);
    }

    private static void WriteMemory(ref ProcText text, Process process, in ProcessUsage usage)
    {
        AddressSpace space = process.Space!;
        ProcessMemory memory = process.Memory!;
        ulong resident = usage.Pages.Resident, shared = usage.Pages.SharedMemory, ofFiles = resident - usage.Pages.Anonymous - shared;
        ulong code = CodePages(memory);
        Pages(ref text, "VmPeak:\t"u8, space.MappedPages);
        Pages(ref text, "VmSize:\t"u8, space.MappedPages);
        Pages(ref text, "VmLck:\t"u8, space.LockedPages);
        Pages(ref text, "VmPin:\t"u8, 0);
        Pages(ref text, "VmHWM:\t"u8, Math.Max(space.PeakResidentPages, resident));
        Pages(ref text, "VmRSS:\t"u8, resident);
        Pages(ref text, "RssAnon:\t"u8, usage.Pages.Anonymous);
        Pages(ref text, "RssFile:\t"u8, ofFiles);
        Pages(ref text, "RssShmem:\t"u8, shared);
        Pages(ref text, "VmData:\t"u8, space.DataPages - Math.Min(usage.Stack, space.DataPages));
        Pages(ref text, "VmStk:\t"u8, usage.Stack);
        Pages(ref text, "VmExe:\t"u8, code);
        Pages(ref text, "VmLib:\t"u8, usage.Executable - Math.Min(code, usage.Executable));
        Pages(ref text, "VmPTE:\t"u8, usage.Tables);
        Pages(ref text, "VmSwap:\t"u8, 0);
        Pages(ref text, "HugetlbPages:\t"u8, 0);
        text.Add("CoreDumping:\t0\nTHP_enabled:\t1\n"u8);
    }

    private static void WriteCapabilities(ref ProcText text, in Credentials user)
    {
        ReadOnlySpan<byte> all = "000001ffffffffff"u8, none = "0000000000000000"u8;
        text.Add("\nCapInh:\t0000000000000000\nCapPrm:\t"u8);
        text.Add(user.IsPrivileged || user.User == 0 ? all : none);
        text.Add("\nCapEff:\t"u8);
        text.Add(user.IsPrivileged ? all : none);
        text.Add("\nCapBnd:\t"u8);
        text.Add(all);
        text.Add("\nCapAmb:\t0000000000000000"u8);
    }

    private static byte StateOf(Process process, Thread? thread)
    {
        if (process.IsZombie || thread is null)
            return (byte)'Z';
        return thread.State switch
        {
            ThreadState.Runnable => (byte)'R',
            ThreadState.Sleeping => (byte)'S',
            ThreadState.SleepingDeeply => (byte)'D',
            ThreadState.Stopped => (byte)'T',
            _ => (byte)'X',
        };
    }

    /// <summary>PF_ flags of Linux that tell something here.</summary>
    private static long FlagsOf(Process process)
    {
        const long exiting = 0x4, forkedWithoutExecute = 0x40, randomized = 0x40_0000;
        return (process.IsEnding ? exiting : 0) | (process.HasExecuted ? 0 : forkedWithoutExecute) | randomized;
    }

    private static SignalSets SignalsOf(Process process, Thread? thread)
    {
        SignalSets sets = new() { Pending = thread?.Pending.Set ?? 0, Blocked = thread?.BlockedSignals ?? 0 };
        if (process.Actions is not { } actions)
            return sets;
        for (var signal = (Signal)1; signal <= Signal.Count; signal++)
        {
            ulong handler = actions[signal].Handler;
            if (handler == SignalAction.Ignore)
                sets.Ignored |= SignalSet.Of(signal);
            else if (handler != SignalAction.Default)
                sets.Caught |= SignalSet.Of(signal);
        }
        return sets;
    }

    private static ulong CodePages(ProcessMemory memory) =>
        ((memory.CodeEnd + Page.OffsetMask) >> Page.Shift) - (memory.CodeStart >> Page.Shift);

    private static void Pages(ref ProcText text, ReadOnlySpan<byte> name, ulong pages)
    {
        const int width = 8;
        text.Add(name);
        text.Number(pages << (Page.Shift - KilobyteShift), width);
        text.Add(" kB\n"u8);
    }

    private static void Field(ref ProcText text, long value)
    {
        text.Add((byte)' ');
        text.Signed(value);
    }

    private static void Unsigned(ref ProcText text, ulong value)
    {
        text.Add((byte)' ');
        text.Number(value);
    }

    private static void WriteLimit(ref ProcText text, ulong value, int width)
    {
        Span<byte> buffer = stackalloc byte[20];
        var number = new ProcText(buffer, 0);
        if (value == ResourceLimit.Unlimited)
            number.Add("unlimited"u8);
        else
            number.Number(value);
        text.Add(number.Written);
        text.Fill((byte)' ', width - number.Written.Length);
    }

    private static ReadOnlySpan<byte> NameOf(Resource resource) => resource switch
    {
        Resource.ProcessorTime => "Max cpu time"u8,
        Resource.FileSize => "Max file size"u8,
        Resource.Data => "Max data size"u8,
        Resource.Stack => "Max stack size"u8,
        Resource.Core => "Max core file size"u8,
        Resource.ResidentSet => "Max resident set"u8,
        Resource.Processes => "Max processes"u8,
        Resource.OpenFiles => "Max open files"u8,
        Resource.LockedMemory => "Max locked memory"u8,
        Resource.AddressSpace => "Max address space"u8,
        Resource.Locks => "Max file locks"u8,
        Resource.PendingSignals => "Max pending signals"u8,
        Resource.MessageQueues => "Max msgqueue size"u8,
        Resource.Nice => "Max nice priority"u8,
        Resource.RealTimePriority => "Max realtime priority"u8,
        _ => "Max realtime timeout"u8,
    };

    private static ReadOnlySpan<byte> UnitOf(Resource resource) => resource switch
    {
        Resource.ProcessorTime => "seconds"u8,
        Resource.Processes => "processes"u8,
        Resource.OpenFiles => "files"u8,
        Resource.Locks => "locks"u8,
        Resource.PendingSignals => "signals"u8,
        Resource.Nice or Resource.RealTimePriority => default,
        Resource.RealTimeTime => "us"u8,
        _ => "bytes"u8,
    };

    private struct SignalSets
    {
        public ulong Pending, Blocked, Ignored, Caught;
    }
}
