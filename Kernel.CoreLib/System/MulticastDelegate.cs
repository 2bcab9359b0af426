namespace System;

/// <summary>The base of every delegate type.</summary>
public abstract class MulticastDelegate : Delegate
{
    /// <inheritdoc/>
    public override bool Equals(object? obj) => base.Equals(obj);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>Whether both call the same methods on the same objects.</summary>
    public static bool operator ==(MulticastDelegate? d1, MulticastDelegate? d2) =>
        d1 is null ? d2 is null : d1.Equals(d2);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(MulticastDelegate? d1, MulticastDelegate? d2) =>
        d1 is null ? d2 is not null : !d1.Equals(d2);
}
