using System;
using System.Linq;
using Kernel.Drivers.Acpi;
using Kernel.Mm;
using Xunit;

namespace Kernel.Drivers.Tests.Acpi;

public sealed class TableDirectoryTests : IDisposable
{
    private const byte AddressBits = 40;

    private readonly GuardedMemory _memory = new();
    private readonly FirmwareImage _image;

    public TableDirectoryTests() => _image = new FirmwareImage(_memory);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void All_tables_are_found_from_a_given_root_pointer()
    {
        TableDirectory directory = Load(_image.PlaceMachine(), out bool isLoaded);
        Assert.True(isLoaded);
        Assert.Equal(
            [TableSignature.Fadt, TableSignature.Dsdt, TableSignature.Madt, TableSignature.Hpet, TableSignature.Srat, TableSignature.Mcfg],
            directory.Tables.Select(table => table.Signature));
        Assert.Empty(directory.Problems);
        Assert.Equal("COSMOS"u8.ToArray(), directory.Tables[0].Oem.ToArray());
        Assert.False(directory.Find(TableSignature.Ssdt).IsPresent);
    }

    [Theory]
    [InlineData(0x9_fc00, true)]
    [InlineData(0x9_fff0 - 0x10, true)]
    [InlineData(0xe_0000, false)]
    [InlineData(0xf_5a10, false)]
    [InlineData(0xf_ffd0, false)]
    public void Root_pointer_is_found_where_a_bios_puts_it(int address, bool isExtendedArea)
    {
        if (isExtendedArea)
            (_memory.Low[0x40e], _memory.Low[0x40f]) = (0xc0, 0x9f);
        PhysicalAddress list = _image.PlaceList(false, _image.Place(FirmwareImage.Table("HPET", SampleTables.Hpet)));
        FirmwareImage.Root(list, default, 0).AsSpan(0, 20).CopyTo(_memory.Low[address..]);
        TableDirectory directory = Load(default, out bool isLoaded);
        Assert.True(isLoaded);
        Assert.Equal(TableSignature.Hpet, Assert.Single(directory.Tables).Signature);
    }

    [Fact]
    public void Nothing_is_found_on_a_machine_without_tables()
    {
        TableDirectory directory = Load(default, out bool isLoaded);
        Assert.False(isLoaded);
        Assert.Empty(directory.Tables);
        Assert.Empty(directory.Problems);
    }

    [Fact]
    public void Wrong_root_pointer_leads_to_a_search()
    {
        PhysicalAddress list = _image.PlaceList(false, _image.Place(FirmwareImage.Table("HPET", SampleTables.Hpet)));
        FirmwareImage.Root(list, default).CopyTo(_memory.Low[0xf_0000..]);
        Load(new PhysicalAddress(ulong.MaxValue - 3), out bool isLoaded);
        Assert.True(isLoaded);
    }

    [Fact]
    public void Broken_wide_list_gives_way_to_the_narrow_one()
    {
        PhysicalAddress hpet = _image.Place(FirmwareImage.Table("HPET", SampleTables.Hpet));
        PhysicalAddress wide = _image.PlaceList(true, hpet);
        _memory.Tables[(int)(wide - new PhysicalAddress(GuardedMemory.TablesStart)) + 40] ^= 1;
        PhysicalAddress narrow = _image.PlaceList(false, hpet);
        TableDirectory directory = Load(_image.Place(FirmwareImage.Root(narrow, wide)), out bool isLoaded);
        Assert.True(isLoaded);
        Assert.Single(directory.Tables);
        Assert.Equal(PropertyText.Of(new TableProblem(TableDefect.Checksum, TableSignature.Xsdt, wide)), PropertyText.Of(Assert.Single(directory.Problems)));
    }

    [Theory]
    [InlineData(4, 35, TableDefect.Length)]
    [InlineData(7, 0x80, TableDefect.Length)]
    [InlineData(6, 1, TableDefect.Unreachable)]
    [InlineData(20, 0xff, TableDefect.Checksum)]
    public void Broken_table_is_left_out_and_reported(int offset, byte value, TableDefect defect)
    {
        PhysicalAddress broken = _image.Place(FirmwareImage.Table("HPET", SampleTables.Hpet));
        _memory.Tables[_image.Placed[^1].Offset + offset] = value;
        PhysicalAddress whole = _image.Place(FirmwareImage.Table("APIC", SampleTables.Madt));
        TableDirectory directory = Load(_image.Place(FirmwareImage.Root(default, _image.PlaceList(true, broken, whole))), out bool _);
        Assert.Equal(TableSignature.Madt, Assert.Single(directory.Tables).Signature);
        Assert.Equal(PropertyText.Of(new TableProblem(defect, TableSignature.Hpet, broken)), PropertyText.Of(Assert.Single(directory.Problems)));
    }

