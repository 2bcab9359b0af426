using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>Searching, comparing and changing spans. Simple loops: nothing here is vectorised.</summary>
/// <remarks>Differs from .NET: elements need not implement <see cref="IEquatable{T}"/>.</remarks>
public static partial class MemoryExtensions
{
    /// <summary>The characters of a string; null gives an empty span.</summary>
    public static ReadOnlySpan<char> AsSpan(this string? text) =>
        text is null ? default : MemoryMarshal.CreateReadOnlySpan(in text.GetPinnableReference(), text.Length);

    /// <summary>The characters from a position on.</summary>
    public static ReadOnlySpan<char> AsSpan(this string? text, int start) => text.AsSpan().Slice(start);

    /// <summary>Some of the characters.</summary>
    public static ReadOnlySpan<char> AsSpan(this string? text, int start, int length) => text.AsSpan().Slice(start, length);

    /// <summary>The elements of an array.</summary>
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    /// <summary>The elements from a position on.</summary>
    public static Span<T> AsSpan<T>(this T[]? array, int start) => new Span<T>(array).Slice(start);

    /// <summary>Some of the elements.</summary>
    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new(array, start, length);

    /// <summary>The elements in a range.</summary>
    public static Span<T> AsSpan<T>(this T[]? array, Range range) => new Span<T>(array)[range];

