using System.Linq;
using Kernel.Monitor.Editing;
using Xunit;
using static Kernel.Monitor.Tests.EditorFixture;

namespace Kernel.Monitor.Tests;

public sealed class HistoryTests
{
    private readonly EditorFixture _editor = new();

    [Fact]
    public void Up_and_down_walk_through_the_lines()
    {
        _editor.Type("one\rtwo\rthree\r");
        Assert.Equal("three", _editor.Type(Up).Shown);
        Assert.Equal("one", _editor.Type(Up + Up).Shown);
        Assert.Equal("one", _editor.Type(Up).Shown);
        Assert.Equal("two", _editor.Type(Down).Shown);
        Assert.Equal("", _editor.Type(Down + Down + Down).Shown);
    }

    [Fact]
    public void Line_being_typed_comes_back_after_the_newest()
    {
        _editor.Type("one\runfinished" + Up);
        Assert.Equal("one", _editor.Line);
        Assert.Equal("unfinished", _editor.Type(Down).Line);
        Assert.Equal("unfinished", _editor.Shown);
    }

    [Fact]
    public void Edited_line_of_the_history_is_entered_and_the_old_one_stays()
    {
        _editor.Type("pci 00\r" + Up + "7\r");
        Assert.Equal("pci 007", _editor.Entered[1]);
        Assert.Equal("pci 007", _editor.Type(Up).Line);
        Assert.Equal("pci 00", _editor.Type(Up).Line);
    }

    [Fact]
    public void Repetitions_and_empty_lines_are_left_out()
    {
        _editor.Type("one\rtwo\rtwo\r\rtwo\r");
        Assert.Equal("two", _editor.Type(Up).Line);
        Assert.Equal("one", _editor.Type(Up).Line);
    }

    [Fact]
    public void Only_the_last_32_lines_are_kept()
    {
        foreach (int number in Enumerable.Range(0, 100))
            _editor.Type($"line {number}\r");
        for (int i = 0; i < 200; i++)
            _editor.Type(Up);
        Assert.Equal($"line {100 - LineHistory.Capacity}", _editor.Line);
        for (int i = 0; i < LineHistory.Capacity - 1; i++)
            _editor.Type(Down);
        Assert.Equal("line 99", _editor.Line);
    }

    [Fact]
    public void Longest_line_survives()
    {
        string longest = new('x', LineEditor.Capacity);
        _editor.Type(longest + "\rshort\r" + Up + Up);
        Assert.Equal(longest, _editor.Line);
        Assert.False(_editor.Terminal.CurrentRow.Length >= FakeTerminal.Width);
    }
}
