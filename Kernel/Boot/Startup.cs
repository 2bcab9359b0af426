using System;
using System.Diagnostics.CodeAnalysis;
using Kernel.Arch.X64;
using Kernel.Benchmarks;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Kernel.Drivers.Serial;
using Kernel.Files;
using Kernel.FileSystems;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;
using Kernel.Monitor;
using Kernel.Processes;
using Kernel.SelfTests;
using Kernel.SystemCalls;
using Kernel.Terminals;

namespace Kernel.Boot;

/// <summary>Brings the machine up once the managed run time works, in the order in which one part needs another.</summary>
internal static unsafe class Startup
{
    /// <summary>Bytes typed on the serial port and on the keyboard.</summary>
    public static InputQueue Input { get; } = new();

    /// <summary>The first serial port; null if the machine has none or <c>serial=off</c> was given.</summary>
    public static SerialPort? Serial { get; private set; }

    /// <summary>Ticks from the kernel's first instruction to its first byte on the serial port.</summary>
    public static ulong FirstByteTicks { get; private set; }

    /// <summary>What the kernel's main thread has for a stack, in bytes; the boot stack is only for getting there.</summary>
    private const ulong MainStackSize = 64 * 1024;

    /// <summary>Does it all, on the boot stack until there are stacks with guard pages.</summary>
    [DoesNotReturn]
    public static void Run()
    {
        Log.Initialize();
        OpenSerialPort();
        Log.Info($"CosmosVm {KernelVersion.Text}");
        ReportBoot(KernelEntry.Boot);
        Poison.IsOn = CommandLine.Has("poison"u8);
        ProtectMemory(KernelEntry.Boot);
        Instructions.RunOnStack(KernelStacks.Create(MainStackSize).Value, &RunOnMainStack);
    }

    [DoesNotReturn]
    private static void RunOnMainStack()
    {
        Screen.Open(KernelEntry.Boot);
        Initramfs.Initialize((byte*)DirectMap.Pointer(KernelEntry.Boot.Initramfs.Start), KernelEntry.Boot.Initramfs.Length);
        Devices.Start();
        StartProcesses();
        RootFiles.Initialize();
        RootFiles.Unpack(Initramfs.Data);
        DeviceFiles.Initialize();
        StartMonitor();
    }

    /// <summary>From now on there can be threads; the one that runs is the idle thread.</summary>
    private static void StartProcesses()
    {
        FloatingPoint.Initialize();
        ProcessPools.Initialize();
        Scheduler.Initialize(new Thread());
        SystemCallTable.Initialize();
        TerminalDevices.Initialize();
    }

    /// <summary>Does what the command line asks for, then serves the monitor for as long as the kernel runs.</summary>
    [DoesNotReturn]
    private static void StartMonitor()
    {
        TextSink output = new CombinedSink(Serial, Screen.Console);
        var shell = new Shell(output, Input, Devices.PollInput);
        ulong promptTicks = Instructions.ReadTimestamp() - KernelEntry.Boot.EntryTicks;
        Log.Info($"boot: entry to first byte {FirstByteTicks} ticks, to prompt {promptTicks} ticks");
        if (CommandLine.TryGet("panic"u8, out ReadOnlySpan<byte> kind) && !PanicCommand.TryProvoke(kind))
            Log.Error($"command line: there is no panic={kind}");
        if (CommandLine.TryGet("selftest"u8, out ReadOnlySpan<byte> suite))
            RunSelfTests(suite, output);
        if (CommandLine.Has("bench"u8))
            RunBenchmarks(output);
        if (InitProcess.IsWanted && InitProcess.TryStart())
        {
            TerminalDevices.TakeInput();
            Scheduler.RunIdle();
        }
        shell.Run();
    }

    private static void RunSelfTests(ReadOnlySpan<byte> suite, TextSink output)
    {
        Span<char> filter = stackalloc char[suite.Length];
        for (int i = 0; i < suite.Length; i++)
            filter[i] = (char)suite[i];
        SelfTestResult result = SelfTestRunner.Run(filter, output);
        if (CommandLine.Has("exit"u8))
            DebugExit.Exit(result.IsSuccess ? DebugExit.Success : DebugExit.Failure);
    }

