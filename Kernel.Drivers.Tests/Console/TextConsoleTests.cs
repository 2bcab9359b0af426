using System;
using System.Text;
using Kernel.Drivers.Console;
using Xunit;
using ConsoleColor = Kernel.Drivers.Console.ConsoleColor;

namespace Kernel.Drivers.Tests.Console;

public sealed class TextConsoleTests
{
    private readonly FakeSurface _screen = new(10, 4, hasHardwareCursor: true);
    private readonly TextConsole _console;

    public TextConsoleTests() => _console = new TextConsole(_screen);

    private void Write(string text) => _console.Write(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void New_console_clears_the_whole_surface()
    {
        Assert.Equal(40, _screen.DrawCount);
        Assert.Equal("", _screen.Text());
        Assert.Equal((0, 0), _screen.Cursor);
        Assert.True(_screen.IsCursorVisible);
    }

    [Fact]
    public void Line_feed_goes_to_the_start_of_the_next_line()
    {
        Write("one\ntwo");
        Assert.Equal("one\ntwo", _screen.Text());
        Assert.Equal((3, 1), _screen.Cursor);
    }

    [Fact]
    public void Carriage_return_lets_text_be_overwritten()
    {
        Write("abcdef\rXY");
        Assert.Equal("XYcdef", _screen.Text());
    }

    [Fact]
    public void Backspace_moves_without_erasing_and_stops_at_the_left()
    {
        Write("ab\bX\b\b\b\bY");
        Assert.Equal("YX", _screen.Text());
    }

    [Fact]
    public void Tab_goes_to_the_next_multiple_of_eight_but_not_off_the_line()
    {
        Write("a\tb");
        Assert.Equal("a       b", _screen.Text());
        Write("\tc");
        Assert.Equal("a       bc", _screen.Text());
    }

    [Fact]
    public void Full_last_line_scrolls()
    {
        Write("1\n2\n3\n4\n5");
        Assert.Equal("2\n3\n4\n5", _screen.Text());
    }

    [Fact]
    public void Text_wraps_only_when_a_character_follows_the_last_column()
    {
        Write("0123456789");
        Assert.Equal((9, 0), _screen.Cursor);
        Write("\nx");
        Assert.Equal("0123456789\nx", _screen.Text());
        Write("\e[2J\e[H0123456789ab");
        Assert.Equal("0123456789\nab", _screen.Text());
    }

    [Theory]
    [InlineData("\e[3;5H", 4, 2)]
    [InlineData("\e[H", 0, 0)]
    [InlineData("\e[99;99f", 9, 3)]
    [InlineData("\e[;3H", 2, 0)]
    [InlineData("\e[2;2H\e[2C", 3, 1)]
    [InlineData("\e[2;5H\e[D\e[0D", 2, 1)]
    [InlineData("\e[4;5H\e[2A", 4, 1)]
    [InlineData("\e[B\e[B", 0, 2)]
    [InlineData("\e[4G", 3, 0)]
    [InlineData("abc\e[3d", 3, 2)]
    [InlineData("abc\e[2E", 0, 2)]
    [InlineData("a\nb\nc\e[F", 0, 1)]
    [InlineData("\e[99999999999999999999C", 9, 0)]
    [InlineData("ab\e7\e[4;4H\e8", 2, 0)]
    [InlineData("ab\e[s\e[4;4H\e[u", 2, 0)]
    public void Cursor_movements(string text, int column, int row)
    {
        Write(text);
        Assert.Equal((column, row), _screen.Cursor);
    }

    [Theory]
    [InlineData("\e[K", "abcdefghij\nklm\nuvwxyzABCD")]
    [InlineData("\e[1K", "abcdefghij\n    opqrst\nuvwxyzABCD")]
    [InlineData("\e[2K", "abcdefghij\n\nuvwxyzABCD")]
    [InlineData("\e[J", "abcdefghij\nklm")]
    [InlineData("\e[1J", "\n    opqrst\nuvwxyzABCD")]
    [InlineData("\e[2J", "")]
    [InlineData("\e[2P", "abcdefghij\nklmpqrst\nuvwxyzABCD")]
    [InlineData("\e[2@", "abcdefghij\nklm  nopqr\nuvwxyzABCD")]
    [InlineData("\e[3X", "abcdefghij\nklm   qrst\nuvwxyzABCD")]
    [InlineData("\e[L", "abcdefghij\n\nklmnopqrst\nuvwxyzABCD")]
    [InlineData("\e[M", "abcdefghij\nuvwxyzABCD")]
    [InlineData("\e[99M", "abcdefghij")]
    [InlineData("\e[S", "klmnopqrst\nuvwxyzABCD")]
    [InlineData("\e[T", "\nabcdefghij\nklmnopqrst\nuvwxyzABCD")]
    public void Editing_at_the_fourth_column_of_the_second_line(string sequence, string expected)
    {
        Write("abcdefghij\nklmnopqrst\nuvwxyzABCD\e[2;4H");
        Write(sequence);
        Assert.Equal(expected, _screen.Text());
    }

    [Fact]
    public void Reverse_line_feed_scrolls_down_at_the_top()
    {
        Write("a\nb\e[H\eMc");
        Assert.Equal("c\na\nb", _screen.Text());
    }

    [Theory]
    [InlineData("\e[31mx", ConsoleColor.Red, ConsoleColor.Black)]
    [InlineData("\e[1;32mx", ConsoleColor.BrightGreen, ConsoleColor.Black)]
    [InlineData("\e[1;32;22mx", ConsoleColor.Green, ConsoleColor.Black)]
    [InlineData("\e[93;44mx", ConsoleColor.BrightYellow, ConsoleColor.Blue)]
    [InlineData("\e[104mx", ConsoleColor.White, ConsoleColor.BrightBlue)]
    [InlineData("\e[7mx", ConsoleColor.Black, ConsoleColor.White)]
    [InlineData("\e[7;27mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[31;45m\e[mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[31;45;39;49mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[38;5;12;4mx", ConsoleColor.BrightBlue, ConsoleColor.Black)]
    [InlineData("\e[38;5;200;41mx", ConsoleColor.BrightMagenta, ConsoleColor.Red)]
    [InlineData("\e[38;5;22mx", ConsoleColor.Green, ConsoleColor.Black)]
    [InlineData("\e[38;5;240;48;5;255mx", ConsoleColor.BrightBlack, ConsoleColor.BrightWhite)]
    [InlineData("\e[38;5;300;48;5;16mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[38;2;31;32;33;41mx", ConsoleColor.Black, ConsoleColor.Red)]
    [InlineData("\e[48;2;250;10;20;1mx", ConsoleColor.BrightWhite, ConsoleColor.BrightRed)]
    [InlineData("\e[2mx", ConsoleColor.BrightBlack, ConsoleColor.Black)]
    [InlineData("\e[2;22mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[4mx", ConsoleColor.Cyan, ConsoleColor.Black)]
    [InlineData("\e[4;24mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[38;2;1mx", ConsoleColor.White, ConsoleColor.Black)]
    [InlineData("\e[38;5mx", ConsoleColor.White, ConsoleColor.Black)]
    public void Colours(string text, ConsoleColor foreground, ConsoleColor background)
    {
        Write(text);
        Assert.Equal('x', _screen[0, 0].Character);
        Assert.Equal((foreground, background), (_screen[0, 0].Foreground, _screen[0, 0].Background));
    }

    [Theory]
    [InlineData("\e]0;window title\ax")]
    [InlineData("\e]0;window title\e\\x")]
    [InlineData("\e(Bx")]
    [InlineData("\e[?2004hx")]
    [InlineData("\e[>1;2cx")]
    [InlineData("\e[1 qx")]
    [InlineData("\e[12;\u0018x")]
    [InlineData("\e]Rx")]
    [InlineData("\e]P0123ABCx")]
    [InlineData("\ePdevice control\e\\x")]
    [InlineData("\e[[Ax")]
    [InlineData("\e[?1049hx")]
    [InlineData("\e%Gx")]
    [InlineData("\e[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19mx")]
    [InlineData("\0\a\u007Fx")]
    public void What_is_not_understood_leaves_no_trace(string text)
    {
        Write(text);
        Assert.Equal("x", _screen.Text());
        Assert.Equal((1, 0), _screen.Cursor);
    }

    [Fact]
    public void Sequences_may_be_split_anywhere()
    {
        foreach (byte value in Encoding.UTF8.GetBytes("\e[2;3Hé│\e[31mz"))
            _console.Write([value]);
        Assert.Equal("\n  é│z", _screen.Text());
        Assert.Equal(ConsoleColor.Red, _screen[4, 1].Foreground);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData(new byte[] { 0xE2, 0x94, 0x80 }, "─")]
    [InlineData(new byte[] { 0xE2, 0x82, 0xAC }, "?")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80, (byte)'x' }, "?x")]
    [InlineData(new byte[] { 0x80, (byte)'x' }, "?x")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "??")]
    [InlineData(new byte[] { 0xE2, 0x94, (byte)'x' }, "?x")]
    [InlineData(new byte[] { 0xE2, 0xC3, 0xA9 }, "?é")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "?")]
    [InlineData(new byte[] { 0xE0, 0x80, 0x80 }, "?")]
    [InlineData(new byte[] { 0xFF }, "?")]
    public void Characters(byte[] utf8, string expected)
    {
        _console.Write(utf8);
        Assert.Equal(expected, _screen.Text());
    }

    [Fact]
    public void Only_cells_that_changed_are_drawn()
    {
        Write("abc");
        _screen.DrawCount = 0;
        Write("\rabX");
        Assert.Equal(1, _screen.DrawCount);
        _screen.DrawCount = 0;
        Write("\e[2;1H\e[31m\e[K");
        Assert.Equal(10, _screen.DrawCount);
    }

    [Fact]
    public void A_page_of_text_is_drawn_once()
    {
        _screen.DrawCount = 0;
        var text = new StringBuilder();
        for (int line = 0; line < 100; line++)
            text.Append($"line {line}\n");
        Write(text.ToString());
        Assert.Equal("line 97\nline 98\nline 99", _screen.Text());
        Assert.True(_screen.DrawCount <= 40);
    }

    [Fact]
    public void Hidden_cursor_comes_back()
    {
        Write("\e[?25l");
        Assert.False(_screen.IsCursorVisible);
        Write("\e[?25h");
        Assert.True(_screen.IsCursorVisible);
    }

    [Fact]
    public void Cursor_without_hardware_is_an_inverted_cell_that_moves()
    {
        var screen = new FakeSurface(10, 4, hasHardwareCursor: false);
        var console = new TextConsole(screen);
        Assert.Equal(ConsoleColor.White, screen[0, 0].Background);
        console.Write("ab\n"u8);
        Assert.Equal(ConsoleColor.Black, screen[0, 0].Background);
        Assert.Equal(ConsoleColor.White, screen[0, 1].Background);
        console.Write("\e[A"u8);
        Assert.Equal(new Cell('a', ConsoleColor.Black, ConsoleColor.White), screen[0, 0]);
        Assert.Equal(ConsoleColor.Black, screen[0, 1].Background);
        console.Write("\e[?25l"u8);
        Assert.Equal(ConsoleColor.Black, screen[0, 0].Background);
    }

    [Fact]
    public void Scrolling_takes_the_drawn_cursor_along()
    {
        var screen = new FakeSurface(10, 4, hasHardwareCursor: false);
        var console = new TextConsole(screen);
        console.Write("1\n2\n3\n4\n5\n"u8);
        int inverted = 0;
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 10; column++)
                inverted += screen[column, row].Background == ConsoleColor.White ? 1 : 0;
        }

        Assert.Equal(1, inverted);
        Assert.Equal(ConsoleColor.White, screen[0, 3].Background);
    }

    [Fact]
    public void Random_bytes_never_break_it()
    {
        var random = new Random(1);
        byte[] bytes = new byte[64];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            for (int index = 0; index < bytes.Length; index++)
            {
                if (random.Next(4) == 0)
                    bytes[index] = "\e[;0129?HJKmABCDLMP@XST78\nrhl]P(6"u8[random.Next(33)];
            }

            _console.Write(bytes);
            Assert.InRange(_screen.Cursor.Column, 0, 9);
            Assert.InRange(_screen.Cursor.Row, 0, 3);
        }
    }

    [Fact]
    public void Interpolated_text_is_written()
    {
        _console.WriteLine($"{255:x}-{"é"}");
        Assert.Equal("ff-é", _screen.Text());
        Assert.Equal((0, 1), _screen.Cursor);
    }
}
