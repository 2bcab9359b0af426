using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>Last in, first out.</summary>
public class Stack<T> : IReadOnlyCollection<T>
{
    private readonly List<T> _items;

    /// <summary>An empty stack.</summary>
    public Stack() => _items = [];

    /// <summary>An empty stack with room for <paramref name="capacity"/> elements.</summary>
    public Stack(int capacity) => _items = new List<T>(capacity);

    /// <summary>Number of elements.</summary>
    public int Count => _items.Count;

    /// <summary>Adds on top.</summary>
    public void Push(T item) => _items.Add(item);

    /// <summary>Takes the top element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public T Pop()
    {
        if (!TryPop(out T? item))
            ThrowHelper.CollectionEmpty();
        return item;
    }

    /// <summary>Takes the top element; false when empty.</summary>
    public bool TryPop([MaybeNullWhen(false)] out T result)
    {
        if (!TryPeek(out result))
            return false;
        _items.RemoveAt(_items.Count - 1);
        return true;
    }

    /// <summary>The top element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public T Peek()
    {
        if (!TryPeek(out T? item))
            ThrowHelper.CollectionEmpty();
        return item;
    }

    /// <summary>The top element; false when empty.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out T result)
    {
        result = _items.Count == 0 ? default : _items[^1];
        return _items.Count != 0;
    }

    /// <summary>Whether the element is in the stack.</summary>
    public bool Contains(T item) => _items.Contains(item);

    /// <summary>Removes everything; keeps the array.</summary>
    public void Clear() => _items.Clear();

    /// <summary>A new array, top element first.</summary>
    public T[] ToArray()
    {
        T[] array = _items.ToArray();
        array.AsSpan().Reverse();
        return array;
    }

    /// <summary>Walks the elements, top first.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (int index = _items.Count - 1; index >= 0; index--)
            yield return _items[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
