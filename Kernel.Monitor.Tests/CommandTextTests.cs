using System;
using System.Text;
using Xunit;

namespace Kernel.Monitor.Tests;

/// <summary>What the monitor makes of the words of a line.</summary>
public sealed class CommandTextTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("   ", new string[0])]
    [InlineData("help", new[] { "help" })]
    [InlineData("  peek   ffff 10  ", new[] { "peek", "ffff", "10" })]
    public void Words_are_separated_by_any_number_of_spaces(string line, string[] expected)
    {
        var arguments = new CommandArguments(Encoding.UTF8.GetBytes(line));
        Assert.Equal(expected.Length, arguments.Count);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], Encoding.UTF8.GetString(arguments[i]));
        Assert.True(arguments[expected.Length].IsEmpty);
    }

    [Fact]
    public void Rest_keeps_its_spaces() =>
        Assert.Equal("a  b c", Encoding.UTF8.GetString(new CommandArguments("echo   a  b c "u8).From(1)));

    [Fact]
    public void Words_beyond_the_capacity_belong_to_the_last()
    {
        var arguments = new CommandArguments("1 2 3 4 5 6 7 8 9 10"u8);
        Assert.Equal(CommandArguments.Capacity, arguments.Count);
        Assert.Equal("8 9 10", Encoding.UTF8.GetString(arguments.From(7)));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1000", 0x1000)]
    [InlineData("0x1000", 0x1000)]
    [InlineData("0XabCD", 0xabcd)]
    [InlineData("ffffffffffffffff", ulong.MaxValue)]
    [InlineData("0x0000000000000000000001", 1)]
    [InlineData("0xffff_8000_0000_0000", 0xffff800000000000)]
    public void Hexadecimal_numbers_are_read(string text, ulong expected)
    {
        Assert.True(NumberParser.TryHexadecimal(Encoding.UTF8.GetBytes(text), out ulong value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("_1")]
    [InlineData("nonsense")]
    [InlineData("12g")]
    [InlineData("-1")]
    [InlineData("10000000000000000")]
    public void What_is_no_hexadecimal_number_is_refused(string text) =>
        Assert.False(NumberParser.TryHexadecimal(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("0", true, 0u)]
    [InlineData("42", true, 42u)]
    [InlineData("4294967295", true, uint.MaxValue)]
    [InlineData("0x10", true, 16u)]
    [InlineData("4294967296", false, 0u)]
    [InlineData("99999999999999999999", false, 0u)]
    [InlineData("0x100000000", false, 0u)]
    [InlineData("", false, 0u)]
    [InlineData("1a", false, 0u)]
    [InlineData("-1", false, 0u)]
    public void Counts_are_read(string text, bool isNumber, uint expected)
    {
        Assert.Equal(isNumber, NumberParser.TryCount(Encoding.UTF8.GetBytes(text), out uint value));
        if (isNumber)
            Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("help", "help", 0)]
    [InlineData("hlep", "help", 1)]
    [InlineData("hel", "help", 1)]
    [InlineData("helpp", "help", 1)]
    [InlineData("kelp", "help", 1)]
    [InlineData("memmpa", "memmap", 1)]
    [InlineData("", "help", 4)]
    [InlineData("abc", "xyz", 3)]
    public void Typing_mistakes_are_counted(string left, string right, int expected)
    {
        Assert.Equal(expected, NameDistance.Between(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right)));
        Assert.Equal(expected, NameDistance.Between(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(left)));
    }

    [Fact]
    public void Words_that_are_too_long_are_far_away() =>
        Assert.Equal(int.MaxValue, NameDistance.Between(new byte[300], "help"u8));
}
