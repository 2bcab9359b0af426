using System;
using System.Buffers.Binary;

namespace Kernel.Drivers.Acpi;

/// <summary>The four letters that name an ACPI table.</summary>
/// <param name="Value">The letters as a little-endian number: the first is the lowest byte.</param>
public readonly record struct TableSignature(uint Value)
{
    /// <summary>Interrupt controllers and processors.</summary>
    public static TableSignature Madt => new("APIC"u8);

    /// <summary>The code of the definition block, in which sleep states are described.</summary>
    public static TableSignature Dsdt => new("DSDT"u8);

    /// <summary>Fixed hardware: power management and reset.</summary>
    public static TableSignature Fadt => new("FACP"u8);

    /// <summary>The high-precision event timer.</summary>
    public static TableSignature Hpet => new("HPET"u8);

    /// <summary>Memory-mapped PCI configuration space.</summary>
    public static TableSignature Mcfg => new("MCFG"u8);

    /// <summary>Table of 32-bit table addresses.</summary>
    public static TableSignature Rsdt => new("RSDT"u8);

    /// <summary>Which processors and memory are near to each other.</summary>
    public static TableSignature Srat => new("SRAT"u8);

    /// <summary>More code beside the definition block.</summary>
    public static TableSignature Ssdt => new("SSDT"u8);

    /// <summary>Table of 64-bit table addresses.</summary>
    public static TableSignature Xsdt => new("XSDT"u8);

    /// <summary>The signature with these four letters.</summary>
    public TableSignature(ReadOnlySpan<byte> letters)
        : this(BinaryPrimitives.ReadUInt32LittleEndian(letters))
    {
    }

    /// <summary>Writes the four letters, unprintable bytes as question marks.</summary>
    /// <param name="destination">At least 4 bytes.</param>
    /// <returns>The four bytes written.</returns>
    public ReadOnlySpan<byte> CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < sizeof(uint); i++)
        {
            byte letter = (byte)(Value >> (8 * i));
            destination[i] = letter is >= (byte)' ' and <= (byte)'~' ? letter : (byte)'?';
        }

        return destination[..sizeof(uint)];
    }
}
