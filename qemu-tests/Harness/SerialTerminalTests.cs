using System.Text;
using Xunit;

namespace CosmosVm.QemuTests.Harness;

/// <summary>The tests' view of a serial line, without a machine.</summary>
public sealed class SerialTerminalTests
{
    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\aok", "ok")]
    [InlineData("\u001b(Bok", "ok")]
    [InlineData("cosmos> hel\b\b\bHEL", "cosmos> HEL")]
    [InlineData("cosmos> help\b \b", "cosmos> hel ")]
    [InlineData("cosmos> first\r\u001b[Kcosmos> second", "cosmos> second")]
    [InlineData("abcdef\u001b[3D\u001b[2P", "abcf")]
    [InlineData("abcdef\u001b[3D\u001b[2@", "abc  def")]
    [InlineData("abc\u001b[1GX", "Xbc")]
    [InlineData("menu\u001b[5;10Hentry", "menu\nentry")]
    [InlineData("a\tb", "a       b")]
    [InlineData("\u001b[3;1Hfo      \u001b[3;3H\u001b[3;3Hurth", "fourth  ")]
    [InlineData("one\u001b[2;1Htwo\u001b[1;1Hone", "one\ntwo\none")]
    [InlineData("\u001b[2;5Hone\u001b[2;1Htwo", "one\ntwo")]
    [InlineData("é", "é")]
    public void Shows_what_a_terminal_shows(string received, string expected)
    {
        SerialTerminal terminal = new();
        foreach (byte value in Encoding.UTF8.GetBytes(received))
            terminal.Feed([value]);
        Assert.Equal(expected, terminal.Text);
    }

    [Theory]
    [InlineData("> abc\r\u001b[K> x", "> x")]
    [InlineData("> abc\b \b\b \b\b \bx", "x  ")]
    [InlineData("> abc\r> abc", "")]
    public void Text_that_changes_after_it_was_taken_is_unread_again(string received, string expected)
    {
        const string taken = "> abc";
        SerialTerminal terminal = new();
        terminal.Feed(Encoding.UTF8.GetBytes(received[..taken.Length]));
        terminal.Take(taken.Length);
        terminal.Feed(Encoding.UTF8.GetBytes(received[taken.Length..]));
        Assert.Equal(expected, terminal.Unread);
    }
}
