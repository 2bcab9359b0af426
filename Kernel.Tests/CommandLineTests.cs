using System.Text;
using Kernel.Boot;
using Xunit;

namespace Kernel.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("selftest exit", "exit", true, "")]
    [InlineData("selftest=arch exit", "selftest", true, "arch")]
    [InlineData("selftests", "selftest", false, "")]
    [InlineData("a=exit", "exit", false, "")]
    [InlineData("  exit  ", "exit", true, "")]
    [InlineData("panic=vector 14", "panic", true, "vector")]
    [InlineData("x=1 x=2", "x", true, "1")]
    [InlineData("", "exit", false, "")]
    public void Words_are_found_with_their_value(string line, string name, bool found, string value)
    {
        CommandLine.Initialize(Encoding.UTF8.GetBytes(line));

        Assert.Equal(found, CommandLine.TryGet(Encoding.UTF8.GetBytes(name), out var actual));
        Assert.Equal(value, Encoding.UTF8.GetString(actual));
    }

    [Theory]
    [InlineData("console=tty0 quiet console=ttyS0", true, "ttyS0")]
    [InlineData("console=tty0", true, "tty0")]
    [InlineData("consoles=tty0", false, "")]
    public void The_last_of_several_words_can_be_asked_for(string line, bool found, string value)
    {
        CommandLine.Initialize(Encoding.UTF8.GetBytes(line));

        Assert.Equal(found, CommandLine.TryGetLast("console"u8, out var actual));
        Assert.Equal(value, Encoding.UTF8.GetString(actual));
    }
}
