using System;
using System.Collections.Generic;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Drivers.Time;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;
using Kernel.Processes;

namespace Kernel.Files.Proc;

/// <summary>What /proc says about the machine (proc(5)).</summary>
internal static unsafe class MachineFiles
{
    private const int KilobyteShift = 10;
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Writes a file; false if it is none of these.</summary>
    public static bool TryWrite(ProcFile file, ref ProcText text)
    {
        switch (file)
        {
            case ProcFile.BuddyInfo:
                WriteBuddyInfo(ref text);
                return true;
            case ProcFile.CommandLine:
                text.Add(CommandLine.Text);
                text.Add("\n"u8);
                return true;
            case ProcFile.CpuInfo:
                WriteCpuInfo(ref text);
                return true;
            case ProcFile.Devices:
                WriteDevices(ref text);
                return true;
            case ProcFile.FileSystems:
                text.Add("nodev\ttmpfs\nnodev\tramfs\nnodev\tdevtmpfs\nnodev\tproc\n"u8);
                return true;
            case ProcFile.LoadAverage:
                text.Line("0.00 0.00 0.00 "u8, CountRunning(), "/"u8);
                text.Line(default, (ulong)ProcessTree.ThreadCount, " "u8);
                text.Line(default, (ulong)IdTable.Last, "\n"u8);
                return true;
            case ProcFile.MemoryInfo:
                WriteMemoryInfo(ref text);
                return true;
            case ProcFile.Statistics:
                WriteStatistics(ref text);
                return true;
            case ProcFile.Swaps:
                text.Add("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"u8);
                return true;
            case ProcFile.Uptime:
                WriteSeconds(ref text, Clock.Nanoseconds);
                text.Add((byte)' ');
                WriteSeconds(ref text, Scheduler.IdleNanoseconds);
                text.Add("\n"u8);
                return true;
            case ProcFile.Version:
                text.Add("Linux version "u8);
                text.Add(KernelVersion.LinuxRelease);
                text.Add(" (cosmosvm) (ILCompiler) "u8);
                text.Add(KernelVersion.Description);
                text.Add("\n"u8);
                return true;
            case ProcFile.VmStatistics:
                WriteVmStatistics(ref text);
                return true;
            case ProcFile.ZoneInfo:
                WriteZoneInfo(ref text);
                return true;
            default:
                return false;
        }
    }

    private static ulong UsedBy(FrameOwner owner) => PhysicalMemory.Frames.UsedBy(owner);

    private static void WriteMemoryInfo(ref ProcText text)
    {
        ulong free = PhysicalMemory.FreeFrames, files = UsedBy(FrameOwner.PageCache), programs = UsedBy(FrameOwner.User);
        ulong locked = 0, promised = 0;
        SumSpaces(ref locked, ref promised);
        Pages(ref text, "MemTotal:"u8, PhysicalMemory.TotalFrames);
        Pages(ref text, "MemFree:"u8, free);
        Pages(ref text, "MemAvailable:"u8, free);
        Pages(ref text, "Buffers:"u8, 0);
        Pages(ref text, "Cached:"u8, files);
        Pages(ref text, "SwapCached:"u8, 0);
        Pages(ref text, "Active:"u8, programs + files);
        Pages(ref text, "Inactive:"u8, 0);
        Pages(ref text, "Active(anon):"u8, programs + files);
        Pages(ref text, "Inactive(anon):"u8, 0);
        Pages(ref text, "Active(file):"u8, 0);
        Pages(ref text, "Inactive(file):"u8, 0);
        Pages(ref text, "Unevictable:"u8, locked);
        Pages(ref text, "Mlocked:"u8, locked);
        Pages(ref text, "SwapTotal:"u8, 0);
        Pages(ref text, "SwapFree:"u8, 0);
        Pages(ref text, "Dirty:"u8, 0);
        Pages(ref text, "Writeback:"u8, 0);
        Pages(ref text, "AnonPages:"u8, programs);
        Pages(ref text, "Shmem:"u8, files);
        Pages(ref text, "KReclaimable:"u8, 0);
        Pages(ref text, "Slab:"u8, UsedBy(FrameOwner.Pool));
        Pages(ref text, "SReclaimable:"u8, 0);
        Pages(ref text, "SUnreclaim:"u8, UsedBy(FrameOwner.Pool));
        Pages(ref text, "KernelStack:"u8, (ulong)ProcessTree.ThreadCount * KernelStacks.PagesPerStack);
        Pages(ref text, "PageTables:"u8, UsedBy(FrameOwner.PageTable));
        Pages(ref text, "Bounce:"u8, 0);
        Pages(ref text, "WritebackTmp:"u8, 0);
        Pages(ref text, "CommitLimit:"u8, PhysicalMemory.TotalFrames);
        Pages(ref text, "Committed_AS:"u8, promised);
        Pages(ref text, "VmallocTotal:"u8, VirtualMemory.KernelSpace.Range.Pages);
        Pages(ref text, "VmallocUsed:"u8, VirtualMemory.KernelSpace.MappedPages);
        Pages(ref text, "VmallocChunk:"u8, 0);
        text.Add("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\nHugePages_Surp:        0\n"u8);
        Pages(ref text, "Hugepagesize:"u8, Page.LargeSize >> Page.Shift);
    }

