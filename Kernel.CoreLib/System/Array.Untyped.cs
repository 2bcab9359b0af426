using System.Collections;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

// Arrays as untyped lists: the compiler's read-only collections call these interfaces on their arrays.
public abstract partial class Array : IList
{
    int ICollection.Count => Length;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    bool IList.IsFixedSize => true;

    bool IList.IsReadOnly => false;

    object? IList.this[int index]
    {
        get => GetValue(index);
        set => ThrowHelper.NotSupported();
    }

    /// <summary>The element at a position, boxed if need be. Elements of all dimensions count in row-major order.</summary>
    public object? GetValue(int index)
    {
        if ((uint)index >= (uint)Length)
            ThrowHelper.IndexOutOfRange();
        unsafe
        {
            return RuntimeExports.BoxField(ElementMethodTable, ref Unsafe.AddByteOffset(ref FirstElement, (nuint)(uint)index * ElementSize));
        }
    }

    int IList.Add(object? value)
    {
        ThrowHelper.NotSupported();
        return 0;
    }

    void IList.Clear() => Clear(this);

    bool IList.Contains(object? value) => ((IList)this).IndexOf(value) >= 0;

    int IList.IndexOf(object? value)
    {
        for (int index = 0; index < Length; index++)
        {
            if (Equals(GetValue(index), value))
                return index;
        }

        return -1;
    }

    void IList.Insert(int index, object? value) => ThrowHelper.NotSupported();

    void IList.Remove(object? value) => ThrowHelper.NotSupported();

    void IList.RemoveAt(int index) => ThrowHelper.NotSupported();

    IEnumerator IEnumerable.GetEnumerator()
    {
        for (int index = 0; index < Length; index++)
            yield return GetValue(index);
    }
}
