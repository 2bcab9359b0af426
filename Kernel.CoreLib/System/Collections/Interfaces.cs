namespace System.Collections;

/// <summary>Walks a collection of untyped elements.</summary>
public interface IEnumerator
{
    /// <summary>The element that the last <see cref="MoveNext"/> reached.</summary>
    object? Current { get; }

    /// <summary>Goes to the next element; false at the end.</summary>
    bool MoveNext();

    /// <summary>Goes back before the first element; may throw <see cref="NotSupportedException"/>.</summary>
    void Reset();
}

/// <summary>Can be walked.</summary>
public interface IEnumerable
{
    /// <summary>An enumerator before the first element.</summary>
    IEnumerator GetEnumerator();
}

/// <summary>An untyped collection of known size.</summary>
public interface ICollection : IEnumerable
{
    /// <summary>Number of elements.</summary>
    int Count { get; }

    /// <summary>Whether several threads may use it at once.</summary>
    bool IsSynchronized { get; }

    /// <summary>An object to lock.</summary>
    object SyncRoot { get; }

    /// <summary>Copies all elements.</summary>
    void CopyTo(Array array, int index);
}

/// <summary>An untyped list. Exists because the compiler's own read-only collections implement it.</summary>
public interface IList : ICollection
{
    /// <summary>The element at a position.</summary>
    object? this[int index] { get; set; }

    /// <summary>Whether elements cannot be added or removed.</summary>
    bool IsFixedSize { get; }

    /// <summary>Whether nothing can be changed.</summary>
    bool IsReadOnly { get; }

    /// <summary>Adds at the end; returns the position.</summary>
    int Add(object? value);

    /// <summary>Removes everything.</summary>
    void Clear();

    /// <summary>Whether the element is in the list.</summary>
    bool Contains(object? value);

    /// <summary>Position of an element, or -1.</summary>
    int IndexOf(object? value);

    /// <summary>Inserts at a position.</summary>
    void Insert(int index, object? value);

    /// <summary>Removes the first occurrence.</summary>
    void Remove(object? value);

    /// <summary>Removes the element at a position.</summary>
    void RemoveAt(int index);
}
