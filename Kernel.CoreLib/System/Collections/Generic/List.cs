using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>An array that grows. Growing doubles the array; the old one is not given back (there is no collector).</summary>
public class List<T> : IList<T>, IReadOnlyList<T>
{
    private const int InitialCapacity = 4;

    internal T[] _items;
    internal int _size;
    internal int _version;

    /// <summary>An empty list without an array.</summary>
    public List() => _items = [];

    /// <summary>An empty list with room for <paramref name="capacity"/> elements.</summary>
    public List(int capacity)
    {
        if (capacity < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(capacity));
        _items = capacity == 0 ? [] : new T[capacity];
    }

    /// <summary>A copy of a collection.</summary>
    public List(IEnumerable<T> collection) : this() => AddRange(collection);

    /// <summary>Number of elements.</summary>
    public int Count => _size;

    /// <summary>Number of elements that fit without growing.</summary>
    public int Capacity
    {
        get => _items.Length;
        set
        {
            if (value < _size)
                ThrowHelper.ArgumentOutOfRange(nameof(value));
            if (value == _items.Length)
                return;
            var items = new T[value];
            AsSpan().CopyTo(items);
            _items = items;
        }
    }

    /// <summary>The element at a position; throws <see cref="ArgumentOutOfRangeException"/>.</summary>
    public T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_size)
                ThrowHelper.ArgumentOutOfRange(nameof(index));
            return _items[index];
        }
        set
        {
            if ((uint)index >= (uint)_size)
                ThrowHelper.ArgumentOutOfRange(nameof(index));
            _items[index] = value;
            _version++;
        }
    }

    bool ICollection<T>.IsReadOnly => false;

    /// <summary>Adds at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if (_size == _items.Length)
            EnsureCapacity(_size + 1);
        _version++;
        _items[_size++] = item;
    }

    /// <summary>Adds all elements of a collection at the end.</summary>
    public void AddRange(IEnumerable<T> collection)
    {
        if (collection is ICollection<T> counted)
        {
            int count = counted.Count;
            EnsureCapacity(_size + count);
            counted.CopyTo(_items, _size);
            _size += count;
            _version++;
            return;
        }

        foreach (T item in collection)
            Add(item);
    }

    /// <summary>Adds all elements of a span at the end.</summary>
    public void AddRange(params ReadOnlySpan<T> source)
    {
        EnsureCapacity(_size + source.Length);
        source.CopyTo(_items.AsSpan(_size));
        _size += source.Length;
        _version++;
    }

    /// <summary>Makes room for at least <paramref name="capacity"/> elements; returns the capacity.</summary>
    public int EnsureCapacity(int capacity)
    {
        if (capacity > _items.Length)
            Capacity = int.Max(capacity, int.Max(InitialCapacity, _items.Length * 2));
        return _items.Length;
    }

    /// <summary>Removes everything; keeps the array.</summary>
    public void Clear()
    {
        AsSpan().Clear();
        _size = 0;
        _version++;
    }

    /// <summary>Whether the element is in the list.</summary>
    public bool Contains(T item) => IndexOf(item) >= 0;

    /// <summary>Position of the first occurrence, or -1.</summary>
    public int IndexOf(T item) => Array.IndexOf(_items, item, 0, _size);

    /// <summary>Inserts at a position.</summary>
    public void Insert(int index, T item)
    {
        if ((uint)index > (uint)_size)
            ThrowHelper.ArgumentOutOfRange(nameof(index));
        EnsureCapacity(_size + 1);
        _items.AsSpan(index, _size - index).CopyTo(_items.AsSpan(index + 1));
        _items[index] = item;
        _size++;
        _version++;
    }

    /// <summary>Removes the first occurrence; false when there is none.</summary>
    public bool Remove(T item)
    {
        int index = IndexOf(item);
        if (index < 0)
            return false;
        RemoveAt(index);
        return true;
    }

    /// <summary>Removes the element at a position.</summary>
    public void RemoveAt(int index) => RemoveRange(index, 1);

    /// <summary>Removes a range of elements.</summary>
    public void RemoveRange(int index, int count)
    {
        if ((uint)index > (uint)_size || (uint)count > (uint)(_size - index))
            ThrowHelper.ArgumentOutOfRange(nameof(index));
        _items.AsSpan(index + count, _size - index - count).CopyTo(_items.AsSpan(index));
        _items.AsSpan(_size - count, count).Clear();
        _size -= count;
        _version++;
    }

    /// <summary>Removes every element that matches; returns how many.</summary>
    public int RemoveAll(Predicate<T> match)
    {
        int kept = 0;
        for (int index = 0; index < _size; index++)
        {
            if (!match(_items[index]))
                _items[kept++] = _items[index];
        }

        int removed = _size - kept;
        RemoveRange(kept, removed);
        return removed;
    }

    /// <summary>Whether any element matches.</summary>
    public bool Exists(Predicate<T> match) => FindIndex(match) >= 0;

    /// <summary>The first element that matches, or the default.</summary>
    public T? Find(Predicate<T> match)
    {
        int index = FindIndex(match);
        return index < 0 ? default : _items[index];
    }

    /// <summary>Position of the first element that matches, or -1.</summary>
    public int FindIndex(Predicate<T> match)
    {
        for (int index = 0; index < _size; index++)
        {
            if (match(_items[index]))
                return index;
        }

        return -1;
    }

    /// <summary>Calls a function with each element.</summary>
    public void ForEach(Action<T> action)
    {
        foreach (T item in this)
            action(item);
    }

    /// <summary>Reverses the order.</summary>
    public void Reverse()
    {
        AsSpan().Reverse();
        _version++;
    }

    /// <summary>Sorts by the default order; not stable.</summary>
    public void Sort() => Sort((IComparer<T>?)null);

    /// <summary>Sorts by a comparer; not stable.</summary>
    public void Sort(IComparer<T>? comparer)
    {
        AsSpan().Sort(comparer ?? Comparer<T>.Default);
        _version++;
    }

    /// <summary>Sorts by a comparison; not stable.</summary>
    public void Sort(Comparison<T> comparison)
    {
        AsSpan().Sort(comparison);
        _version++;
    }

    /// <summary>Position in a sorted list, or the complement of where the item belongs.</summary>
    public int BinarySearch(T item) => BinarySearch(item, null);

    /// <inheritdoc cref="BinarySearch(T)"/>
    public int BinarySearch(T item, IComparer<T>? comparer) => AsSpan().BinarySearch(item, comparer ?? Comparer<T>.Default);

    /// <summary>Copies all elements.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0) => AsSpan().CopyTo(array.AsSpan(arrayIndex));

    /// <summary>A new array of all elements.</summary>
    public T[] ToArray() => AsSpan().ToArray();

    /// <summary>A new list of a range of elements.</summary>
    public List<T> GetRange(int index, int count)
    {
        var range = new List<T>(count);
        range.AddRange(AsSpan().Slice(index, count));
        return range;
    }

    /// <summary>As <see cref="GetRange"/>; makes <c>list[1..3]</c> work.</summary>
    public List<T> Slice(int start, int length) => GetRange(start, length);

    /// <summary>An enumerator that is no object.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal Span<T> AsSpan() => new(_items, 0, _size);

    /// <summary>Walks a list; throws <see cref="InvalidOperationException"/> when the list changes meanwhile.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly List<T> _list;
        private readonly int _version;
        private int _index;
        private T? _current;

        internal Enumerator(List<T> list)
        {
            _list = list;
            _version = list._version;
        }

        /// <inheritdoc/>
        public readonly T Current => _current!;

        readonly object? IEnumerator.Current => _current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            List<T> list = _list;
            if (_version != list._version)
                ThrowHelper.CollectionChanged();
            if ((uint)_index >= (uint)list._size)
            {
                _current = default;
                return false;
            }

            _current = list._items[_index++];
            return true;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        void IEnumerator.Reset()
        {
            _index = 0;
            _current = default;
        }
    }
}