    /// <summary>Adds up what all spaces have locked, and what they could have of their own.</summary>
    private static void SumSpaces(ref ulong locked, ref ulong promised)
    {
        for (Mm.Spaces.AddressSpace? space = VirtualMemory.Manager.FirstSpace; space is not null; space = space.NextSpace)
        {
            locked += space.LockedPages;
            promised += space.DataPages;
        }
    }

    private static void WriteVmStatistics(ref ProcText text)
    {
        ulong locked = 0, promised = 0, files = UsedBy(FrameOwner.PageCache), programs = UsedBy(FrameOwner.User);
        SumSpaces(ref locked, ref promised);
        ProcessMemory.CountFaults(out ulong minor, out ulong major);
        text.Line("nr_free_pages "u8, PhysicalMemory.FreeFrames, "\n"u8);
        text.Line("nr_zeroed_pages "u8, PhysicalMemory.Frames.ZeroedFrames, "\n"u8);
        text.Line("nr_inactive_anon 0\nnr_active_anon "u8, programs + files, "\n"u8);
        text.Line("nr_inactive_file 0\nnr_active_file 0\nnr_unevictable "u8, locked, "\n"u8);
        text.Line("nr_mlock "u8, locked, "\n"u8);
        text.Line("nr_slab_reclaimable 0\nnr_slab_unreclaimable "u8, UsedBy(FrameOwner.Pool), "\n"u8);
        text.Line("nr_anon_pages "u8, programs, "\n"u8);
        text.Line("nr_file_pages "u8, files, "\n"u8);
        text.Line("nr_dirty 0\nnr_writeback 0\nnr_shmem "u8, files, "\n"u8);
        text.Line("nr_kernel_stack "u8, (ulong)ProcessTree.ThreadCount * KernelStacks.PagesPerStack << (Page.Shift - KilobyteShift), "\n"u8);
        text.Line("nr_page_table_pages "u8, UsedBy(FrameOwner.PageTable), "\n"u8);
        text.Line("nr_kernel_pages "u8, UsedBy(FrameOwner.Kernel), "\n"u8);
        text.Line("pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault "u8, minor + major, "\n"u8);
        text.Line("pgmajfault "u8, major, "\n"u8);
        text.Line("oom_kill "u8, OutOfMemory.Kills, "\n"u8);
    }

    private static void WriteStatistics(ref ProcText text)
    {
        text.Add("cpu  "u8);
        WriteTicks(ref text);
        text.Add("cpu0 "u8);
        WriteTicks(ref text);
        text.Line("intr 0\nctxt "u8, Scheduler.Switches, "\n"u8);
        text.Line("btime "u8, (ulong)(Clock.UnixNanoseconds - (long)Clock.Nanoseconds) / NanosecondsPerSecond, "\n"u8);
        text.Line("processes "u8, ProcessTree.Forks, "\n"u8);
        text.Line("procs_running "u8, CountRunning(), "\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n"u8);
    }

    private static void WriteTicks(ref ProcText text)
    {
        text.Number(Process.AllUserTicks);
        text.Line(" 0 "u8, Process.AllKernelTicks, " "u8);
        text.Line(default, Scheduler.IdleNanoseconds / NanosecondsPerTick, " 0 0 0 0 0 0\n"u8);
    }

    private static ulong CountRunning()
    {
        ulong count = 0;
        for (IdEntry? entry = IdTable.FindProcessAtOrAfter(1); entry is not null; entry = IdTable.FindProcessAtOrAfter(entry.Number + 1))
            for (Thread? thread = entry.Process!.FirstThread; thread is not null; thread = thread.NextOfProcess)
                count += thread.State == ThreadState.Runnable ? 1u : 0;
        return count;
    }

    private static void WriteSeconds(ref ProcText text, ulong nanoseconds)
    {
        const ulong nanosecondsPerHundredth = 10_000_000, hundredths = 100;
        text.Number(nanoseconds / NanosecondsPerSecond);
        text.Add((byte)'.');
        text.Number(nanoseconds / nanosecondsPerHundredth % hundredths, 2, (byte)'0');
    }

