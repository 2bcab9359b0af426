using Kernel.Drivers.Acpi;
using Kernel.Drivers.Interrupts;
using Xunit;

namespace Kernel.Drivers.Tests.Interrupts;

public sealed class RedirectionEntryTests
{
    [Theory]
    [InlineData(0x31, SignalPolarity.ActiveHigh, SignalTrigger.Edge, 0, 0x0000_0000_0001_0031)]
    [InlineData(0x39, SignalPolarity.ActiveLow, SignalTrigger.Level, 3, 0x0300_0000_0001_a039)]
    [InlineData(0x34, SignalPolarity.ActiveHigh, SignalTrigger.Level, 0xff, unchecked((long)0xff00_0000_0001_8034))]
    public void New_entry_is_masked_and_has_the_hardwares_layout(
        byte vector, SignalPolarity polarity, SignalTrigger trigger, byte destination, long value)
    {
        var entry = RedirectionEntry.Create(vector, polarity, trigger, destination);
        Assert.Equal((ulong)value, entry.Value);
        Assert.Equal((vector, polarity, trigger, destination, true), (entry.Vector, entry.Polarity, entry.Trigger, entry.Destination, entry.IsMasked));
    }

    [Fact]
    public void Mask_changes_nothing_else()
    {
        var entry = RedirectionEntry.Create(0x40, SignalPolarity.ActiveLow, SignalTrigger.Edge, 1);
        Assert.Equal(0x0100_0000_0000_2040UL, entry.WithMask(false).Value);
        Assert.Equal(entry, entry.WithMask(false).WithMask(true));
    }

    [Fact]
    public void Non_maskable_entry_is_not_masked() =>
        Assert.Equal(0x0000_0000_0000_a400UL, RedirectionEntry.CreateNmi(SignalPolarity.ActiveLow, SignalTrigger.Level, 0).Value);
}
