using System.Collections;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>The base of all arrays. The length follows the method table, then, in an array of several dimensions, its bounds.</summary>
public abstract unsafe partial class Array : ICloneable
{
#pragma warning disable CS0649 // Written by the allocation helpers.
    private int _numComponents;
#pragma warning restore CS0649

    /// <summary>The most elements that an array can have.</summary>
    public static int MaxLength => 0x7FFFFFC7;

    /// <summary>Number of elements in all dimensions.</summary>
    public int Length
    {
        [Intrinsic]
        get => (int)Unsafe.As<RawArrayData>(this).Length;
    }

    /// <summary>Number of elements in all dimensions.</summary>
    public long LongLength => Length;

    internal nuint NativeLength
    {
        [Intrinsic]
        get => Unsafe.As<RawArrayData>(this).Length;
    }

    internal int RawLength => _numComponents;

    /// <summary>Number of dimensions.</summary>
    public int Rank => TypeTable->ArrayRank;

    /// <summary>Size of an element, in bytes.</summary>
    internal nuint ElementSize => TypeTable->ComponentSize;

    internal MethodTable* ElementMethodTable => TypeTable->RelatedParameterType;

    private bool IsSzArray => TypeTable->IsSzArray;

    /// <summary>Number of elements in one dimension.</summary>
    public int GetLength(int dimension)
    {
        if ((uint)dimension >= (uint)Rank)
            ThrowHelper.IndexOutOfRange();
        return IsSzArray ? Length : MultiDimensionalBounds(dimension);
    }

    /// <summary>The lowest index of a dimension: always zero.</summary>
    public int GetLowerBound(int dimension)
    {
        if ((uint)dimension >= (uint)Rank)
            ThrowHelper.IndexOutOfRange();
        return 0;
    }

    /// <summary>The highest index of a dimension; -1 when it is empty.</summary>
    public int GetUpperBound(int dimension) => GetLength(dimension) - 1;

    internal ref int MultiDimensionalBounds(int dimension) =>
        ref Unsafe.Add(ref Unsafe.As<byte, int>(ref Unsafe.As<RawArrayData>(this).Data), dimension);

    /// <summary>The first element.</summary>
    internal ref byte FirstElement => ref Unsafe.AddByteOffset(ref Unsafe.As<RawData>(this).Data, TypeTable->BaseSize - ObjectLayout.ArrayDataBias);

    /// <summary>A copy with the same elements.</summary>
    public object Clone() => MemberwiseClone();

    /// <summary>Sets all elements to their type's default.</summary>
    public static void Clear(Array array) => SpanHelpers.ClearWithoutReferences(ref array.FirstElement, array.NativeLength * array.ElementSize);

