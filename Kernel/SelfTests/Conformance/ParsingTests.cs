using System;
using System.Globalization;

namespace Kernel.SelfTests.Conformance;

/// <summary>Numbers from text.</summary>
public static class ParsingTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.parsing");
        suite.Add("Decimal_text_of_both_encodings"u8, static () =>
        {
            Check.True(int.TryParse("42", out int value));
            Check.Equal(42, value);
            Check.True(int.TryParse("-42"u8, out value));
            Check.Equal(-42, value);
            Check.True(int.TryParse("+7".AsSpan(), out value));
            Check.Equal(7, value);
            Check.True(long.TryParse("9007199254740993", out long big));
            Check.Equal(9007199254740993, big);
        });
        suite.Add("Extremes_fit_and_one_more_does_not"u8, static () =>
        {
            Check.True(int.TryParse("2147483647", out int number) && number == int.MaxValue);
            Check.False(int.TryParse("2147483648", out number));
            Check.Equal(0, number);
            Check.True(int.TryParse("-2147483648", out number) && number == int.MinValue);
            Check.False(int.TryParse("-2147483649", out _));
            Check.True(ulong.TryParse("18446744073709551615", out ulong huge) && huge == ulong.MaxValue);
            Check.False(ulong.TryParse("18446744073709551616", out _));
            Check.False(ulong.TryParse("99999999999999999999", out _));
            Check.True(long.TryParse("-9223372036854775808", out long low) && low == long.MinValue);
            Check.False(long.TryParse("9223372036854775808", out _));
            Check.True(byte.TryParse("255", out byte small) && small == 255);
            Check.False(byte.TryParse("256", out _));
            Check.True(sbyte.TryParse("-128", out sbyte least) && least == -128);
            Check.False(sbyte.TryParse("128", out _));
        });
        suite.Add("White_space_around_is_ignored"u8, static () =>
        {
            Check.True(int.TryParse("  12\t", out int value) && value == 12);
            Check.False(int.TryParse("1 2", out _));
            Check.False(int.TryParse("- 1", out _));
        });
        suite.Add("Anything_else_is_no_number"u8, static () =>
        {
            Check.False(int.TryParse("", out _));
            Check.False(int.TryParse((string?)null, out _));
            Check.False(int.TryParse("  ", out _));
            Check.False(int.TryParse("-", out _));
            Check.False(int.TryParse("12x", out _));
            Check.False(int.TryParse("--1", out _));
            Check.False(int.TryParse("1.0", out _));
            Check.False(int.TryParse("0x", out _));
        });
        suite.Add("Negative_unsigned_values_do_not_fit"u8, static () =>
        {
            Check.False(uint.TryParse("-1", out _));
            Check.True(uint.TryParse("-0", out uint zero) && zero == 0);
        });
        suite.Add("Hexadecimal_style_reads_the_bit_pattern"u8, static () =>
        {
            Check.True(uint.TryParse("dEaDbEeF", NumberStyles.HexNumber, null, out uint value) && value == 0xDEADBEEF);
            Check.True(int.TryParse("FFFFFFFF", NumberStyles.HexNumber, null, out int negative) && negative == -1);
            Check.True(ulong.TryParse("ffffffff80200000"u8, NumberStyles.HexNumber, null, out ulong kernel) && kernel == 0xFFFFFFFF80200000);
            Check.False(uint.TryParse("1FFFFFFFF", NumberStyles.HexNumber, null, out _));
            Check.False(uint.TryParse("g", NumberStyles.HexNumber, null, out _));
            Check.True(ulong.TryParse("0000000000000000001", NumberStyles.HexNumber, null, out ulong one) && one == 1);
        });
        suite.Add("Parse_throws_for_what_TryParse_refuses"u8, static () =>
        {
            Check.Equal(-17, int.Parse("-17"));
            Check.Throws<FormatException>(static () => int.Parse("x"));
            Check.Throws<OverflowException>(static () => byte.Parse("300"));
        });
        suite.Add("Booleans_parse_in_any_case"u8, static () =>
        {
            Check.True(bool.TryParse("TRUE", out bool value) && value);
            Check.True(bool.TryParse(" false ", out value) && !value);
            Check.False(bool.TryParse("yes", out _));
        });
        suite.Add("Every_formatted_value_parses_back"u8, static () =>
        {
            long value = 1;
            Span<char> text = stackalloc char[24];
            for (int i = 0; i < 64; i++)
            {
                value = unchecked(value * 6364136223846793005 + 1442695040888963407);
                Check.True(value.TryFormat(text, out int written));
                Check.True(long.TryParse(text[..written], out long back));
                Check.Equal(value, back);
                Check.True(value.TryFormat(text, out written, "X"));
                Check.True(long.TryParse(text[..written], NumberStyles.HexNumber, null, out back));
                Check.Equal(value, back);
            }
        });
        return suite;
    }
}
