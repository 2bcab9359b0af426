using System.Text;
using User;
using Xunit;

namespace CosmosVm.UserTests;

/// <summary>What the programs take the files of /proc apart with.</summary>
public sealed class TextScannerTests
{
    [Fact]
    public void Words_and_numbers_come_one_after_the_other()
    {
        var scanner = new TextScanner("  one\t22 x3  \n"u8);
        Assert.Equal("one", Encoding.UTF8.GetString(scanner.Word()));
        Assert.Equal(22ul, scanner.Number());
        scanner.Skip(1);
        Assert.Equal(0, scanner.Word().Length);
        Assert.Equal(0ul, scanner.Number());
    }

    [Fact]
    public void Lines_come_without_their_ends()
    {
        var scanner = new TextScanner("one\n\nlast"u8);
        foreach (string expected in (string[])["one", "", "last"])
        {
            Assert.True(scanner.TryLine(out System.ReadOnlySpan<byte> line));
            Assert.Equal(expected, Encoding.UTF8.GetString(line));
        }
        Assert.False(scanner.TryLine(out _));
    }

    [Theory]
    [InlineData("0", true, 0)]
    [InlineData("18446744073709551615", true, ulong.MaxValue)]
    [InlineData("12kB", false, 12)]
    [InlineData("-1", false, 0)]
    [InlineData("", false, 0)]
    public void Numbers_have_digits_only(string text, bool isNumber, ulong value)
    {
        Assert.Equal(isNumber, TextScanner.TryParseNumber(Encoding.UTF8.GetBytes(text), out ulong parsed));
        Assert.Equal(value, parsed);
        Assert.Equal(value, TextScanner.ParseNumber(Encoding.UTF8.GetBytes(text)));
    }
}
