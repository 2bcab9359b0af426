using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Generic code, specialised for values and shared between references, and static state.</summary>
public static class GenericTests
{
    private static int s_initialized;

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.generics");
        AddCode(suite);
        AddConstruction(suite);
        AddStatics(suite);
        return suite;
    }

    private static void AddCode(SelfTestSuite suite)
    {
        suite.Add("specialised_for_values"u8, static () => Check.Equal(1 + 2 + 4 + 8, SizeOf<byte>() + SizeOf<short>() + SizeOf<int>() + SizeOf<long>()));
        suite.Add("default_values"u8, static () => Check.True(DefaultOf<int>() == 0 && DefaultOf<string>() is null && DefaultOf<(int, string)>().Item2 is null));
        suite.Add("shared_code_knows_its_type"u8, static () =>
        {
            Check.Equal("text", Name<string>());
            Check.Equal("list", Name<List<string>>());
            Check.Equal("other", Name<object>());
        });
        suite.Add("shared_code_makes_arrays_of_its_type"u8, static () =>
        {
            object array = MakeArray<string>(2);
            Check.True(array is string[] && array is not List<int>[]);
        });
        suite.Add("shared_code_makes_other_generic_types"u8, static () => Check.True(Wrap<string>("x") is Box<string> && Wrap(3) is Box<int>));
        suite.Add("nested_generic_classes"u8, static () => Check.Equal("x3", new Outer<string>.Inner<int>("x", 3).Text));
        suite.Add("generic_struct_of_generic_struct"u8, static () => Check.Equal(5, new Pair<Pair<int>>(new Pair<int>(2), new Pair<int>(5)).Second.First));
        suite.Add("recursion_over_types"u8, static () => Check.Equal(5, Depth<int>(5)));
        suite.Add("constraint_on_a_base_class"u8, static () => Check.Equal(7, AgeOf(new Dog(7))));
        suite.Add("curiously_recurring_type"u8, static () => Check.Equal(3, new Builder().Add().Add().Add().Count));
        suite.Add("ref_struct_as_a_type_argument"u8, static () => Check.Equal(6, Measure(new Text("abcdef"))));
        suite.Add("generic_comparison"u8, static () =>
        {
            Check.Equal(9, Max([3, 9, 4]));
            Check.Equal("z", Max(["a", "z", "m"]));
        });
        suite.Add("equality_comparers_per_type"u8, static () =>
        {
            Check.True(EqualityComparer<int>.Default.Equals(3, 3) && !EqualityComparer<int>.Default.Equals(3, 4));
            Check.True(EqualityComparer<string>.Default.Equals("a" + Name<object>(), "aother"));
            Check.True(EqualityComparer<Day>.Default.Equals(Day.Second, (Day)1));
            Check.True(EqualityComparer<int?>.Default.Equals(null, null) && !EqualityComparer<int?>.Default.Equals(null, 0));
            Check.True(EqualityComparer<Plain>.Default.Equals(new Plain(1), new Plain(1)));
        });
        suite.Add("virtual_method_of_a_generic_class"u8, static () =>
        {
            Check.Equal("base", Hide<Box<string>>(new Box<string>("x")).Describe());
            Check.Equal("derived int", Hide<Box<int>>(new DerivedBox<int>(3)).Describe());
            Check.Equal("derived other", Hide<Box<string>>(new DerivedBox<string>("x")).Describe());
        });
        suite.Add("generic_method_of_an_interface_with_a_class_parameter"u8, static () => Check.Equal("text/other", Hide<IName<object>>(new NameOf<object>()).Name(Name<string>())));
        suite.Add("tuples_and_deconstruction"u8, static () =>
        {
            (int a, (string b, long c)) = Make(1, "x", 3L);
            Check.True(a == 1 && b == "x" && c == 3);
        });
        suite.Add("covariant_return_type"u8, static () => Check.Equal(4, Hide<Animal>(new Dog(4)).Self().Age));
    }

    private static void AddConstruction(SelfTestSuite suite)
    {
        suite.Add("new_of_a_class_parameter"u8, static () => Check.Equal(5, Create<Counted>().Value));
        suite.Add("new_of_a_struct_parameter"u8, static () => Check.Equal(0, Create<int>()));
        suite.Add("new_of_a_struct_with_a_constructor"u8, static () => Check.Equal(6, Create<Constructed>().Value));
        suite.Add("new_in_shared_code_of_several_types"u8, static () =>
            Check.True(Create<object>() is not null && Create<List<string>>().Count == 0 && Create<Counted>() is not null));
        suite.Add("constructor_chaining"u8, static () => Check.Equal("base(3) derived(4)", new ChainDerived(4).Log));
        suite.Add("virtual_call_in_a_constructor_sees_initialized_fields"u8, static () => Check.Equal(8, new CallsVirtual().Seen));
        suite.Add("object_and_collection_initializers"u8, static () =>
        {
            var value = new Settings { Name = "n", Numbers = { 1, 2 }, Map = { ["k"] = 3 } };
            Check.True(value.Name == "n" && value.Numbers.Count == 2 && value.Map["k"] == 3);
        });
    }

    private static void AddStatics(SelfTestSuite suite)
    {
        suite.Add("statics_of_each_instantiation_are_separate"u8, static () =>
        {
            Slot<int>.Value = 1;
            Slot<string>.Value = 2;
            Slot<object>.Value = 3;
            Check.Equal(6, Slot<int>.Value + Slot<string>.Value + Slot<object>.Value);
        });
        suite.Add("statics_in_shared_code"u8, static () =>
        {
            SetSlot<List<string>>(7);
            SetSlot<List<object>>(8);
            Check.Equal(78, 10 * Slot<List<string>>.Value + Slot<List<object>>.Value);
        });
        suite.Add("static_constructor_runs_once_when_first_used"u8, static () =>
        {
            Check.Equal(11, Late.Value + Late.Value - 31);
            Check.Equal(1, s_initialized);
        });
        suite.Add("static_constructor_of_each_instantiation"u8, static () =>
        {
            Check.Equal(4, PerType<int>.Size);
            Check.Equal(16, PerType<(long, long)>.Size);
            Check.Equal(8, PerType<string>.Size);
        });
        suite.Add("circular_static_constructors"u8, static () => Check.Equal(1, CircleA.Value - CircleB.Value));
        suite.Add("static_constructor_before_an_instance"u8, static () => Check.Equal(5, new WithInstanceState().Value));
        suite.Add("a_static_constructor_s_exception_comes_each_time"u8, static () =>
        {
            for (int i = 0; i < 2; i++)
            {
                var exception = Check.Throws<TypeInitializationException>(static () => _ = Broken.Value);
                Check.True(exception.InnerException is FormatException);
            }
        });
        suite.Add("per_processor_static"u8, static () =>
        {
            t_counter++;
            t_counter++;
            t_text = "own";
            Check.Equal(2, t_counter);
            Check.Equal("own", t_text);
            t_counter = 0;
        });
        suite.Add("per_processor_static_of_a_generic_class"u8, static () =>
        {
            PerProcessor<int>.t_value = 3;
            PerProcessor<string>.t_value = 4;
            PerProcessor<object>.t_value = 5;
            Check.Equal(345, 100 * PerProcessor<int>.t_value + 10 * PerProcessor<string>.t_value + PerProcessor<object>.t_value);
        });
        suite.Add("constant_data_in_the_image"u8, static () =>
        {
            ReadOnlySpan<int> primes = [2, 3, 5, 7, 11];
            ReadOnlySpan<byte> text = "abc"u8;
            Check.Equal(28 + 'c', primes[0] + primes[1] + primes[2] + primes[3] + primes[4] + text[2]);
        });
        suite.Add("module_initializer_has_run"u8, static () => Check.True(s_moduleInitialized));
    }

    [ThreadStatic]
    private static int t_counter;

    [ThreadStatic]
    private static string? t_text;

    private static bool s_moduleInitialized;

