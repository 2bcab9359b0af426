using System;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>Where the high-precision event timer is (IA-PC HPET specification 1.0a, 3.2.4).</summary>
/// <param name="Registers">Its registers; zero if they are not in memory.</param>
public readonly record struct HpetTable(PhysicalAddress Registers)
{
    private const int AddressOffset = 40;

    /// <summary>Reads the table.</summary>
    public static HpetTable Parse(ReadOnlySpan<byte> table)
    {
        var address = GenericAddress.Parse(table, AddressOffset);
        return new HpetTable(new PhysicalAddress(address.Space == RegisterSpace.Memory ? address.Address : 0));
    }
}
