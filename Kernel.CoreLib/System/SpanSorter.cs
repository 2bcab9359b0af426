using System.Collections.Generic;
using System.Numerics;

namespace System;

/// <summary>Introsort: quicksort that falls back to heapsort when it goes too deep and to insertion sort for short parts.</summary>
internal static class SpanSorter
{
    private const int InsertionSortLength = 16;

    internal static void Sort<T, TComparer>(Span<T> span, TComparer comparer) where TComparer : IComparer<T>
    {
        if (span.Length > 1)
            Introsort(span, comparer, 2 * (BitOperations.Log2((uint)span.Length) + 1));
    }

    private static void Introsort<T, TComparer>(Span<T> span, TComparer comparer, int depthLimit) where TComparer : IComparer<T>
    {
        while (span.Length > InsertionSortLength)
        {
            if (depthLimit-- == 0)
            {
                HeapSort(span, comparer);
                return;
            }

            int pivot = Partition(span, comparer);
            Introsort(span[(pivot + 1)..], comparer, depthLimit);
            span = span[..pivot];
        }

        InsertionSort(span, comparer);
    }

    /// <summary>Moves the median of three to where it belongs, smaller elements before it, larger ones behind.</summary>
    private static int Partition<T, TComparer>(Span<T> span, TComparer comparer) where TComparer : IComparer<T>
    {
        int last = span.Length - 1;
        int middle = last / 2;
        SwapIfGreater(span, comparer, 0, middle);
        SwapIfGreater(span, comparer, 0, last);
        SwapIfGreater(span, comparer, middle, last);

        T pivot = span[middle];
        (span[middle], span[last - 1]) = (span[last - 1], span[middle]);
        int left = 0;
        int right = last - 1;
        while (true)
        {
            do
                left++;
            while (left < last && comparer.Compare(span[left], pivot) < 0);
            do
                right--;
            while (right > 0 && comparer.Compare(span[right], pivot) > 0);
            if (left >= right)
                break;
            (span[left], span[right]) = (span[right], span[left]);
        }

        (span[left], span[last - 1]) = (span[last - 1], span[left]);
        return left;
    }

    private static void SwapIfGreater<T, TComparer>(Span<T> span, TComparer comparer, int first, int second) where TComparer : IComparer<T>
    {
        if (comparer.Compare(span[first], span[second]) > 0)
            (span[first], span[second]) = (span[second], span[first]);
    }

    private static void InsertionSort<T, TComparer>(Span<T> span, TComparer comparer) where TComparer : IComparer<T>
    {
        for (int index = 1; index < span.Length; index++)
        {
            T value = span[index];
            int hole = index;
            for (; hole > 0 && comparer.Compare(span[hole - 1], value) > 0; hole--)
                span[hole] = span[hole - 1];
            span[hole] = value;
        }
    }

    private static void HeapSort<T, TComparer>(Span<T> span, TComparer comparer) where TComparer : IComparer<T>
    {
        for (int root = span.Length / 2 - 1; root >= 0; root--)
            SiftDown(span, comparer, root);
        for (int end = span.Length - 1; end > 0; end--)
        {
            (span[0], span[end]) = (span[end], span[0]);
            SiftDown(span[..end], comparer, 0);
        }
    }

    private static void SiftDown<T, TComparer>(Span<T> span, TComparer comparer, int root) where TComparer : IComparer<T>
    {
        T value = span[root];
        for (int child = 2 * root + 1; child < span.Length; child = 2 * root + 1)
        {
            if (child + 1 < span.Length && comparer.Compare(span[child], span[child + 1]) < 0)
                child++;
            if (comparer.Compare(value, span[child]) >= 0)
                break;
            span[root] = span[child];
            root = child;
        }

        span[root] = value;
    }

    /// <summary>A comparison as a comparer that is no object.</summary>
    internal readonly struct ComparisonComparer<T>(Comparison<T> comparison) : IComparer<T>
    {
        public int Compare(T? x, T? y) => comparison(x!, y!);
    }
}
