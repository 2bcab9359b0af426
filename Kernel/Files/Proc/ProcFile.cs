using System;

namespace Kernel.Files.Proc;

/// <summary>What is in /proc, directory by directory.</summary>
internal enum ProcFile : byte
{
    None = 0,

    Root,

    // /proc
    Self,
    ThreadSelf,
    BuddyInfo,
    CommandLine,
    CpuInfo,
    Devices,
    FileSystems,
    LoadAverage,
    MemoryInfo,
    MountsLink,
    Statistics,
    Swaps,
    Settings,
    Uptime,
    Version,
    VmStatistics,
    ZoneInfo,

    // /proc/sys
    SettingsFs,
    SettingsKernel,
    SettingsVm,

    // /proc/sys/fs
    FileMaximum,
    FileCounts,
    DescriptorMaximum,
    PipeMaximum,

    // /proc/sys/kernel
    LastCapability,
    CorePattern,
    DomainName,
    HostName,
    GroupMaximum,
    Release,
    SystemType,
    IdMaximum,
    Random,
    RandomizeAddresses,
    ThreadMaximum,
    VersionText,

    // /proc/sys/kernel/random
    BootId,
    EntropyAvailable,
    Uuid,

    // /proc/sys/vm
    DropCaches,
    MapMaximum,
    LowestAddress,
    LargePages,
    Overcommit,
    OvercommitRatio,
    PanicOnOutOfMemory,
    Swappiness,

    // /proc/PID
    ProcessArguments,
    ProcessName,
    ProcessCurrent,
    ProcessEnvironment,
    ProcessProgram,
    ProcessDescriptors,
    ProcessDescriptorInfos,
    ProcessLimits,
    ProcessMaps,
    ProcessMountInfo,
    ProcessMounts,
    ProcessOutOfMemoryAdjust,
    ProcessOutOfMemoryScore,
    ProcessPageMap,
    ProcessRoot,
    ProcessSmaps,
    ProcessSmapsRollup,
    ProcessStat,
    ProcessStatm,
    ProcessStatus,
    ProcessTasks,

    // /proc/PID/task/TID
    ThreadName,
    ThreadStat,
    ThreadStatus,

    // Named by numbers.
    Process,
    Thread,
    Descriptor,
    DescriptorInfo,
}

/// <summary>Names, places and permissions of what is in /proc.</summary>
internal static class ProcFiles
{
    /// <summary>Its name in its directory; empty for what is named by a number.</summary>
    public static ReadOnlySpan<byte> NameOf(ProcFile file) => file switch
    {
        ProcFile.Self => "self"u8,
        ProcFile.ThreadSelf => "thread-self"u8,
        ProcFile.BuddyInfo => "buddyinfo"u8,
        ProcFile.CommandLine or ProcFile.ProcessArguments => "cmdline"u8,
        ProcFile.CpuInfo => "cpuinfo"u8,
        ProcFile.Devices => "devices"u8,
        ProcFile.FileSystems => "filesystems"u8,
        ProcFile.LoadAverage => "loadavg"u8,
        ProcFile.MemoryInfo => "meminfo"u8,
        ProcFile.MountsLink or ProcFile.ProcessMounts => "mounts"u8,
        ProcFile.Statistics or ProcFile.ProcessStat or ProcFile.ThreadStat => "stat"u8,
        ProcFile.Swaps => "swaps"u8,
        ProcFile.Settings => "sys"u8,
        ProcFile.Uptime => "uptime"u8,
        ProcFile.Version or ProcFile.VersionText => "version"u8,
        ProcFile.VmStatistics => "vmstat"u8,
        ProcFile.ZoneInfo => "zoneinfo"u8,
        ProcFile.SettingsFs => "fs"u8,
        ProcFile.SettingsKernel => "kernel"u8,
        ProcFile.SettingsVm => "vm"u8,
        ProcFile.FileMaximum => "file-max"u8,
        ProcFile.FileCounts => "file-nr"u8,
        ProcFile.DescriptorMaximum => "nr_open"u8,
        ProcFile.PipeMaximum => "pipe-max-size"u8,
        ProcFile.LastCapability => "cap_last_cap"u8,
        ProcFile.CorePattern => "core_pattern"u8,
        ProcFile.DomainName => "domainname"u8,
        ProcFile.HostName => "hostname"u8,
        ProcFile.GroupMaximum => "ngroups_max"u8,
        ProcFile.Release => "osrelease"u8,
        ProcFile.SystemType => "ostype"u8,
        ProcFile.IdMaximum => "pid_max"u8,
        ProcFile.Random => "random"u8,
        ProcFile.RandomizeAddresses => "randomize_va_space"u8,
        ProcFile.ThreadMaximum => "threads-max"u8,
        ProcFile.BootId => "boot_id"u8,
        ProcFile.EntropyAvailable => "entropy_avail"u8,
        ProcFile.Uuid => "uuid"u8,
        ProcFile.DropCaches => "drop_caches"u8,
        ProcFile.MapMaximum => "max_map_count"u8,
        ProcFile.LowestAddress => "mmap_min_addr"u8,
        ProcFile.LargePages => "nr_hugepages"u8,
        ProcFile.Overcommit => "overcommit_memory"u8,
        ProcFile.OvercommitRatio => "overcommit_ratio"u8,
        ProcFile.PanicOnOutOfMemory => "panic_on_oom"u8,
        ProcFile.Swappiness => "swappiness"u8,
        ProcFile.ProcessName or ProcFile.ThreadName => "comm"u8,
        ProcFile.ProcessCurrent => "cwd"u8,
        ProcFile.ProcessEnvironment => "environ"u8,
        ProcFile.ProcessProgram => "exe"u8,
        ProcFile.ProcessDescriptors => "fd"u8,
        ProcFile.ProcessDescriptorInfos => "fdinfo"u8,
        ProcFile.ProcessLimits => "limits"u8,
        ProcFile.ProcessMaps => "maps"u8,
        ProcFile.ProcessMountInfo => "mountinfo"u8,
        ProcFile.ProcessOutOfMemoryAdjust => "oom_score_adj"u8,
        ProcFile.ProcessOutOfMemoryScore => "oom_score"u8,
        ProcFile.ProcessPageMap => "pagemap"u8,
        ProcFile.ProcessRoot => "root"u8,
        ProcFile.ProcessSmaps => "smaps"u8,
        ProcFile.ProcessSmapsRollup => "smaps_rollup"u8,
        ProcFile.ProcessStatm => "statm"u8,
        ProcFile.ProcessStatus or ProcFile.ThreadStatus => "status"u8,
        ProcFile.ProcessTasks => "task"u8,
        _ => default,
    };