    /// <summary>Whether both have the same elements.</summary>
    public static bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
    {
        if (span.Length != other.Length)
            return false;
        if (typeof(T) == typeof(byte) || typeof(T) == typeof(char))
        {
            return MemoryComparison.AreEqual(
                ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(span)),
                ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(other)),
                (nuint)span.Length * (nuint)Unsafe.SizeOf<T>());
        }

        for (int index = 0; index < span.Length; index++)
        {
            if (!EqualityComparer<T>.Default.Equals(span[index], other[index]))
                return false;
        }

        return true;
    }

    /// <summary>Orders by the first different element, then by length.</summary>
    public static int SequenceCompareTo<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other) where T : IComparable<T>
    {
        int common = int.Min(span.Length, other.Length);
        for (int index = 0; index < common; index++)
        {
            int order = span[index].CompareTo(other[index]);
            if (order != 0)
                return order;
        }

        return span.Length - other.Length;
    }

    /// <summary>Number of equal elements at the start of both.</summary>
    public static int CommonPrefixLength<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
    {
        int index = 0;
        while (index < span.Length && index < other.Length && EqualityComparer<T>.Default.Equals(span[index], other[index]))
            index++;
        return index;
    }

    /// <summary>Whether the element occurs.</summary>
    public static bool Contains<T>(this ReadOnlySpan<T> span, T value) => span.IndexOf(value) >= 0;

    /// <summary>Whether any of several elements occurs.</summary>
    public static bool ContainsAny<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> values) => span.IndexOfAny(values) >= 0;

    /// <summary>Position of the first occurrence, or -1.</summary>
    public static int IndexOf<T>(this ReadOnlySpan<T> span, T value)
    {
        for (int index = 0; index < span.Length; index++)
        {
            if (EqualityComparer<T>.Default.Equals(span[index], value))
                return index;
        }

        return -1;
    }

    /// <summary>Position of the first occurrence of a sequence, or -1.</summary>
    public static int IndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
    {
        for (int index = 0; index <= span.Length - value.Length; index++)
        {
            if (span.Slice(index, value.Length).SequenceEqual(value))
                return index;
        }

        return -1;
    }

    /// <summary>Position of the last occurrence, or -1.</summary>
    public static int LastIndexOf<T>(this ReadOnlySpan<T> span, T value)
    {
        int index = span.Length - 1;
        while (index >= 0 && !EqualityComparer<T>.Default.Equals(span[index], value))
            index--;
        return index;
    }

    /// <summary>Position of the last occurrence of a sequence, or -1.</summary>
    public static int LastIndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
    {
        int index = span.Length - value.Length;
        while (index >= 0 && !span.Slice(index, value.Length).SequenceEqual(value))
            index--;
        return int.Max(index, -1);
    }

    /// <summary>Position of the first of several elements, or -1.</summary>
    public static int IndexOfAny<T>(this ReadOnlySpan<T> span, params ReadOnlySpan<T> values)
    {
        for (int index = 0; index < span.Length; index++)
        {
            if (values.Contains(span[index]))
                return index;
        }

        return -1;
    }

    /// <summary>Position of the first element that differs, or -1.</summary>
    public static int IndexOfAnyExcept<T>(this ReadOnlySpan<T> span, T value)
    {
        for (int index = 0; index < span.Length; index++)
        {
            if (!EqualityComparer<T>.Default.Equals(span[index], value))
                return index;
        }

        return -1;
    }

    /// <summary>Number of occurrences.</summary>
    public static int Count<T>(this ReadOnlySpan<T> span, T value)
    {
        int count = 0;
        foreach (T element in span)
            count += EqualityComparer<T>.Default.Equals(element, value) ? 1 : 0;
        return count;
    }

    /// <summary>Number of occurrences of a sequence that do not overlap.</summary>
    public static int Count<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
    {
        int count = 0;
        for (int position = value.IsEmpty ? -1 : span.IndexOf(value); position >= 0; position = span.IndexOf(value))
        {
            count++;
            span = span[(position + value.Length)..];
        }

        return count;
    }

    /// <summary>Whether the span starts with the sequence.</summary>
    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value) =>
        span.Length >= value.Length && span[..value.Length].SequenceEqual(value);

    /// <summary>Whether the span starts with the element.</summary>
    public static bool StartsWith<T>(this ReadOnlySpan<T> span, T value) => !span.IsEmpty && EqualityComparer<T>.Default.Equals(span[0], value);

    /// <summary>Whether the span ends with the sequence.</summary>
    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value) =>
        span.Length >= value.Length && span[^value.Length..].SequenceEqual(value);

    /// <summary>Whether the span ends with the element.</summary>
    public static bool EndsWith<T>(this ReadOnlySpan<T> span, T value) => !span.IsEmpty && EqualityComparer<T>.Default.Equals(span[^1], value);

    /// <summary>Without an element before and after.</summary>
    public static ReadOnlySpan<T> Trim<T>(this ReadOnlySpan<T> span, T trimElement) => span.TrimStart(trimElement).TrimEnd(trimElement);

    /// <summary>Without an element before.</summary>
    public static ReadOnlySpan<T> TrimStart<T>(this ReadOnlySpan<T> span, T trimElement)
    {
        int kept = span.IndexOfAnyExcept(trimElement);
        return kept < 0 ? default : span[kept..];
    }

    /// <summary>Without an element after.</summary>
    public static ReadOnlySpan<T> TrimEnd<T>(this ReadOnlySpan<T> span, T trimElement)
    {
        int length = span.Length;
        while (length > 0 && EqualityComparer<T>.Default.Equals(span[length - 1], trimElement))
            length--;
        return span[..length];
    }

    /// <summary>Replaces every occurrence in place.</summary>
    public static void Replace<T>(this Span<T> span, T oldValue, T newValue)
    {
        foreach (ref T element in span)
        {
            if (EqualityComparer<T>.Default.Equals(element, oldValue))
                element = newValue;
        }
    }

    /// <summary>Reverses the order.</summary>
    public static void Reverse<T>(this Span<T> span)
    {
        for (int low = 0, high = span.Length - 1; low < high; low++, high--)
            (span[low], span[high]) = (span[high], span[low]);
    }

    /// <summary>Whether the memory of both overlaps.</summary>
    public static bool Overlaps<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
    {
        if (span.IsEmpty || other.IsEmpty)
            return false;
        nint distance = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(span), ref MemoryMarshal.GetReference(other));
        return distance >= 0 ? distance < (nint)span.Length * Unsafe.SizeOf<T>() : -distance < (nint)other.Length * Unsafe.SizeOf<T>();
    }

    /// <summary>Sorts by the default order; not stable.</summary>
    public static void Sort<T>(this Span<T> span) => SpanSorter.Sort(span, Comparer<T>.Default);

    /// <summary>Sorts by a comparer; not stable. A struct comparer is specialised.</summary>
    public static void Sort<T, TComparer>(this Span<T> span, TComparer comparer) where TComparer : IComparer<T> => SpanSorter.Sort(span, comparer);

    /// <summary>Sorts by a comparison; not stable.</summary>
    public static void Sort<T>(this Span<T> span, Comparison<T> comparison) => SpanSorter.Sort(span, new SpanSorter.ComparisonComparer<T>(comparison));

    /// <summary>Position in a sorted span, or the complement of where the value belongs.</summary>
    public static int BinarySearch<T, TComparer>(this ReadOnlySpan<T> span, T value, TComparer comparer) where TComparer : IComparer<T>
    {
        int low = 0;
        int high = span.Length - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            int order = comparer.Compare(span[middle], value);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>Position in a sorted span, or the complement of where the value belongs.</summary>
    public static int BinarySearch<T>(this ReadOnlySpan<T> span, T value) where T : IComparable<T> => span.BinarySearch(value, Comparer<T>.Default);
}
