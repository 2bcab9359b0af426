using System;
using System.Text.Unicode;

namespace Kernel.SelfTests.Conformance;

/// <summary>Text of values: format strings, interpolation into strings and spans, enums, dates.</summary>
public static class FormattingTests
{
    private enum Level
    {
        Low = -3,
        High = 7,
    }

    private enum WideFlags : ulong
    {
        Top = 0x8000_0000_0000_0000,
    }

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.formatting");
        AddIntegers(suite);
        AddInterpolation(suite);
        AddOtherTypes(suite);
        return suite;
    }

    private static void AddIntegers(SelfTestSuite suite)
    {
        suite.Add("Integers_print_their_extremes"u8, static () =>
        {
            Check.Equal("-2147483648", int.MinValue.ToString());
            Check.Equal("2147483647", int.MaxValue.ToString());
            Check.Equal("-9223372036854775808", long.MinValue.ToString());
            Check.Equal("18446744073709551615", ulong.MaxValue.ToString());
            Check.Equal("-128", sbyte.MinValue.ToString());
            Check.Equal("255", byte.MaxValue.ToString());
            Check.Equal("-32768", short.MinValue.ToString());
            Check.Equal("65535", ushort.MaxValue.ToString());
            Check.Equal("0", 0.ToString());
        });
        suite.Add("Hexadecimal_shows_the_bits_of_the_type"u8, static () =>
        {
            Check.Equal("FFFFFFFF", (-1).ToString("X"));
            Check.Equal("ff", ((sbyte)-1).ToString("x"));
            Check.Equal("FFFE", ((short)-2).ToString("X"));
            Check.Equal("0", 0.ToString("X"));
            Check.Equal("deadbeef", 0xDEADBEEFu.ToString("x"));
            Check.Equal("FFFFFFFFFFFFFFFF", (-1L).ToString("X"));
        });
        suite.Add("Precision_pads_with_zeros"u8, static () =>
        {
            Check.Equal("00000000000000FF", 255UL.ToString("X16"));
            Check.Equal("000beef1", 0xBEEF1.ToString("x8"));
            Check.Equal("0042", 42.ToString("D4"));
            Check.Equal("-0042", (-42).ToString("D4"));
            Check.Equal("12345", 12345.ToString("D2"));
            Check.Equal("00000101", 5.ToString("B8"));
        });
        suite.Add("Pointer_sized_integers_format_alike"u8, static () =>
        {
            nint negative = -5;
            nuint address = 0x1000;
            Check.Equal("-5", negative.ToString());
            Check.Equal("1000", address.ToString("x"));
            Check.Equal("FFFFFFFFFFFFFFFB", negative.ToString("X"));
        });
        suite.Add("Unknown_formats_are_rejected"u8, static () =>
        {
            Check.Throws<FormatException>(static () => _ = 1.ToString("Q"));
        });
        suite.Add("TryFormat_says_when_the_span_is_short"u8, static () =>
        {
            Span<char> four = stackalloc char[4];
            Check.True(1234.TryFormat(four, out int written));
            Check.Equal(4, written);
            Check.Equal("1234", four.ToString());
            Check.False(12345.TryFormat(four, out written));
            Check.Equal(0, written);
            Check.False((-1234).TryFormat(four, out written));
            Span<byte> utf8 = stackalloc byte[4];
            Check.True((-123).TryFormat(utf8, out written));
            Check.SequenceEqual("-123"u8, utf8[..written]);
        });
    }

    private static void AddInterpolation(SelfTestSuite suite)
    {
        suite.Add("Interpolation_makes_strings"u8, static () =>
        {
            int cpu = 3;
            string name = "apic";
            Check.Equal("cpu 3: apic", $"cpu {cpu}: {name}");
            Check.Equal("", $"{(string?)null}");
            Check.Equal("{3}", $"{{{cpu}}}");
        });
        suite.Add("Interpolation_aligns_on_both_sides"u8, static () =>
        {
            Check.Equal("[   42]", $"[{42,5}]");
            Check.Equal("[42   ]", $"[{42,-5}]");
            Check.Equal("[123456]", $"[{123456,4}]");
            Check.Equal("[  ab][ab  ]", $"[{"ab",4}][{"ab",-4}]");
            Check.Equal("[    00ff]", $"[{255,8:x4}]");
        });
        suite.Add("Interpolation_of_long_texts_grows"u8, static () =>
        {
            string long1 = new('x', 300);
            string text = $"<{long1}{1}{long1}>";
            Check.Equal(603, text.Length);
            Check.Equal('1', text[301]);
            Check.Equal('>', text[^1]);
        });
        suite.Add("TryWrite_formats_into_a_span"u8, static () =>
        {
            Span<char> text = stackalloc char[32];
            ulong address = 0xFFFF_8000_0000_1000;
            Check.True(text.TryWrite($"at 0x{address:x16}, {true}", out int written));
            Check.Equal("at 0xffff800000001000, True", text[..written].ToString());
            Check.False(text[..8].TryWrite($"at 0x{address:x16}", out written));
            Check.Equal(0, written);
        });
        suite.Add("Utf8_TryWrite_formats_into_bytes"u8, static () =>
        {
            Span<byte> text = stackalloc byte[32];
            Check.True(Utf8.TryWrite(text, $"{'\u00E9'}{"\u20AC"} {-7,4}|{"ab",-3}|", out int written));
            Check.SequenceEqual("\u00E9\u20AC   -7|ab |"u8, text[..written]);
            Check.False(Utf8.TryWrite(text[..2], $"{100}", out written));
        });
        suite.Add("Composite_formats_and_anonymous_types"u8, static () =>
        {
            Check.Equal("a 7|  ff|x  |{}", string.Format("a {0}|{1,4:x}|{2,-3}|{{}}", 7, 255, "x"));
            Check.Equal("", string.Format("{0}", (object?)null));
            Check.Throws<FormatException>(static () => string.Format("{1}", 1));
            Check.Throws<FormatException>(static () => string.Format("{0", 1));
            var anonymous = new { Name = "disk", Irq = 3 };
            Check.Equal("{ Name = disk, Irq = 3 }", anonymous.ToString());
            Check.True(anonymous.Equals(new { Name = "disk", Irq = 3 }));
        });
        suite.Add("Spans_interpolate_without_becoming_strings"u8, static () =>
        {
            ReadOnlySpan<char> word = "memory".AsSpan(0, 3);
            Check.Equal("<mem>", $"<{word}>");
            Check.Equal("<  mem>", $"<{word,5}>");
        });
    }

    private static void AddOtherTypes(SelfTestSuite suite)
    {
        suite.Add("Booleans_and_characters"u8, static () =>
        {
            Check.Equal("True False", $"{true} {false}");
            Check.Equal("a-\u20AC", $"{'a'}-{'\u20AC'}");
            Check.Equal("True", true.ToString());
            Check.Equal("q", 'q'.ToString());
        });
        suite.Add("Enums_format_as_numbers_in_hexadecimal"u8, static () =>
        {
            Check.Equal("00000007", $"{Level.High:X}".PadLeft(8, '0'));
            Check.Equal("7", $"{Level.High:D}");
            Check.Equal("-3", $"{Level.Low:D}");
            Check.Equal("9223372036854775808", $"{WideFlags.Top:D}");
        });
        suite.Add("Values_in_structs_format_through_the_interface"u8, static () =>
        {
            Span<byte> text = stackalloc byte[16];
            Check.True(Utf8.TryWrite(text, $"{new Megabytes(5)}", out int written));
            Check.SequenceEqual("5 MiB"u8, text[..written]);
            Check.Equal("7 MiB", $"{new Megabytes(7)}");
        });
        suite.Add("Fixed_point_of_floating_point_values"u8, static () =>
        {
            Check.Equal("3.14", 3.14159.ToString("F2"));
            Check.Equal("-0.50", (-0.5).ToString("F2"));
            Check.Equal("2", 1.9999.ToString("F0"));
            Check.Equal("1.250", 1.25f.ToString("F3"));
            Check.Equal("NaN", double.NaN.ToString());
            Check.Equal("0.1", 0.1.ToString());
            Check.Equal("100", 100.0.ToString());
        });
        suite.Add("Time_spans"u8, static () =>
        {
            Check.Equal("01:02:03", new TimeSpan(1, 2, 3).ToString());
            Check.Equal("2.03:04:05", new TimeSpan(2, 3, 4, 5).ToString());
            Check.Equal("-00:00:01.5000000", TimeSpan.FromMilliseconds(-1500).ToString());
            Check.Equal(90.5, TimeSpan.FromMilliseconds(90500).TotalSeconds);
        });
        suite.Add("Dates_follow_the_calendar"u8, static () =>
        {
            var leapDay = new DateTime(2024, 2, 29, 23, 59, 58);
            DateTime next = leapDay + TimeSpan.FromSeconds(2);
            Check.Equal(2024, next.Year);
            Check.Equal(3, next.Month);
            Check.Equal(1, next.Day);
            Check.Equal(0, next.Hour);
            Check.Equal(DayOfWeek.Friday, next.DayOfWeek);
            Check.Equal(61, next.DayOfYear);
            Check.Equal(951782400, (new DateTime(2000, 2, 29) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond);
            Check.Equal(3155378975999999999, new DateTime(9999, 12, 31, 23, 59, 59).Ticks + 9999999);
            Check.Throws<ArgumentOutOfRangeException>(static () => _ = new DateTime(2023, 2, 29));
        });
    }

    private readonly struct Megabytes(int count) : ISpanFormattable, IUtf8SpanFormattable
    {
        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
            destination.TryWrite($"{count} MiB", out charsWritten);

        public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
            Utf8.TryWrite(utf8Destination, $"{count} MiB", out bytesWritten);

        public string ToString(string? format, IFormatProvider? formatProvider) => $"{count} MiB";
    }
}
