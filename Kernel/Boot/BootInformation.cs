using Kernel.Mm;
using Kernel.Mm.Physical;

namespace Kernel.Boot;

/// <summary>How the kernel was started; the values are those that Entry.S passes.</summary>
public enum BootProtocol : uint
{
    /// <summary>Neither protocol left its mark.</summary>
    Unknown = 0,

    /// <summary>Xen's PVH entry, used by <c>qemu -kernel</c>.</summary>
    Pvh = 1,

    /// <summary>Multiboot 2, used by GRUB, under BIOS and UEFI.</summary>
    Multiboot2 = 2,
}

/// <summary>Why the boot information could not be used as it was.</summary>
public enum BootProblem
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>The kernel was entered by something that speaks neither protocol.</summary>
    UnknownProtocol,

    /// <summary>The information block's magic number or size is wrong.</summary>
    BadInformationBlock,

    /// <summary>There is no memory map in it.</summary>
    NoMemoryMap,
}

/// <summary>A linear framebuffer as the boot loader left it.</summary>
public struct BootFramebuffer
{
    /// <summary>Physical address of the first pixel; zero if there is no framebuffer.</summary>
    public PhysicalAddress Address;

    /// <summary>Bytes from one row to the next.</summary>
    public uint Pitch;

    /// <summary>Pixels in a row.</summary>
    public uint Width;

    /// <summary>Rows.</summary>
    public uint Height;

    /// <summary>Bits in a pixel: 16, 24 or 32.</summary>
    public byte BitsPerPixel;

    /// <summary>Lowest bit and number of bits of each colour in a pixel.</summary>
    public byte RedPosition, RedSize, GreenPosition, GreenSize, BluePosition, BlueSize;
}

/// <summary>A range of physical memory, possibly empty.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">In bytes.</param>
public readonly record struct PhysicalRange(PhysicalAddress Start, ulong Length);

/// <summary>What either boot protocol tells, in one form. A value without references: it is filled before there is a heap.</summary>
public struct BootInformation
{
    /// <summary>Who started the kernel.</summary>
    public BootProtocol Protocol;

    /// <summary>Whether the firmware is UEFI; otherwise BIOS or none.</summary>
    public bool IsUefi;

    /// <summary>What was wrong with the information block.</summary>
    public BootProblem Problem;

    /// <summary>Time-stamp counter when the first instruction of the kernel ran.</summary>
    public ulong EntryTicks;

    /// <summary>The machine's memory, with the kernel image and what the boot left marked in it.</summary>
    public MemoryMap MemoryMap;

    /// <summary>The kernel command line in ASCII or UTF-8, without the terminating zero.</summary>
    public PhysicalRange CommandLine;

    /// <summary>The boot loader's name, without the terminating zero.</summary>
    public PhysicalRange LoaderName;

    /// <summary>The initramfs; empty if none was given.</summary>
    public PhysicalRange Initramfs;

    /// <summary>The framebuffer, if there is one.</summary>
    public BootFramebuffer Framebuffer;

    /// <summary>Whether the boot loader reports a VGA text screen instead of a framebuffer.</summary>
    public bool HasTextScreen;

    /// <summary>Where the ACPI root pointer or a copy of it is; zero if the protocol doesn't say.</summary>
    public PhysicalAddress AcpiRootPointer;
}
