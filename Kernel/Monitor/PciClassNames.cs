using System;

namespace Kernel.Monitor;

/// <summary>What kind of device a PCI class code means (PCI Code and ID Assignment Specification 1.11, chapter 1).</summary>
internal static class PciClassNames
{
    /// <summary>The name of a class and subclass; of the class alone if the subclass has none here.</summary>
    public static ReadOnlySpan<byte> NameOf(byte deviceClass, byte subclass) => (deviceClass, subclass) switch
    {
        (0x00, 0x01) => "VGA-compatible device"u8,
        (0x01, 0x00) => "SCSI controller"u8,
        (0x01, 0x01) => "IDE controller"u8,
        (0x01, 0x05) => "ATA controller"u8,
        (0x01, 0x06) => "SATA controller"u8,
        (0x01, 0x07) => "SAS controller"u8,
        (0x01, 0x08) => "NVMe controller"u8,
        (0x01, _) => "storage controller"u8,
        (0x02, 0x00) => "Ethernet controller"u8,
        (0x02, _) => "network controller"u8,
        (0x03, 0x00) => "VGA display controller"u8,
        (0x03, 0x02) => "3D controller"u8,
        (0x03, _) => "display controller"u8,
        (0x04, 0x01) => "audio device"u8,
        (0x04, 0x03) => "HD audio controller"u8,
        (0x04, _) => "multimedia device"u8,
        (0x05, _) => "memory controller"u8,
        (0x06, 0x00) => "host bridge"u8,
        (0x06, 0x01) => "ISA bridge"u8,
        (0x06, 0x04) => "PCI-to-PCI bridge"u8,
        (0x06, _) => "bridge"u8,
        (0x07, 0x00) => "serial controller"u8,
        (0x07, _) => "communication controller"u8,
        (0x08, 0x06) => "IOMMU"u8,
        (0x08, _) => "system peripheral"u8,
        (0x09, _) => "input controller"u8,
        (0x0a, _) => "docking station"u8,
        (0x0b, _) => "processor"u8,
        (0x0c, 0x03) => "USB controller"u8,
        (0x0c, 0x05) => "SMBus controller"u8,
        (0x0c, _) => "serial bus controller"u8,
        (0x0d, _) => "wireless controller"u8,
        (0x0e, _) => "intelligent controller"u8,
        (0x0f, _) => "satellite controller"u8,
        (0x10, _) => "encryption controller"u8,
        (0x11, _) => "signal processing controller"u8,
        (0x12, _) => "processing accelerator"u8,
        (0xff, _) => "vendor-specific device"u8,
        _ => "unknown device"u8,
    };
}
