using System.Collections.Generic;
using System.Numerics;

namespace System.Linq;

/// <summary>The common queries. They allocate their enumerators: for code that runs at boot, not for repeated work.</summary>
public static class Enumerable
{
    /// <summary>No elements.</summary>
    public static IEnumerable<T> Empty<T>() => Array.Empty<T>();

    /// <summary>A run of integers.</summary>
    public static IEnumerable<int> Range(int start, int count)
    {
        for (int index = 0; index < count; index++)
            yield return start + index;
    }

    /// <summary>One value several times.</summary>
    public static IEnumerable<T> Repeat<T>(T element, int count)
    {
        for (int index = 0; index < count; index++)
            yield return element;
    }

    /// <summary>Each element converted.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (TSource element in source)
            yield return selector(element);
    }

    /// <summary>Each element converted with its position.</summary>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)
    {
        int index = 0;
        foreach (TSource element in source)
            yield return selector(element, index++);
    }

    /// <summary>The elements of what each element gives.</summary>
    public static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)
    {
        foreach (TSource element in source)
        {
            foreach (TResult result in selector(element))
                yield return result;
        }
    }

    /// <summary>The elements that match.</summary>
    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        foreach (T element in source)
        {
            if (predicate(element))
                yield return element;
        }
    }

    /// <summary>The first elements.</summary>
    public static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)
    {
        if (count <= 0)
            yield break;
        foreach (T element in source)
        {
            yield return element;
            if (--count == 0)
                yield break;
        }
    }

    /// <summary>All but the first elements.</summary>
    public static IEnumerable<T> Skip<T>(this IEnumerable<T> source, int count)
    {
        foreach (T element in source)
        {
            if (count-- <= 0)
                yield return element;
        }
    }

    /// <summary>One collection after the other.</summary>
    public static IEnumerable<T> Concat<T>(this IEnumerable<T> first, IEnumerable<T> second)
    {
        foreach (T element in first)
            yield return element;
        foreach (T element in second)
            yield return element;
    }

    /// <summary>Every value once.</summary>
    public static IEnumerable<T> Distinct<T>(this IEnumerable<T> source) where T : notnull
    {
        var seen = new HashSet<T>();
        foreach (T element in source)
        {
            if (seen.Add(element))
                yield return element;
        }
    }

    /// <summary>In ascending order of a key; elements of equal keys keep their order.</summary>
    public static IEnumerable<T> OrderBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> keySelector)
    {
        var keyed = new List<(TKey Key, int Position, T Element)>();
        foreach (T element in source)
            keyed.Add((keySelector(element), keyed.Count, element));
        keyed.Sort(static (left, right) =>
        {
            int order = Comparer<TKey>.Default.Compare(left.Key, right.Key);
            return order != 0 ? order : left.Position - right.Position;
        });
        foreach ((TKey Key, int Position, T Element) item in keyed)
            yield return item.Element;
    }

    /// <summary>A new array.</summary>
    public static T[] ToArray<T>(this IEnumerable<T> source) => source.ToList().ToArray();

    /// <summary>A new list.</summary>
    public static List<T> ToList<T>(this IEnumerable<T> source) => new(source);

    /// <summary>A new dictionary; throws <see cref="ArgumentException"/> for equal keys.</summary>
    public static Dictionary<TKey, TElement> ToDictionary<T, TKey, TElement>(
        this IEnumerable<T> source,
        Func<T, TKey> keySelector,
        Func<T, TElement> elementSelector) where TKey : notnull
    {
        var dictionary = new Dictionary<TKey, TElement>();
        foreach (T element in source)
            dictionary.Add(keySelector(element), elementSelector(element));
        return dictionary;
    }

    /// <summary>Whether there is any element.</summary>
    public static bool Any<T>(this IEnumerable<T> source)
    {
        using IEnumerator<T> enumerator = source.GetEnumerator();
        return enumerator.MoveNext();
    }

    /// <summary>Whether any element matches.</summary>
    public static bool Any<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        foreach (T element in source)
        {
            if (predicate(element))
                return true;
        }

        return false;
    }

    /// <summary>Whether all elements match.</summary>
    public static bool All<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        foreach (T element in source)
        {
            if (!predicate(element))
                return false;
        }

        return true;
    }

    /// <summary>Whether the element occurs.</summary>
    public static bool Contains<T>(this IEnumerable<T> source, T value)
    {
        foreach (T element in source)
        {
            if (EqualityComparer<T>.Default.Equals(element, value))
                return true;
        }

        return false;
    }

    /// <summary>Whether both have the same elements in the same order.</summary>
    public static bool SequenceEqual<T>(this IEnumerable<T> first, IEnumerable<T> second)
    {
        using IEnumerator<T> left = first.GetEnumerator();
        using IEnumerator<T> right = second.GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !EqualityComparer<T>.Default.Equals(left.Current, right.Current))
                return false;
        }

        return !right.MoveNext();
    }

    /// <summary>Number of elements.</summary>
    public static int Count<T>(this IEnumerable<T> source)
    {
        if (source is ICollection<T> counted)
            return counted.Count;
        int count = 0;
        foreach (T _ in source)
            count++;
        return count;
    }

    /// <summary>Number of elements that match.</summary>
    public static int Count<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        int count = 0;
        foreach (T element in source)
            count += predicate(element) ? 1 : 0;
        return count;
    }

    /// <summary>The first element; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public static T First<T>(this IEnumerable<T> source)
    {
        foreach (T element in source)
            return element;
        ThrowHelper.CollectionEmpty();
        return default;
    }

    /// <summary>The first element that matches; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public static T First<T>(this IEnumerable<T> source, Func<T, bool> predicate) => source.Where(predicate).First();

    /// <summary>The first element, or the default.</summary>
    public static T? FirstOrDefault<T>(this IEnumerable<T> source)
    {
        foreach (T element in source)
            return element;
        return default;
    }

    /// <summary>The first element that matches, or the default.</summary>
    public static T? FirstOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate) => source.Where(predicate).FirstOrDefault();

    /// <summary>The last element; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public static T Last<T>(this IEnumerable<T> source)
    {
        List<T> elements = source.ToList();
        if (elements.Count == 0)
            ThrowHelper.CollectionEmpty();
        return elements[^1];
    }

    /// <summary>Combines all elements, starting from a seed.</summary>
    public static TAccumulate Aggregate<T, TAccumulate>(this IEnumerable<T> source, TAccumulate seed, Func<TAccumulate, T, TAccumulate> func)
    {
        foreach (T element in source)
            seed = func(seed, element);
        return seed;
    }

    /// <summary>The sum; throws <see cref="OverflowException"/>.</summary>
    public static T Sum<T>(this IEnumerable<T> source) where T : struct, IBinaryInteger<T>
    {
        T sum = T.Zero;
        foreach (T element in source)
            sum = checked(sum + element);
        return sum;
    }

    /// <summary>The sum of what each element gives; throws <see cref="OverflowException"/>.</summary>
    public static TResult Sum<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector) where TResult : struct, IBinaryInteger<TResult> =>
        source.Select(selector).Sum();

    /// <summary>The smallest element; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public static T Min<T>(this IEnumerable<T> source) => Extreme(source, -1);

    /// <summary>The largest element; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public static T Max<T>(this IEnumerable<T> source) => Extreme(source, 1);

    private static T Extreme<T>(IEnumerable<T> source, int direction)
    {
        using IEnumerator<T> enumerator = source.GetEnumerator();
        if (!enumerator.MoveNext())
            ThrowHelper.CollectionEmpty();
        T extreme = enumerator.Current;
        while (enumerator.MoveNext())
        {
            if (Comparer<T>.Default.Compare(enumerator.Current, extreme) * direction > 0)
                extreme = enumerator.Current;
        }

        return extreme;
    }
}
