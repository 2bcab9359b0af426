using System;
using System.Linq;
using System.Text;
using Kernel.Monitor.Editing;
using Xunit;
using static Kernel.Monitor.Tests.EditorFixture;

namespace Kernel.Monitor.Tests;

public sealed class LineEditorTests
{
    private readonly EditorFixture _editor = new();

    [Fact]
    public void Prompt_stands_at_the_start_of_the_row()
    {
        Assert.Equal("cosmos>", _editor.Terminal.CurrentRow);
        Assert.Equal(Prompt.Length, _editor.Terminal.Column);
    }

    [Theory]
    [InlineData("help", "help")]
    [InlineData("helpx" + Backspace, "help")]
    [InlineData("helpx\b", "help")]
    [InlineData(Backspace + Backspace + "help", "help")]
    [InlineData("hlp" + Left + Left + "e", "help")]
    [InlineData("elp" + Left + Left + Left + Left + "h", "help")]
    [InlineData("hel" + Right + Right + "p", "help")]
    [InlineData("el" + Home + "h" + End + "p", "help")]
    [InlineData("el" + ControlA + "h" + ControlE + "p", "help")]
    [InlineData("el\e[1~h\e[4~p", "help")]
    [InlineData("el\e[7~h\e[8~p", "help")]
    [InlineData("el\eOHh\eOFp", "help")]
    [InlineData("Xhelp" + Home + Delete, "help")]
    [InlineData("help" + Delete, "help")]
    [InlineData("nonsense" + ControlU + "help", "help")]
    [InlineData("a help" + Left + Left + Left + Left + ControlU, "help")]
    [InlineData("helpabc" + Left + Left + Left + ControlK, "help")]
    [InlineData("help me" + ControlW, "help ")]
    [InlineData("help me  " + ControlW + ControlW, "")]
    [InlineData("one two three" + Left + Left + ControlW, "one two ee")]
    [InlineData("he\e[99~lp", "help")]
    [InlineData("he\e[1;5Qlp", "help")]
    [InlineData("he\e[[Alp", "help")]
    [InlineData("he\e\e[Dx", "hxe")]
    [InlineData("he\e[1\u0015help", "help")]
    [InlineData("he\u0002\u0004\u0007lp", "help")]
    public void Keys_edit_the_line_and_the_terminal_shows_it(string keys, string expected)
    {
        _editor.Type(keys);
        Assert.Equal(expected, _editor.Line);
        Assert.Equal(expected.TrimEnd(), _editor.Shown);
    }

    [Theory]
    [InlineData("abc" + Left, 2)]
    [InlineData("abc" + Left + Left + "x", 2)]
    [InlineData("abc" + Home + Delete, 0)]
    [InlineData("abc" + Left + Backspace, 1)]
    [InlineData("häß" + Left, 2)]
    [InlineData("one two" + Left + ControlW, 4)]
    public void Cursor_is_shown_where_it_is(string keys, int column) =>
        Assert.Equal(Prompt.Length + column, _editor.Type(keys).Terminal.Column);

    [Fact]
    public void Multibyte_characters_are_edited_as_a_whole()
    {
        _editor.Type("a€ß😀b" + Left + Backspace + Left + Delete);
        Assert.Equal("a€b", _editor.Line);
        Assert.Equal("a€b", _editor.Shown);
    }

