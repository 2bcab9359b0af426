using System;
using System.Collections.Generic;
using System.Linq;

namespace Kernel.SelfTests.Conformance;

/// <summary>Pattern matching and other expressions that the compiler turns into library calls.</summary>
public static class PatternTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.patterns");
        suite.Add("Type_and_property_patterns"u8, static () =>
        {
            Check.Equal("square 4", Describe(new Square(4)));
            Check.Equal("big circle", Describe(new Circle(100)));
            Check.Equal("circle", Describe(new Circle(1)));
            Check.Equal("nothing", Describe(null));
            Check.Equal("number 7", Describe(7));
            Check.Equal("text of 3", Describe("abc"));
            Check.Equal("something", Describe(1.5));
        });
        suite.Add("Relational_and_logical_patterns"u8, static () =>
        {
            Check.Equal("negative", Kind(-5));
            Check.Equal("digit", Kind(0));
            Check.Equal("digit", Kind(9));
            Check.Equal("ten or twelve", Kind(12));
            Check.Equal("other", Kind(11));
        });
        suite.Add("List_patterns_over_arrays_lists_and_spans"u8, static () =>
        {
            Check.Equal(6, Evaluate([1, 2, 3]));
            Check.Equal(1, Evaluate([1]));
            Check.Equal(0, Evaluate([]));
            Check.Equal(-4, Evaluate([9, 5, 5, 4]));
            Check.True(new List<string> { "set", "key", "value" } is ["set", var key, _] && key == "key");
            Check.True("run:fast" is ['r', .., 't']);
            ReadOnlySpan<byte> elf = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1];
            Check.True(elf is [0x7F, (byte)'E', (byte)'L', (byte)'F', .. var rest] && rest.Length == 2);
        });
        suite.Add("Tuple_patterns"u8, static () =>
        {
            Check.Equal("copy", Access(write: true, shared: true));
            Check.Equal("write", Access(write: true, shared: false));
            Check.Equal("read", Access(write: false, shared: true));
        });
        suite.Add("Positional_patterns"u8, static () =>
        {
            object boxed = new Segment(3, 10);
            Check.True(boxed is Segment(3, > 5));
            Check.False(boxed is Segment(_, < 5));
            Check.True(boxed is Segment { Start: var start, End: 10 } && start == 3);
        });
        suite.Add("Nullable_values"u8, static () =>
        {
            int? none = null, some = 5;
            Check.Equal(5, none ?? some ?? 7);
            Check.True(some is > 4 and < 6);
            Check.False(none.HasValue);
            Check.True(none + some is null);
            Check.Equal(10, (some * 2).GetValueOrDefault());
            Check.Throws<InvalidOperationException>(() => _ = none!.Value);
            object boxed = some.GetValueOrDefault();
            Check.Equal(5, (int)boxed);
            Check.True((object?)some is 5);
            Check.True((object?)none is null);
        });
        suite.Add("Null_conditional_chains"u8, static () =>
        {
            Segment? segment = null;
            string? text = null;
            Check.True(text?.Length is null);
            Check.Equal(0, text?.Trim().Length ?? 0);
            Check.True(segment?.End is null);
            text ??= "default";
            Check.Equal("default", text);
        });
        suite.Add("Local_functions_and_closures_capture"u8, static () =>
        {
            int total = 0;
            void Add(int amount) => total += amount;
            Add(2);
            Action<int> add = Add;
            add(3);
            Func<int> read = () => total;
            total++;
            Check.Equal(6, read());
            var actions = new List<Func<int>>();
            for (int i = 0; i < 3; i++)
            {
                int copy = i;
                actions.Add(() => copy * copy);
            }

            Check.Equal(5, actions[0]() + actions[1]() + actions[2]());
        });
        suite.Add("Using_disposes_in_reverse_order"u8, static () =>
        {
            var log = new List<int>();
            {
                using var first = new Closer(log, 1);
                using var second = new Closer(log, 2);
                log.Add(0);
            }

            Check.SequenceEqual<int>([0, 2, 1], log.ToArray());
        });
        suite.Add("Checked_arithmetic_overflows"u8, static () =>
        {
            int big = int.MaxValue;
            Check.Throws<OverflowException>(() => _ = checked(big + 1));
            Check.Throws<OverflowException>(() => _ = checked((byte)big));
            Check.Throws<OverflowException>(() => _ = checked((uint)-big));
            Check.Throws<OverflowException>(() => _ = checked((long)big * big * big));
            Check.Equal(int.MinValue, unchecked(big + 1));
        });
        suite.Add("Index_and_range_values"u8, static () =>
        {
            Index last = ^1;
            Range middle = 1..^1;
            int[] values = [1, 2, 3, 4];
            Check.Equal(4, values[last]);
            Check.SequenceEqual<int>([2, 3], values[middle]);
            (int offset, int length) = middle.GetOffsetAndLength(10);
            Check.Equal(18, offset * 10 + length);
            Check.Throws<ArgumentOutOfRangeException>(() => _ = middle.GetOffsetAndLength(1));
        });
        suite.Add("Argument_guards_name_the_argument"u8, static () =>
        {
            int count = -1;
            string text = "";
            Check.Equal("count", Check.Throws<ArgumentOutOfRangeException>(() => ArgumentOutOfRangeException.ThrowIfNegative(count)).ParamName);
            Check.Throws<ArgumentOutOfRangeException>(static () => ArgumentOutOfRangeException.ThrowIfGreaterThan(5u, 4u));
            Check.Throws<ArgumentException>(() => ArgumentException.ThrowIfNullOrEmpty(text));
            Check.Throws<ArgumentNullException>(static () => ArgumentNullException.ThrowIfNull((object?)null, "name"));
            Check.Throws<ObjectDisposedException>(static () => ObjectDisposedException.ThrowIf(true, "x"));
            ArgumentOutOfRangeException.ThrowIfZero(count);
            ArgumentOutOfRangeException.ThrowIfLessThan(count, -1);
        });
        suite.Add("Query_syntax_and_raw_strings"u8, static () =>
        {
            int[] numbers = [4, 1, 3];
            IEnumerable<int> query = from n in numbers where n > 1 let square = n * n orderby square select square + 1;
            Check.Equal("10 17", string.Join(" ", query));
            Check.Equal("say \"{x}\"\n  1", $$"""
                say "{x}"
                  {{numbers[1]}}
                """);
        });
        suite.Add("Lazy_values_are_made_once"u8, static () =>
        {
            int made = 0;
            var lazy = new Lazy<string>(() => "v" + ++made);
            Check.False(lazy.IsValueCreated);
            Check.Equal("v1", lazy.Value);
            Check.Equal("v1", lazy.Value);
            Check.True(lazy.IsValueCreated);
        });
        return suite;
    }

    private static string Describe(object? thing) => thing switch
    {
        null => "nothing",
        Square { Side: var side } => $"square {side}",
        Circle { Radius: > 50 } => "big circle",
        Circle => "circle",
        int number => $"number {number}",
        string { Length: var length } => $"text of {length}",
        _ => "something",
    };

    private static string Kind(int number) => number switch
    {
        < 0 => "negative",
        >= 0 and <= 9 => "digit",
        10 or 12 => "ten or twelve",
        _ => "other",
    };

    private static int Evaluate(int[] values) => values switch
    {
        [] => 0,
        [var only] => only,
        [1, .. var rest] => 1 + rest[0] + rest[^1],
        [.., var last] => -last,
    };

    private static string Access(bool write, bool shared) => (write, shared) switch
    {
        (true, true) => "copy",
        (true, false) => "write",
        (false, _) => "read",
    };

    private sealed class Square(int side)
    {
        public int Side { get; } = side;
    }

    private sealed class Circle(int radius)
    {
        public int Radius { get; } = radius;
    }

    private sealed record Segment(int Start, int End);

    private sealed class Closer(List<int> log, int number) : IDisposable
    {
        public void Dispose() => log.Add(number);
    }
}
