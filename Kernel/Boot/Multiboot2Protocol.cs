using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>Reads the boot information of the Multiboot2 specification, version 2.0, section 3.6.</summary>
internal static class Multiboot2Protocol
{
    private const ulong HeaderSize = 8;
    private const ulong TagAlignment = 8;
    private const ulong LargestBlock = 16UL << 20;
    private const byte FramebufferRgb = 1;
    private const byte FramebufferText = 2;

    private enum Tag : uint
    {
        End = 0,
        CommandLine = 1,
        LoaderName = 2,
        Module = 3,
        MemoryMap = 6,
        Framebuffer = 8,
        Efi32SystemTable = 11,
        Efi64SystemTable = 12,
        AcpiOld = 14,
        AcpiNew = 15,
    }

    /// <summary>Fills <paramref name="boot"/> from the block at <paramref name="address"/>.</summary>
    public static void Read(ulong address, ref BootInformation boot)
    {
        uint size = PhysicalReader.CanRead(address, HeaderSize) ? PhysicalReader.Read<uint>(address) : 0;
        if (size < HeaderSize || size > LargestBlock || !PhysicalReader.CanRead(address, size))
        {
            boot.Problem = BootProblem.BadInformationBlock;
            return;
        }
        boot.Problem = BootProblem.NoMemoryMap;
        ulong end = address + size;
        ulong position = address + HeaderSize;
        while (position + HeaderSize <= end)
        {
            var tag = (Tag)PhysicalReader.Read<uint>(position);
            uint length = PhysicalReader.Read<uint>(position + 4);
            if (tag == Tag.End || length < HeaderSize || position + length > end)
                break;
            ReadTag(tag, position + HeaderSize, length - HeaderSize, ref boot);
            position = (position + length + TagAlignment - 1) & ~(TagAlignment - 1);
        }
        boot.MemoryMap.Add(new PhysicalAddress(address), size, MemoryRegionKind.BootReclaimable);
    }

    private static void ReadTag(Tag tag, ulong content, ulong length, ref BootInformation boot)
    {
        switch (tag)
        {
            case Tag.CommandLine:
                boot.CommandLine = PhysicalReader.Text(content);
                break;
            case Tag.LoaderName:
                boot.LoaderName = PhysicalReader.Text(content);
                break;
            case Tag.Module when boot.Initramfs.Length == 0 && length >= 8:
                uint start = PhysicalReader.Read<uint>(content);
                uint moduleEnd = PhysicalReader.Read<uint>(content + 4);
                if (moduleEnd > start)
                    boot.Initramfs = new PhysicalRange(new PhysicalAddress(start), moduleEnd - start);
                break;
            case Tag.MemoryMap when length >= 8:
                ReadMemoryMap(content, length, ref boot);
                break;
            case Tag.Framebuffer when length >= 24:
                ReadFramebuffer(content, length, ref boot);
                break;
            case Tag.Efi32SystemTable or Tag.Efi64SystemTable:
                boot.IsUefi = true;
                break;
            case Tag.AcpiOld when boot.AcpiRootPointer.Value == 0:
            case Tag.AcpiNew:
                boot.AcpiRootPointer = new PhysicalAddress(content);
                break;
        }
    }

    private static void ReadMemoryMap(ulong content, ulong length, ref BootInformation boot)
    {
        uint entrySize = PhysicalReader.Read<uint>(content);
        if (entrySize < 24)
            return;
        for (ulong entry = content + 8; entry + entrySize <= content + length; entry += entrySize)
        {
            boot.Problem = BootProblem.None;
            boot.MemoryMap.Add(
                new PhysicalAddress(PhysicalReader.Read<ulong>(entry)),
                PhysicalReader.Read<ulong>(entry + 8),
                FirmwareMemoryType.ToKind(PhysicalReader.Read<uint>(entry + 16)));
        }
    }

    private static void ReadFramebuffer(ulong content, ulong length, ref BootInformation boot)
    {
        byte kind = PhysicalReader.Read<byte>(content + 21);
        boot.HasTextScreen = kind == FramebufferText;
        if (kind != FramebufferRgb || length < 30)
            return;
        boot.Framebuffer = new BootFramebuffer
        {
            Address = new PhysicalAddress(PhysicalReader.Read<ulong>(content)),
            Pitch = PhysicalReader.Read<uint>(content + 8),
            Width = PhysicalReader.Read<uint>(content + 12),
            Height = PhysicalReader.Read<uint>(content + 16),
            BitsPerPixel = PhysicalReader.Read<byte>(content + 20),
            RedPosition = PhysicalReader.Read<byte>(content + 24),
            RedSize = PhysicalReader.Read<byte>(content + 25),
            GreenPosition = PhysicalReader.Read<byte>(content + 26),
            GreenSize = PhysicalReader.Read<byte>(content + 27),
            BluePosition = PhysicalReader.Read<byte>(content + 28),
            BlueSize = PhysicalReader.Read<byte>(content + 29),
        };
    }
}
