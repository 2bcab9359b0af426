using System.Collections.Generic;

namespace System;

/// <summary>Makes tuples and is the tuple without elements.</summary>
public struct ValueTuple : IEquatable<ValueTuple>
{
    /// <summary>Always equal.</summary>
    public bool Equals(ValueTuple other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>().</summary>
    public override string ToString() => "()";
}

/// <summary>A tuple of 1 element.</summary>
public struct ValueTuple<T1>(T1 item1) : IEquatable<ValueTuple<T1>>, IComparable<ValueTuple<T1>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1> other)
    {
        return Comparer<T1>.Default.Compare(Item1, other.Item1);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString());
}

/// <summary>A tuple of 2 elements.</summary>
public struct ValueTuple<T1, T2>(T1 item1, T2 item2) : IEquatable<ValueTuple<T1, T2>>, IComparable<ValueTuple<T1, T2>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        return Comparer<T2>.Default.Compare(Item2, other.Item2);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString());
}

/// <summary>A tuple of 3 elements.</summary>
public struct ValueTuple<T1, T2, T3>(T1 item1, T2 item2, T3 item3) : IEquatable<ValueTuple<T1, T2, T3>>, IComparable<ValueTuple<T1, T2, T3>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        return Comparer<T3>.Default.Compare(Item3, other.Item3);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString());
}

/// <summary>A tuple of 4 elements.</summary>
public struct ValueTuple<T1, T2, T3, T4>(T1 item1, T2 item2, T3 item3, T4 item4) : IEquatable<ValueTuple<T1, T2, T3, T4>>, IComparable<ValueTuple<T1, T2, T3, T4>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>An element.</summary>
    public T4 Item4 = item4;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3, T4> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3) &&
        EqualityComparer<T4>.Default.Equals(Item4, other.Item4);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        hash.Add(Item4);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3, T4> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        order = Comparer<T3>.Default.Compare(Item3, other.Item3);
        if (order != 0)
            return order;
        return Comparer<T4>.Default.Compare(Item4, other.Item4);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString(), Item4?.ToString());
}

/// <summary>A tuple of 5 elements.</summary>
public struct ValueTuple<T1, T2, T3, T4, T5>(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5) : IEquatable<ValueTuple<T1, T2, T3, T4, T5>>, IComparable<ValueTuple<T1, T2, T3, T4, T5>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>An element.</summary>
    public T4 Item4 = item4;

    /// <summary>An element.</summary>
    public T5 Item5 = item5;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3, T4, T5> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3) &&
        EqualityComparer<T4>.Default.Equals(Item4, other.Item4) &&
        EqualityComparer<T5>.Default.Equals(Item5, other.Item5);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        hash.Add(Item4);
        hash.Add(Item5);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3, T4, T5> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        order = Comparer<T3>.Default.Compare(Item3, other.Item3);
        if (order != 0)
            return order;
        order = Comparer<T4>.Default.Compare(Item4, other.Item4);
        if (order != 0)
            return order;
        return Comparer<T5>.Default.Compare(Item5, other.Item5);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString(), Item4?.ToString(), Item5?.ToString());
}

/// <summary>A tuple of 6 elements.</summary>
public struct ValueTuple<T1, T2, T3, T4, T5, T6>(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6) : IEquatable<ValueTuple<T1, T2, T3, T4, T5, T6>>, IComparable<ValueTuple<T1, T2, T3, T4, T5, T6>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>An element.</summary>
    public T4 Item4 = item4;

    /// <summary>An element.</summary>
    public T5 Item5 = item5;

    /// <summary>An element.</summary>
    public T6 Item6 = item6;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3, T4, T5, T6> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3) &&
        EqualityComparer<T4>.Default.Equals(Item4, other.Item4) &&
        EqualityComparer<T5>.Default.Equals(Item5, other.Item5) &&
        EqualityComparer<T6>.Default.Equals(Item6, other.Item6);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5, T6> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        hash.Add(Item4);
        hash.Add(Item5);
        hash.Add(Item6);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3, T4, T5, T6> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        order = Comparer<T3>.Default.Compare(Item3, other.Item3);
        if (order != 0)
            return order;
        order = Comparer<T4>.Default.Compare(Item4, other.Item4);
        if (order != 0)
            return order;
        order = Comparer<T5>.Default.Compare(Item5, other.Item5);
        if (order != 0)
            return order;
        return Comparer<T6>.Default.Compare(Item6, other.Item6);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString(), Item4?.ToString(), Item5?.ToString(), Item6?.ToString());
}

