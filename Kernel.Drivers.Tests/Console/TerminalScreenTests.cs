using System;
using System.Text;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Xunit;
using ConsoleColor = Kernel.Drivers.Console.ConsoleColor;

namespace Kernel.Drivers.Tests.Console;

/// <summary>What full-screen programs and shells send to the screen of a terminal.</summary>
public sealed class TerminalScreenTests
{
    private readonly FakeSurface _screen = new(10, 5, hasHardwareCursor: true);
    private readonly InputQueue _replies = new();
    private readonly TextConsole _console;

    public TerminalScreenTests() => _console = new TextConsole(_screen) { Replies = _replies };

    [Fact]
    public void Line_feed_goes_straight_down()
    {
        Write("ab\nc\r\nd");
        Assert.Equal("ab\n  c\nd", _screen.Text());
    }

    [Fact]
    public void Line_feed_returns_in_new_line_mode()
    {
        Write("\e[20hab\nc\e[20l\nd");
        Assert.Equal("ab\nc\n d", _screen.Text());
    }

    [Fact]
    public void Kernel_lines_between_leave_a_sequence_and_colours_alone()
    {
        Write("\e[31mab\e[3");
        _console.Write("log\n"u8);
        Write("2mc");
        _console.Write("x\n"u8);
        Assert.Equal("ablog\ncx", _screen.Text());
        Assert.Equal(ConsoleColor.Red, _screen[0, 0].Foreground);
        Assert.Equal(ConsoleColor.White, _screen[2, 0].Foreground);
        Assert.Equal(ConsoleColor.Green, _screen[0, 1].Foreground);
        Assert.Equal(ConsoleColor.White, _screen[1, 1].Foreground);
    }

    [Fact]
    public void Character_that_is_split_survives_a_kernel_line()
    {
        _console.WriteAsTerminal([0xC3]);
        _console.Write("x"u8);
        _console.WriteAsTerminal([0xA9]);
        Assert.Equal("x\u00E9", _screen.Text());
    }

    [Theory]
    [InlineData("\e[2;4r\e[4;1H\nx", "1\n3\n4\nx\n5")]
    [InlineData("\e[2;4r\e[2;1H\eMx", "1\nx\n2\n3\n5")]
    [InlineData("\e[2;4r\e[3;1H\e[L", "1\n2\n\n3\n5")]
    [InlineData("\e[2;4r\e[2;1H\e[M", "1\n3\n4\n\n5")]
    [InlineData("\e[2;4r\e[2;1H\e[9M", "1\n\n\n\n5")]
    [InlineData("\e[2;4r\e[5;1H\e[L\e[M", "1\n2\n3\n4\n5")]
    [InlineData("\e[2;4r\e[5;1H\nx", "1\n2\n3\n4\nx")]
    [InlineData("\e[2;4r\e[1;1H\eMx", "x\n2\n3\n4\n5")]
    [InlineData("\e[2;4r\e[S", "1\n3\n4\n\n5")]
    [InlineData("\e[2;4r\e[T", "1\n\n2\n3\n5")]
    [InlineData("\e[2;4r\e[r\e[5;1H\nx", "2\n3\n4\n5\nx")]
    [InlineData("\e[4;2r\e[5;1H\nx", "2\n3\n4\n5\nx")]
    [InlineData("\e[2;4r\e[?6h\e[Hx", "1\nx\n3\n4\n5")]
    [InlineData("\e[2;4r\e[?6h\e[9;1Hx", "1\n2\n3\nx\n5")]
    [InlineData("\e[2;4r\e[?6h\e[?6l\e[Hx", "x\n2\n3\n4\n5")]
    [InlineData("\e[2;4r\e[!p\e[5;1H\nx", "2\n3\n4\n5\nx")]
    public void Scrolling_rows(string sequence, string expected)
    {
        Write("1\r\n2\r\n3\r\n4\r\n5");
        Write(sequence);
        Assert.Equal(expected, _screen.Text());
    }

    [Fact]
    public void Setting_the_scrolling_rows_moves_the_cursor_home()
    {
        Write("\e[3;3H\e[2;4r");
        Assert.Equal((0, 0), _screen.Cursor);
    }

    [Fact]
    public void Insert_mode_moves_the_rest_of_the_line()
    {
        Write("abc\r\e[4hxy\e[4lz");
        Assert.Equal("xyzbc", _screen.Text());
    }

