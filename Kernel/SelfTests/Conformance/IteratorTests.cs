using System;
using System.Collections;
using System.Collections.Generic;

namespace Kernel.SelfTests.Conformance;

/// <summary>Iterator methods and foreach.</summary>
public static class IteratorTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.iterators");
        suite.Add("Iterators_run_step_by_step"u8, static () =>
        {
            var log = new List<int>();
            foreach (int value in CountTo(3, log))
                log.Add(value);
            Check.SequenceEqual<int>([100, 1, 101, 2, 102, 3, 200], log.ToArray());
        });
        suite.Add("Iterators_can_be_walked_twice"u8, static () =>
        {
            IEnumerable<int> numbers = CountTo(4, []);
            int first = 0, second = 0;
            foreach (int value in numbers)
                first += value;
            foreach (int value in numbers)
                second += value;
            Check.Equal(10, first);
            Check.Equal(10, second);
        });
        suite.Add("Two_enumerators_do_not_disturb_each_other"u8, static () =>
        {
            IEnumerable<int> numbers = CountTo(3, []);
            int pairs = 0;
            foreach (int outer in numbers)
            {
                foreach (int inner in numbers)
                    pairs += outer * 10 + inner;
            }

            Check.Equal(198, pairs);
        });
        suite.Add("Leaving_early_runs_finally"u8, static () =>
        {
            var log = new List<int>();
            foreach (int value in WithCleanup(log))
            {
                if (value == 2)
                    break;
            }

            Check.SequenceEqual<int>([-1], log.ToArray());
        });
        suite.Add("Yield_break_ends"u8, static () =>
        {
            int count = 0;
            foreach (int value in UntilNegative([1, 2, -1, 3]))
                count += value;
            Check.Equal(3, count);
        });
        suite.Add("Generic_iterators_of_references_and_values"u8, static () =>
        {
            string words = "";
            foreach (string word in Twice(["a", "b"]))
                words += word;
            Check.Equal("aabb", words);
            long sum = 0;
            foreach (long value in Twice([1L, 2L]))
                sum += value;
            Check.Equal(6, sum);
        });
        suite.Add("Recursive_iterators_walk_a_tree"u8, static () =>
        {
            var tree = new Node(4, new Node(2, new Node(1), new Node(3)), new Node(5));
            int expected = 1;
            foreach (int value in tree.InOrder())
                Check.Equal(expected++, value);
            Check.Equal(6, expected);
        });
        suite.Add("Untyped_enumeration_boxes"u8, static () =>
        {
            IEnumerable numbers = CountTo(2, []);
            int sum = 0;
            foreach (object? number in numbers)
                sum += (int)number!;
            Check.Equal(3, sum);
        });
        suite.Add("Reset_of_an_iterator_is_not_supported"u8, static () =>
        {
            IEnumerator<int> enumerator = CountTo(1, []).GetEnumerator();
            Check.Throws<NotSupportedException>(() => enumerator.Reset());
        });
        suite.Add("Foreach_works_by_pattern_without_interfaces"u8, static () =>
        {
            int sum = 0;
            foreach (int bit in new Bits(0b10110))
                sum = sum * 10 + bit;
            Check.Equal(124, sum);
        });
        suite.Add("Exceptions_leave_an_iterator_through_finally"u8, static () =>
        {
            var log = new List<int>();
            Check.Throws<InvalidOperationException>(() =>
            {
                foreach (int value in WithCleanup(log))
                {
                    if (value == 1)
                        throw new InvalidOperationException();
                }
            });
            Check.SequenceEqual<int>([-1], log.ToArray());
        });
        return suite;
    }

    private static IEnumerable<int> CountTo(int last, List<int> log)
    {
        for (int i = 1; i <= last; i++)
        {
            log.Add(99 + i);
            yield return i;
        }

        log.Add(200);
    }

    private static IEnumerable<int> WithCleanup(List<int> log)
    {
        try
        {
            for (int i = 1; ; i++)
                yield return i;
        }
        finally
        {
            log.Add(-1);
        }
    }

    private static IEnumerable<int> UntilNegative(int[] values)
    {
        foreach (int value in values)
        {
            if (value < 0)
                yield break;
            yield return value;
        }
    }

    private static IEnumerable<T> Twice<T>(T[] values)
    {
        foreach (T value in values)
        {
            yield return value;
            yield return value;
        }
    }

    private sealed class Node(int value, Node? left = null, Node? right = null)
    {
        public IEnumerable<int> InOrder()
        {
            if (left is not null)
            {
                foreach (int below in left.InOrder())
                    yield return below;
            }

            yield return value;
            if (right is not null)
            {
                foreach (int above in right.InOrder())
                    yield return above;
            }
        }
    }

    /// <summary>Walks the positions of the bits set.</summary>
    private readonly ref struct Bits(uint value)
    {
        public Enumerator GetEnumerator() => new(value);

        public ref struct Enumerator(uint rest)
        {
            private uint _rest = rest;

            public int Current { get; private set; } = -1;

            public bool MoveNext()
            {
                if (_rest == 0)
                    return false;
                int skipped = System.Numerics.BitOperations.TrailingZeroCount(_rest) + 1;
                Current += skipped;
                _rest >>= skipped;
                return true;
            }
        }
    }
}
