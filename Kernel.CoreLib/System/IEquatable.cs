namespace System;

/// <summary>Compares itself for equality without boxing.</summary>
public interface IEquatable<T> where T : allows ref struct
{
    /// <summary>Whether both are equal.</summary>
    bool Equals(T? other);
}
