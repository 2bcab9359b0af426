using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Virtual and interface methods that have type parameters of their own.</summary>
public static class GenericVirtualTests
{
    private static int s_count;

    private interface INamer
    {
        string Name<T>(T value);

        string Both<T>() => Name<T>(default!) + "+" + Tag<T>();
    }

    private interface IConverter<TFrom>
    {
        TTo Convert<TTo>(TFrom value, Func<TFrom, TTo> map);
    }

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.generic-virtuals");
        AddClasses(suite);
        AddInterfaces(suite);
        AddForms(suite);
        return suite;
    }

    private static void AddClasses(SelfTestSuite suite)
    {
        suite.Add("override_at_three_levels"u8, static () =>
        {
            Check.Equal("root int", Of(0).Describe(1));
            Check.Equal("middle int", Of(1).Describe(1));
            Check.Equal("leaf/middle int", Of(2).Describe(1));
        });
        suite.Add("reference_type_arguments"u8, static () =>
        {
            Check.Equal("root string", Of(0).Describe("x"));
            Check.Equal("leaf/middle object", Of(2).Describe(new object()));
        });
        suite.Add("abstract"u8, static () => Check.Equal(2 + 8, Sized(0).Size<short>() + Sized(1).Size<int>()));
        suite.Add("two_methods_and_an_overload"u8, static () => Check.Equal("middle int|root2 int string|none", Of(1).Describe(1) + "|" + Of(1).Describe(1, "x") + "|" + Of(1).Plain<int>()));
        suite.Add("generic_owner"u8, static () =>
        {
            Check.Equal("keep int string", KeeperOf<int>(0).Pair(1, "x").Text);
            Check.Equal("twice int string 8", KeeperOf(1, 4).Pair(4, "x").Text);
            Check.Equal("keep string int", KeeperOf<string>(0).Pair("x", 1).Text);
            Check.Equal("twice string int y", KeeperOf(1, "y").Pair("y", 1).Text);
            Check.Equal("only long", KeeperOf<long>(2).Pair(5, 'c').Text);
        });
        suite.Add("generic_class_overrides_plain_one"u8, static () => Check.Equal("wrap int string|wrap string byte", new WrapRoot<int>().Describe("x") + "|" + AsRoot(new WrapRoot<string>()).Describe((byte)1)));
        suite.Add("type_parameter_of_the_caller"u8, static () => Check.Equal("middle long|middle object", Through(Of(1), 1L) + "|" + Through(Of(1), new object())));
        suite.Add("recursion_over_types"u8, static () => Check.Equal("int string int", Alternating(0).Walk<int>(2)));
    }

    private static void AddInterfaces(SelfTestSuite suite)
    {
        suite.Add("interface_of_two_classes"u8, static () => Check.Equal("A int|B int", Namer(0).Name(1) + "|" + Namer(1).Name(1)));
        suite.Add("explicit_implementation"u8, static () => Check.Equal("explicit string", Namer(2).Name("x")));
        suite.Add("implementation_that_is_overridden"u8, static () => Check.Equal("derived A int", Namer(3).Name(1)));
        suite.Add("default_implementation"u8, static () => Check.Equal("A string+string|own int", Namer(0).Both<string>() + "|" + Namer(1).Both<int>()));
        suite.Add("boxed_structure"u8, static () =>
        {
            INamer boxed = new Counter();
            boxed.Name(1);
            Check.Equal("counter 2", boxed.Name("x"));
        });
        suite.Add("generic_interface"u8, static () =>
        {
            Check.Equal(6, Converter<int>().Convert(5, static value => value + 1L));
            Check.Equal("text!", Converter<string>().Convert("text", static value => value + "!"));
        });
    }

    private static void AddForms(SelfTestSuite suite)
    {
        suite.Add("delegate"u8, static () =>
        {
            Func<int, string> ofClass = Of(2).Describe;
            Func<string, string> ofInterface = Namer(1).Name;
            Check.Equal("leaf/middle int|B string", ofClass(1) + "|" + ofInterface("x"));
        });
        suite.Add("constrained_call"u8, static () =>
        {
            var counter = new Counter();
            Check.Equal("counter 1", NameOf(ref counter));
            Check.Equal("counter 2", NameOf(ref counter));
            INamer namer = Namer(0);
            Check.Equal("A int", NameOf(ref namer));
            var middle = new Middle();
            Check.Equal("middle int", DescribeBy(middle));
        });
        suite.Add("references_and_structures"u8, static () =>
        {
            int count = 1;
            (long, string, int) result = Sized(1).Change(ref count, out string text, 7);
            Check.True(result is (7, "seven", 7) && count == 8 && text == "out");
        });
        suite.Add("exceptions"u8, static () =>
        {
            Check.Throws<InvalidOperationException>(static () => Sized(0).Change(ref s_count, out _, 1));
            Check.Throws<NullReferenceException>(static () => Hidden(null)!.Describe(1));
        });
    }

    private static string Tag<T>() => typeof(T) == typeof(int) ? "int" : typeof(T) == typeof(string) ? "string" : typeof(T) == typeof(object) ? "object"
        : typeof(T) == typeof(long) ? "long" : typeof(T) == typeof(byte) ? "byte" : "other";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Root Of(int level) => level switch { 0 => new Root(), 1 => new Middle(), _ => new Leaf() };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Root? Hidden(Root? value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Root AsRoot(Root value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static INamer Namer(int kind) => kind switch { 0 => new NamerA(), 1 => new NamerB(), 2 => new ExplicitNamer(), _ => new DerivedNamer() };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SizedBase Sized(int kind) => kind == 0 ? new SizedOne() : new SizedTwo();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Keeper<T> KeeperOf<T>(int kind, T value = default!) => kind switch { 0 => new Keeper<T>(), 1 => new TwiceKeeper<T>(value), _ => (Keeper<T>)(object)new LongKeeper() };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IConverter<T> Converter<T>() => (IConverter<T>)(object)new TwoConverters();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Walker Alternating(int kind) => kind == 0 ? new NamingWalker() : new Walker();

    private static string Through<T>(Root root, T value) => root.Describe(value);

    private static string NameOf<T>(ref T namer)
        where T : INamer => namer.Name(1);

    private static string DescribeBy<T>(T value)
        where T : Root => value.Describe(1);

    private class Root
    {
        public virtual string Describe<T>(T value) => "root " + Tag<T>();

        public virtual string Describe<T, TOther>(T value, TOther other) => "root2 " + Tag<T>() + " " + Tag<TOther>();

        public virtual string Plain<T>() => "none";
    }

    private class Middle : Root
    {
        public override string Describe<T>(T value) => "middle " + Tag<T>();
    }

    private sealed class Leaf : Middle
    {
        public override string Describe<T>(T value) => "leaf/" + base.Describe(value);
    }

    private sealed class WrapRoot<TWrapped> : Root
    {
        public override string Describe<T>(T value) => "wrap " + Tag<TWrapped>() + " " + Tag<T>();
    }

    private abstract class SizedBase
    {
        public abstract int Size<T>();

        public abstract (T First, string Second, int Third) Change<T>(ref int count, out string text, T value);
    }

    private sealed class SizedOne : SizedBase
    {
        public override int Size<T>() => Unsafe.SizeOf<T>();

        public override (T First, string Second, int Third) Change<T>(ref int count, out string text, T value) => throw new InvalidOperationException();
    }

    private sealed class SizedTwo : SizedBase
    {
        public override int Size<T>() => 2 * Unsafe.SizeOf<T>();

        public override (T First, string Second, int Third) Change<T>(ref int count, out string text, T value)
        {
            text = "out";
            count += 7;
            return (value, "seven", 7);
        }
    }

    private struct Result<TFirst, TSecond>
    {
        public TFirst First;
        public TSecond Second;
        public string Text;
    }

    private class Keeper<TKept>
    {
        public virtual Result<TKept, T> Pair<T>(TKept first, T second) => new() { First = first, Second = second, Text = "keep " + Tag<TKept>() + " " + Tag<T>() };
    }

    private sealed class TwiceKeeper<TKept>(TKept kept) : Keeper<TKept>
    {
        public override Result<TKept, T> Pair<T>(TKept first, T second)
        {
            Check.True(EqualityComparer<TKept>.Default.Equals(kept, first));
            return new() { First = first, Second = second, Text = "twice " + Tag<TKept>() + " " + Tag<T>() + (first is int number ? (2 * number == 8 ? " 8" : " ?") : " " + first) };
        }
    }

    private sealed class LongKeeper : Keeper<long>
    {
        public override Result<long, T> Pair<T>(long first, T second) => new() { First = first, Second = second, Text = first == 5 ? "only long" : "wrong" };
    }

    private class Walker
    {
        public virtual string Walk<T>(int steps) => "";
    }

    private sealed class NamingWalker : Walker
    {
        public override string Walk<T>(int steps) =>
            steps == 0 ? Tag<T>() : Tag<T>() + " " + (steps % 2 == 0 ? Alternating(0).Walk<string>(steps - 1) : Alternating(0).Walk<int>(steps - 1));
    }

    private class NamerA : INamer
    {
        public virtual string Name<T>(T value) => "A " + Tag<T>();
    }

    private sealed class DerivedNamer : NamerA
    {
        public override string Name<T>(T value) => "derived " + base.Name(value);
    }

    private sealed class NamerB : INamer
    {
        public string Name<T>(T value) => "B " + Tag<T>();

        public string Both<T>() => "own " + Tag<T>();
    }

    private sealed class ExplicitNamer : INamer
    {
        string INamer.Name<T>(T value) => "explicit " + Tag<T>();
    }

    private struct Counter : INamer
    {
        private int _count;

        public string Name<T>(T value) => ++_count == 1 ? "counter 1" : _count == 2 ? "counter 2" : "counter";
    }

    private sealed class TwoConverters : IConverter<int>, IConverter<string>
    {
        TTo IConverter<int>.Convert<TTo>(int value, Func<int, TTo> map) => map(value);

        TTo IConverter<string>.Convert<TTo>(string value, Func<string, TTo> map) => map(value);
    }
}
