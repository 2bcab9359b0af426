using Xunit;
using static Kernel.Monitor.Tests.EditorFixture;

namespace Kernel.Monitor.Tests;

public sealed class CompletionTests
{
    private readonly EditorFixture _editor = new();

    [Fact]
    public void Only_candidate_is_completed_with_a_space() => Assert.Equal("selftest ", _editor.Type("se\t").Line);

    [Fact]
    public void Common_start_of_several_is_completed()
    {
        Assert.Equal("mem", _editor.Type("m\t").Line);
        Assert.Single(_editor.Terminal.Rows);
    }

    [Fact]
    public void Second_key_lists_the_candidates_and_shows_the_line_again()
    {
        _editor.Type("p\t");
        Assert.Single(_editor.Terminal.Rows);
        _editor.Type("\t");
        Assert.Equal(["cosmos> p", "pci       panic     poweroff", "cosmos> p"], _editor.Terminal.Rows);
        Assert.Equal("pci ", _editor.Type("ci").Line + " ");
    }

    [Fact]
    public void Another_key_between_starts_over()
    {
        _editor.Type("p\tx" + Backspace + "\t");
        Assert.Single(_editor.Terminal.Rows);
    }

    [Fact]
    public void Arguments_are_completed()
    {
        Assert.Equal("selftest conformance.s", _editor.Type("selftest c\t").Line);
        Assert.Equal("selftest conformance.spans ", _editor.Type("pa\t").Line);
    }

    [Fact]
    public void Word_in_the_middle_is_completed_where_it_is()
    {
        _editor.Type("se now" + Left + Left + Left + Left + "\t");
        Assert.Equal("selftest  now", _editor.Line);
        Assert.Equal("selftest  now", _editor.Shown);
        Assert.Equal(Prompt.Length + "selftest ".Length, _editor.Terminal.Column);
    }

    [Theory]
    [InlineData("zzz")]
    [InlineData("pci x")]
    public void Nothing_happens_without_candidates(string line)
    {
        _editor.Type(line + "\t\t\t");
        Assert.Equal(line, _editor.Line);
        Assert.Single(_editor.Terminal.Rows);
    }

    [Fact]
    public void List_of_candidates_leaves_the_cursor_in_the_middle()
    {
        _editor.Type("p x" + Left + Left + "\t\t");
        Assert.Equal("cosmos> p x", _editor.Terminal.CurrentRow);
        Assert.Equal(Prompt.Length + 1, _editor.Terminal.Column);
    }
}
