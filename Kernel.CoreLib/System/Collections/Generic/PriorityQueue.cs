using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>A queue that gives the element of lowest priority value first; equal priorities come in any order. A binary heap.</summary>
public class PriorityQueue<TElement, TPriority>
{
    private readonly List<(TElement Element, TPriority Priority)> _heap;
    private readonly IComparer<TPriority> _comparer;

    /// <summary>An empty queue.</summary>
    public PriorityQueue() : this(0, null)
    {
    }

    /// <summary>An empty queue with its own order.</summary>
    public PriorityQueue(IComparer<TPriority>? comparer) : this(0, comparer)
    {
    }

    /// <summary>An empty queue with room for <paramref name="initialCapacity"/> elements.</summary>
    public PriorityQueue(int initialCapacity, IComparer<TPriority>? comparer = null)
    {
        _heap = new List<(TElement, TPriority)>(initialCapacity);
        _comparer = comparer ?? Comparer<TPriority>.Default;
    }

    /// <summary>Number of elements.</summary>
    public int Count => _heap.Count;

    /// <summary>Adds an element.</summary>
    public void Enqueue(TElement element, TPriority priority)
    {
        int index = _heap.Count;
        _heap.Add((element, priority));
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_comparer.Compare(_heap[parent].Priority, priority) <= 0)
                break;
            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = (element, priority);
    }

    /// <summary>Takes the first element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public TElement Dequeue()
    {
        if (!TryDequeue(out TElement? element, out _))
            ThrowHelper.CollectionEmpty();
        return element;
    }

    /// <summary>Takes the first element; false when empty.</summary>
    public bool TryDequeue([MaybeNullWhen(false)] out TElement element, [MaybeNullWhen(false)] out TPriority priority)
    {
        if (!TryPeek(out element, out priority))
            return false;
        (TElement Element, TPriority Priority) last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (_heap.Count > 0)
            SiftDown(last);
        return true;
    }

    /// <summary>The first element; throws <see cref="InvalidOperationException"/> when empty.</summary>
    public TElement Peek()
    {
        if (!TryPeek(out TElement? element, out _))
            ThrowHelper.CollectionEmpty();
        return element;
    }

    /// <summary>The first element; false when empty.</summary>
    public bool TryPeek([MaybeNullWhen(false)] out TElement element, [MaybeNullWhen(false)] out TPriority priority)
    {
        if (_heap.Count == 0)
        {
            element = default;
            priority = default;
            return false;
        }

        (element, priority) = _heap[0];
        return true;
    }

    /// <summary>Removes everything.</summary>
    public void Clear() => _heap.Clear();

    /// <summary>Puts a node in at the root and moves it down to where no child comes before it.</summary>
    private void SiftDown((TElement Element, TPriority Priority) node)
    {
        int index = 0;
        while (true)
        {
            int child = 2 * index + 1;
            if (child >= _heap.Count)
                break;
            if (child + 1 < _heap.Count && _comparer.Compare(_heap[child + 1].Priority, _heap[child].Priority) < 0)
                child++;
            if (_comparer.Compare(node.Priority, _heap[child].Priority) <= 0)
                break;
            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = node;
    }
}
