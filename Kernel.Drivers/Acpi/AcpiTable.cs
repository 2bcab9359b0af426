using System;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>A table whose checksum is right and which stays mapped.</summary>
public sealed unsafe class AcpiTable
{
    /// <summary>Bytes of the header that all tables begin with (ACPI 6.5, 5.2.6).</summary>
    public const int HeaderLength = 36;

    /// <summary>Where the header says how long the table is.</summary>
    internal const int LengthOffset = 4;

    private const int RevisionOffset = 8;
    private const int OemOffset = 10;
    private const int OemLength = 6;

    private readonly nint _data;

    internal AcpiTable(PhysicalAddress address, nint data, int length)
    {
        Address = address;
        _data = data;
        Length = length;
    }

    /// <summary>What stands for a table that the machine doesn't have: empty, and not present.</summary>
    public static AcpiTable Absent { get; } = new(default, 0, 0);

    /// <summary>Where it is.</summary>
    public PhysicalAddress Address { get; }

    /// <summary>Size in bytes with its header; 0 for a table that is not there.</summary>
    public int Length { get; }

    /// <summary>Whether there is one.</summary>
    public bool IsPresent => Length != 0;

    /// <summary>The whole table.</summary>
    public ReadOnlySpan<byte> Bytes => new((void*)_data, Length);

    /// <summary>Its name.</summary>
    public TableSignature Signature => new(TableField.Read32(Bytes, 0));

    /// <summary>Version of its layout.</summary>
    public byte Revision => TableField.Read8(Bytes, RevisionOffset);

    /// <summary>Who made it: six characters, padded with spaces, not checked for being printable.</summary>
    public ReadOnlySpan<byte> Oem => IsPresent ? Bytes.Slice(OemOffset, OemLength) : default;
}