    /// <summary>Sets a part of the elements to their type's default.</summary>
    public static void Clear(Array array, int index, int length)
    {
        if ((ulong)(uint)index + (uint)length > (uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        SpanHelpers.ClearWithoutReferences(ref Unsafe.AddByteOffset(ref array.FirstElement, (nuint)(uint)index * array.ElementSize), (nuint)(uint)length * array.ElementSize);
    }

    /// <summary>Copies the first elements of an array to the beginning of another.</summary>
    public static void Copy(Array sourceArray, Array destinationArray, int length) => Copy(sourceArray, 0, destinationArray, 0, length);

    /// <summary>Copies elements. The arrays may be the same and the parts may overlap.</summary>
    /// <exception cref="ArrayTypeMismatchException">The element types differ in another way than base and derived class.</exception>
    public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)
    {
        ArgumentNullException.ThrowIfNull(sourceArray);
        ArgumentNullException.ThrowIfNull(destinationArray);
        if (length < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(length));
        if ((ulong)(uint)sourceIndex + (uint)length > (uint)sourceArray.Length)
            ThrowHelper.Argument("The source is too short.");
        if ((ulong)(uint)destinationIndex + (uint)length > (uint)destinationArray.Length)
            ThrowHelper.Argument("The destination is too short.");

        MethodTable* sourceType = sourceArray.ElementMethodTable;
        MethodTable* destinationType = destinationArray.ElementMethodTable;
        if (sourceType == destinationType || (!sourceType->IsValueType && !destinationType->IsValueType && TypeCast.IsAssignable(sourceType, destinationType)))
        {
            nuint size = sourceArray.ElementSize;
            SpanHelpers.Memmove(
                ref Unsafe.AddByteOffset(ref destinationArray.FirstElement, (nuint)(uint)destinationIndex * size),
                ref Unsafe.AddByteOffset(ref sourceArray.FirstElement, (nuint)(uint)sourceIndex * size),
                (nuint)(uint)length * size);
            return;
        }
        if (sourceType->IsValueType || destinationType->IsValueType)
            throw new ArrayTypeMismatchException();
        CopyWithCasts(sourceArray, sourceIndex, destinationArray, destinationIndex, length);
    }

    private static void CopyWithCasts(Array source, int sourceIndex, Array destination, int destinationIndex, int length)
    {
        MethodTable* type = destination.ElementMethodTable;
        ref object? from = ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref source.FirstElement), sourceIndex);
        ref object? to = ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref destination.FirstElement), destinationIndex);
        for (int i = 0; i < length; i++)
            Unsafe.Add(ref to, i) = TypeCast.CheckCastAny(type, Unsafe.Add(ref from, i));
    }

    /// <summary>Copies all elements into another array.</summary>
    public void CopyTo(Array array, int index) => Copy(this, 0, array, index, Length);

    /// <summary>The array without elements of a type: one for all.</summary>
    public static T[] Empty<T>() => EmptyArray<T>.Value;

    /// <summary>Replaces an array by one of another length with the same first elements.</summary>
    public static void Resize<T>([Diagnostics.CodeAnalysis.NotNull] ref T[]? array, int newSize)
    {
        if (newSize < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(newSize));
        T[] resized = new T[newSize];
        if (array is not null)
            SpanHelpers.Memmove(ref MemoryMarshal.GetArrayDataReference(resized), ref MemoryMarshal.GetArrayDataReference(array), (nuint)(array.Length < newSize ? array.Length : newSize));
        array = resized;
    }

    /// <summary>Sets every element.</summary>
    public static void Fill<T>(T[] array, T value) => new Span<T>(array).Fill(value);
}

internal static class EmptyArray<T>
{
    internal static readonly T[] Value = new T[0];
}

/// <summary>What an array of one dimension does for the generic collection interfaces. Never instantiated: an array's method table names it.</summary>
public abstract class Array<T> : Array, IList<T>, IReadOnlyList<T>
{
    private T[] Self
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<T[]>(this);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => new ArrayEnumerator<T>(Self);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public int Count => Length;

    /// <summary>True: an array's length doesn't change.</summary>
    public bool IsReadOnly => true;

    /// <summary>Not supported.</summary>
    public void Add(T item) => ThrowHelper.NotSupported();

    /// <summary>Not supported.</summary>
    public void Clear() => ThrowHelper.NotSupported();

    /// <inheritdoc/>
    public bool Contains(T item) => IndexOf(item) >= 0;

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => Copy(this, 0, array, arrayIndex, Length);

    /// <summary>Not supported.</summary>
    public bool Remove(T item)
    {
        ThrowHelper.NotSupported();
        return false;
    }

    /// <inheritdoc/>
    public T this[int index]
    {
        get => Self[index];
        set => Self[index] = value;
    }

    /// <inheritdoc/>
    public int IndexOf(T item)
    {
        T[] self = Self;
        for (int i = 0; i < self.Length; i++)
            if (ArrayElementEquality<T>.AreEqual(self[i], item))
                return i;
        return -1;
    }

    /// <summary>Not supported.</summary>
    public void Insert(int index, T item) => ThrowHelper.NotSupported();

    /// <summary>Not supported.</summary>
    public void RemoveAt(int index) => ThrowHelper.NotSupported();
}

internal static class ArrayElementEquality<T>
{
    internal static bool AreEqual(T left, T right) => left is null ? right is null : left.Equals(right);
}

internal sealed class ArrayEnumerator<T>(T[] array) : IEnumerator<T>
{
    private int _index = -1;

    public bool MoveNext()
    {
        if (_index >= array.Length)
            return false;
        return ++_index < array.Length;
    }

    public T Current => array[_index];

    object? IEnumerator.Current => Current;

    public void Reset() => _index = -1;

    public void Dispose()
    {
    }
}