    /// <summary>Type and permissions; those of a descriptor depend on its file.</summary>
    public static uint ModeOf(ProcFile file)
    {
        const uint readable = FileMode.Regular | 0x124, settable = FileMode.Regular | 0x1a4, secret = FileMode.Regular | 0x100;
        const uint link = FileMode.SymbolicLink | FileMode.AccessMask, directory = FileMode.Directory | 0x16d, closed = FileMode.Directory | 0x140;
        return file switch
        {
            ProcFile.Root or ProcFile.Settings or ProcFile.SettingsFs or ProcFile.SettingsKernel or ProcFile.SettingsVm or ProcFile.Random
                or ProcFile.Process or ProcFile.Thread or ProcFile.ProcessTasks => directory,
            ProcFile.ProcessDescriptors or ProcFile.ProcessDescriptorInfos => closed,
            ProcFile.Self or ProcFile.ThreadSelf or ProcFile.MountsLink or ProcFile.ProcessCurrent or ProcFile.ProcessProgram
                or ProcFile.ProcessRoot or ProcFile.Descriptor => link,
            ProcFile.ProcessEnvironment or ProcFile.ProcessPageMap or ProcFile.DescriptorInfo => secret,
            ProcFile.ProcessName or ProcFile.ThreadName or ProcFile.ProcessOutOfMemoryAdjust or ProcFile.HostName or ProcFile.DomainName
                or ProcFile.RandomizeAddresses => settable,
            ProcFile.DropCaches => FileMode.Regular | 0x80,
            _ => readable,
        };
    }

    /// <summary>The first and the last of what is in a directory by name.</summary>
    public static (ProcFile First, ProcFile Last) ChildrenOf(ProcFile directory) => directory switch
    {
        ProcFile.Root => (ProcFile.Self, ProcFile.ZoneInfo),
        ProcFile.Settings => (ProcFile.SettingsFs, ProcFile.SettingsVm),
        ProcFile.SettingsFs => (ProcFile.FileMaximum, ProcFile.PipeMaximum),
        ProcFile.SettingsKernel => (ProcFile.LastCapability, ProcFile.VersionText),
        ProcFile.Random => (ProcFile.BootId, ProcFile.Uuid),
        ProcFile.SettingsVm => (ProcFile.DropCaches, ProcFile.Swappiness),
        ProcFile.Process => (ProcFile.ProcessArguments, ProcFile.ProcessTasks),
        ProcFile.Thread => (ProcFile.ThreadName, ProcFile.ThreadStatus),
        _ => (ProcFile.Root, ProcFile.None),
    };

    /// <summary>Whether only those may use it who may look into the process.</summary>
    public static bool IsGuarded(ProcFile file) => file is ProcFile.ProcessCurrent or ProcFile.ProcessProgram or ProcFile.ProcessRoot
        or ProcFile.ProcessDescriptors or ProcFile.ProcessDescriptorInfos or ProcFile.Descriptor or ProcFile.DescriptorInfo
        or ProcFile.ProcessEnvironment or ProcFile.ProcessMaps or ProcFile.ProcessSmaps or ProcFile.ProcessSmapsRollup or ProcFile.ProcessPageMap;
}
