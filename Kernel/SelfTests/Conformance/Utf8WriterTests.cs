using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kernel.SelfTests.Conformance;

/// <summary>What the core library has that .NET has not.</summary>
public static class Utf8WriterTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.extras");
        suite.Add("Writer_appends_everything"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[64];
            var writer = new Utf8Writer(buffer);
            writer.Append("a\u00E9");
            writer.Append((byte)'-');
            writer.Append($"{0xFF:x4}|{7,3}|{"b",-3}|");
            Check.SequenceEqual("a\u00E9-00ff|  7|b  |"u8, writer.Text);
            Check.False(writer.IsTruncated);
        });
        suite.Add("Writer_cuts_off_between_characters"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[4];
            var writer = new Utf8Writer(buffer);
            writer.Append("ab\u20AC");
            Check.True(writer.IsTruncated);
            Check.SequenceEqual("ab"u8, writer.Text);
            writer.Append("c");
            Check.SequenceEqual("ab"u8, writer.Text);

            writer = new Utf8Writer(buffer);
            writer.Append("abc\u00E9"u8);
            Check.True(writer.IsTruncated);
            Check.SequenceEqual("abc"u8, writer.Text);
        });
        suite.Add("Writer_drops_numbers_that_do_not_fit_whole"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[6];
            var writer = new Utf8Writer(buffer);
            writer.Append($"n={12345}!");
            Check.True(writer.IsTruncated);
            Check.SequenceEqual("n="u8, writer.Text);
        });
        suite.Add("Writer_aligns_by_characters_not_bytes"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[32];
            var writer = new Utf8Writer(buffer);
            writer.Append($"[{"\u20AC\u20AC",4}][{"\u00E9",-3}]");
            Check.SequenceEqual("[  \u20AC\u20AC][\u00E9  ]"u8, writer.Text);
        });
        suite.Add("Methods_take_interpolated_strings_into_their_buffer"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[16];
            Check.Equal(5, Measure(buffer, $"{1}, {22}"));
            Check.SequenceEqual("1, 22"u8, buffer[..5]);
        });
        suite.Add("Lines_bring_their_own_buffer"u8, static () =>
        {
            var lines = new List<string>();
            Record(lines, $"irq {4} {"x"u8} {'\u00E9'}");
            Record(lines, $"{new string('x', 300)}");
            Check.Equal("irq 4 x \u00E9", lines[0]);
            Check.Equal(Utf8Line.Capacity + 1, lines[1].Length);
            Check.Equal('~', lines[1][^1]);
        });
        suite.Add("Numbers_parse_with_a_hexadecimal_prefix"u8, static () =>
        {
            Check.True(ulong.TryParse("0xFFFF800000001000"u8, out ulong address) && address == 0xFFFF800000001000);
            Check.True(int.TryParse(" 0x7f ", out int small) && small == 127);
            Check.True(int.TryParse("0xFFFFFFFF", out int negative) && negative == -1);
            Check.False(byte.TryParse("0x100", out _));
            Check.False(int.TryParse("-0x1", out _));
            Check.False(int.TryParse("0x", out _));
            Check.True(int.TryParse("0", out int zero) && zero == 0);
        });
        suite.Add("Maps_find_the_key_below"u8, static () =>
        {
            var regions = new SortedDictionary<ulong, string> { [0x1000] = "low", [0x8000] = "middle", [0x100000] = "high" };
            Check.False(regions.TryGetFloor(0xFFF, out _));
            Check.True(regions.TryGetFloor(0x8000, out KeyValuePair<ulong, string> found) && found.Value == "middle");
            Check.True(regions.TryGetFloor(0xFFFFF, out found) && found.Value == "middle");
            Check.True(regions.TryGetFloor(ulong.MaxValue, out found) && found.Key == 0x100000);
        });
        suite.Add("Multiplication_and_division_through_128_bits"u8, static () =>
        {
            Check.Equal(3_000_000_000UL * 1000, Math.MulDiv(3_000_000_000UL * 1000, 1_000_000_007, 1_000_000_007));
            Check.Equal(ulong.MaxValue, Math.MulDiv(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue));
            Check.Equal(0x5555_5555_5555_5555UL, Math.MulDiv(ulong.MaxValue, 1UL << 40, 3UL << 40));
            Check.Equal(7UL, Math.MulDiv(22, 1, 3));
            Check.Throws<OverflowException>(static () => Math.MulDiv(ulong.MaxValue, 2, 1));
            Check.Throws<OverflowException>(static () => Math.MulDiv(1, 1, 0));
        });
        suite.Add("Unix_time"u8, static () =>
        {
            Check.Equal("2001-09-09 01:46:40", DateTime.FromUnixSeconds(1_000_000_000).ToString());
            Check.Equal(1_709_251_200, new DateTime(2024, 3, 1).UnixSeconds);
        });
        suite.Add("Enums_format_as_numbers"u8, static () => Check.Equal("3 Sunday=0", $"{DayOfWeek.Wednesday} {nameof(DayOfWeek.Sunday)}={DayOfWeek.Sunday}"));
        suite.Add("Unknown_formats_with_a_number_are_rejected"u8, static () => Check.Throws<FormatException>(static () => _ = 1.ToString("Xz")));
        return suite;
    }

    private static int Measure(Span<byte> buffer, [InterpolatedStringHandlerArgument(nameof(buffer))] Utf8Writer text) => text.Length;

    private static void Record(List<string> lines, ref Utf8Line line) => lines.Add(Encoding.UTF8.GetString(line.Text) + (line.IsTruncated ? "~" : ""));
}
