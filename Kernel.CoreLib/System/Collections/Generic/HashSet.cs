namespace System.Collections.Generic;

/// <summary>A set of distinct values: the keys of a dictionary without values.</summary>
public class HashSet<T> : ICollection<T>, IReadOnlyCollection<T> where T : notnull
{
    private readonly Dictionary<T, Nothing> _members;

    /// <summary>An empty set.</summary>
    public HashSet() : this((IEqualityComparer<T>?)null)
    {
    }

    /// <summary>An empty set with its own notion of equality.</summary>
    public HashSet(IEqualityComparer<T>? comparer) => _members = new Dictionary<T, Nothing>(comparer);

    /// <summary>An empty set with room for <paramref name="capacity"/> values.</summary>
    public HashSet(int capacity) => _members = new Dictionary<T, Nothing>(capacity);

    /// <summary>The distinct values of a collection.</summary>
    public HashSet(IEnumerable<T> collection) : this() => UnionWith(collection);

    /// <summary>Number of values.</summary>
    public int Count => _members.Count;

    bool ICollection<T>.IsReadOnly => false;

    /// <summary>Adds a value; false when it is there.</summary>
    public bool Add(T item) => _members.TryAdd(item, default);

    void ICollection<T>.Add(T item) => Add(item);

    /// <summary>Removes a value; false when absent.</summary>
    public bool Remove(T item) => _members.Remove(item);

    /// <summary>Whether the value is there.</summary>
    public bool Contains(T item) => _members.ContainsKey(item);

    /// <summary>Removes everything.</summary>
    public void Clear() => _members.Clear();

    /// <summary>Adds all values of a collection.</summary>
    public void UnionWith(IEnumerable<T> other)
    {
        foreach (T item in other)
            Add(item);
    }

    /// <summary>Removes all values of a collection.</summary>
    public void ExceptWith(IEnumerable<T> other)
    {
        foreach (T item in other)
            Remove(item);
    }

    /// <summary>Keeps only the values that are also in <paramref name="other"/>.</summary>
    public void IntersectWith(IEnumerable<T> other)
    {
        var common = new List<T>();
        foreach (T item in other)
        {
            if (Contains(item))
                common.Add(item);
        }

        Clear();
        UnionWith(common);
    }

    /// <summary>Whether any value of the collection is in the set.</summary>
    public bool Overlaps(IEnumerable<T> other)
    {
        foreach (T item in other)
        {
            if (Contains(item))
                return true;
        }

        return false;
    }

    /// <summary>Whether both hold the same values.</summary>
    public bool SetEquals(IEnumerable<T> other)
    {
        var distinct = new HashSet<T>(other);
        if (distinct.Count != Count)
            return false;
        foreach (T item in distinct)
        {
            if (!Contains(item))
                return false;
        }

        return true;
    }

    /// <summary>Copies all values.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0)
    {
        foreach (T item in this)
            array[arrayIndex++] = item;
    }

    /// <summary>An enumerator that is no object. The order is unspecified.</summary>
    public Enumerator GetEnumerator() => new(_members.GetEnumerator());

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal struct Nothing;

    /// <summary>Walks a set; throws <see cref="InvalidOperationException"/> when a value is added meanwhile.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private Dictionary<T, Nothing>.Enumerator _members;

        internal Enumerator(Dictionary<T, Nothing>.Enumerator members) => _members = members;

        /// <inheritdoc/>
        public readonly T Current => _members.Current.Key;

        readonly object? IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => _members.MoveNext();

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        readonly void IEnumerator.Reset() => ThrowHelper.NotSupported();
    }
}
