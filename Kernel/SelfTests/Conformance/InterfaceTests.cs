using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Interface calls: what they reach, however many types a call site sees.</summary>
public static class InterfaceTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.interfaces");
        AddDispatch(suite);
        AddDefaults(suite);
        AddVariance(suite);
        AddStatics(suite);
        return suite;
    }

    private static void AddDispatch(SelfTestSuite suite)
    {
        suite.Add("one_type"u8, static () => Check.Equal(1, Sum([new One(), new One()]) / 2));
        suite.Add("two_types_at_one_call_site"u8, static () => Check.Equal(3, Sum([new One(), new Two()])));
        suite.Add("many_types_at_one_call_site"u8, static () =>
        {
            INumber[] all =
            [
                new One(), new Two(), new Generic<int>(3), new Generic<long>(4), new Generic<string>(5), new Generic<object>(6),
                new Generic<byte>(7), new Generic<char>(8), new Generic<int[]>(9), new Generic<One>(10), new Generic<Two>(11), new Boxed(12),
            ];
            for (int round = 0; round < 3; round++)
                Check.Equal(78, Sum(all));
        });
        suite.Add("more_types_than_a_linear_cache_has"u8, static () =>
        {
            INumber[] all = [.. Nest<One>(), .. Nest<Two>(), .. Nest<Both>(), .. Nest<Explicit>(), .. Nest<WithHelper>()];
            for (int round = 0; round < 2; round++)
                Check.Equal(all.Length * (all.Length + 1) / 2, SumOfIndices(all));
        });
        suite.Add("a_warm_call_allocates_nothing"u8, static () =>
        {
            INumber[] all = [new One(), new Two(), new Boxed(3)];
            Sum(all);
            ulong before = ManagedHeap.Statistics.TotalCalls;
            for (int i = 0; i < 100; i++)
                Sum(all);
            Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
        });
        suite.Add("null_throws"u8, static () => Check.Throws<NullReferenceException>(static () => Call(null!)));
        suite.Add("explicit_implementation"u8, static () => Check.Equal(100, ((INumber)new Explicit()).Number + new Explicit().Number));
        suite.Add("an_inherited_method_implements"u8, static () => Check.Equal(1, Call(new InheritsImplementation())));
        suite.Add("an_override_is_reached_through_the_base_s_interface"u8, static () => Check.Equal(22, Call(new OverridesTwo())));
        suite.Add("reimplementation_replaces_the_base_s"u8, static () => Check.Equal(9, Call(new Reimplements())));
        suite.Add("new_virtual_method_does_not_replace"u8, static () => Check.Equal(2, Call(new HidesTwo())));
        suite.Add("a_boxed_struct_is_called_in_its_box"u8, static () =>
        {
            ICounter counter = default(Counter);
            counter.Count();
            counter.Count();
            Check.Equal(2, counter.Value);
        });
        suite.Add("a_constrained_call_changes_the_struct_itself"u8, static () =>
        {
            Counter counter = default;
            CountTwice(ref counter);
            Check.Equal(2, counter.Value);
        });
        suite.Add("arguments_survive_a_cold_call"u8, static () =>
        {
            IManyArguments target = Hide<IManyArguments>(new ManyArguments());
            Check.Equal(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9, (long)target.Sum(1, 2, 3, 4, 5, 6, 7, 8.0, 9.0f));
        });
        suite.Add("large_results_come_back"u8, static () =>
        {
            ILarge target = Hide<ILarge>(new LargeResult());
            (long a, long b, long c, long d) = target.Get(5);
            Check.Equal(5 + 6 + 7 + 8, a + b + c + d);
        });
        suite.Add("properties_and_indexers"u8, static () =>
        {
            IIndexed indexed = Hide<IIndexed>(new Indexed());
            indexed[3] = 7;
            indexed.Last = 9;
            Check.Equal(16, indexed[3] + indexed.Last);
        });
        suite.Add("two_interfaces_of_one_object"u8, static () =>
        {
            var both = new Both();
            Check.Equal(5, Call(both) + Hide<ICounter>(both).Value);
        });
        suite.Add("generic_interface_twice_on_one_class"u8, static () =>
        {
            var twice = new ConvertsTwice();
            Check.Equal("int 3", Convert(twice, 3));
            Check.Equal("text x", Convert(twice, "x"));
        });
        suite.Add("inherited_interface_members"u8, static () => Check.Equal(43, Hide<IDerivedNumber>(new DerivedNumber()).Number + 1));
    }

    private static void AddDefaults(SelfTestSuite suite)
    {
        suite.Add("default_method"u8, static () => Check.Equal("default 1", Hide<IDefault>(new UsesDefault()).Describe()));
        suite.Add("class_beats_default"u8, static () => Check.Equal("own", Hide<IDefault>(new ReplacesDefault()).Describe()));
        suite.Add("derived_interface_s_default_beats_base_s"u8, static () => Check.Equal("derived", Hide<IDefault>(new UsesDerivedDefault()).Describe()));
        suite.Add("default_method_of_a_struct"u8, static () => Check.Equal("default 7", Hide<IDefault>(new DefaultStruct()).Describe()));
        suite.Add("default_method_of_a_generic_interface"u8, static () =>
        {
            Check.Equal(2, Hide<IGenericDefault<string>>(new GenericDefault<string>()).CountOf("a", "b"));
            Check.Equal(3, Hide<IGenericDefault<int>>(new GenericDefault<int>()).CountOf(1, 2, 3));
        });
        suite.Add("default_method_calls_private_helper"u8, static () => Check.Equal(12, Hide<IWithHelper>(new WithHelper()).Twice(6)));
        suite.Add("a_common_derived_interface_settles_two_defaults"u8, static () => Check.Equal("both", Hide<IDefault>(MakeDiamond()).Describe()));
    }

    private static void AddVariance(SelfTestSuite suite)
    {
        suite.Add("covariant_interface_call"u8, static () => Check.Equal("text", (string)Hide<IProducer<object>>(new TextProducer()).Produce()));
        suite.Add("contravariant_interface_call"u8, static () => Check.Equal(3, Hide<IConsumer<string>>(new ObjectConsumer()).Consume("abc")));
        suite.Add("covariance_of_the_library_s_interfaces"u8, static () =>
        {
            IEnumerable<object> objects = Hide<IEnumerable<string>>(new List<string> { "a", "b" });
            int count = 0;
            foreach (object item in objects)
                count += ((string)item).Length;
            Check.Equal(2, count);
        });
        suite.Add("no_variance_for_value_types"u8, static () => Check.False(Hide<object>(new List<int>()) is IEnumerable<object>));
        suite.Add("exact_match_beats_variant_match"u8, static () => Check.Equal("object", (string)Hide<IProducer<object>>(new TwoProducers()).Produce()));
        suite.Add("variance_of_nested_arguments"u8, static () => Check.True(Hide<object>(new NestedProducer()) is IProducer<IProducer<object>>));
        suite.Add("variant_delegate"u8, static () =>
        {
            Func<string> text = static () => "x";
            Func<object> any = text;
            Action<object> accept = static o => Check.True(o is string);
            Action<string> narrow = accept;
            narrow((string)any());
        });
    }

    private static void AddStatics(SelfTestSuite suite)
    {
        suite.Add("static_abstract_method"u8, static () => Check.Equal(30, Total<Ten>(3)));
        suite.Add("static_abstract_operator"u8, static () => Check.Equal(7, Add(new Vector(3), new Vector(4)).X));
        suite.Add("static_virtual_default"u8, static () => Check.Equal("unnamed", NameOf<Ten>()));
        suite.Add("static_virtual_override"u8, static () => Check.Equal("twenty", NameOf<Twenty>()));
        suite.Add("static_abstract_through_a_class"u8, static () => Check.Equal(20, Total<Twenty>(1)));
        suite.Add("generic_math_over_integers"u8, static () =>
        {
            Check.Equal(6, Add3(1, 2, 3));
            Check.Equal(6UL, Add3(1UL, 2UL, 3UL));
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Call(INumber number) => number.Number;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Sum(INumber[] numbers)
    {
        int sum = 0;
        foreach (INumber number in numbers)
            sum += number.Number;
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SumOfIndices(INumber[] numbers)
    {
        int sum = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            ((IIndexable)numbers[i]).Index = i + 1;
            sum += numbers[i].Number;
        }
        return sum;
    }

    private static INumber[] Nest<T>() =>
        [new Deep<T>(), new Deep<Deep<T>>(), new Deep<Deep<Deep<T>>>(), new Deep<Deep<Deep<Deep<T>>>>(), new Deep<Generic<T>>()];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Convert<T>(IConverter<T> converter, T value) => converter.Convert(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IDefault MakeDiamond() => new Diamond();

    private static void CountTwice<T>(ref T counter)
        where T : ICounter
    {
        counter.Count();
        counter.Count();
    }

    private static int Total<T>(int count)
        where T : IUnit
    {
        int total = 0;
        for (int i = 0; i < count; i++)
            total += T.Unit();
        return total;
    }

    private static string NameOf<T>()
        where T : IUnit => T.Name;

    private static T Add<T>(T left, T right)
        where T : IAddable<T> => left + right;

    private static T Add3<T>(T a, T b, T c)
        where T : System.Numerics.INumber<T> => a + b + c;

    private interface INumber
    {
        int Number { get; }
    }

    private interface IDerivedNumber : INumber;

    private interface IIndexable
    {
        int Index { get; set; }
    }

    private interface ICounter
    {
        int Value { get; }

        void Count();
    }

    private interface IManyArguments
    {
        double Sum(int a, long b, short c, byte d, int e, int f, int g, double h, float i);
    }

    private interface ILarge
    {
        (long, long, long, long) Get(long first);
    }

    private interface IIndexed
    {
        int Last { get; set; }

        int this[int index] { get; set; }
    }

    private interface IConverter<in T>
    {
        string Convert(T value);
    }

    private interface IDefault
    {
        int Value { get; }

        string Describe() => $"default {Value}";
    }

    private interface IDerivedDefault : IDefault
    {
        string IDefault.Describe() => "derived";
    }

    private interface IOtherDefault : IDefault
    {
        string IDefault.Describe() => "other";
    }

    private interface IGenericDefault<T>
    {
        int CountOf(params T[] items) => items.Length;
    }

    private interface IWithHelper
    {
        int Twice(int x) => Double(x);

        private static int Double(int x) => x * 2;
    }

    private interface IProducer<out T>
    {
        T Produce();
    }

    private interface IConsumer<in T>
    {
        int Consume(T item);
    }

    private interface IUnit
    {
        static virtual string Name => "unnamed";

        static abstract int Unit();
    }

    private interface IAddable<T>
        where T : IAddable<T>
    {
        static abstract T operator +(T left, T right);
    }

    private class One : INumber
    {
        public int Number => 1;
    }

    private sealed class InheritsImplementation : One;

    private class Two : INumber
    {
        public virtual int Number => 2;
    }

    private sealed class OverridesTwo : Two
    {
        public override int Number => 22;
    }

    private sealed class HidesTwo : Two
    {
        public new int Number => 23;
    }

    private sealed class Reimplements : Two, INumber
    {
        int INumber.Number => 9;
    }

    private sealed class Explicit : INumber
    {
        public int Number => 40;

        int INumber.Number => 60;
    }

    private sealed class Generic<T>(int number) : INumber
    {
        public int Number => number;
    }

    private readonly struct Boxed(int number) : INumber
    {
        public int Number => number;
    }

    private sealed class Deep<T> : INumber, IIndexable
    {
        public int Index { get; set; }

        public int Number => Index;
    }

    private sealed class DerivedNumber : IDerivedNumber
    {
        public int Number => 42;
    }

    private struct Counter : ICounter
    {
        public int Value { get; private set; }

        public void Count() => Value++;
    }

    private sealed class ManyArguments : IManyArguments
    {
        public double Sum(int a, long b, short c, byte d, int e, int f, int g, double h, float i) => a + b + c + d + e + f + g + h + i;
    }

    private sealed class LargeResult : ILarge
    {
        public (long, long, long, long) Get(long first) => (first, first + 1, first + 2, first + 3);
    }

    private sealed class Indexed : IIndexed
    {
        private readonly int[] _items = new int[5];

        public int Last { get => _items[^1]; set => _items[^1] = value; }

        public int this[int index] { get => _items[index]; set => _items[index] = value; }
    }

    private sealed class Both : INumber, ICounter
    {
        public int Number => 2;

        public int Value => 3;

        public void Count()
        {
        }
    }

    private sealed class ConvertsTwice : IConverter<int>, IConverter<string>
    {
        public string Convert(int value) => $"int {value}";

        public string Convert(string value) => $"text {value}";
    }

    private sealed class UsesDefault : IDefault
    {
        public int Value => 1;
    }

    private sealed class ReplacesDefault : IDefault
    {
        public int Value => 1;

        public string Describe() => "own";
    }

    private sealed class UsesDerivedDefault : IDerivedDefault
    {
        public int Value => 1;
    }

    private readonly struct DefaultStruct : IDefault
    {
        public int Value => 7;
    }

    private sealed class GenericDefault<T> : IGenericDefault<T>;

    private sealed class WithHelper : IWithHelper;

    private interface IBothDefaults : IDerivedDefault, IOtherDefault
    {
        string IDefault.Describe() => "both";
    }

    private sealed class Diamond : IBothDefaults
    {
        public int Value => 1;
    }

    private sealed class TextProducer : IProducer<string>
    {
        public string Produce() => "text";
    }

    private sealed class TwoProducers : IProducer<string>, IProducer<object>
    {
        string IProducer<string>.Produce() => "string";

        object IProducer<object>.Produce() => "object";
    }

    private sealed class NestedProducer : IProducer<IProducer<string>>
    {
        public IProducer<string> Produce() => new TextProducer();
    }

    private sealed class ObjectConsumer : IConsumer<object>
    {
        public int Consume(object item) => ((string)item).Length;
    }

    private readonly struct Ten : IUnit
    {
        public static int Unit() => 10;
    }

    private sealed class Twenty : IUnit
    {
        public static string Name => "twenty";

        public static int Unit() => 20;
    }

    private readonly struct Vector(int x) : IAddable<Vector>
    {
        public int X => x;

        public static Vector operator +(Vector left, Vector right) => new(left.X + right.X);
    }
}
