using Xunit;

namespace Kernel.Mm.Tests;

public class AddressTests
{
    [Theory]
    [InlineData(0UL, true)]
    [InlineData(0x0000_7fff_ffff_ffffUL, true)]
    [InlineData(0x0000_8000_0000_0000UL, false)]
    [InlineData(0xffff_7fff_ffff_ffffUL, false)]
    [InlineData(0xffff_8000_0000_0000UL, true)]
    [InlineData(ulong.MaxValue, true)]
    public void Canonical_addresses_repeat_bit_47(ulong address, bool canonical) =>
        Assert.Equal(canonical, new VirtualAddress(address).IsCanonical);

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
