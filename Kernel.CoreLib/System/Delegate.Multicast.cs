using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System;

public abstract unsafe partial class Delegate
{
    // Keeps our own lists apart from an array of delegates that a closed delegate is bound to, and has no covariance.
    private struct Wrapper
    {
        internal Delegate Value;
    }

    private int Count => _helperObject is Wrapper[]? (int)_extraFunctionPointerOrData : 1;

    private Delegate Entry(int index) => _helperObject is Wrapper[] list ? list[index].Value : this;

    /// <summary>Whether it calls one method only.</summary>
    public bool HasSingleTarget => Count == 1;

    /// <summary>The object that the last method is called on; null for a static method.</summary>
    public object? Target
    {
        get
        {
            Delegate last = Entry(Count - 1);
            if (last._functionPointer == last.GetThunk(ClosedStaticThunk) || last._functionPointer == last.GetThunk(ClosedInstanceThunkOverGenericMethod))
                return last._helperObject;
            return ReferenceEquals(last._firstParameter, last) ? null : last._firstParameter;
        }
    }

    /// <summary>The delegates that are called, in order, each with one method.</summary>
    public Delegate[] GetInvocationList()
    {
        var list = new Delegate[Count];
        for (int i = 0; i < list.Length; i++)
            list[i] = Entry(i);
        return list;
    }

    /// <summary>A delegate that calls one after the other; nulls count as nothing.</summary>
    /// <exception cref="ArgumentException">The two are of different types.</exception>
    [return: NotNullIfNotNull(nameof(a))]
    [return: NotNullIfNotNull(nameof(b))]
    public static Delegate? Combine(Delegate? a, Delegate? b)
    {
        if (a is null)
            return b;
        if (b is null)
            return a;
        if (a.TypeTable != b.TypeTable)
            ThrowHelper.Argument("The delegates are of different types.");

        int first = a.Count;
        int count = first + b.Count;
        var list = new Wrapper[count];
        for (int i = 0; i < count; i++)
            list[i].Value = i < first ? a.Entry(i) : b.Entry(i - first);
        return a.WithList(list, count);
    }

    /// <summary>A delegate that calls all one after the other.</summary>
    public static Delegate? Combine(params ReadOnlySpan<Delegate?> delegates)
    {
        Delegate? combined = null;
        foreach (Delegate? item in delegates)
            combined = Combine(combined, item);
        return combined;
    }

    /// <summary>A delegate without the last occurrence of the methods of another, or null when nothing is left.</summary>
    public static Delegate? Remove(Delegate? source, Delegate? value)
    {
        if (source is null || value is null)
            return source;
        if (source.TypeTable != value.TypeTable)
            ThrowHelper.Argument("The delegates are of different types.");

        int count = source.Count;
        int removed = value.Count;
        for (int start = count - removed; start >= 0; start--)
            if (source.MatchesAt(start, value, removed))
                return source.Without(start, removed, count);
        return source;
    }

    /// <summary>A delegate without any occurrence of the methods of another.</summary>
    public static Delegate? RemoveAll(Delegate? source, Delegate? value)
    {
        Delegate? before;
        do
        {
            before = source;
            source = Remove(source, value);
        }
        while (!ReferenceEquals(before, source));
        return source;
    }

    private bool MatchesAt(int start, Delegate value, int count)
    {
        for (int i = 0; i < count; i++)
            if (!Entry(start + i).CallsSame(value.Entry(i)))
                return false;
        return true;
    }

    private Delegate? Without(int start, int removed, int count)
    {
        int left = count - removed;
        if (left == 0)
            return null;
        if (left == 1)
            return Entry(start == 0 ? removed : 0);
        var list = new Wrapper[left];
        for (int i = 0; i < left; i++)
            list[i].Value = Entry(i < start ? i : i + removed);
        return WithList(list, left);
    }

    private Delegate WithList(Wrapper[] list, int count)
    {
        var result = Unsafe.As<Delegate>(MemberwiseClone());
        result._functionPointer = GetThunk(MulticastThunk);
        result._firstParameter = result;
        result._helperObject = list;
        result._extraFunctionPointerOrData = count;
        return result;
    }

    // Both have one method and the same type.
    private bool CallsSame(Delegate other)
    {
        if (_functionPointer != other._functionPointer)
            return false;
        bool isBoundToItself = ReferenceEquals(_firstParameter, this);
        if (isBoundToItself != ReferenceEquals(other._firstParameter, other))
            return false;
        if (!isBoundToItself)
            return ReferenceEquals(_firstParameter, other._firstParameter);
        return ReferenceEquals(_helperObject, other._helperObject)
            && Runtime.FatFunctionPointer.CallsSame(_extraFunctionPointerOrData, other._extraFunctionPointerOrData);
    }

    /// <summary>Whether both call the same methods on the same objects.</summary>
    public override bool Equals(object? obj)
    {
        if (ReferenceEquals(this, obj))
            return true;
        if (obj is null || obj.TypeTable != TypeTable)
            return false;
        Delegate other = Unsafe.As<Delegate>(obj);
        int count = Count;
        return other.Count == count && MatchesAt(0, other, count);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        Delegate last = Entry(Count - 1);
        object? target = last.Target;
        return (int)last._functionPointer ^ RuntimeHelpers.GetHashCode(target) ^ Count;
    }
}
