using System;
using System.Collections.Generic;
using Kernel.Drivers.Acpi;
using Kernel.Mm;
using Xunit;

namespace Kernel.Drivers.Tests.Acpi;

public sealed class TableParsingTests
{
    private static readonly PhysicalAddress s_definitionBlock = new(0x7fe_0040);

    [Fact]
    public void Interrupt_controllers_are_read()
    {
        Madt madt = Madt.Parse(FirmwareImage.Table("APIC", SampleTables.Madt));
        Assert.True(madt.IsWhole);
        Assert.True(madt.HasLegacyControllers);
        Assert.Equal(0xfee1_0000UL, madt.LocalApicAddress.Value);
        AssertSame<LocalApicEntry>([new(0, 0, true), new(1, 4, false), new(7, 0x100, true)], madt.LocalApics);
        AssertSame<IoApicEntry>([new(2, new PhysicalAddress(0xfec0_0000), 0)], madt.IoApics);
        AssertSame<LocalNmiEntry>([new(0xff, true, 1), new(1, false, 0), new(7, false, 1)], madt.LocalNmis);
        AssertSame<NmiSourceEntry>([new(23, SignalPolarity.ActiveLow, SignalTrigger.Level)], madt.NmiSources);
    }

    [Theory]
    [InlineData(0, 2, SignalPolarity.ActiveHigh, SignalTrigger.Edge)]
    [InlineData(1, 1, SignalPolarity.ActiveHigh, SignalTrigger.Edge)]
    [InlineData(9, 9, SignalPolarity.ActiveLow, SignalTrigger.Level)]
    [InlineData(10, 20, SignalPolarity.ActiveHigh, SignalTrigger.Level)]
    public void Requests_are_wired_as_overrides_say(byte request, uint input, SignalPolarity polarity, SignalTrigger trigger)
    {
        Madt madt = Madt.Parse(FirmwareImage.Table("APIC", SampleTables.Madt));
        AssertSame([new SourceOverride(request, input, polarity, trigger)], [madt.Find(request)]);
    }

    [Fact]
    public void Entries_before_a_broken_one_are_kept()
    {
        byte[] table = FirmwareImage.Table("APIC", SampleTables.Madt);
        // The I/O APIC's length.
        table[44 + 8 + 8 + 1] = 0;
        Madt madt = Madt.Parse(table);
        Assert.False(madt.IsWhole);
        Assert.Equal(2, madt.LocalApics.Count);
        Assert.Empty(madt.IoApics);
    }

    [Fact]
    public void Every_truncated_table_is_read_up_to_its_end()
    {
        byte[] table = FirmwareImage.Table("APIC", SampleTables.Madt);
        for (int length = 0; length < table.Length; length++)
            Assert.True(Madt.Parse(table.AsSpan(0, length)).LocalApics.Count <= 3);
        byte[] fadt = FirmwareImage.Table("FACP", SampleTables.Fadt(s_definitionBlock));
        for (int length = 0; length < fadt.Length; length++)
            Assert.Equal(length >= 129, Fadt.Parse(fadt.AsSpan(0, length)).ResetValue == 0x0f);
    }

    [Fact]
    public void Power_management_prefers_extended_fields()
    {
        Fadt fadt = Fadt.Parse(FirmwareImage.Table("FACP", SampleTables.Fadt(s_definitionBlock), 6));
        Assert.Equal(s_definitionBlock, fadt.DefinitionBlock);
        Assert.Equal(new GenericAddress(RegisterSpace.Port, 16, 0x1804), fadt.ControlA);
        Assert.Equal(new GenericAddress(RegisterSpace.Port, 16, 0x704), fadt.ControlB);
        Assert.Equal(new GenericAddress(RegisterSpace.Port, 32, 0x608), fadt.Timer);
        Assert.True(fadt.HasWideTimer);
        Assert.Equal(new GenericAddress(RegisterSpace.Port, 8, 0xcf9), fadt.ResetRegister);
        Assert.Equal((0xb2, 0xf1, 0x32), (fadt.CommandPort, fadt.EnableValue, fadt.CenturyIndex));
        Assert.True(fadt.HasKeyboardController);
    }

