using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Arrays of one and of several dimensions, their checks, and inline arrays.</summary>
public static class ArrayTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.arrays");
        AddOneDimension(suite);
        AddSeveralDimensions(suite);
        AddCopying(suite);
        AddInline(suite);
        return suite;
    }

    private static void AddOneDimension(SelfTestSuite suite)
    {
        suite.Add("new_arrays_are_zeroed"u8, static () =>
        {
            foreach (long item in new long[100])
                Check.Equal(0, item);
        });
        suite.Add("initializers"u8, static () => Check.Equal(21, Sum(Hide<int[]>([1, 2, 3, 4, 5, 6]))));
        suite.Add("index_outside_throws"u8, static () =>
        {
            int[] array = Hide(new int[3]);
            Check.Throws<IndexOutOfRangeException>(() => array[3] = 1);
            Check.Throws<IndexOutOfRangeException>(() => array[Hide(-1)] = 1);
        });
        suite.Add("negative_length_throws"u8, static () => Check.Throws<OverflowException>(static () => _ = new int[Hide(-1)]));
        suite.Add("storing_the_wrong_type_throws"u8, static () =>
        {
            object[] array = Hide<object[]>(new string[1]);
            array[0] = "fine";
            Check.Throws<ArrayTypeMismatchException>(() => array[0] = new object());
            array[0] = null!;
        });
        suite.Add("reference_to_an_element_needs_the_exact_type"u8, static () =>
        {
            object[] array = Hide<object[]>(new string[1]);
            Check.Throws<ArrayTypeMismatchException>(() => Set(ref array[0]));
        });
        suite.Add("storing_into_an_interface_array"u8, static () =>
        {
            IComparable<int>[] array = Hide(new IComparable<int>[1]);
            array[0] = 5;
            Check.Equal(0, array[0].CompareTo(5));
        });
        suite.Add("arrays_are_lists"u8, static () =>
        {
            IList<int> list = Hide<IList<int>>((int[])[3, 4, 5]);
            Check.Equal(3, list.Count);
            Check.Equal(1, list.IndexOf(4));
            Check.True(list.Contains(5) && list.IsReadOnly);
            Check.Throws<NotSupportedException>(() => list.Add(1));
        });
        suite.Add("arrays_are_enumerable_through_interfaces"u8, static () =>
        {
            int sum = 0;
            foreach (int item in Hide<IEnumerable<int>>((int[])[1, 2, 3]))
                sum += item;
            Check.Equal(6, sum);
        });
        suite.Add("covariant_enumeration"u8, static () =>
        {
            int length = 0;
            foreach (object item in Hide<IEnumerable<object>>((string[])["ab", "c"]))
                length += ((string)item).Length;
            Check.Equal(3, length);
        });
        suite.Add("ranges"u8, static () =>
        {
            int[] array = Hide<int[]>([1, 2, 3, 4, 5]);
            Check.Equal(9, Sum(array[1..^1]));
            Check.Equal(5, array[^1]);
            Check.Throws<ArgumentOutOfRangeException>(() => _ = array[2..9]);
        });
        suite.Add("arrays_of_structs_with_references"u8, static () =>
        {
            var array = new (string Name, int Number)[4];
            array[2] = ("x", 7);
            ref (string Name, int Number) entry = ref array[2];
            entry.Number++;
            Check.True(array[2] == ("x", 8) && array[1].Name is null);
        });
        suite.Add("large_array_has_its_own_chunk"u8, static () =>
        {
            byte[] large = new byte[300_000];
            large[^1] = 1;
            Check.Equal(1, new Span<byte>(large).IndexOf((byte)1) / (large.Length - 1));
        });
        suite.Add("jagged_arrays"u8, static () =>
        {
            int[][] jagged = [[1], [2, 3], []];
            Check.Equal(3, jagged[1][1]);
            Check.Equal(0, jagged[2].Length);
        });
        suite.Add("empty_array_is_shared"u8, static () => Check.True(ReferenceEquals(Array.Empty<int>(), Array.Empty<int>())));
    }

    private static void AddSeveralDimensions(SelfTestSuite suite)
    {
        suite.Add("two_dimensions"u8, static () =>
        {
            int[,] grid = new int[3, 4];
            for (int y = 0; y < 3; y++)
                for (int x = 0; x < 4; x++)
                    grid[y, x] = 10 * y + x;
            Check.Equal(23, Hide(grid)[2, 3]);
            Check.Equal(12, grid.Length);
            Check.Equal(2, grid.Rank);
            Check.Equal(4, grid.GetLength(1));
            Check.Equal(2, grid.GetUpperBound(0));
        });
        suite.Add("every_dimension_is_checked"u8, static () =>
        {
            int[,] grid = Hide(new int[2, 5]);
            Check.Throws<IndexOutOfRangeException>(() => grid[0, 5] = 1);
            Check.Throws<IndexOutOfRangeException>(() => grid[2, 0] = 1);
            Check.Throws<IndexOutOfRangeException>(() => _ = grid[0, Hide(-1)]);
        });
        suite.Add("three_dimensions"u8, static () =>
        {
            long[,,] cube = new long[2, 3, 4];
            cube[1, 2, 3] = 5;
            Check.Equal(5, Hide(cube)[1, 2, 3]);
            Check.Equal(24, cube.Length);
        });
        suite.Add("initializer_of_two_dimensions"u8, static () =>
        {
            string[,] words = { { "a", "b" }, { "c", "d" }, { "e", "f" } };
            Check.Equal("e", Hide(words)[2, 0]);
        });
        suite.Add("constant_initializer_of_two_dimensions"u8, static () =>
        {
            int[,] numbers = { { 1, 2, 3 }, { 4, 5, 6 } };
            Check.Equal(6, Hide(numbers)[1, 2]);
        });
        suite.Add("enumeration_goes_row_by_row"u8, static () =>
        {
            int value = 0;
            foreach (int item in new[,] { { 1, 2 }, { 3, 4 } })
                value = 10 * value + item;
            Check.Equal(1234, value);
        });
        suite.Add("reference_to_an_element"u8, static () =>
        {
            var grid = new int[2, 2];
            ref int cell = ref grid[1, 0];
            cell = 8;
            Check.Equal(8, grid[1, 0]);
        });
        suite.Add("stores_are_type_checked"u8, static () =>
        {
            object[,] grid = Hide<object[,]>(new string[1, 1]);
            grid[0, 0] = "fine";
            Check.Throws<ArrayTypeMismatchException>(() => grid[0, 0] = new object());
        });
        suite.Add("negative_dimension_throws"u8, static () => Check.Throws<OverflowException>(static () => _ = new int[2, Hide(-1)]));
        suite.Add("clone_of_two_dimensions"u8, static () =>
        {
            int[,] copy = (int[,])Hide(new[,] { { 1, 2 }, { 3, 4 } }).Clone();
            Check.Equal(4, copy[1, 1]);
        });
    }

    private static void AddCopying(SelfTestSuite suite)
    {
        suite.Add("copy_overlapping"u8, static () =>
        {
            int[] array = [1, 2, 3, 4, 5];
            Array.Copy(array, 0, array, 1, 4);
            Check.SequenceEqual<int>([1, 1, 2, 3, 4], array);
            Array.Copy(array, 1, array, 0, 4);
            Check.SequenceEqual<int>([1, 2, 3, 4, 4], array);
        });
        suite.Add("copy_to_a_base_type"u8, static () =>
        {
            object[] objects = new object[2];
            Array.Copy((string[])["a", "b"], objects, 2);
            Check.Equal("b", (string)objects[1]);
        });
        suite.Add("copy_down_checks_each_element"u8, static () =>
        {
            string[] texts = new string[2];
            Array.Copy(Hide<object[]>(["a", "b"]), texts, 2);
            Check.Equal("b", texts[1]);
            Check.Throws<InvalidCastException>(() => Array.Copy(Hide<object[]>([1, 2]), texts, 2));
        });
        suite.Add("copy_between_unrelated_types_throws"u8, static () =>
            Check.Throws<ArrayTypeMismatchException>(static () => Array.Copy(new int[1], new long[1], 1)));
        suite.Add("copy_of_all_lengths_moves_exactly_that"u8, static () =>
        {
            for (int length = 0; length < 600; length += length < 80 ? 1 : 37)
                CopyChecked(length);
        });
        suite.Add("clear_of_all_lengths_clears_exactly_that"u8, static () =>
        {
            for (int length = 0; length < 600; length += length < 80 ? 1 : 37)
                ClearChecked(length);
        });
        suite.Add("resize"u8, static () =>
        {
            int[]? array = [1, 2, 3];
            Array.Resize(ref array, 5);
            Check.SequenceEqual<int>([1, 2, 3, 0, 0], array);
        });
        suite.Add("clone"u8, static () =>
        {
            int[] array = [1, 2];
            int[] copy = (int[])array.Clone();
            array[0] = 9;
            Check.Equal(1, copy[0]);
        });
    }

    private static void AddInline(SelfTestSuite suite)
    {
        suite.Add("inline_array_elements"u8, static () =>
        {
            Eight eight = default;
            for (int i = 0; i < 8; i++)
                eight[i] = i * i;
            int sum = 0;
            foreach (int item in eight)
                sum += item;
            Check.Equal(140, sum);
        });
        suite.Add("inline_array_as_span"u8, static () =>
        {
            Eight eight = default;
            Span<int> span = eight;
            span[7] = 3;
            Check.Equal(3, eight[7]);
            Check.Equal(4, ((ReadOnlySpan<int>)eight)[2..6].Length);
        });
        suite.Add("stackalloc_is_zeroed_and_large_frames_are_probed"u8, static () =>
        {
            Span<byte> buffer = stackalloc byte[6000];
            Check.Equal(-1, buffer.IndexOfAnyExcept((byte)0));
        });
    }

    private static void CopyChecked(int length)
    {
        byte[] source = new byte[length + 2];
        byte[] destination = new byte[length + 2];
        for (int i = 0; i < source.Length; i++)
            source[i] = (byte)(i + 1);
        Array.Copy(source, 1, destination, 1, length);
        for (int i = 1; i <= length; i++)
            Check.Equal(source[i], destination[i]);
        Check.Equal(0, destination[0] + destination[^1]);

        // Overlapping in both directions, by one.
        Array.Copy(source, 0, source, 1, length);
        for (int i = 1; i <= length; i++)
            Check.Equal((byte)i, source[i]);
        Array.Copy(source, 1, source, 0, length);
        for (int i = 0; i < length; i++)
            Check.Equal((byte)(i + 1), source[i]);
    }

    private static void ClearChecked(int length)
    {
        byte[] array = new byte[length + 2];
        new Span<byte>(array).Fill(0xff);
        Array.Clear(array, 1, length);
        for (int i = 1; i <= length; i++)
            Check.Equal(0, array[i]);
        Check.Equal(2 * 0xff, array[0] + array[^1]);
    }

    private static int Sum(int[] array)
    {
        int sum = 0;
        foreach (int item in array)
            sum += item;
        return sum;
    }

    private static void Set(ref object item) => item = new object();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    [InlineArray(8)]
    private struct Eight
    {
        private int _first;
    }
}
