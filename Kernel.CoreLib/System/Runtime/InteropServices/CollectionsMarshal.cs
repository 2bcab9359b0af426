using System.Collections.Generic;

namespace System.Runtime.InteropServices;

/// <summary>Reaches the memory of collections.</summary>
public static class CollectionsMarshal
{
    /// <summary>The list's elements in place; valid until the list grows.</summary>
    public static Span<T> AsSpan<T>(List<T>? list) => list is null ? default : list.AsSpan();

    /// <summary>Sets the number of elements; new ones hold what the array held.</summary>
    public static void SetCount<T>(List<T> list, int count)
    {
        if (count < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(count));
        list.EnsureCapacity(count);
        if (count < list._size)
            list._items.AsSpan(count, list._size - count).Clear();
        list._size = count;
        list._version++;
    }

    /// <summary>The value of a key in place, added with the default value when absent; valid until the dictionary grows.</summary>
    public static ref TValue? GetValueRefOrAddDefault<TKey, TValue>(Dictionary<TKey, TValue> dictionary, TKey key, out bool exists) where TKey : notnull =>
        ref dictionary.GetOrAddValueRef(key, out exists);
}
