namespace System;

/// <summary>Has an order among objects.</summary>
public interface IComparable
{
    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="obj"/>.</summary>
    int CompareTo(object? obj);
}

/// <summary>Has an order among values of one type.</summary>
public interface IComparable<in T> where T : allows ref struct
{
    /// <summary>Negative, zero or positive as this is below, equal to or above <paramref name="other"/>.</summary>
    int CompareTo(T? other);
}
