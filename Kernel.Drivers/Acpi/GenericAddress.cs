using System;
using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>In which space a register is (ACPI 6.5, table 5.1).</summary>
public enum RegisterSpace : byte
{
    /// <summary>A physical address.</summary>
    Memory = 0,

    /// <summary>An I/O port.</summary>
    Port = 1,

    /// <summary>PCI configuration space of bus 0.</summary>
    PciConfiguration = 2,
}

/// <summary>A register as ACPI tables describe it: the generic address structure (ACPI 6.5, 5.2.3.2).</summary>
/// <param name="Space">In which space it is; may be a value without a name here.</param>
/// <param name="BitWidth">Its size in bits; 0 if the table doesn't say.</param>
/// <param name="Address">Where it is; zero if the machine doesn't have it.</param>
public readonly record struct GenericAddress(RegisterSpace Space, byte BitWidth, ulong Address)
{
    private const int BitWidthOffset = 1;
    private const int AddressOffset = 4;

    /// <summary>Whether the machine has such a register.</summary>
    public bool IsPresent => Address != 0;

    /// <summary>A register at a port, as the fields of ACPI 1 give it; absent if the port is zero.</summary>
    public static GenericAddress AtPort(uint port, byte bitWidth) => new(RegisterSpace.Port, bitWidth, port);

    /// <summary>Reads the structure at an offset; absent if the table ends before it.</summary>
    public static GenericAddress Parse(ReadOnlySpan<byte> table, int offset) => new(
        (RegisterSpace)TableField.Read8(table, offset),
        TableField.Read8(table, offset + BitWidthOffset),
        TableField.Read64(table, offset + AddressOffset));

    /// <summary>Writes the register.</summary>
    /// <param name="value">Its lowest bits, as many as the register has, count.</param>
    /// <returns>False for a space other than ports and memory, or when the register can't be reached.</returns>
    public bool TryWrite(uint value)
    {
        switch (Space)
        {
            case RegisterSpace.Port when Address <= ushort.MaxValue:
                WritePort((ushort)Address, value);
                return true;
            case RegisterSpace.Memory when IsPresent:
                nint at = DeviceMemory.Current.Map(new PhysicalAddress(Address), sizeof(uint), CachePolicy.Uncached);
                if (at != 0)
                    WriteMemory(at, value);
                return at != 0;
            default:
                return false;
        }
    }

    /// <summary>Reads a register at a port.</summary>
    /// <returns>Zero for one that is not at a port.</returns>
    public uint ReadPort()
    {
        if (Space != RegisterSpace.Port || Address is 0 or > ushort.MaxValue)
            return 0;
        ushort port = (ushort)Address;
        return BitWidth switch
        {
            8 => Port.In8(port),
            16 => Port.In16(port),
            _ => Port.In32(port),
        };
    }

    private void WritePort(ushort port, uint value)
    {
        if (BitWidth == 32)
            Port.Out32(port, value);
        else if (BitWidth == 16)
            Port.Out16(port, (ushort)value);
        else
            Port.Out8(port, (byte)value);
    }

    private void WriteMemory(nint at, uint value)
    {
        if (BitWidth == 32)
            Mmio.Write32(at, value);
        else if (BitWidth == 16)
            Mmio.Write16(at, (ushort)value);
        else
            Mmio.Write8(at, (byte)value);
    }
}
