using System;
using System.Collections.Generic;

namespace Samples;

/// <summary>Methods of many shapes, whose names the tests ask for.</summary>
public class Sample
{
    private static int s_value = int.Parse("5");

    public int this[int index] => index + s_value;

    public static int Over(int value) => value;

    public static int Over(string text, ref int[] values) => values.Length + text.Length;

    public static unsafe int Over(byte* pointer, int[,] values) => *pointer + values.Length;

    public static T Swap<T, U>(T first, List<U> second) => second.Count == 0 ? first : default!;

    public static int WithLambdas(int start)
    {
        Func<int, int> closure = value => value + start;
        return closure(2) + Local(3);

        int Local(int value) => value + new Func<int>(() => value + start)();
    }

    public static IEnumerable<int> Numbers(int count)
    {
        for (int index = 0; index < count; index++)
            yield return index;
    }
}

/// <summary>A generic type with nested ones.</summary>
public class Box<T> : IComparable<Box<T>>
{
    private readonly List<T> _items = [];

    public void Add(T item) => _items.Add(item);

    int IComparable<Box<T>>.CompareTo(Box<T>? other) => _items.Count - other!._items.Count;

    /// <summary>Not generic by itself.</summary>
    public class Node
    {
        public int Sum(Box<T> box) => box._items.Count;
    }

    /// <summary>Generic in a generic type.</summary>
    public class Deep<K>
    {
        public K Id<V>(K first, V second) => second == null ? default! : first;
    }
}
