using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Kernel.Mm;

namespace Kernel.Drivers.Tests.Acpi;

/// <summary>Writes tables as firmware does.</summary>
internal sealed class FirmwareImage(GuardedMemory memory)
{
    private const int HeaderLength = 36;
    private int _next = 0x100;

    /// <summary>Where tables were put.</summary>
    public List<(int Offset, int Length)> Placed { get; } = [];

    public static PhysicalAddress AddressOf(int offset) => new(GuardedMemory.TablesStart + (ulong)offset);

    /// <summary>A table with header and right checksum.</summary>
    public static byte[] Table(string signature, ReadOnlySpan<byte> body, byte revision = 1)
    {
        byte[] table = new byte[HeaderLength + body.Length];
        Encoding.ASCII.GetBytes(signature).CopyTo(table, 0);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        table[8] = revision;
        "COSMOS"u8.CopyTo(table.AsSpan(10));
        body.CopyTo(table.AsSpan(HeaderLength));
        FixChecksum(table, 9);
        return table;
    }

    public static void FixChecksum(Span<byte> table, int at)
    {
        table[at] = 0;
        byte sum = 0;
        foreach (byte value in table)
            sum += value;
        table[at] = (byte)-sum;
    }

    /// <summary>Puts a table into memory.</summary>
    public PhysicalAddress Place(byte[] table)
    {
        int offset = _next;
        table.CopyTo(memory.Tables, offset);
        Placed.Add((offset, table.Length));
        _next = (offset + table.Length + 15) & ~15;
        return AddressOf(offset);
    }

    public PhysicalAddress PlaceList(bool isWide, params PhysicalAddress[] tables)
    {
        int width = isWide ? 8 : 4;
        byte[] body = new byte[tables.Length * width];
        for (int i = 0; i < tables.Length; i++)
            if (isWide)
                BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(i * width), tables[i].Value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(i * width), (uint)tables[i].Value);
        return Place(Table(isWide ? "XSDT" : "RSDT", body));
    }

    public static byte[] Root(PhysicalAddress rsdt, PhysicalAddress xsdt, byte revision = 2)
    {
        byte[] root = new byte[36];
        "RSD PTR COSMOS"u8[..8].CopyTo(root);
        root[15] = revision;
        BinaryPrimitives.WriteUInt32LittleEndian(root.AsSpan(16), (uint)rsdt.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(root.AsSpan(20), 36);
        BinaryPrimitives.WriteUInt64LittleEndian(root.AsSpan(24), xsdt.Value);
        FixChecksum(root.AsSpan(0, 20), 8);
        FixChecksum(root, 32);
        return root;
    }

    /// <summary>A machine with one table of each kind.</summary>
    /// <returns>Where the root pointer is.</returns>
    public PhysicalAddress PlaceMachine()
    {
        PhysicalAddress dsdt = Place(Table("DSDT", SampleTables.DefinitionBlock));
        PhysicalAddress fadt = Place(Table("FACP", SampleTables.Fadt(dsdt), 6));
        PhysicalAddress list = PlaceList(
            true,
            fadt,
            Place(Table("APIC", SampleTables.Madt)),
            Place(Table("HPET", SampleTables.Hpet)),
            Place(Table("SRAT", SampleTables.Srat)),
            Place(Table("MCFG", SampleTables.Mcfg)));
        return Place(Root(default, list));
    }
}
