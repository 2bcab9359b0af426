using System.Collections.Generic;

namespace System;

public abstract partial class Array
{
    /// <summary>Sorts by the default order; not stable.</summary>
    public static void Sort<T>(T[] array) => array.AsSpan().Sort();

    /// <summary>Sorts a part by the default order; not stable.</summary>
    public static void Sort<T>(T[] array, int index, int length) => array.AsSpan(index, length).Sort();

    /// <summary>Sorts by a comparer; not stable.</summary>
    public static void Sort<T>(T[] array, IComparer<T>? comparer) => array.AsSpan().Sort(comparer ?? Comparer<T>.Default);

    /// <summary>Sorts by a comparison; not stable.</summary>
    public static void Sort<T>(T[] array, Comparison<T> comparison) => array.AsSpan().Sort(comparison);

    /// <summary>Position in a sorted array, or the complement of where the value belongs.</summary>
    public static int BinarySearch<T>(T[] array, T value) => new ReadOnlySpan<T>(array).BinarySearch(value, Comparer<T>.Default);

    /// <summary>Position in a sorted array, or the complement of where the value belongs.</summary>
    public static int BinarySearch<T>(T[] array, T value, IComparer<T>? comparer) => new ReadOnlySpan<T>(array).BinarySearch(value, comparer ?? Comparer<T>.Default);

    /// <summary>Position of the first occurrence, or -1.</summary>
    public static int IndexOf<T>(T[] array, T value) => new ReadOnlySpan<T>(array).IndexOf(value);

    /// <summary>Position of the first occurrence from <paramref name="startIndex"/> on, or -1.</summary>
    public static int IndexOf<T>(T[] array, T value, int startIndex) => IndexOf(array, value, startIndex, array.Length - startIndex);

    /// <summary>Position of the first occurrence in a part, or -1.</summary>
    public static int IndexOf<T>(T[] array, T value, int startIndex, int count)
    {
        int position = new ReadOnlySpan<T>(array, startIndex, count).IndexOf(value);
        return position < 0 ? -1 : startIndex + position;
    }

    /// <summary>Position of the last occurrence, or -1.</summary>
    public static int LastIndexOf<T>(T[] array, T value) => new ReadOnlySpan<T>(array).LastIndexOf(value);

    /// <summary>Position of the first element that matches, or -1.</summary>
    public static int FindIndex<T>(T[] array, Predicate<T> match)
    {
        for (int index = 0; index < array.Length; index++)
        {
            if (match(array[index]))
                return index;
        }

        return -1;
    }

    /// <summary>The first element that matches, or the default.</summary>
    public static T? Find<T>(T[] array, Predicate<T> match)
    {
        int index = FindIndex(array, match);
        return index < 0 ? default : array[index];
    }

    /// <summary>Whether any element matches.</summary>
    public static bool Exists<T>(T[] array, Predicate<T> match) => FindIndex(array, match) >= 0;

    /// <summary>Whether all elements match.</summary>
    public static bool TrueForAll<T>(T[] array, Predicate<T> match)
    {
        foreach (T element in array)
        {
            if (!match(element))
                return false;
        }

        return true;
    }

    /// <summary>Sets every element of a part.</summary>
    public static void Fill<T>(T[] array, T value, int startIndex, int count) => array.AsSpan(startIndex, count).Fill(value);

    /// <summary>Reverses the order.</summary>
    public static void Reverse<T>(T[] array) => array.AsSpan().Reverse();

    /// <summary>A new array of converted elements.</summary>
    public static TOutput[] ConvertAll<TInput, TOutput>(TInput[] array, Converter<TInput, TOutput> converter)
    {
        var converted = new TOutput[array.Length];
        for (int index = 0; index < array.Length; index++)
            converted[index] = converter(array[index]);
        return converted;
    }
}