/// <summary>A tuple of 7 elements.</summary>
public struct ValueTuple<T1, T2, T3, T4, T5, T6, T7>(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7) : IEquatable<ValueTuple<T1, T2, T3, T4, T5, T6, T7>>, IComparable<ValueTuple<T1, T2, T3, T4, T5, T6, T7>>
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>An element.</summary>
    public T4 Item4 = item4;

    /// <summary>An element.</summary>
    public T5 Item5 = item5;

    /// <summary>An element.</summary>
    public T6 Item6 = item6;

    /// <summary>An element.</summary>
    public T7 Item7 = item7;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3, T4, T5, T6, T7> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3) &&
        EqualityComparer<T4>.Default.Equals(Item4, other.Item4) &&
        EqualityComparer<T5>.Default.Equals(Item5, other.Item5) &&
        EqualityComparer<T6>.Default.Equals(Item6, other.Item6) &&
        EqualityComparer<T7>.Default.Equals(Item7, other.Item7);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5, T6, T7> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        hash.Add(Item4);
        hash.Add(Item5);
        hash.Add(Item6);
        hash.Add(Item7);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3, T4, T5, T6, T7> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        order = Comparer<T3>.Default.Compare(Item3, other.Item3);
        if (order != 0)
            return order;
        order = Comparer<T4>.Default.Compare(Item4, other.Item4);
        if (order != 0)
            return order;
        order = Comparer<T5>.Default.Compare(Item5, other.Item5);
        if (order != 0)
            return order;
        order = Comparer<T6>.Default.Compare(Item6, other.Item6);
        if (order != 0)
            return order;
        return Comparer<T7>.Default.Compare(Item7, other.Item7);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString(), Item4?.ToString(), Item5?.ToString(), Item6?.ToString(), Item7?.ToString());
}

/// <summary>A tuple of 8 elements, the last of which holds all further ones.</summary>
public struct ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7, TRest rest) : IEquatable<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>, IComparable<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>> where TRest : struct
{
    /// <summary>An element.</summary>
    public T1 Item1 = item1;

    /// <summary>An element.</summary>
    public T2 Item2 = item2;

    /// <summary>An element.</summary>
    public T3 Item3 = item3;

    /// <summary>An element.</summary>
    public T4 Item4 = item4;

    /// <summary>An element.</summary>
    public T5 Item5 = item5;

    /// <summary>An element.</summary>
    public T6 Item6 = item6;

    /// <summary>An element.</summary>
    public T7 Item7 = item7;

    /// <summary>The elements from the eighth on.</summary>
    public TRest Rest = rest;

    /// <summary>Whether all elements are equal.</summary>
    public bool Equals(ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> other) =>
        EqualityComparer<T1>.Default.Equals(Item1, other.Item1) &&
        EqualityComparer<T2>.Default.Equals(Item2, other.Item2) &&
        EqualityComparer<T3>.Default.Equals(Item3, other.Item3) &&
        EqualityComparer<T4>.Default.Equals(Item4, other.Item4) &&
        EqualityComparer<T5>.Default.Equals(Item5, other.Item5) &&
        EqualityComparer<T6>.Default.Equals(Item6, other.Item6) &&
        EqualityComparer<T7>.Default.Equals(Item7, other.Item7) &&
        EqualityComparer<TRest>.Default.Equals(Rest, other.Rest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Item1);
        hash.Add(Item2);
        hash.Add(Item3);
        hash.Add(Item4);
        hash.Add(Item5);
        hash.Add(Item6);
        hash.Add(Item7);
        hash.Add(Rest);
        return hash.ToHashCode();
    }

    /// <summary>Orders by the first different element.</summary>
    public int CompareTo(ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> other)
    {
        int order = Comparer<T1>.Default.Compare(Item1, other.Item1);
        if (order != 0)
            return order;
        order = Comparer<T2>.Default.Compare(Item2, other.Item2);
        if (order != 0)
            return order;
        order = Comparer<T3>.Default.Compare(Item3, other.Item3);
        if (order != 0)
            return order;
        order = Comparer<T4>.Default.Compare(Item4, other.Item4);
        if (order != 0)
            return order;
        order = Comparer<T5>.Default.Compare(Item5, other.Item5);
        if (order != 0)
            return order;
        order = Comparer<T6>.Default.Compare(Item6, other.Item6);
        if (order != 0)
            return order;
        order = Comparer<T7>.Default.Compare(Item7, other.Item7);
        if (order != 0)
            return order;
        return Comparer<TRest>.Default.Compare(Rest, other.Rest);
    }

    /// <summary>The elements in parentheses.</summary>
    public override string ToString() => TupleText.Of(Item1?.ToString(), Item2?.ToString(), Item3?.ToString(), Item4?.ToString(), Item5?.ToString(), Item6?.ToString(), Item7?.ToString(), Rest.ToString());
}
