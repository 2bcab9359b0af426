using System;
using System.Collections.Generic;
using Kernel.Drivers.Console;
using Xunit;

namespace Kernel.Drivers.Tests.Console;

public sealed class ConsoleFontTests
{
    [Fact]
    public void Every_printable_ascii_character_has_a_glyph_of_its_own()
    {
        var seen = new Dictionary<string, char>();
        for (char character = '!'; character <= '~'; character++)
        {
            string glyph = Convert.ToHexString(ConsoleFont.Glyph(character));
            Assert.True(glyph.Trim('0').Length > 0, $"{character} is empty");
            Assert.True(seen.TryAdd(glyph, character), $"{character} looks like another");
        }

        Assert.Equal(94, seen.Count);
    }

    [Fact]
    public void Space_is_empty() => Assert.Equal(new byte[16], ConsoleFont.Glyph(' ').ToArray());

    [Theory]
    [InlineData('\u00A1', '\u00FF')]
    [InlineData('\u2500', '\u257F')]
    public void Other_ranges_have_no_empty_glyphs(char first, char last)
    {
        for (char character = first; character <= last; character++)
        {
            Assert.True(ConsoleFont.Contains(character));
            Assert.True(ConsoleFont.Glyph(character).IndexOfAnyExcept((byte)0) >= 0, $"U+{(int)character:X4} is empty");
        }
    }

    [Fact]
    public void Lines_of_a_box_meet_at_the_edges_of_their_cells()
    {
        ReadOnlySpan<byte> vertical = ConsoleFont.Glyph('│');
        byte column = vertical[0];
        Assert.NotEqual(0, column);
        foreach (byte row in vertical)
            Assert.Equal(column, row);
        Assert.Contains((byte)0xFF, ConsoleFont.Glyph('─').ToArray());
        Assert.Equal(column, ConsoleFont.Glyph('┌')[15]);
        Assert.Equal(column, ConsoleFont.Glyph('└')[0]);
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\u007F')]
    [InlineData('\u009F')]
    [InlineData('\u0100')]
    [InlineData('\u24FF')]
    [InlineData('\u2580')]
    [InlineData('\uFFFD')]
    public void Unknown_characters_look_like_question_marks(char character)
    {
        Assert.False(ConsoleFont.Contains(character));
        Assert.Equal(ConsoleFont.Glyph('?').ToArray(), ConsoleFont.Glyph(character).ToArray());
    }

    [Theory]
    [InlineData('A', 0x41)]
    [InlineData('é', 0x82)]
    [InlineData('Ü', 0x9A)]
    [InlineData('─', 0xC4)]
    [InlineData('│', 0xB3)]
    [InlineData('╬', 0xCE)]
    [InlineData('\u00A0', 0xFF)]
    [InlineData('€', '?')]
    public void Vga_shows_code_page_437(char character, byte expected) =>
        Assert.Equal(expected, VgaTextSurface.ToCodePage(character));
}