    [Fact]
    public void Table_beyond_what_the_processor_can_address_is_not_touched()
    {
        var beyond = new PhysicalAddress(1UL << AddressBits);
        TableDirectory directory = Load(_image.Place(FirmwareImage.Root(default, _image.PlaceList(true, beyond))), out bool _);
        Assert.Equal(TableDefect.Unreachable, Assert.Single(directory.Problems).Defect);
    }

    [Fact]
    public void Endless_list_is_cut()
    {
        PhysicalAddress hpet = _image.Place(FirmwareImage.Table("HPET", SampleTables.Hpet));
        PhysicalAddress list = _image.PlaceList(true, [.. Enumerable.Repeat(hpet, 2 * TableDirectory.MaxTables)]);
        TableDirectory directory = Load(_image.Place(FirmwareImage.Root(default, list)), out bool _);
        Assert.Equal(TableDirectory.MaxTables, directory.Tables.Count);
        Assert.Equal(TableDefect.TooMany, Assert.Single(directory.Problems).Defect);
    }

    [Fact]
    public void Random_damage_never_throws_and_never_reads_beyond_a_table()
    {
        PhysicalAddress root = _image.PlaceMachine();
        byte[] original = [.. _memory.Tables];
        var random = new Random(20261121);
        int tables = 0;
        for (int round = 0; round < 20_000; round++)
        {
            original.CopyTo(_memory.Tables, 0);
            Damage(random);
            _memory.Reset();
            TableDirectory directory = Load(root, out bool _);
            tables += directory.Tables.Count;
            foreach (AcpiTable table in directory.Tables)
                ParseAsEverything(table.Bytes);
        }

        // The damage must leave enough to be parsed, or this test would test nothing.
        Assert.True(tables > 20_000);
    }

    [Fact]
    public void Random_bytes_of_any_length_never_throw()
    {
        var random = new Random(42);
        byte[] bytes = new byte[400];
        for (int round = 0; round < 20_000; round++)
        {
            Span<byte> table = bytes.AsSpan(0, random.Next(bytes.Length));
            random.NextBytes(table);
            ParseAsEverything(table);
        }
    }

    private static void ParseAsEverything(ReadOnlySpan<byte> table)
    {
        _ = RootPointer.TryFind(table, out RootPointer _);
        Madt madt = Madt.Parse(table);
        for (int request = 0; request < 16; request++)
            _ = madt.Find((byte)request);
        foreach (MemoryAffinity range in Srat.Parse(table).Memory)
            Assert.True(range.Start.Value + range.Length > range.Start.Value);
        _ = Fadt.Parse(table);
        _ = HpetTable.Parse(table);
        foreach (ConfigurationWindow window in Mcfg.Parse(table))
            Assert.True(window.FirstBus <= window.LastBus);
        if (SleepPackage.TryFind(table, out SleepPackage sleep))
            Assert.True(sleep.TypeA <= 7 && sleep.TypeB <= 7);
    }

    /// <summary>Changes some bytes, mostly in tables, and then makes most checksums right again.</summary>
    private void Damage(Random random)
    {
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            (int offset, int length) = _image.Placed[random.Next(_image.Placed.Count)];
            _memory.Tables[offset + random.Next(length)] = random.Next(3) == 0 ? (byte)0xff : (byte)random.Next(256);
        }

        foreach ((int offset, int length) in _image.Placed)
        {
            Span<byte> table = _memory.Tables.AsSpan(offset);
            if (random.Next(8) == 0)
                continue;
            if (table[..8].SequenceEqual("RSD PTR "u8))
            {
                FirmwareImage.FixChecksum(table[..20], 8);
                FirmwareImage.FixChecksum(table[..length], 32);
                continue;
            }

            int stated = BitConverter.ToInt32(table[4..]);
            FirmwareImage.FixChecksum(table[..(stated is >= 36 and < 4096 ? stated : length)], 9);
        }
    }

    private TableDirectory Load(PhysicalAddress root, out bool isLoaded)
    {
        var directory = new TableDirectory(_memory, AddressBits);
        isLoaded = directory.Load(root);
        return directory;
    }
}
