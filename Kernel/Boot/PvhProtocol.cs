using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>Reads the start information of Xen's PVH boot protocol (xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal static class PvhProtocol
{
    private const uint Magic = 0x336e_c578;
    private const ulong InformationSize = 56;
    private const ulong ModuleSize = 32;
    private const ulong MemoryMapEntrySize = 24;
    private const uint FirstVersionWithMemoryMap = 1;

    /// <summary>Fills <paramref name="boot"/> from the block at <paramref name="address"/>.</summary>
    public static void Read(ulong address, ref BootInformation boot)
    {
        if (!PhysicalReader.CanRead(address, InformationSize) || PhysicalReader.Read<uint>(address) != Magic)
        {
            boot.Problem = BootProblem.BadInformationBlock;
            return;
        }
        uint version = PhysicalReader.Read<uint>(address + 4);
        uint modules = PhysicalReader.Read<uint>(address + 12);
        ulong moduleList = PhysicalReader.Read<ulong>(address + 16);
        boot.CommandLine = PhysicalReader.Text(PhysicalReader.Read<ulong>(address + 24));
        boot.AcpiRootPointer = new PhysicalAddress(PhysicalReader.Read<ulong>(address + 32));
        if (modules > 0 && PhysicalReader.CanRead(moduleList, ModuleSize))
            boot.Initramfs = new PhysicalRange(
                new PhysicalAddress(PhysicalReader.Read<ulong>(moduleList)), PhysicalReader.Read<ulong>(moduleList + 8));
        if (version < FirstVersionWithMemoryMap)
        {
            boot.Problem = BootProblem.NoMemoryMap;
            return;
        }
        ReadMemoryMap(
            PhysicalReader.Read<ulong>(address + 40), PhysicalReader.Read<uint>(address + 48), ref boot);
        boot.MemoryMap.Add(new PhysicalAddress(address), InformationSize, MemoryRegionKind.BootReclaimable);
        boot.MemoryMap.Add(new PhysicalAddress(moduleList), modules * ModuleSize, MemoryRegionKind.BootReclaimable);
    }

    private static void ReadMemoryMap(ulong address, uint entries, ref BootInformation boot)
    {
        if (entries == 0 || !PhysicalReader.CanRead(address, entries * MemoryMapEntrySize))
        {
            boot.Problem = BootProblem.NoMemoryMap;
            return;
        }
        for (uint i = 0; i < entries; i++)
        {
            ulong entry = address + i * MemoryMapEntrySize;
            boot.MemoryMap.Add(
                new PhysicalAddress(PhysicalReader.Read<ulong>(entry)),
                PhysicalReader.Read<ulong>(entry + 8),
                FirmwareMemoryType.ToKind(PhysicalReader.Read<uint>(entry + 16)));
        }
        boot.MemoryMap.Add(new PhysicalAddress(address), entries * MemoryMapEntrySize, MemoryRegionKind.BootReclaimable);
    }
}
