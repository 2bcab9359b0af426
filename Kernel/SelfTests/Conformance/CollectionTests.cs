using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Lists, maps, sets, queues and queries over them.</summary>
public static class CollectionTests
{
    private enum Color : byte
    {
        Red = 1,
        Green = 200,
    }

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.collections");
        AddList(suite);
        AddDictionary(suite);
        AddOthers(suite);
        AddSorted(suite);
        AddQueries(suite);
        return suite;
    }

    private static void AddList(SelfTestSuite suite)
    {
        suite.Add("List_adds_inserts_and_removes"u8, static () =>
        {
            var list = new List<int>();
            for (int i = 0; i < 10; i++)
                list.Add(i);
            list.Insert(0, -1);
            list.RemoveAt(5);
            Check.True(list.Remove(9));
            Check.False(list.Remove(9));
            list.AddRange([20, 21]);
            Check.SequenceEqual<int>([-1, 0, 1, 2, 3, 5, 6, 7, 8, 20, 21], list.ToArray());
            Check.Equal(3, list.IndexOf(2));
            Check.Equal(5, list.RemoveAll(static n => n % 2 == 0));
            Check.Equal(6, list.Count);
        });
        suite.Add("List_rejects_positions_outside"u8, static () =>
        {
            var list = new List<string> { "a" };
            Check.Throws<ArgumentOutOfRangeException>(() => _ = list[1]);
            Check.Throws<ArgumentOutOfRangeException>(() => list[-1] = "b");
            Check.Throws<ArgumentOutOfRangeException>(() => list.RemoveAt(1));
            Check.Throws<ArgumentOutOfRangeException>(() => list.Insert(3, "c"));
        });
        suite.Add("List_enumeration_notices_changes"u8, static () =>
        {
            var list = new List<int> { 1, 2, 3 };
            Check.Throws<InvalidOperationException>(() =>
            {
                foreach (int item in list)
                    list.Add(item);
            });
        });
        suite.Add("List_sorts_and_searches"u8, static () =>
        {
            List<int> list = [5, 3, 9, 1];
            list.Sort();
            Check.SequenceEqual<int>([1, 3, 5, 9], list.ToArray());
            Check.Equal(2, list.BinarySearch(5));
            Check.Equal(~1, list.BinarySearch(2));
            list.Sort(static (x, y) => y - x);
            Check.Equal(9, list[0]);
            list.Reverse();
            Check.Equal(1, list[0]);
        });
        suite.Add("List_as_span_sees_the_same_elements"u8, static () =>
        {
            List<int> list = [1, 2, 3];
            foreach (ref int item in CollectionsMarshal.AsSpan(list))
                item *= 10;
            Check.Equal(30, list[2]);
        });
        suite.Add("Collection_expressions_spread"u8, static () =>
        {
            int[] middle = [2, 3];
            List<int> list = [1, .. middle, 4];
            Span<int> span = [.. list, 5];
            IReadOnlyList<int> readOnly = [7, .. list];
            Check.SequenceEqual<int>([1, 2, 3, 4], list.ToArray());
            Check.SequenceEqual<int>([1, 2, 3, 4, 5], span);
            Check.Equal(5, readOnly.Count);
            Check.Equal(4, readOnly[4]);
        });
        suite.Add("Lists_work_through_their_interfaces"u8, static () =>
        {
            IList<string> list = new List<string> { "b", "a" };
            list.Add("c");
            IEnumerable<object> objects = (List<string>)list;
            int count = 0;
            foreach (object item in objects)
                count += ((string)item).Length;
            Check.Equal(3, count);
            Check.True(list.Contains("c"));
            Check.Equal(1, ((IReadOnlyList<string>)list)[1].Length);
        });
    }

    private static void AddDictionary(SelfTestSuite suite)
    {
        suite.Add("Dictionary_keeps_ten_thousand_keys"u8, static () =>
        {
            var map = new Dictionary<int, long>();
            for (int i = 0; i < 10_000; i++)
                map.Add(i * 4096, i);
            for (int i = 0; i < 10_000; i += 2)
                Check.True(map.Remove(i * 4096));
            Check.Equal(5_000, map.Count);
            long sum = 0;
            foreach (KeyValuePair<int, long> pair in map)
            {
                Check.Equal(pair.Key, pair.Value * 4096);
                sum += pair.Value;
            }

            Check.Equal(25_000_000, sum);
            Check.False(map.ContainsKey(0));
            Check.True(map.ContainsKey(4096));
        });
        suite.Add("Dictionary_reads_writes_and_rejects"u8, static () =>
        {
            var map = new Dictionary<string, int> { ["one"] = 1 };
            map["one"] = 11;
            map["two"] = 2;
            Check.Equal(11, map["one"]);
            Check.True(map.TryGetValue(new string(['t', 'w', 'o']), out int two) && two == 2);
            Check.False(map.TryGetValue("three", out int absent));
            Check.Equal(0, absent);
            Check.Throws<KeyNotFoundException>(() => _ = map["three"]);
            Check.Throws<ArgumentException>(() => map.Add("one", 0));
            Check.Throws<ArgumentNullException>(() => map.Add(null!, 0));
            Check.False(map.TryAdd("one", 5));
        });
        suite.Add("Dictionary_reuses_removed_entries"u8, static () =>
        {
            var map = new Dictionary<int, int>(16);
            int capacity = map.Capacity;
            for (int round = 0; round < 1000; round++)
            {
                map[round] = round;
                Check.True(map.Remove(round));
            }

            Check.Equal(0, map.Count);
            Check.Equal(capacity, map.Capacity);
        });
        suite.Add("Dictionary_takes_enum_struct_and_tuple_keys"u8, static () =>
        {
            var byEnum = new Dictionary<Color, int> { [Color.Red] = 1, [Color.Green] = 2 };
            Check.Equal(2, byEnum[Color.Green]);
            var byRecord = new Dictionary<Point, string> { [new Point(1, 2)] = "p" };
            Check.Equal("p", byRecord[new Point(1, 2)]);
            Check.False(byRecord.ContainsKey(new Point(2, 1)));
            var byTuple = new Dictionary<(int, string), int> { [(1, "x")] = 5 };
            Check.Equal(5, byTuple[(1, new string(['x']))]);
        });
        suite.Add("Dictionary_honours_its_comparer"u8, static () =>
        {
            var map = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Help"] = 1 };
            Check.Equal(1, map["HELP"]);
            map["help"] = 2;
            Check.Equal(1, map.Count);
        });
        suite.Add("Dictionary_gives_references_to_values"u8, static () =>
        {
            var counts = new Dictionary<char, int>();
            foreach (char c in "hello")
                CollectionsMarshal.GetValueRefOrAddDefault(counts, c, out _)++;
            Check.Equal(2, counts['l']);
            Check.Equal(1, counts['h']);
        });
        suite.Add("Dictionary_keys_and_values_enumerate"u8, static () =>
        {
            var map = new Dictionary<int, int> { [1] = 10, [2] = 20, [3] = 30 };
            int keys = 0, values = 0;
            foreach (int key in map.Keys)
                keys += key;
            foreach (int value in map.Values)
                values += value;
            Check.Equal(6, keys);
            Check.Equal(60, values);
            Check.Equal(3, map.Keys.Count);
        });
    }

    private static void AddOthers(SelfTestSuite suite)
    {
        suite.Add("HashSet_holds_values_once"u8, static () =>
        {
            var set = new HashSet<string> { "a", "b" };
            Check.False(set.Add("a"));
            Check.True(set.Add("c"));
            Check.Equal(3, set.Count);
            set.ExceptWith(["a", "x"]);
            set.UnionWith(["d", "b"]);
            Check.True(set.SetEquals(["b", "c", "d"]));
            set.IntersectWith(["d", "e"]);
            Check.Equal(1, set.Count);
            Check.True(set.Contains("d"));
        });
        suite.Add("Queue_is_first_in_first_out_across_its_end"u8, static () =>
        {
            var queue = new Queue<int>();
            int next = 0, expected = 0;
            for (int round = 0; round < 50; round++)
            {
                for (int i = 0; i < 3; i++)
                    queue.Enqueue(next++);
                for (int i = 0; i < 2; i++)
                    Check.Equal(expected++, queue.Dequeue());
            }

            Check.Equal(50, queue.Count);
            Check.Equal(expected, queue.Peek());
            foreach (int item in queue)
                Check.Equal(expected++, item);
            queue.Clear();
            Check.False(queue.TryDequeue(out _));
            Check.Throws<InvalidOperationException>(() => queue.Dequeue());
        });
        suite.Add("Stack_is_last_in_first_out"u8, static () =>
        {
            var stack = new Stack<string>();
            stack.Push("a");
            stack.Push("b");
            stack.Push("c");
            Check.Equal("c", stack.Pop());
            Check.Equal("b", stack.Peek());
            Check.SequenceEqual<string>(["b", "a"], stack.ToArray());
            Check.True(stack.TryPop(out _) && stack.TryPop(out _));
            Check.Throws<InvalidOperationException>(() => stack.Pop());
        });
        suite.Add("PriorityQueue_gives_the_lowest_first"u8, static () =>
        {
            var queue = new PriorityQueue<string, int>();
            int[] priorities = [5, 3, 8, 1, 9, 2, 7];
            foreach (int priority in priorities)
                queue.Enqueue(priority.ToString(), priority);
            int last = 0;
            while (queue.TryDequeue(out string? element, out int priority))
            {
                Check.True(priority > last);
                Check.Equal(priority.ToString(), element);
                last = priority;
            }

            Check.Equal(9, last);
        });
    }

    private static void AddSorted(SelfTestSuite suite)
    {
        suite.Add("SortedDictionary_enumerates_in_order"u8, static () =>
        {
            var map = new SortedDictionary<int, int>();
            var random = new Random(7);
            var expected = new Dictionary<int, int>();
            for (int i = 0; i < 2000; i++)
            {
                int key = random.Next(500);
                if (random.Next(3) == 0)
                {
                    Check.True(map.Remove(key) == expected.Remove(key));
                }
                else
                {
                    map[key] = i;
                    expected[key] = i;
                }
            }

            Check.Equal(expected.Count, map.Count);
            int previous = -1;
            foreach ((int key, int value) in map)
            {
                Check.True(key > previous);
                Check.Equal(expected[key], value);
                previous = key;
            }
        });
        suite.Add("SortedDictionary_honours_its_comparer"u8, static () =>
        {
            var map = new SortedDictionary<string, int>(Comparer<string>.Create(static (x, y) => string.CompareOrdinal(y, x))) { ["a"] = 1, ["c"] = 3, ["b"] = 2 };
            string keys = "";
            foreach (KeyValuePair<string, int> pair in map)
                keys += pair.Key;
            Check.Equal("cba", keys);
            Check.Throws<ArgumentException>(() => map.Add("b", 0));
            Check.Throws<KeyNotFoundException>(() => _ = map["d"]);
        });
        suite.Add("Array_sort_orders_every_kind_of_input"u8, static () =>
        {
            var random = new Random(11);
            foreach (int length in (ReadOnlySpan<int>)[0, 1, 2, 15, 16, 17, 100, 1000])
            {
                for (int kind = 0; kind < 5; kind++)
                {
                    int[] values = new int[length];
                    long sum = 0;
                    for (int i = 0; i < length; i++)
                    {
                        values[i] = kind switch { 0 => i, 1 => length - i, 2 => 7, 3 => random.Next(10), _ => random.Next() };
                        sum += values[i];
                    }

                    Array.Sort(values);
                    for (int i = 0; i < length; i++)
                    {
                        sum -= values[i];
                        Check.True(i == 0 || values[i - 1] <= values[i]);
                    }

                    Check.Equal(0, sum);
                }
            }
        });
        suite.Add("Array_search_fill_reverse_resize"u8, static () =>
        {
            int[]? values = [4, 1, 3];
            Array.Resize(ref values, 5);
            Check.SequenceEqual<int>([4, 1, 3, 0, 0], values);
            Array.Fill(values, 9, 3, 2);
            Array.Reverse(values);
            Check.SequenceEqual<int>([9, 9, 3, 1, 4], values);
            Check.Equal(2, Array.IndexOf(values, 3));
            Check.Equal(-1, Array.IndexOf(values, 5));
            Array.Sort(values, static (x, y) => y.CompareTo(x));
            Check.SequenceEqual<int>([9, 9, 4, 3, 1], values);
            Check.Equal(1, Array.FindIndex(values, static v => v == 9) + 1);
            Check.Equal(~0, Array.BinarySearch([1, 3], 0));
        });
        suite.Add("Default_comparers_know_strings_enums_and_nullables"u8, static () =>
        {
            Check.True(Comparer<string>.Default.Compare("b", "a") > 0);
            Check.True(Comparer<Color>.Default.Compare(Color.Red, Color.Green) < 0);
            Check.True(Comparer<int?>.Default.Compare(null, -5) < 0);
            Check.True(Comparer<int?>.Default.Compare(3, -5) > 0);
            Check.True(EqualityComparer<int?>.Default.Equals(4, 4));
            Check.False(EqualityComparer<int?>.Default.Equals(null, 4));
            Check.True(EqualityComparer<Color>.Default.Equals(Color.Red, Color.Red));
            Check.True(EqualityComparer<object>.Default.Equals("x", new string(['x'])));
            Check.Throws<ArgumentException>(static () => Comparer<Incomparable>.Default.Compare(new Incomparable(), new Incomparable()));
        });
    }

    private static void AddQueries(SelfTestSuite suite)
    {
        suite.Add("Queries_chain"u8, static () =>
        {
            int[] numbers = [5, 2, 8, 1];
            Check.SequenceEqual<int>([25, 64], numbers.Where(static n => n > 4).Select(static n => n * n).ToArray());
            Check.Equal(16, numbers.Sum());
            Check.Equal(8, numbers.Max());
            Check.Equal(1, numbers.Min());
            Check.True(numbers.Any(static n => n == 8));
            Check.False(numbers.All(static n => n > 1));
            Check.Equal(5, numbers.First());
            Check.Equal(0, numbers.FirstOrDefault(static n => n > 100));
            Check.Equal(2, numbers.Count(static n => n % 2 == 0));
        });
        suite.Add("Queries_are_lazy_and_stop_early"u8, static () =>
        {
            int made = 0;
            IEnumerable<int> numbers = Endless(() => made++);
            Check.SequenceEqual<int>([2, 3, 4], numbers.Skip(2).Take(3).ToArray());
            Check.Equal(5, made);
        });
        suite.Add("Queries_order_stably_and_group"u8, static () =>
        {
            string[] words = ["ccc", "a", "bb", "aa", "b"];
            Check.Equal("a b bb aa ccc", string.Join(" ", words.OrderBy(static w => w.Length)));
            Check.Equal(3, words.Select(static w => w.Length).Distinct().Count());
            Dictionary<string, int> lengths = words.ToDictionary(static w => w, static w => w.Length);
            Check.Equal(3, lengths["ccc"]);
            Check.True(words.Concat(["z"]).Contains("z"));
            Check.True(Enumerable.Range(3, 3).SequenceEqual([3, 4, 5]));
        });
    }

    private static IEnumerable<int> Endless(Action made)
    {
        for (int i = 0; ; i++)
        {
            made();
            yield return i;
        }
    }

    private readonly record struct Point(int X, int Y);

    private sealed class Incomparable;
}
