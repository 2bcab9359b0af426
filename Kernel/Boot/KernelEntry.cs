using System;
using System.Runtime;
using Kernel.Arch.X64;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.FileSystems;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>The kernel's start, from the assembly entry to the monitor, in the order in which things become usable.</summary>
internal static unsafe class KernelEntry
{
    private static BootInformation s_boot;

    /// <summary>What the boot loader told, with the memory map in its final form.</summary>
    public static ref readonly BootInformation Boot => ref s_boot;

    [RuntimeExport("KernelMain")]
    private static void Main(BootProtocol protocol, ulong information, ulong entryTicks)
    {
        DirectMap.Initialize(unchecked((nuint)KernelLayout.DirectMapStart));
        CpuFeatures.Detect();
        UserAccess.RemoveSmapInstructions();
        Processor.InitializeBootProcessor();
        InterruptDescriptorTable.Initialize();

        s_boot.EntryTicks = entryTicks;
        ReadBootInformation(protocol, information);
        PhysicalMemory.Initialize(s_boot.MemoryMap);
        ManagedRuntime.Start();
        CommandLine.Initialize(Bytes(s_boot.CommandLine));
        Panic.SetExit(CommandLine.Has("exit"u8));

        Startup.Run();
    }

    private static void ReadBootInformation(BootProtocol protocol, ulong information)
    {
        s_boot.Protocol = protocol;
        switch (protocol)
        {
            case BootProtocol.Pvh:
                PvhProtocol.Read(information, ref s_boot);
                break;
            case BootProtocol.Multiboot2:
                Multiboot2Protocol.Read(information, ref s_boot);
                break;
            default:
                s_boot.Problem = BootProblem.UnknownProtocol;
                break;
        }
        PhysicalAddress imageStart = KernelImage.ToPhysical(KernelImage.Start);
        s_boot.MemoryMap.Add(imageStart, KernelImage.End - KernelImage.Start, MemoryRegionKind.KernelImage);
        Reserve(s_boot.CommandLine);
        Reserve(s_boot.LoaderName);
        Reserve(s_boot.Initramfs);
        s_boot.MemoryMap.Normalize();
    }

    private static void Reserve(PhysicalRange range) =>
        s_boot.MemoryMap.Add(range.Start, range.Length, MemoryRegionKind.BootReclaimable);

    /// <summary>What the boot loader left at a physical range, through the direct map.</summary>
    public static ReadOnlySpan<byte> Bytes(PhysicalRange range) =>
        range.Length == 0 ? default : new ReadOnlySpan<byte>(DirectMap.Pointer(range.Start), (int)range.Length);
}
