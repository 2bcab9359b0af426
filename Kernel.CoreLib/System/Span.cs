using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace System;

/// <summary>A part of memory with a length, wherever it is.</summary>
[NonVersionable]
public readonly unsafe ref partial struct Span<T>
{
    internal readonly ref T _reference;
    private readonly int _length;

    /// <summary>A whole array; empty for null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(T[]? array)
    {
        if (array is null)
        {
            this = default;
            return;
        }
        if (!typeof(T).IsValueType)
            RuntimeHelpers.RequireExactElementType(array);
        _reference = ref MemoryMarshal.GetArrayDataReference(array);
        _length = array.Length;
    }

    /// <summary>A part of an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(T[]? array, int start, int length)
    {
        if (array is null)
        {
            if (start != 0 || length != 0)
                ThrowHelper.ArgumentOutOfRange();
            this = default;
            return;
        }
        if (!typeof(T).IsValueType)
            RuntimeHelpers.RequireExactElementType(array);
        if ((ulong)(uint)start + (uint)length > (uint)array.Length)
            ThrowHelper.ArgumentOutOfRange();
        _reference = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), (nint)(uint)start);
        _length = length;
    }

    /// <summary>Memory at an address. Nothing keeps it valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(void* pointer, int length)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            ThrowHelper.Argument("The type contains references.");
        if (length < 0)
            ThrowHelper.ArgumentOutOfRange();
        _reference = ref *(T*)pointer;
        _length = length;
    }

    /// <summary>One variable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span(ref T reference)
    {
        _reference = ref reference;
        _length = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    /// <summary>A span of nothing.</summary>
    public static Span<T> Empty => default;

    /// <summary>Number of elements.</summary>
    public int Length
    {
        [Intrinsic]
        get => _length;
    }

    /// <summary>Whether there are no elements.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>An element; throws <see cref="IndexOutOfRangeException"/> outside the span.</summary>
    public ref T this[int index]
    {
        [Intrinsic]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
                ThrowHelper.IndexOutOfRange();
            return ref Unsafe.Add(ref _reference, (nint)(uint)index);
        }
    }

    /// <summary>From a position to the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
            ThrowHelper.ArgumentOutOfRange();
        return new Span<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), _length - start);
    }

    /// <summary>A number of elements from a position on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
            ThrowHelper.ArgumentOutOfRange();
        return new Span<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), length);
    }

    /// <summary>Sets every element to its type's default.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear() =>
        SpanHelpers.ClearWithoutReferences(ref Unsafe.As<T, byte>(ref _reference), (nuint)(uint)_length * (nuint)Unsafe.SizeOf<T>());

    /// <summary>Sets every element.</summary>
    public void Fill(T value) => SpanHelpers.Fill(ref _reference, (nuint)(uint)_length, value);

    /// <summary>Copies all elements; throws when the destination is too short. The two may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<T> destination)
    {
        if (!TryCopyTo(destination))
            ThrowHelper.DestinationTooShort();
    }

    /// <summary>Copies all elements; false when the destination is too short. The two may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCopyTo(Span<T> destination)
    {
        if ((uint)_length > (uint)destination._length)
            return false;
        SpanHelpers.Memmove(ref destination._reference, ref _reference, (nuint)(uint)_length);
        return true;
    }

    /// <summary>The elements in a new array.</summary>
    public T[] ToArray()
    {
        if (_length == 0)
            return [];
        T[] array = new T[_length];
        SpanHelpers.Memmove(ref MemoryMarshal.GetArrayDataReference(array), ref _reference, (nuint)(uint)_length);
        return array;
    }

    /// <summary>The first element, or a null reference for <c>fixed</c>.</summary>
    public ref T GetPinnableReference() => ref _length != 0 ? ref _reference : ref Unsafe.NullRef<T>();

    /// <summary>The text of a span of characters, else the type's name.</summary>
    public override string ToString() =>
        typeof(T) == typeof(char) ? new string(new ReadOnlySpan<char>(ref Unsafe.As<T, char>(ref _reference), _length)) : "Span<T>";

    /// <summary>Not supported: a span cannot be boxed.</summary>
#pragma warning disable CS0809, CS0618 // Obsolete members that override others: the same as .NET's.
    [Obsolete("Equals on a span is not supported. Use == or SequenceEqual.")]
    public override bool Equals(object? obj) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    [Obsolete("GetHashCode on a span is not supported.")]
    public override int GetHashCode() => throw new NotSupportedException();
#pragma warning restore CS0809, CS0618

    /// <summary>Whether both are the same memory and length. Contents are not compared.</summary>
    public static bool operator ==(Span<T> left, Span<T> right) =>
        left._length == right._length && Unsafe.AreSame(ref left._reference, ref right._reference);

    /// <summary>Whether memory or length differ.</summary>
    public static bool operator !=(Span<T> left, Span<T> right) => !(left == right);

    /// <summary>A whole array.</summary>
    public static implicit operator Span<T>(T[]? array) => new(array);

    /// <summary>The same memory for reading.</summary>
    public static implicit operator ReadOnlySpan<T>(Span<T> span) => new(ref span._reference, span._length);

    /// <summary>Walks the elements.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks a span's elements.</summary>
    public ref struct Enumerator : Collections.Generic.IEnumerator<T>
    {
        private readonly Span<T> _span;
        private int _index;

        internal Enumerator(Span<T> span)
        {
            _span = span;
            _index = -1;
        }

        /// <summary>Goes to the next element.</summary>
        public bool MoveNext() => ++_index < _span._length;

        /// <summary>The element reached.</summary>
        public readonly ref T Current => ref _span[_index];

        readonly T Collections.Generic.IEnumerator<T>.Current => Current;

        readonly object? Collections.IEnumerator.Current => Current;

        void Collections.IEnumerator.Reset() => _index = -1;

        readonly void IDisposable.Dispose()
        {
        }
    }
}