    private static void RunBenchmarks(TextSink output)
    {
        int rowsOverGoal = MemoryBenchmarks.Run(output);
        if (CommandLine.Has("exit"u8))
            DebugExit.Exit(rowsOverGoal == 0 ? DebugExit.Success : DebugExit.Failure);
    }

    private static void OpenSerialPort()
    {
        if (!IsOff("serial"u8))
            Serial = SerialPort.TryOpen(SerialPort.Com1, Input);
        if (Serial is not null)
            Log.AddSink(Serial);
        FirstByteTicks = Instructions.ReadTimestamp() - KernelEntry.Boot.EntryTicks;
    }

    private static void ReportBoot(in BootInformation boot)
    {
        Log.Info($"boot: {Describe(boot.Protocol)}, {(boot.IsUefi ? "UEFI" : "BIOS")}");
        if (boot.LoaderName.Length > 0)
            Log.Info($"boot loader: {KernelEntry.Bytes(boot.LoaderName)}");
        Log.Info($"command line: {CommandLine.Text}");
        if (boot.Problem != BootProblem.None)
            Panic.Fail(Describe(boot.Problem));
        foreach (MemoryRegion region in boot.MemoryMap.Regions)
            Log.Info($"memory: 0x{region.Start.Value:x16} to 0x{region.End.Value:x16} {Describe(region.Kind)}");
        if (boot.MemoryMap.Dropped > 0)
            Log.Warn($"memory: {boot.MemoryMap.Dropped} regions did not fit into the map and are not used");
        Log.Info($"memory: {PhysicalMemory.TotalFrames * Page.Size / 1024} KiB usable");
    }

    /// <summary>From the first page tables to the kernel's own, and to stacks that an overflow can't hurt.</summary>
    private static void ProtectMemory(in BootInformation boot)
    {
        KernelPageTables.Build(boot.MemoryMap);
        ProcessorSetup.EnterKernelPageTables();
        if (CommandLine.TryGet("pcid"u8, out ReadOnlySpan<byte> pcid) && pcid.SequenceEqual("on"u8))
            Log.Info($"pcid: {(ProcessorSetup.TryEnableSpaceIds() ? "on" : "not supported")}");
        PhysicalMemory.AllowAllAddresses();
        PhysicalMemory.Release(KernelImage.ToPhysical(KernelImage.BootTablesStart), KernelImage.ToPhysical(KernelImage.BootTablesEnd));
        PhysicalMemory.StartFrameAllocator(boot.MemoryMap);
        VirtualMemory.Initialize();
        ProcessorSetup.CreateInterruptStacks();
        DeviceMemory.Current = new DeviceWindow();
        Log.Info($"memory: kernel page tables in force, {KernelPageTables.FrameCount} frames");
    }

    /// <summary>Whether a command-line word such as <c>serial=off</c> was given.</summary>
    public static bool IsOff(ReadOnlySpan<byte> name) =>
        CommandLine.TryGet(name, out ReadOnlySpan<byte> value) && value.SequenceEqual("off"u8);

    private static string Describe(BootProtocol protocol) => protocol switch
    {
        BootProtocol.Pvh => "PVH",
        BootProtocol.Multiboot2 => "multiboot2",
        _ => "unknown protocol",
    };

    private static string Describe(BootProblem problem) => problem switch
    {
        BootProblem.UnknownProtocol => "started by something that speaks neither PVH nor multiboot2",
        BootProblem.BadInformationBlock => "the boot loader's information block is damaged",
        _ => "the boot loader gave no memory map",
    };

    /// <summary>A region's kind in words, as the log and <c>memmap</c> print it.</summary>
    public static string Describe(MemoryRegionKind kind) => kind switch
    {
        MemoryRegionKind.Usable => "usable",
        MemoryRegionKind.BootReclaimable => "boot information",
        MemoryRegionKind.AcpiReclaimable => "ACPI tables",
        MemoryRegionKind.KernelImage => "kernel image",
        MemoryRegionKind.AcpiNonVolatile => "ACPI storage",
        MemoryRegionKind.Defective => "defective",
        _ => "reserved",
    };
}
