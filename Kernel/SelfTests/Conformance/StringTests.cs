using System;
using System.Collections.Generic;
using System.Text;

namespace Kernel.SelfTests.Conformance;

/// <summary>Strings: comparison, search and what makes new ones.</summary>
public static class StringTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.strings");
        AddComparison(suite);
        AddSearch(suite);
        AddManipulation(suite);
        AddBuilder(suite);
        return suite;
    }

    private static void AddComparison(SelfTestSuite suite)
    {
        suite.Add("Equality_compares_characters_not_references"u8, static () =>
        {
            string built = new(['a', 'b', 'c']);
            Check.False(ReferenceEquals(built, "abc"));
            Check.True(built == "abc");
            Check.True(built != "abd");
            Check.True(built.Equals((object)"abc"));
            Check.True(((string?)null) != "abc");
            Check.True(string.Equals(null, null));
        });
        suite.Add("Equal_strings_have_equal_hash_codes"u8, static () =>
        {
            string built = new(['h', 'a', 's', 'h']);
            Check.Equal("hash".GetHashCode(), built.GetHashCode());
            Check.True("hash".GetHashCode() != "hasj".GetHashCode());
            Check.Equal(StringComparer.OrdinalIgnoreCase.GetHashCode("HaSh"), StringComparer.OrdinalIgnoreCase.GetHashCode("hAsH"));
        });
        suite.Add("Ordinal_order_is_by_code_unit"u8, static () =>
        {
            Check.True(string.CompareOrdinal("Z", "a") < 0);
            Check.True(string.CompareOrdinal("abc", "abd") < 0);
            Check.True(string.CompareOrdinal("abc", "ab") > 0);
            Check.Equal(0, string.CompareOrdinal("abc", "abc"));
            Check.True(string.CompareOrdinal(null, "") < 0);
        });
        suite.Add("Ignoring_case_makes_letters_equal"u8, static () =>
        {
            Check.True(string.Equals("SelfTest", "sELFtEST", StringComparison.OrdinalIgnoreCase));
            Check.False(string.Equals("SelfTest", "SelfTest ", StringComparison.OrdinalIgnoreCase));
            Check.Equal(0, string.Compare("ABC", "abc", StringComparison.OrdinalIgnoreCase));
            Check.True(string.Compare("ABC", "abd", StringComparison.OrdinalIgnoreCase) < 0);
            // The characters around the letters differ in the same bit as upper and lower case do.
            Check.False("@".Equals("`", StringComparison.OrdinalIgnoreCase));
            Check.False("[".Equals("{", StringComparison.OrdinalIgnoreCase));
        });
        suite.Add("Null_or_empty_and_white_space_are_told_apart"u8, static () =>
        {
            Check.True(string.IsNullOrEmpty(null));
            Check.True(string.IsNullOrEmpty(""));
            Check.False(string.IsNullOrEmpty(" "));
            Check.True(string.IsNullOrWhiteSpace(" \t\r\n"));
            Check.False(string.IsNullOrWhiteSpace(" x "));
        });
        suite.Add("Switch_on_strings_finds_every_label"u8, static () =>
        {
            string[] words = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
            for (int i = 0; i < words.Length; i++)
                Check.Equal(i + 1, NumberOf(new string(words[i].AsSpan())));
            Check.Equal(0, NumberOf("nine"));
        });
    }

    private static int NumberOf(string word) => word switch
    {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        _ => 0,
    };

    private static void AddSearch(SelfTestSuite suite)
    {
        suite.Add("IndexOf_finds_first_and_last_occurrence"u8, static () =>
        {
            Check.Equal(1, "banana".IndexOf('a'));
            Check.Equal(5, "banana".LastIndexOf('a'));
            Check.Equal(3, "banana".IndexOf('a', 2));
            Check.Equal(-1, "banana".IndexOf('x'));
            Check.Equal(2, "banana".IndexOf("nan", StringComparison.Ordinal));
            Check.Equal(-1, "banana".IndexOf("nab", StringComparison.Ordinal));
            Check.Equal(1, "bANana".IndexOf("ana", StringComparison.OrdinalIgnoreCase));
            Check.Equal(2, "banana".IndexOfAny(['x', 'n']));
        });
        suite.Add("Contains_and_prefixes"u8, static () =>
        {
            Check.True("kernel.elf".Contains("nel"));
            Check.False("kernel.elf".Contains("NEL"));
            Check.True("kernel.elf".Contains("NEL", StringComparison.OrdinalIgnoreCase));
            Check.True("kernel.elf".StartsWith("kern", StringComparison.Ordinal));
            Check.True("kernel.elf".EndsWith(".ELF", StringComparison.OrdinalIgnoreCase));
            Check.False("k".StartsWith("kernel", StringComparison.Ordinal));
            Check.True("kernel".StartsWith('k') && "kernel".EndsWith('l'));
        });
        suite.Add("Indexer_rejects_positions_outside"u8, static () =>
        {
            string text = "abc";
            Check.Equal('c', text[^1]);
            Check.Throws<IndexOutOfRangeException>(() => _ = text[3]);
            Check.Throws<IndexOutOfRangeException>(() => _ = text[-1]);
        });
        suite.Add("Foreach_walks_all_characters"u8, static () =>
        {
            int sum = 0;
            foreach (char c in "AbC")
                sum = sum * 1000 + c;
            Check.Equal(65098067, sum);
        });
    }

    private static void AddManipulation(SelfTestSuite suite)
    {
        suite.Add("Concatenation_treats_null_as_empty"u8, static () =>
        {
            string? nothing = null;
            string a = "a", b = "b";
            Check.Equal("ab", a + b);
            Check.Equal("a", a + nothing);
            Check.Equal("abab", string.Concat(a, b, a, b));
            Check.Equal("ababa", a + b + a + b + a);
            Check.Equal("", string.Concat(nothing, nothing));
        });
        suite.Add("Concatenation_converts_values"u8, static () =>
        {
            int number = 42;
            char letter = 'x';
            Check.Equal("n=42x", "n=" + number + letter);
            Check.Equal("True!", true + "!");
        });
        suite.Add("Substring_and_ranges_cut_out"u8, static () =>
        {
            string text = "address space";
            Check.Equal("space", text.Substring(8));
            Check.Equal("dress", text.Substring(2, 5));
            Check.Equal("address", text[..7]);
            Check.Equal("pace", text[^4..]);
            Check.Equal("", text[3..3]);
            Check.Throws<ArgumentOutOfRangeException>(() => _ = text.Substring(9, 5));
        });
        suite.Add("Replace_changes_all_occurrences"u8, static () =>
        {
            Check.Equal("b-n-n-", "banana".Replace('a', '-'));
            Check.Equal("baXX", "banana".Replace("na", "X"));
            Check.Equal("bXa", "banana".Replace("anan", "X"));
            Check.Equal("bnn", "banana".Replace("a", ""));
            Check.Equal("aaaa", "aa".Replace("a", "aa"));
            Check.Throws<ArgumentException>(static () => _ = "a".Replace("", "b"));
        });
        suite.Add("Join_puts_separators_between"u8, static () =>
        {
            Check.Equal("a, b, c", string.Join(", ", "a", "b", "c"));
            Check.Equal("a//c", string.Join('/', "a", null, "c"));
            Check.Equal("", string.Join(", ", Array.Empty<string>()));
            Check.Equal("1-2-3", string.Join("-", new List<int> { 1, 2, 3 }));
        });
        suite.Add("Split_honours_its_options"u8, static () =>
        {
            Check.SequenceEqual<string>(["a", "", "b"], "a,,b".Split(','));
            Check.SequenceEqual<string>(["a", "b"], "a,,b".Split(',', StringSplitOptions.RemoveEmptyEntries));
            Check.SequenceEqual<string>(["a", "b c", ""], " a , b c , ".Split(',', StringSplitOptions.TrimEntries));
            Check.SequenceEqual<string>(["x", "y", "z"], "x::y::z".Split("::"));
            Check.SequenceEqual<string>([""], "".Split(','));
        });
        suite.Add("Trim_and_pad"u8, static () =>
        {
            Check.Equal("x y", "\t x y \n".Trim());
            Check.Equal("x  ", "  x  ".TrimStart());
            Check.Equal("  x", "  x  ".TrimEnd());
            Check.Equal("1", "0010".Trim('0'));
            Check.Equal("  7", "7".PadLeft(3));
            Check.Equal("7..", "7".PadRight(3, '.'));
            Check.Equal("1234", "1234".PadLeft(2));
        });
        suite.Add("Insert_remove_and_case"u8, static () =>
        {
            Check.Equal("abXcd", "abcd".Insert(2, "X"));
            Check.Equal("ad", "abcd".Remove(1, 2));
            Check.Equal("PAGE 4K", "Page 4k".ToUpperInvariant());
            Check.Equal("page 4k", "Page 4K".ToLowerInvariant());
        });
        suite.Add("Utf8_round_trip_of_all_lengths"u8, static () =>
        {
            string text = "a\u00E9\u20AC\U0001F600";
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Check.SequenceEqual<byte>([0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80], bytes);
            Check.Equal(text, Encoding.UTF8.GetString(bytes));
            Check.Equal(10, Encoding.UTF8.GetByteCount(text));
        });
        suite.Add("Malformed_utf8_becomes_replacement_characters"u8, static () =>
        {
            Check.Equal("a\uFFFDb", Encoding.UTF8.GetString([0x61, 0xFF, 0x62]));
            Check.Equal("\uFFFD", Encoding.UTF8.GetString([0xE2, 0x82]));
            Check.Equal("\uFFFD\uFFFD", Encoding.UTF8.GetString([0xC0, 0x80]));
            Check.Equal("\uFFFD\uFFFD\uFFFD", Encoding.UTF8.GetString([0xED, 0xA0, 0x80]));
            Check.Equal("\uFFFD!", Encoding.UTF8.GetString([0xF0, 0x9F, 0x98, 0x21]));
        });
        suite.Add("Unpaired_surrogates_become_replacement_characters"u8, static () =>
        {
            Check.SequenceEqual<byte>([0xEF, 0xBF, 0xBD, 0x78], Encoding.UTF8.GetBytes("\uD83Dx"));
            Check.SequenceEqual<byte>([0xEF, 0xBF, 0xBD], Encoding.UTF8.GetBytes("\uDE00"));
        });
    }

    private static void AddBuilder(SelfTestSuite suite)
    {
        suite.Add("StringBuilder_appends_and_grows"u8, static () =>
        {
            var builder = new StringBuilder();
            for (int i = 0; i < 100; i++)
                builder.Append(i).Append(',');
            string text = builder.ToString();
            Check.Equal(290, text.Length);
            Check.True(text.StartsWith("0,1,2,", StringComparison.Ordinal));
            Check.True(text.EndsWith("98,99,", StringComparison.Ordinal));
        });
        suite.Add("StringBuilder_interpolates_in_place"u8, static () =>
        {
            var builder = new StringBuilder("pages: ");
            builder.Append($"{4096:X} x {7,3}|{"left",-6}|");
            Check.Equal("pages: 1000 x   7|left  |", builder.ToString());
        });
        suite.Add("StringBuilder_edits"u8, static () =>
        {
            var builder = new StringBuilder("0123456789");
            builder.Remove(2, 3).Insert(0, "<").Replace('9', '>').Append('!', 2);
            Check.Equal("<015678>!!", builder.ToString());
            builder.Length = 3;
            Check.Equal("<01", builder.ToString());
            builder[0] = '[';
            Check.Equal("[01", builder.ToString());
            Check.Equal("", builder.Clear().ToString());
        });
    }
}