    [Fact]
    public void Without_wrapping_the_last_column_is_written_over()
    {
        Write("\e[?7l0123456789abc");
        Assert.Equal("012345678c", _screen.Text());
        Write("\e[?7h\r\n0123456789abc");
        Assert.Equal("012345678c\n0123456789\nabc", _screen.Text());
    }

    [Fact]
    public void Saved_cursor_has_its_colours()
    {
        Write("\e[2;3H\e[31m\e7\e[H\e[m\e8x");
        Assert.Equal('x', _screen[2, 1].Character);
        Assert.Equal(ConsoleColor.Red, _screen[2, 1].Foreground);
    }

    [Fact]
    public void Line_drawing_sets()
    {
        Write("\e(0lqk\e(Bq\e)0\u000Ex\u000Fx");
        Assert.Equal("┌─┐q│x", _screen.Text());
    }

    [Theory]
    [InlineData("\e[6n", "\e[1;1R")]
    [InlineData("\e[3;10H\e[6n", "\e[3;10R")]
    [InlineData("\e[99;99H\e[6n", "\e[5;10R")]
    [InlineData("\e[2;4r\e[?6h\e[2;3H\e[6n", "\e[2;3R")]
    [InlineData("\e[5n", "\e[0n")]
    [InlineData("\e[c", "\e[?6c")]
    [InlineData("\e[0c", "\e[?6c")]
    [InlineData("\eZ", "\e[?6c")]
    [InlineData("\e[>c\e[?6n\e[7n", "")]
    public void Questions_are_answered(string question, string expected)
    {
        Write(question);
        Assert.Equal(expected, Replies());
    }

    [Fact]
    public void Kernel_text_gets_no_answers()
    {
        _console.Write("\e[6n"u8);
        Assert.Equal("", Replies());
    }

    [Theory]
    [InlineData("\e[H\e[J")]
    [InlineData("\e[H\e[2J\e[3J")]
    [InlineData("\ec\e(B\e[m\e[J\e[?25h")]
    [InlineData("\ec\e]R")]
    public void Clear_and_reset(string sequence)
    {
        Write("\e[2;4r\e[?25l\e[4habc");
        Write(sequence + "\e[r\e[?25hx");
        Write("\r");
        Assert.True(_screen.IsCursorVisible);
        Assert.Equal((0, 0), _screen.Cursor);
        Assert.Equal("x", _screen.Text());
    }

    [Fact]
    public void Reset_ends_all_modes()
    {
        Write("\e[2;4r\e[?25l\e[?6h\e[?7l\e[4h\e[31;7m\e(0\e[?1h\ecqq\r\n\nz");
        Assert.Equal("qq\n\nz", _screen.Text());
        Assert.Equal(ConsoleColor.White, _screen[0, 0].Foreground);
        Assert.True(_screen.IsCursorVisible);
        Assert.False(_console.HasApplicationCursorKeys);
    }

    [Fact]
    public void Program_can_ask_for_application_cursor_keys()
    {
        Write("\e[?1;25h");
        Assert.True(_console.HasApplicationCursorKeys);
        Write("\e[?1l");
        Assert.False(_console.HasApplicationCursorKeys);
    }

    [Fact]
    public void Erased_cells_have_the_background_in_force()
    {
        Write("abc\e[44m\e[1K\e[J");
        Assert.Equal(ConsoleColor.Blue, _screen[0, 0].Background);
        Assert.Equal(ConsoleColor.Blue, _screen[9, 4].Background);
    }

    // The screen of busybox vi: cursor addressing, erasing to the end of each line, a status line.
    [Fact]
    public void Editor_draws_its_screen()
    {
        Write("\e[?1049h\e[1;1H\e[Jone\e[2;1Htwo\e[3;1H~\e[4;1H~\e[5;1H\e[K\e[7m- f 1/2\e[m\e[1;1H");
        Assert.Equal("one\ntwo\n~\n~\n- f 1/2", _screen.Text());
        Assert.Equal(ConsoleColor.Black, _screen[0, 4].Foreground);
        Assert.Equal((0, 0), _screen.Cursor);
    }

    private void Write(string text) => _console.WriteAsTerminal(Encoding.UTF8.GetBytes(text));

    private string Replies()
    {
        var text = new StringBuilder();
        while (_replies.TryRead(out byte value))
            text.Append((char)value);
        return text.ToString();
    }
}