    [Fact]
    public void Malformed_characters_are_dropped()
    {
        _editor.Type((byte)'a', 0xff, 0xc3, (byte)'b', 0x80, 0xe2, 0x82, (byte)'c');
        Assert.Equal("abc", _editor.Line);
        Assert.Equal("abc", _editor.Shown);
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Every_line_end_enters_the_line_once(string end)
    {
        _editor.Type("one" + end + end + "two" + end);
        Assert.Equal(["one", "", "two"], _editor.Entered);
        Assert.Equal(["cosmos> one", "cosmos>", "cosmos> two", "cosmos>"], _editor.Terminal.Rows);
    }

    [Fact]
    public void Enter_in_the_middle_takes_the_whole_line() =>
        Assert.Equal(["help"], _editor.Type("help" + Home + "\r").Entered);

    [Fact]
    public void Line_takes_255_bytes_and_refuses_more()
    {
        _editor.Type(new string('x', 5000));
        Assert.Equal(new string('x', LineEditor.Capacity), _editor.Line);
        _editor.Type(Backspace + "ß");
        Assert.Equal(LineEditor.Capacity - 1, _editor.Editor.Line.Length);
        Assert.DoesNotContain("ß", _editor.Line);
    }

    [Fact]
    public void Long_line_never_wraps_while_it_is_edited()
    {
        _editor.Type(string.Concat(Enumerable.Range(0, 60).Select(number => $"{number:D3} ")));
        Assert.False(_editor.Terminal.HasWrapped);
        Assert.EndsWith("058 059", _editor.Shown);
        _editor.Type(Home);
        Assert.StartsWith("000 001 002", _editor.Shown);
        Assert.Equal(Prompt.Length, _editor.Terminal.Column);
        for (int i = 0; i < 90; i++)
            _editor.Type(Right);
        Assert.Equal(_editor.Line[90], _editor.Terminal.CurrentRow[_editor.Terminal.Column]);
        _editor.Type("X" + Left + Delete);
        Assert.Equal(_editor.Line[90], _editor.Terminal.CurrentRow[_editor.Terminal.Column]);
        Assert.False(_editor.Terminal.HasWrapped);
        Assert.Single(_editor.Terminal.Rows);
    }

    [Fact]
    public void Long_line_is_shown_completely_when_it_is_entered()
    {
        string line = string.Concat(Enumerable.Range(0, 50).Select(number => $"{number:D2}."));
        _editor.Type(line + "\r");
        Assert.Equal(Prompt + line, string.Concat(_editor.Terminal.Rows[..^1]));
        _editor.Type(line + Home + "\r");
        Assert.Equal(line, _editor.Entered[1]);
    }

    [Fact]
    public void Removing_the_visible_part_of_a_long_line_brings_the_rest_back()
    {
        _editor.Type("start " + new string('x', 150));
        for (int i = 0; i < 150; i++)
            _editor.Type(Backspace);
        Assert.Equal("start ", _editor.Line);
        Assert.Equal("start", _editor.Shown);
        Assert.Equal(Prompt.Length + 6, _editor.Terminal.Column);
        _editor.Type(new string('y', 200) + ControlU + "z");
        Assert.Equal("z", _editor.Shown);
    }

    [Fact]
    public void Abandoned_line_is_marked_and_left_out_of_the_history()
    {
        _editor.Type("help\r" + "nonsense" + Home + ControlC);
        Assert.Equal("", _editor.Line);
        Assert.Equal(["cosmos> help", "cosmos> nonsense^C", "cosmos>"], _editor.Terminal.Rows);
        Assert.Equal("help", _editor.Type(Up).Line);
    }

    [Fact]
    public void Clearing_the_screen_keeps_line_and_cursor()
    {
        _editor.Type("one\rtwo" + Left + ControlL);
        Assert.Equal(["cosmos> two"], _editor.Terminal.Rows);
        Assert.Equal(Prompt.Length + 2, _editor.Terminal.Column);
    }

    [Fact]
    public void Redrawing_shows_line_and_cursor_again()
    {
        _editor.Type("one" + Left);
        _editor.Terminal.Write("\n[    1.000000] a log line\n"u8);
        _editor.Editor.Redraw();
        Assert.Equal("cosmos> one", _editor.Terminal.CurrentRow);
        Assert.Equal(Prompt.Length + 2, _editor.Terminal.Column);
    }

    [Fact]
    public void Typing_at_the_end_echoes_just_the_character()
    {
        _editor.Type("abc");
        int before = _editor.Terminal.BytesWritten;
        _editor.Type("d");
        Assert.Equal(1, _editor.Terminal.BytesWritten - before);
    }

    [Fact]
    public void Each_key_is_one_write()
    {
        _editor.Type("abc" + Left);
        int before = _editor.Terminal.Writes;
        _editor.Type("x");
        Assert.Equal(1, _editor.Terminal.Writes - before);
    }

    [Fact]
    public void Random_keys_always_show_the_line_that_is_there()
    {
        string[] keys =
        [
            "a", "b", " ", "ß", "€", Left, Right, Up, Down, Home, End, Delete, Backspace, ControlK, ControlU, ControlW, "\t",
            "longer words ", Left + Left + Left + Left, "\e[9", "\eO", "\r",
        ];
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            _editor.Type(keys[random.Next(keys.Length)]);
            if (random.Next(50) == 0)
                _editor.Type("x" + Home);
            string line = _editor.Line;
            Assert.True(Encoding.UTF8.GetByteCount(line) <= LineEditor.Capacity);
            Assert.StartsWith("cosmos>", _editor.Terminal.CurrentRow);
            Assert.Contains(_editor.Shown, line);
            if (line.Length < FakeTerminal.Width - Prompt.Length && _editor.Terminal.Column < line.Length)
                Assert.Equal(line.TrimEnd(), _editor.Shown);
        }
    }
}
