using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Casts, type tests, boxes, and the identity of types.</summary>
public static class CastTests
{
    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.casts");
        AddClasses(suite);
        AddBoxes(suite);
        AddTypes(suite);
        AddStructEquality(suite);
        AddEnums(suite);
        return suite;
    }

    private static void AddClasses(SelfTestSuite suite)
    {
        suite.Add("up_and_down"u8, static () => Check.True((Derived)Hide<Base>(new Derived()) is not null));
        suite.Add("wrong_class_throws"u8, static () => Check.Throws<InvalidCastException>(static () => _ = (Derived)Hide<Base>(new Base())));
        suite.Add("as_gives_null"u8, static () => Check.True(Hide<object>("x") as Base is null));
        suite.Add("null_casts_to_anything"u8, static () => Check.True((Derived?)Hide<object?>(null) is null && !(Hide<object?>(null) is Base)));
        suite.Add("to_interface"u8, static () => Check.True(Hide<object>(new Derived()) is IMark && Hide<object>(new Base()) is not IMark));
        suite.Add("wrong_interface_throws"u8, static () => Check.Throws<InvalidCastException>(static () => _ = (IMark)Hide<object>("x")));
        suite.Add("generic_class_arguments_matter"u8, static () => Check.False(Hide<object>(new List<int>()) is List<uint>));
        suite.Add("to_a_type_parameter"u8, static () =>
        {
            Check.Equal("x", To<string>("x"));
            Check.Equal(3, To<int>(3));
            Check.Throws<InvalidCastException>(static () => To<string>(3));
            Check.Throws<InvalidCastException>(static () => To<Derived>(new Base()));
        });
        suite.Add("array_covariance"u8, static () =>
        {
            object strings = Hide<object>(new string[1]);
            Check.True(strings is object[] && strings is not int[] && strings is IEnumerable<object> && strings is IReadOnlyList<string>);
        });
        suite.Add("arrays_of_values_are_not_covariant"u8, static () => Check.False(Hide<object>(new int[1]) is object[]));
        suite.Add("arrays_of_arrays_are_covariant"u8, static () =>
        {
            // ilc takes a test for an array type as false when nothing makes such an array: see Runtime/README.md.
            object exact = Hide<object>(new object[1][]);
            object strings = Hide<object>(new string[1][]);
            Check.True(exact is object[][]);
            Check.True(strings is object[][]);
            Check.True(strings is object[]);
        });
        suite.Add("array_ranks_are_different_types"u8, static () => Check.False(Hide<object>(new int[1, 1]) is int[] || Hide<object>(new int[1, 1]) is int[,,]));
        suite.Add("delegates_are_not_their_likes"u8, static () => Check.False(Hide<object>((Func<bool>)(static () => true)) is Action));
        suite.Add("pattern_switch_over_types"u8, static () =>
        {
            Check.Equal("derived", Classify(new Derived()));
            Check.Equal("base", Classify(new Base()));
            Check.Equal("int 4", Classify(4));
            Check.Equal("text", Classify("x"));
            Check.Equal("other", Classify(4L));
        });
    }

    private static void AddBoxes(SelfTestSuite suite)
    {
        suite.Add("box_is_a_copy"u8, static () =>
        {
            var pair = new Pair(1, 2);
            object box = pair;
            pair.X = 9;
            Check.Equal(1, ((Pair)box).X);
        });
        suite.Add("unboxing_needs_the_exact_type"u8, static () =>
        {
            Check.Throws<InvalidCastException>(static () => _ = (long)Hide<object>(1));
            Check.Throws<InvalidCastException>(static () => _ = (Pair)Hide<object>(1));
        });
        suite.Add("unboxing_null_throws"u8, static () => Check.Throws<NullReferenceException>(static () => _ = (int)Hide<object>(null!)));
        suite.Add("enum_and_its_underlying_type_unbox_to_each_other"u8, static () =>
        {
            Check.Equal(2, (int)Hide<object>(Color.Blue));
            Check.True((Color)Hide<object>(2) == Color.Blue);
        });
        suite.Add("a_nullable_boxes_to_its_value"u8, static () =>
        {
            int? some = Hide<int?>(5);
            object? box = some;
            Check.True(box is int and 5);
            Check.Equal(5, ((int?)box)!.Value);
        });
        suite.Add("an_empty_nullable_boxes_to_null"u8, static () =>
        {
            object? box = Hide<int?>(null);
            Check.True(box is null && !((long?)box).HasValue);
        });
        suite.Add("nullable_of_a_large_struct"u8, static () =>
        {
            object? box = Hide<Wide?>(new Wide(1, 2, 3));
            Wide? back = (Wide?)box;
            Check.Equal(6, back!.Value.A + back.Value.B + back.Value.C);
        });
        suite.Add("wrong_nullable_throws"u8, static () => Check.Throws<InvalidCastException>(static () => _ = (int?)Hide<object>("x")));
        suite.Add("boxed_values_compare_by_value"u8, static () => Check.True(Hide<object>(5).Equals(5) && !Hide<object>(5).Equals(5L)));
        suite.Add("type_test_for_a_nullable"u8, static () => Check.True(Is<int?>(5) && !Is<int?>(5L)));
    }

    private static void AddTypes(SelfTestSuite suite)
    {
        suite.Add("typeof_equals_get_type"u8, static () =>
        {
            Check.True(typeof(Derived) == Hide<Base>(new Derived()).GetType());
            Check.True(typeof(int) == Hide<object>(3).GetType());
            Check.True(typeof(List<string>) == Hide<object>(new List<string>()).GetType());
            Check.False(typeof(Base) == Hide<Base>(new Derived()).GetType());
        });
        suite.Add("one_object_a_type"u8, static () => Check.True(ReferenceEquals(typeof(Base), Hide<object>(new Base()).GetType())));
        suite.Add("types_of_type_parameters"u8, static () => Check.True(TypeOf<string>() == typeof(string) && TypeOf<List<int>>() == typeof(List<int>)));
        suite.Add("what_a_type_is"u8, static () =>
        {
            Check.True(typeof(int).IsValueType && !typeof(string).IsValueType);
            Check.True(typeof(IMark).IsInterface && typeof(int[]).IsArray);
            Check.True(typeof(int[]).GetElementType() == typeof(int) && typeof(Derived).BaseType == typeof(Base));
        });
        suite.Add("object_hash_codes_stay"u8, static () =>
        {
            var o = new object();
            int hash = o.GetHashCode();
            lock (o)
                Check.Equal(hash, o.GetHashCode());
            Check.False(hash == new object().GetHashCode());
        });
        suite.Add("memberwise_clone"u8, static () =>
        {
            var original = new Cloneable { Number = 5, Text = "x" };
            Cloneable copy = original.Copy();
            original.Number = 6;
            Check.True(copy.Number == 5 && ReferenceEquals(copy.Text, original.Text));
        });
    }

    private static void AddStructEquality(SelfTestSuite suite)
    {
        suite.Add("structs_are_equal_by_fields"u8, static () =>
        {
            Check.True(Hide<object>(new Pair(1, 2)).Equals(new Pair(1, 2)));
            Check.False(Hide<object>(new Pair(1, 2)).Equals(new Pair(1, 3)));
            Check.Equal(new Pair(1, 2).GetHashCode(), new Pair(1, 2).GetHashCode());
        });
        suite.Add("fields_compare_by_their_own_equality"u8, static () =>
        {
            string half = Hide("te");
            Check.True(new Named(half + "xt", 1).Equals(new Named("text", 1)));
            Check.False(new Named("text", 1).Equals(new Named("text", 2)));
            Check.False(new Named(null, 1).Equals(new Named("text", 1)));
            Check.Equal(new Named(half + "xt", 1).GetHashCode(), new Named("text", 1).GetHashCode());
        });
        suite.Add("padding_does_not_count"u8, static () => Check.True(Padded(0).Equals(Padded(-1))));
        suite.Add("other_struct_type_is_not_equal"u8, static () => Check.False(Hide<object>(new Pair(1, 2)).Equals(new OtherPair(1, 2))));
        suite.Add("nested_structs"u8, static () => Check.True(new Nested(new Named("a", 1)).Equals(new Nested(new Named("a", 1)))));
    }

    private static void AddEnums(SelfTestSuite suite)
    {
        suite.Add("has_flag"u8, static () =>
        {
            Rights rights = Hide(Rights.Read | Rights.Write);
            Check.True(rights.HasFlag(Rights.Write) && !rights.HasFlag(Rights.Execute));
        });
        suite.Add("enum_equality_and_hash"u8, static () => Check.True(Hide<object>(Color.Blue).Equals(Color.Blue) && !Hide<object>(Color.Blue).Equals(2)));
        suite.Add("enum_text_is_its_number"u8, static () =>
        {
            Check.Equal("2", Hide<object>(Color.Blue).ToString());
            Check.Equal("-1", Hide<object>(Signed.Minus).ToString());
        });
        suite.Add("enum_of_another_size"u8, static () => Check.Equal(0x1_0000_0000L, (long)Hide(Large.Bit32)));
    }

    private static Wide Padded(int garbage)
    {
        Span<int> stack = [garbage, garbage, garbage, garbage];
        Check.Equal(garbage, stack[3]);
        return new Wide(1, 2, 3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T To<T>(object o) => (T)o;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Is<T>(object o) => o is T;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Type TypeOf<T>() => typeof(T);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Classify(object o) => o switch
    {
        Derived => "derived",
        Base => "base",
        int number => $"int {number}",
        string => "text",
        _ => "other",
    };

    private interface IMark;

    private class Base;

    private sealed class Derived : Base, IMark;

    private sealed class Cloneable
    {
        public int Number { get; set; }

        public string? Text { get; set; }

        public Cloneable Copy() => (Cloneable)MemberwiseClone();
    }

    private struct Pair(int x, int y)
    {
        public int X = x;
        public int Y = y;
    }

    private struct OtherPair(int x, int y)
    {
        public int X = x;
        public int Y = y;
    }

    private struct Named(string? name, int number)
    {
        public string? Name = name;
        public int Number = number;
    }

    private struct Nested(Named inner)
    {
        public Named Inner = inner;
        public double Weight = 1.5;
    }

    private struct Wide(byte a, long b, short c)
    {
        public byte A = a;
        public long B = b;
        public short C = c;
    }

    private enum Color
    {
        Red,
        Green,
        Blue,
    }

    private enum Signed : sbyte
    {
        Minus = -1,
    }

    private enum Large : long
    {
        Bit32 = 0x1_0000_0000,
    }

    [Flags]
    private enum Rights
    {
        Read = 1,
        Write = 2,
        Execute = 4,
    }
}