#pragma warning disable CA2255 // Module initializers are what is tested.
    [ModuleInitializer]
    internal static void InitializeModule() => s_moduleInitialized = true;
#pragma warning restore CA2255

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    private static int SizeOf<T>() => Unsafe.SizeOf<T>();

    private static T? DefaultOf<T>() => default;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Name<T>() =>
        typeof(T) == typeof(string) ? "text" : typeof(T) == typeof(List<string>) ? "list" : typeof(T) == typeof(int) ? "int" : "other";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T[] MakeArray<T>(int length) => new T[length];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Wrap<T>(T value) => new Box<T>(value);

    private static int Depth<T>(int levels) => levels == 0 ? 0 : 1 + Depth<T>(levels - 1);

    private static int AgeOf<T>(T animal)
        where T : Animal => animal.Age;

    private static int Measure<T>(T text)
        where T : IMeasured, allows ref struct => text.Length;

    private static T Max<T>(T[] items)
        where T : IComparable<T>
    {
        T max = items[0];
        foreach (T item in items)
            if (item.CompareTo(max) > 0)
                max = item;
        return max;
    }

    private static (TA, (TB, TC)) Make<TA, TB, TC>(TA a, TB b, TC c) => (a, (b, c));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Create<T>()
        where T : new() => new();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetSlot<T>(int value) => Slot<T>.Value = value;

    private interface IMeasured
    {
        int Length { get; }
    }

    private interface IName<T>
    {
        string Name(string prefix);
    }

    private sealed class NameOf<T> : IName<T>
    {
        public string Name(string prefix) => $"{prefix}/{Name<T>()}";

        private static string Name<TOther>() => GenericTests.Name<TOther>();
    }

    private readonly ref struct Text(ReadOnlySpan<char> characters) : IMeasured
    {
        private readonly ReadOnlySpan<char> _characters = characters;

        public int Length => _characters.Length;
    }

    private class Box<T>(T value)
    {
        public T Value => value;

        public virtual string Describe() => "base";
    }

    private sealed class DerivedBox<T>(T value) : Box<T>(value)
    {
        public override string Describe() => typeof(T) == typeof(int) ? "derived int" : "derived other";
    }

    private sealed class Outer<TOuter>
    {
        public sealed class Inner<TInner>(TOuter outer, TInner inner)
        {
            public string Text => outer!.ToString() + inner!.ToString();
        }
    }

    private readonly struct Pair<T>(T first, T second)
    {
        public Pair(T both)
            : this(both, both)
        {
        }

        public T First => first;

        public T Second => second;
    }

    private class Animal(int age)
    {
        public int Age => age;

        public virtual Animal Self() => new(0);
    }

    private sealed class Dog(int age) : Animal(age)
    {
        public override Dog Self() => this;
    }

    private abstract class Chain<TSelf>
        where TSelf : Chain<TSelf>
    {
        public int Count { get; private set; }

        public TSelf Add()
        {
            Count++;
            return (TSelf)this;
        }
    }

    private sealed class Builder : Chain<Builder>;

    private enum Day : byte
    {
        First,
        Second,
    }

    private readonly struct Plain(int value)
    {
        public readonly int Value = value;
    }

    private sealed class Counted
    {
        public int Value { get; } = 5;
    }

    private struct Constructed
    {
        public int Value;

        public Constructed() => Value = 6;
    }

    private class ChainBase(int x)
    {
        public string Log { get; protected set; } = $"base({x})";
    }

    private sealed class ChainDerived : ChainBase
    {
        public ChainDerived(int x)
            : base(x - 1) => Log += $" derived({x})";
    }

    private abstract class CallsInConstructor
    {
        protected CallsInConstructor() => Seen = Get();

        public int Seen { get; }

        protected abstract int Get();
    }

    private sealed class CallsVirtual : CallsInConstructor
    {
        private readonly int _value = 8;

        protected override int Get() => _value;
    }

    private sealed class Settings
    {
        public required string Name { get; init; }

        public List<int> Numbers { get; } = [];

        public Dictionary<string, int> Map { get; } = [];
    }

    private static class Slot<T>
    {
        public static int Value { get; set; }
    }

    private static class Late
    {
        static Late()
        {
            s_initialized++;
            Value = 21;
        }

        public static int Value { get; }
    }

    private static class PerType<T>
    {
        static PerType() => Size = Unsafe.SizeOf<T>();

        public static int Size { get; }
    }

    private static class CircleA
    {
        static CircleA() => Value = CircleB.Value + 1;

        public static int Value { get; }
    }

    private static class CircleB
    {
        static CircleB() => Value = CircleA.Value;

        public static int Value { get; }
    }

    private sealed class WithInstanceState
    {
        private static readonly int s_start = Hide(5);

        public int Value { get; } = s_start;
    }

    private static class Broken
    {
        static Broken() => throw new FormatException();

        public static int Value => Hide(1);
    }

    private static class PerProcessor<T>
    {
        [ThreadStatic]
        internal static int t_value;
    }
}
