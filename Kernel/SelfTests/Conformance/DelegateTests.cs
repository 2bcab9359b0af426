using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Delegates: what they call, in lists too, and when they are equal.</summary>
public static class DelegateTests
{
    private delegate int Operation(int x);

    private delegate void Changes(ref int x);

    private static readonly List<int> s_log = [];

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.delegates");
        AddCalls(suite);
        AddLists(suite);
        AddEquality(suite);
        return suite;
    }

    private static void AddCalls(SelfTestSuite suite)
    {
        suite.Add("static_method"u8, static () => Check.Equal(4, Hide<Operation>(Double)(2)));
        suite.Add("instance_method"u8, static () => Check.Equal(12, Hide<Operation>(new Adder(10).Add)(2)));
        suite.Add("virtual_method_is_the_object_s"u8, static () => Check.Equal(-3, Hide<Operation>(Hide<Adder>(new Subtracter(5)).Virtual)(2)));
        suite.Add("interface_method"u8, static () =>
        {
            IOperation operation = Hide<IOperation>(new Adder(1));
            Check.Equal(6, Hide<Operation>(operation.Add)(5));
        });
        suite.Add("lambda_without_capture_is_made_once"u8, static () => Check.True(ReferenceEquals(Constant(), Constant())));
        suite.Add("lambda_captures_a_variable_not_its_value"u8, static () =>
        {
            int count = 0;
            Action increment = () => count++;
            increment();
            increment();
            Check.Equal(2, count);
        });
        suite.Add("loop_variable_is_captured_each_time_anew"u8, static () =>
        {
            var all = new List<Func<int>>();
            foreach (int i in (int[])[1, 2, 3])
                all.Add(() => i);
            Check.Equal(6, all[0]() + all[1]() + all[2]());
        });
        suite.Add("method_of_a_struct_is_bound_to_a_copy"u8, static () =>
        {
            var counter = new Counter();
            Func<int> next = counter.Next;
            next();
            Check.Equal(2, next());
            Check.Equal(0, counter.Value);
        });
        suite.Add("extension_method_bound_to_its_object"u8, static () => Check.Equal(3, Hide<Func<int>>("abc".Measure)()));
        suite.Add("generic_method_over_a_value_and_a_reference"u8, static () =>
        {
            Check.Equal(4, Hide<Func<int>>(Size<int>)());
            Check.Equal(8, Hide<Func<int>>(Size<string>)());
            Check.Equal(8, Hide<Func<int>>(Size<object>)());
        });
        suite.Add("generic_method_made_in_shared_code"u8, static () =>
        {
            Check.True(MakeIsType<string>()("x"));
            Check.False(MakeIsType<List<int>>()("x"));
        });
        suite.Add("instance_generic_method_made_in_shared_code"u8, static () =>
        {
            Check.Equal(1, new Tester().Make<string>()("x"));
            Check.Equal(0, new Tester().Make<Adder>()("x"));
        });
        suite.Add("reference_parameters"u8, static () =>
        {
            int x = 5;
            Hide<Changes>(static (ref int y) => y *= 3)(ref x);
            Check.Equal(15, x);
        });
        suite.Add("function_pointer"u8, static () => CallPointer());
        suite.Add("null_delegate_throws"u8, static () => Check.Throws<NullReferenceException>(static () => Hide<Action>(null!)()));
        suite.Add("instance_method_of_null_throws"u8, static () => Check.Throws<ArgumentException>(static () => _ = Hide<Operation>(Hide<Adder>(null!).Add)));
        suite.Add("recursive_lambda"u8, static () =>
        {
            Func<int, int> factorial = null!;
            factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
            Check.Equal(3628800, factorial(10));
        });
        suite.Add("target"u8, static () =>
        {
            var adder = new Adder(1);
            Check.True(ReferenceEquals(adder, Hide<Operation>(adder.Add).Target));
        });
        suite.Add("a_call_allocates_nothing"u8, static () =>
        {
            Operation operation = Hide<Operation>(new Adder(1).Add);
            ulong before = ManagedHeap.Statistics.TotalCalls;
            operation(1);
            Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
        });
    }

    private static void AddLists(SelfTestSuite suite)
    {
        suite.Add("combined_delegates_run_in_order"u8, static () => Expect([1, 2, 3], First + Second + Third));
        suite.Add("combining_with_null"u8, static () => Expect([1], null + First + null));
        suite.Add("the_last_result_counts"u8, static () =>
        {
            Func<int> last = Hide<Func<int>>(static () => 1);
            last += static () => 2;
            Check.Equal(2, last());
        });
        suite.Add("removing_takes_the_last_occurrence"u8, static () => Expect([1, 2], (First + Second + First - First)!));
        suite.Add("removing_the_first_of_two_leaves_the_other"u8, static () =>
        {
            Action? rest = First + Second - First;
            Check.True(rest is { HasSingleTarget: true });
            Expect([2], rest!);
        });
        suite.Add("removing_all_leaves_null"u8, static () => Check.True(First - First is null));
        suite.Add("removing_what_is_not_there_changes_nothing"u8, static () =>
        {
            Action list = First + Second;
            Check.True(ReferenceEquals(list, list - Third));
        });
        suite.Add("removing_a_sublist"u8, static () => Expect([1, 3], (First + Second + Third + Third - (Second + Third))!));
        suite.Add("remove_all_occurrences"u8, static () => Expect([2], (Action)Delegate.RemoveAll(First + Second + First, First)!));
        suite.Add("invocation_list"u8, static () =>
        {
            Delegate[] list = (First + Second).GetInvocationList();
            Check.Equal(2, list.Length);
            Check.True(list[1].Equals(Second));
        });
        suite.Add("an_exception_stops_the_list"u8, static () =>
        {
            s_log.Clear();
            Action list = First + (static () => throw new FormatException()) + Second;
            Check.Throws<FormatException>(list);
            Check.Equal(1, s_log.Count);
        });
        suite.Add("lists_pass_arguments_to_each"u8, static () =>
        {
            int sum = 0;
            Action<int, string> list = (x, s) => sum += x;
            list += (x, s) => sum += s.Length;
            list(5, "abc");
            Check.Equal(8, sum);
        });
        suite.Add("reference_arguments_go_through_the_list"u8, static () =>
        {
            int x = 1;
            Changes changes = static (ref int y) => y += 1;
            changes += static (ref int y) => y *= 10;
            changes(ref x);
            Check.Equal(20, x);
        });
        suite.Add("events"u8, static () =>
        {
            var source = new Source();
            int seen = 0;
            Action<int> handler = x => seen += x;
            source.Happened += handler;
            source.Happened += handler;
            source.Raise(2);
            source.Happened -= handler;
            source.Raise(5);
            source.Happened -= handler;
            source.Raise(100);
            Check.Equal(9, seen);
        });
    }

    private static void AddEquality(SelfTestSuite suite)
    {
        suite.Add("same_method_and_object_are_equal"u8, static () =>
        {
            var adder = new Adder(1);
            Operation a = adder.Add, b = adder.Add;
            Check.True(a == b);
            Check.Equal(a.GetHashCode(), b.GetHashCode());
        });
        suite.Add("other_object_is_not_equal"u8, static () => Check.False((Operation)new Adder(1).Add == new Adder(1).Add));
        suite.Add("equal_static_methods"u8, static () => Check.True(Make() == Make()));
        suite.Add("equal_lists"u8, static () =>
        {
            Check.True(First + Second == First + Second);
            Check.False(First + Second == Second + First);
        });
        suite.Add("null_compares"u8, static () =>
        {
            Action? none = Hide<Action?>(null);
            Check.True(none == null);
            Check.False(First == none);
        });
    }

    private static Action First { get; } = static () => s_log.Add(1);

    private static Action Second { get; } = static () => s_log.Add(2);

    private static Action Third { get; } = static () => s_log.Add(3);

    private static void Expect(ReadOnlySpan<int> expected, Action list)
    {
        s_log.Clear();
        list();
        Check.Equal(expected.Length, s_log.Count);
        for (int i = 0; i < expected.Length; i++)
            Check.Equal(expected[i], s_log[i]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    private static int Double(int x) => 2 * x;

    private static Operation Make() => new(Double);

    private static Func<int> Constant() => static () => 42;

    private static int Size<T>() => Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Func<object, bool> MakeIsType<T>() => static o => o is T;

    private static int Measure(this string text) => text.Length;

    private static unsafe void CallPointer()
    {
        delegate*<int, int> pointer = &Double;
        Check.Equal(14, pointer(7));
    }

    private interface IOperation
    {
        int Add(int x);
    }

    private class Adder(int amount) : IOperation
    {
        protected int Amount => amount;

        public int Add(int x) => x + amount;

        public virtual int Virtual(int x) => Add(x);
    }

    private sealed class Subtracter(int amount) : Adder(amount)
    {
        public override int Virtual(int x) => x - Amount;
    }

    private sealed class Tester
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public Func<object, int> Make<T>() => Test<T>;

        private int Test<T>(object o) => o is T ? 1 : 0;
    }

    private struct Counter
    {
        public int Value { get; private set; }

        public int Next() => ++Value;
    }

    private sealed class Source
    {
        public event Action<int>? Happened;

        public void Raise(int x) => Happened?.Invoke(x);
    }
}