    private static void WriteBuddyInfo(ref ProcText text)
    {
        const int width = 6;
        text.Add("Node 0, zone   Normal "u8);
        for (int order = 0; order <= FrameAllocator.LargestOrder; order++)
        {
            text.Number(PhysicalMemory.Frames.CountOfBlocks(order), width);
            text.Add((byte)' ');
        }
        text.Add("\n"u8);
    }

    private static void WriteZoneInfo(ref ProcText text)
    {
        text.Line("Node 0, zone   Normal\n  pages free     "u8, PhysicalMemory.FreeFrames, default);
        text.Line("\n        boost    0\n        min      "u8, PhysicalMemory.Frames.ReservedFrames, default);
        text.Line("\n        low      "u8, PhysicalMemory.Frames.LowWatermark, default);
        text.Line("\n        high     "u8, PhysicalMemory.Frames.HighWatermark, default);
        text.Line("\n        spanned  "u8, PhysicalMemory.Frames.Table.End.Value, default);
        text.Line("\n        present  "u8, PhysicalMemory.TotalFrames, default);
        text.Line("\n        managed  "u8, PhysicalMemory.TotalFrames, default);
        text.Line("\n      nr_free_pages "u8, PhysicalMemory.FreeFrames, default);
        text.Line("\n      nr_mlock     0\n      nr_page_table_pages "u8, UsedBy(FrameOwner.PageTable), "\n  start_pfn:           0\n"u8);
    }

    private static void WriteCpuInfo(ref ProcText text)
    {
        const ulong hertzPerKilohertz = 1000, kilohertzPerMegahertz = 1000;
        ref readonly CpuFeatures cpu = ref CpuFeatures.Current;
        ulong kilohertz = Clock.Frequency / hertzPerKilohertz;
        text.Add("processor\t: 0\nvendor_id\t: "u8);
        text.Add(cpu.Vendor);
        text.Line("\ncpu family\t: "u8, cpu.Family, default);
        text.Line("\nmodel\t\t: "u8, cpu.Model, "\nmodel name\t: "u8);
        text.Add(cpu.Brand.IsEmpty ? "unknown"u8 : cpu.Brand);
        text.Line("\nstepping\t: "u8, cpu.Stepping, default);
        text.Line("\ncpu MHz\t\t: "u8, kilohertz / kilohertzPerMegahertz, "."u8);
        text.Number(kilohertz % kilohertzPerMegahertz, 3, (byte)'0');
        text.Add("\nphysical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\nfpu\t\t: yes\nfpu_exception\t: yes\nwp\t\t: yes\nflags\t\t: fpu tsc msr pae cx8 mmx fxsr sse sse2 syscall lm"u8);
        Feature(ref text, " nx"u8, cpu.HasNoExecute);
        Feature(ref text, " pge"u8, cpu.HasGlobalPages);
        Feature(ref text, " pat"u8, cpu.HasPat);
        Feature(ref text, " apic"u8, cpu.HasApic);
        Feature(ref text, " pcid"u8, cpu.HasPcid);
        Feature(ref text, " pdpe1gb"u8, cpu.HasHugePages);
        Feature(ref text, " fsgsbase"u8, cpu.HasFsGsBase);
        Feature(ref text, " smep"u8, cpu.HasSmep);
        Feature(ref text, " smap"u8, cpu.HasSmap);
        Feature(ref text, " umip"u8, cpu.HasUmip);
        Feature(ref text, " xsave"u8, cpu.HasXsave);
        Feature(ref text, " avx"u8, cpu.HasAvx);
        Feature(ref text, " rdrand"u8, cpu.HasRdrand);
        Feature(ref text, " hypervisor"u8, cpu.HasHypervisor);
        text.Line("\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: "u8, cpu.PhysicalAddressBits, " bits physical, "u8);
        text.Line(default, cpu.LinearAddressBits, " bits virtual\npower management:\n\n"u8);
    }

    private static void Feature(ref ProcText text, ReadOnlySpan<byte> name, bool isThere)
    {
        if (isThere)
            text.Add(name);
    }

    private static void WriteDevices(ref ProcText text)
    {
        const int width = 3;
        text.Add("Character devices:\n"u8);
        IReadOnlyList<CharacterDevice> all = CharacterDevices.All;
        for (int index = 0; index < all.Count; index++)
        {
            text.Number(CharacterDevices.MajorOf(all[index].Device), width);
            text.Add((byte)' ');
            text.Add(all[index].Name);
            text.Add("\n"u8);
        }
        text.Add("\nBlock devices:\n"u8);
    }

    private static void Pages(ref ProcText text, ReadOnlySpan<byte> name, ulong pages) =>
        text.Kilobytes(name, pages << (Page.Shift - KilobyteShift));
}
