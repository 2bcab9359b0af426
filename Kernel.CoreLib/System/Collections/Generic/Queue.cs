using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>First in, first out; a ring in an array that grows.</summary>
public class Queue<T> : IReadOnlyCollection<T>
{
    private const int InitialCapacity = 4;

    private T[] _ring;
    private int _head;
    private int _count;
    private int _version;

    /// <summary>An empty queue.</summary>
    public Queue() => _ring = [];

    /// <summary>An empty queue with room for <paramref name="capacity"/> elements.</summary>
    public Queue(int capacity)
    {
        if (capacity < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(capacity));
        _ring = capacity == 0 ? [] : new T[capacity];
    }

    /// <summary>Number of elements.</summary>
    public int Count => _count;

    /// <summary>Adds at the end.</summary>
    public void Enqueue(T item)
    {
        if (_count == _ring.Length)
            Grow();
        _ring[IndexOf(_count)] = item;
        _count++;
        _version++;
    }

    /// <summary>Takes the first element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public T Dequeue()
    {
        if (!TryDequeue(out T? item))
            ThrowHelper.CollectionEmpty();
        return item;
    }

    /// <summary>Takes the first element; false when empty.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out T result)
    {
        if (!TryPeek(out result))
            return false;
        _ring[_head] = default!;
        _head = IndexOf(1);
        _count--;
        _version++;
        return true;
    }

    /// <summary>The first element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public T Peek()
    {
        if (!TryPeek(out T? item))
            ThrowHelper.CollectionEmpty();
        return item;
    }

    /// <summary>The first element; false when empty.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T result)
    {
        result = _count == 0 ? default : _ring[_head];
        return _count != 0;
    }

    /// <summary>Whether the element is in the queue.</summary>
    public bool Contains(T item)
    {
        foreach (T element in this)
        {
            if (EqualityComparer<T>.Default.Equals(element, item))
                return true;
        }

        return false;
    }

    /// <summary>Removes everything; keeps the array.</summary>
    public void Clear()
    {
        _ring.AsSpan().Clear();
        _head = 0;
        _count = 0;
        _version++;
    }

    /// <summary>A new array, first element first.</summary>
    public T[] ToArray()
    {
        var array = new T[_count];
        CopyTo(array);
        return array;
    }

    /// <summary>An enumerator that is no object, first element first.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(int position)
    {
        int index = _head + position;
        return index < _ring.Length ? index : index - _ring.Length;
    }

    private void Grow()
    {
        var ring = new T[int.Max(InitialCapacity, _ring.Length * 2)];
        CopyTo(ring);
        _ring = ring;
        _head = 0;
    }

    private void CopyTo(Span<T> destination)
    {
        int untilEnd = int.Min(_count, _ring.Length - _head);
        _ring.AsSpan(_head, untilEnd).CopyTo(destination);
        _ring.AsSpan(0, _count - untilEnd).CopyTo(destination[untilEnd..]);
    }

    /// <summary>Walks a queue; throws <see cref="InvalidOperationException"/> when it changes meanwhile.</summary>
    public struct Enumerator : IEnumerator<T>
    {
        private readonly Queue<T> _queue;
        private readonly int _version;
        private int _position;

        internal Enumerator(Queue<T> queue)
        {
            _queue = queue;
            _version = queue._version;
            _position = -1;
        }

        /// <inheritdoc/>
        public readonly T Current => _queue._ring[_queue.IndexOf(_position)];

        readonly object? IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_version != _queue._version)
                ThrowHelper.CollectionChanged();
            return ++_position < _queue._count;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        void IEnumerator.Reset() => _position = -1;
    }
}
