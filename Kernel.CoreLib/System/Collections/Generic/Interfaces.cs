namespace System.Collections.Generic;

/// <summary>Walks a collection.</summary>
public interface IEnumerator<out T> : IEnumerator, IDisposable where T : allows ref struct
{
    /// <summary>The element that the last MoveNext reached.</summary>
    new T Current { get; }
}

/// <summary>Can be walked with foreach.</summary>
public interface IEnumerable<out T> : IEnumerable where T : allows ref struct
{
    /// <summary>An enumerator before the first element.</summary>
    new IEnumerator<T> GetEnumerator();
}

/// <summary>A collection that can change.</summary>
public interface ICollection<T> : IEnumerable<T>
{
    /// <summary>Number of elements.</summary>
    int Count { get; }

    /// <summary>Whether it cannot change.</summary>
    bool IsReadOnly { get; }

    /// <summary>Adds an element.</summary>
    void Add(T item);

    /// <summary>Removes everything.</summary>
    void Clear();

    /// <summary>Whether the element is in the collection.</summary>
    bool Contains(T item);

    /// <summary>Copies all elements.</summary>
    void CopyTo(T[] array, int arrayIndex);

    /// <summary>Removes one occurrence; false when there is none.</summary>
    bool Remove(T item);
}

/// <summary>A collection with positions.</summary>
public interface IList<T> : ICollection<T>
{
    /// <summary>The element at a position.</summary>
    T this[int index] { get; set; }

    /// <summary>Position of an element, or -1.</summary>
    int IndexOf(T item);

    /// <summary>Inserts at a position.</summary>
    void Insert(int index, T item);

    /// <summary>Removes the element at a position.</summary>
    void RemoveAt(int index);
}

/// <summary>A collection that can be walked and counted.</summary>
public interface IReadOnlyCollection<out T> : IEnumerable<T>
{
    /// <summary>Number of elements.</summary>
    int Count { get; }
}

/// <summary>A list that can be read.</summary>
public interface IReadOnlyList<out T> : IReadOnlyCollection<T>
{
    /// <summary>The element at a position.</summary>
    T this[int index] { get; }
}

/// <summary>A map from keys to values.</summary>
public interface IDictionary<TKey, TValue> : ICollection<KeyValuePair<TKey, TValue>>
{
    /// <summary>The value of a key; reading an absent key throws <see cref="KeyNotFoundException"/>.</summary>
    TValue this[TKey key] { get; set; }

    /// <summary>Adds a key; throws <see cref="ArgumentException"/> when it is there.</summary>
    void Add(TKey key, TValue value);

    /// <summary>Whether the key is there.</summary>
    bool ContainsKey(TKey key);

    /// <summary>Removes a key; false when absent.</summary>
    bool Remove(TKey key);

    /// <summary>Finds the value of a key.</summary>
    bool TryGetValue(TKey key, [Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value);
}

/// <summary>A map that can be read.</summary>
public interface IReadOnlyDictionary<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey, TValue>>
{
    /// <summary>The value of a key; an absent key throws <see cref="KeyNotFoundException"/>.</summary>
    TValue this[TKey key] { get; }

    /// <summary>Whether the key is there.</summary>
    bool ContainsKey(TKey key);

    /// <summary>Finds the value of a key.</summary>
    bool TryGetValue(TKey key, [Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value);
}

/// <summary>Decides which values are equal.</summary>
public interface IEqualityComparer<in T> where T : allows ref struct
{
    /// <summary>Whether both are equal.</summary>
    bool Equals(T? x, T? y);

    /// <summary>A hash code; equal values have the same.</summary>
    int GetHashCode([Diagnostics.CodeAnalysis.DisallowNull] T obj);
}

/// <summary>Decides the order of values.</summary>
public interface IComparer<in T> where T : allows ref struct
{
    /// <summary>Negative, zero or positive as <paramref name="x"/> is below, equal to or above <paramref name="y"/>.</summary>
    int Compare(T? x, T? y);
}