    [Fact]
    public void Keyboard_controller_is_missing_only_if_a_new_table_says_so()
    {
        byte[] body = SampleTables.Fadt(s_definitionBlock);
        body[109 - 36] = 0;
        Assert.False(Fadt.Parse(FirmwareImage.Table("FACP", body, 3)).HasKeyboardController);
        Assert.True(Fadt.Parse(FirmwareImage.Table("FACP", body, 1)).HasKeyboardController);
    }

    [Fact]
    public void Absent_power_management_has_no_registers()
    {
        Fadt fadt = Fadt.Parse(default);
        Assert.False(fadt.ControlA.IsPresent || fadt.ControlB.IsPresent || fadt.Timer.IsPresent || fadt.ResetRegister.IsPresent);
    }

    [Fact]
    public void Timer_window_and_affinity_are_read()
    {
        Assert.Equal(0xfed0_0000UL, HpetTable.Parse(FirmwareImage.Table("HPET", SampleTables.Hpet)).Registers.Value);
        AssertSame<ConfigurationWindow>(
            [new(new PhysicalAddress(0xb000_0000), 0, 0, 0xff)], Mcfg.Parse(FirmwareImage.Table("MCFG", SampleTables.Mcfg)));
        Srat srat = Srat.Parse(FirmwareImage.Table("SRAT", SampleTables.Srat));
        AssertSame<ProcessorAffinity>([new(5, 0x302), new(0x100, 4)], srat.Processors);
        AssertSame<MemoryAffinity>([new(new PhysicalAddress(0x1_0000_0000), 0x4000_0000, 3, true, false)], srat.Memory);
    }

    [Fact]
    public void Sleep_values_are_found_in_the_definition_and_nowhere_else()
    {
        byte[] table = FirmwareImage.Table("DSDT", SampleTables.DefinitionBlock);
        Assert.True(SleepPackage.TryFind(table, out SleepPackage sleep));
        Assert.Equal(new SleepPackage(5, 0), sleep);
        Assert.False(SleepPackage.TryFind(table.AsSpan(0, table.Length - 8), out _));
    }

    [Theory]
    [InlineData(new byte[] { 0x12, 0x06, 0x02, 0x0a, 0x07, 0x0a, 0x07 }, true, 7, 7)]
    [InlineData(new byte[] { 0x12, 0x06, 0x04, 0x01, 0x01, 0x00, 0x00 }, true, 1, 1)]
    [InlineData(new byte[] { 0x12, 0x43, 0x00, 0x02, 0x0b, 0x03, 0x00, 0x0c, 0x04, 0x00, 0x00, 0x00 }, true, 3, 4)]
    [InlineData(new byte[] { 0x12, 0x03, 0x01, 0x0a, 0x05 }, true, 5, 5)]
    [InlineData(new byte[] { 0x12, 0x06, 0x02, 0x0a, 0x08, 0x0a, 0x00 }, false, 0, 0)]
    [InlineData(new byte[] { 0x12, 0x06, 0x00, 0x0a, 0x01 }, false, 0, 0)]
    [InlineData(new byte[] { 0x12, 0x06, 0x02, 0x70, 0x01 }, false, 0, 0)]
    [InlineData(new byte[] { 0x12, 0xc6 }, false, 0, 0)]
    [InlineData(new byte[] { 0x14, 0x06, 0x02, 0x0a, 0x01 }, false, 0, 0)]
    public void Sleep_values_are_decoded(byte[] package, bool isFound, byte typeA, byte typeB)
    {
        byte[] table = FirmwareImage.Table("SSDT", [0x08, (byte)'\\', .. "_S5_"u8, .. package]);
        Assert.Equal(isFound, SleepPackage.TryFind(table, out SleepPackage sleep));
        if (isFound)
            Assert.Equal(new SleepPackage(typeA, typeB), sleep);
    }

    private static void AssertSame<T>(List<T> expected, List<T> actual) =>
        Assert.Equal(expected.ConvertAll(PropertyText.Of), actual.ConvertAll(PropertyText.Of));
}
