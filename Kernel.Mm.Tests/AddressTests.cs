using Xunit;

namespace Kernel.Mm.Tests;

public class AddressTests
{
    private const ulong Translated = 1UL << (Page.AddressBits - 1);
    private const ulong UpperHalf = ulong.MaxValue - Translated + 1;

    [Theory]
    [InlineData(0UL, 0UL, true)]
    [InlineData(Translated, ulong.MaxValue, true)]
    [InlineData(Translated, 0UL, false)]
    [InlineData(UpperHalf, ulong.MaxValue, false)]
    [InlineData(UpperHalf, 0UL, true)]
    [InlineData(ulong.MaxValue, 0UL, true)]
    public void Canonical_addresses_repeat_the_highest_bit_that_is_translated(ulong address, ulong distance, bool canonical) =>
        Assert.Equal(canonical, new VirtualAddress(unchecked(address + distance)).IsCanonical);

    [Fact]
    public void The_canonical_address_keeps_the_bits_that_are_translated()
    {
        Assert.Equal(new VirtualAddress(UpperHalf), new VirtualAddress(Translated).Canonical);
        Assert.Equal(new VirtualAddress(5), new VirtualAddress(1UL << 60 | 5).Canonical);
    }

    [Fact]
    public void Alignment_rounds_to_the_nearest_multiple()
    {
        Assert.Equal(new VirtualAddress(0x1000), new VirtualAddress(0x1fff).AlignDown(Page.Size));
        Assert.Equal(new VirtualAddress(0x2000), new VirtualAddress(0x1001).AlignUp(Page.Size));
        Assert.Equal(new PhysicalAddress(0x2000), new PhysicalAddress(0x2000).AlignUp(Page.Size));
        Assert.Equal(new FrameNumber(2), new PhysicalAddress(0x2fff).Frame);
        Assert.Equal(0x123u, new PhysicalAddress(0x2123).PageOffset);
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1UL, 1UL)]
    [InlineData(4096UL, 1UL)]
    [InlineData(4097UL, 2UL)]
    public void Pages_are_counted_up(ulong bytes, ulong pages) => Assert.Equal(pages, Page.CountFor(bytes));
}
