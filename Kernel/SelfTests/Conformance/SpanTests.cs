using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Spans and the functions over them.</summary>
public static class SpanTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.spans");
        AddBasics(suite);
        AddSearch(suite);
        AddBytes(suite);
        return suite;
    }

    private static void AddBasics(SelfTestSuite suite)
    {
        suite.Add("Slices_share_memory"u8, static () =>
        {
            int[] array = [0, 1, 2, 3, 4, 5];
            Span<int> middle = array.AsSpan(1..5)[1..^1];
            middle[0] = 20;
            middle.Fill(7);
            Check.SequenceEqual<int>([0, 1, 7, 7, 4, 5], array);
            middle.Clear();
            Check.Equal(0, array[2]);
            Check.Throws<ArgumentOutOfRangeException>(() => _ = array.AsSpan(5, 2));
        });
        suite.Add("Overlapping_copies_keep_their_content"u8, static () =>
        {
            int[] array = [1, 2, 3, 4, 5];
            array.AsSpan(0, 4).CopyTo(array.AsSpan(1));
            Check.SequenceEqual<int>([1, 1, 2, 3, 4], array);
            array.AsSpan(1).CopyTo(array);
            Check.SequenceEqual<int>([1, 2, 3, 4, 4], array);
            Check.False(array.AsSpan().TryCopyTo(array.AsSpan(1)));
            Check.Throws<ArgumentException>(() => array.AsSpan().CopyTo(array.AsSpan(1)));
        });
        suite.Add("Stack_memory_and_foreach_by_reference"u8, static () =>
        {
            Span<long> squares = stackalloc long[10];
            int i = 0;
            foreach (ref long square in squares)
            {
                square = i * i;
                i++;
            }

            long sum = 0;
            foreach (long square in squares)
                sum += square;
            Check.Equal(285, sum);
        });
        suite.Add("Params_spans_take_any_number"u8, static () =>
        {
            Check.Equal(0, SumOf());
            Check.Equal(6, SumOf(1, 2, 3));
            Check.Equal(10, SumOf([1, 2, 3, 4]));
        });
        suite.Add("Span_patterns_match_text"u8, static () =>
        {
            Check.Equal(1, CommandOf("help me".AsSpan()[..4]));
            Check.Equal(2, CommandOf("quit"));
            Check.Equal(3, CommandOf("x1"));
            Check.Equal(0, CommandOf(""));
        });
        suite.Add("Utf8_literals_are_bytes"u8, static () =>
        {
            ReadOnlySpan<byte> text = "\u00E9!"u8;
            Check.Equal(3, text.Length);
            Check.Equal(0xC3, text[0]);
            Check.True(text.SequenceEqual<byte>([0xC3, 0xA9, 0x21]));
        });
        suite.Add("Constant_tables_need_no_array"u8, static () =>
        {
            ReadOnlySpan<int> powers = [1, 10, 100, 1000];
            Check.Equal(1111, powers[0] + powers[1] + powers[2] + powers[3]);
            ReadOnlySpan<ulong> wide = [0x8000_0000_0000_0000, 1];
            Check.Equal(0x8000_0000_0000_0000, wide[0]);
        });
    }

    private static int SumOf(params ReadOnlySpan<int> values)
    {
        int sum = 0;
        foreach (int value in values)
            sum += value;
        return sum;
    }

    private static int CommandOf(ReadOnlySpan<char> text) => text switch
    {
        "help" => 1,
        "quit" => 2,
        ['x', _] => 3,
        _ => 0,
    };

    private static void AddSearch(SelfTestSuite suite)
    {
        suite.Add("Search_in_spans_of_any_type"u8, static () =>
        {
            ReadOnlySpan<int> values = [3, 1, 4, 1, 5];
            Check.Equal(1, values.IndexOf(1));
            Check.Equal(3, values.LastIndexOf(1));
            Check.Equal(2, values.IndexOf([4, 1]));
            Check.Equal(-1, values.IndexOf([1, 1]));
            Check.True(values.Contains(5));
            Check.Equal(2, values.IndexOfAny(9, 4));
            Check.True(values.StartsWith([3, 1]) && values.EndsWith([1, 5]));
            Check.Equal(2, values.Count(1));
        });
        suite.Add("Sequences_compare_element_by_element"u8, static () =>
        {
            ReadOnlySpan<string> words = ["a", "b"];
            Check.True(words.SequenceEqual(["a", new string(['b'])]));
            Check.False(words.SequenceEqual(["a"]));
            Check.True("abc"u8.SequenceCompareTo("abd"u8) < 0);
            Check.True("abc"u8.SequenceCompareTo("ab"u8) > 0);
            Check.Equal(2, "abc"u8.CommonPrefixLength("abd"u8));
            ReadOnlySpan<byte> long1 = "0123456789abcdefX"u8, long2 = "0123456789abcdefY"u8;
            Check.False(long1.SequenceEqual(long2));
            Check.True(long1[..16].SequenceEqual(long2[..16]));
        });
        suite.Add("Split_gives_ranges_without_allocating"u8, static () =>
        {
            ReadOnlySpan<char> line = "pt 0x1000  all";
            string parts = "";
            foreach (Range range in line.Split(' '))
                parts += $"[{line[range]}]";
            Check.Equal("[pt][0x1000][][all]", parts);
            Span<Range> ranges = stackalloc Range[2];
            Check.Equal(2, line.Split(ranges, ' ', StringSplitOptions.RemoveEmptyEntries));
            Check.Equal("0x1000  all", line[ranges[1]].ToString());
            Span<Range> many = stackalloc Range[8];
            Check.Equal(3, line.Split(many, ' ', StringSplitOptions.RemoveEmptyEntries));
            Check.Equal("all", line[many[2]].ToString());
        });
        suite.Add("Trim_in_place"u8, static () =>
        {
            Check.Equal("a b", "  a b ".AsSpan().Trim().ToString());
            Check.Equal("1", "001".AsSpan().TrimStart('0').ToString());
            Check.Equal("00", "001".AsSpan().TrimEnd('1').ToString());
            Check.Equal(0, " ".AsSpan().Trim().Length);
            ReadOnlySpan<byte> padded = [0, 0, 5, 0];
            Check.SequenceEqual<byte>([5], padded.Trim((byte)0));
        });
        suite.Add("Sort_reverse_and_binary_search"u8, static () =>
        {
            Span<uint> values = [3_000_000_000, 5, 70];
            values.Sort();
            Check.SequenceEqual<uint>([5, 70, 3_000_000_000], values);
            Check.Equal(1, values.BinarySearch(70u));
            values.Reverse();
            Check.Equal(3_000_000_000, values[0]);
            values.Sort(static (x, y) => x.CompareTo(y));
            Check.Equal(5u, values[0]);
            values.Sort(new Descending());
            Check.Equal(5u, values[2]);
            values.Replace(5u, 6u);
            Check.Equal(6u, values[2]);
        });
    }

    private readonly struct Descending : IComparer<uint>
    {
        public int Compare(uint x, uint y) => y.CompareTo(x);
    }

    private static void AddBytes(SelfTestSuite suite)
    {
        suite.Add("Integers_of_both_byte_orders"u8, static () =>
        {
            ReadOnlySpan<byte> bytes = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0];
            Check.Equal(0x1234, BinaryPrimitives.ReadUInt16BigEndian(bytes));
            Check.Equal(0x3412, BinaryPrimitives.ReadUInt16LittleEndian(bytes));
            Check.Equal(0x12345678u, BinaryPrimitives.ReadUInt32BigEndian(bytes));
            Check.Equal(0x123456789ABCDEF0, BinaryPrimitives.ReadUInt64BigEndian(bytes));
            Check.Equal(0xF0DEBC9A78563412, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            Span<byte> written = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(written, 0xCAFEBABE);
            Check.SequenceEqual<byte>([0xCA, 0xFE, 0xBA, 0xBE], written);
            Check.Equal((ushort)0x3412, BinaryPrimitives.ReverseEndianness((ushort)0x1234));
        });
        suite.Add("Structs_are_read_from_bytes"u8, static () =>
        {
            Span<byte> bytes = [1, 0, 0, 0, 2, 0, 0, 0];
            Pair pair = MemoryMarshal.Read<Pair>(bytes);
            Check.Equal(1u, pair.First);
            Check.Equal(2u, pair.Second);
            Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
            words[1] = 0x01020304;
            Check.Equal(4, bytes[4]);
            Check.Equal(2, words.Length);
        });
    }

    private readonly record struct Pair(uint First, uint Second);
}
