using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Kernel.SelfTests.Conformance;

/// <summary>What must not allocate, and how much the rest allocates.</summary>
public static class AllocationTests
{
    private enum Mode : ushort
    {
        Fast = 0xFFF0,
    }

    // What is stored here cannot be optimised away.
    private static object? s_kept;

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.allocation");
        AddText(suite);
        AddCollections(suite);
        return suite;
    }

    /// <summary>Number of objects that an action allocates once everything that is made on first use exists.</summary>
    private static ulong AllocationsOf(Action action)
    {
        action();
        ulong before = ManagedHeap.Statistics.TotalCalls;
        action();
        return ManagedHeap.Statistics.TotalCalls - before;
    }

    private static void AddText(SelfTestSuite suite)
    {
        suite.Add("The_counter_counts"u8, static () =>
        {
            Check.Equal(1, AllocationsOf(static () => s_kept = new object()));
            Check.Equal(3, AllocationsOf(static () => s_kept = new List<int> { 1, 2, 3, 4, 5 }));
        });
        suite.Add("Integers_into_spans_allocate_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            Span<char> text = stackalloc char[32];
            Span<byte> utf8 = stackalloc byte[32];
            long.MinValue.TryFormat(text, out _);
            ulong.MaxValue.TryFormat(utf8, out _, "X16");
            ((nint)(-1)).TryFormat(utf8, out _);
            true.TryFormat(utf8, out _);
            'x'.TryFormat(utf8, out _);
        })));
        suite.Add("Interpolation_into_spans_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            Span<char> text = stackalloc char[128];
            Span<byte> utf8 = stackalloc byte[128];
            string name = "cpu";
            Check.True(text.TryWrite($"{name} {1} {2u} {3L:x8} {4UL,6} {'c'} {true} {(byte)5} {(nint)6} {"word".AsSpan()}", out int written));
            Check.True(Utf8.TryWrite(utf8, $"{name} {1} {2u} {3L:x8} {4UL,6} {'c'} {true} {(short)5} {(nuint)6} {"utf8"u8}", out written));
        })));
        suite.Add("Structs_and_enums_in_interpolations_are_not_boxed"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            Span<byte> utf8 = stackalloc byte[128];
            Check.True(Utf8.TryWrite(utf8, $"{Mode.Fast:X} {TimeSpan.FromSeconds(1)} {DateTime.UnixEpoch} {new Rune(0x20AC)}", out _));
        })));
        suite.Add("A_line_for_the_log_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            string driver = "serial";
            Consume($"{driver}: {0x3F8:x} irq {4,3} {"ok"u8}");
        })));
        suite.Add("A_writer_in_hand_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            Span<byte> buffer = stackalloc byte[64];
            var writer = new Utf8Writer(buffer);
            writer.Append($"{1} of {2}");
            writer.Append(", ");
            writer.Append("done"u8);
            Check.SequenceEqual("1 of 2, done"u8, writer.Text);
        })));
        suite.Add("A_short_interpolated_string_allocates_only_itself"u8, static () => Check.Equal(1, AllocationsOf(static () => Interpolate(42))));
        suite.Add("Concatenation_allocates_only_the_result"u8, static () => Check.Equal(1, AllocationsOf(static () => Join("a", "b", "c"))));
        suite.Add("Parsing_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            Check.True(ulong.TryParse("0xdeadbeef"u8, out ulong address) && address == 0xDEADBEEF);
            Check.True(int.TryParse("-12".AsSpan(), out _));
            Check.False(int.TryParse("x", out _));
        })));
        suite.Add("Splitting_and_comparing_text_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            ReadOnlySpan<char> line = "peek 0x1000 16";
            int parts = 0;
            foreach (Range range in line.Split(' '))
                parts += line[range].Trim().Length;
            Check.Equal(12, parts);
            Check.True(line.StartsWith("PEEK", StringComparison.OrdinalIgnoreCase));
            Check.True(line[..4] is "peek");
            Check.Equal(5, line.IndexOf("0x"));
        })));
    }

    private static void Consume(ref Utf8Line line) => Check.SequenceEqual("serial: 3f8 irq   4 ok"u8, line.Text);

    private static string Interpolate(int value) => $"value {value:X4}";

    private static string Join(string a, string b, string c) => a + b + c;

    private static void AddCollections(SelfTestSuite suite)
    {
        suite.Add("Walking_collections_allocates_nothing"u8, static () =>
        {
            List<int> list = [1, 2, 3];
            var map = new Dictionary<int, string> { [1] = "a", [2] = "b" };
            var set = new HashSet<ulong> { 1, 2 };
            var queue = new Queue<int>();
            queue.Enqueue(5);
            var sorted = new SortedDictionary<int, int> { [3] = 4 };
            Check.Equal(0, AllocationsOf(() =>
            {
                int sum = 0;
                foreach (int item in list)
                    sum += item;
                foreach (KeyValuePair<int, string> pair in map)
                    sum += pair.Key;
                foreach (ulong item in set)
                    sum += (int)item;
                foreach (int item in queue)
                    sum += item;
                foreach (KeyValuePair<int, int> pair in sorted)
                    sum += pair.Key;
                Check.Equal(20, sum);
            }));
        });
        suite.Add("Lookups_by_string_enum_and_struct_allocate_nothing"u8, static () =>
        {
            var byName = new Dictionary<string, int> { ["help"] = 1 };
            var byMode = new Dictionary<Mode, int> { [Mode.Fast] = 2 };
            var byPair = new Dictionary<(int, uint), int> { [(1, 2)] = 3 };
            Check.Equal(0, AllocationsOf(() => Check.True(byName["help"] + byMode[Mode.Fast] + byPair[(1, 2)] == 6)));
        });
        suite.Add("Steady_use_of_collections_allocates_nothing"u8, static () =>
        {
            var map = new Dictionary<int, int>(8);
            var queue = new Queue<int>(8);
            var sorted = new SortedDictionary<int, int>();
            var heap = new PriorityQueue<int, int>(8);
            var list = new List<int>(8);
            Check.Equal(0, AllocationsOf(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    map[i] = i;
                    map.Remove(i);
                    queue.Enqueue(i);
                    queue.Dequeue();
                    sorted[i] = i;
                    sorted.Remove(i);
                    heap.Enqueue(i, -i);
                    heap.Dequeue();
                    list.Add(i);
                    list.RemoveAt(0);
                }
            }));
        });
        suite.Add("Sorting_allocates_nothing"u8, static () =>
        {
            int[] values = new int[100];
            Check.Equal(0, AllocationsOf(() =>
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] = (i * 37) % 101;
                values.AsSpan().Sort();
                Check.True(values[0] < values[99]);
                values.AsSpan().Sort(static (x, y) => y - x);
                Check.True(values.AsSpan().IndexOf(values[99]) == 99);
            }));
        });
        suite.Add("Reading_structs_from_bytes_allocates_nothing"u8, static () => Check.Equal(0, AllocationsOf(static () =>
        {
            ReadOnlySpan<byte> bytes = [1, 2, 3, 4, 5, 6, 7, 8];
            Check.Equal(0x08070605u, MemoryMarshal.Cast<byte, uint>(bytes)[1]);
            Check.Equal(0x01020304u, BinaryPrimitives.ReadUInt32BigEndian(bytes));
            (int, int) pair = (1, 2);
            Check.True(pair == (1, 2) && pair.Equals((1, 2)));
        })));
    }
}
