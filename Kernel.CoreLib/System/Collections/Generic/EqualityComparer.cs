using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>Equality by <see cref="IEquatable{T}"/> where a type has it, else by <see cref="object.Equals(object)"/>.</summary>
/// <remarks>
/// There is no reflection to choose a comparer at run time. The compiler does: it replaces the body of
/// <see cref="Create"/> per instantiation with the construction of one of the classes below, which it finds by name.
/// </remarks>
public abstract class EqualityComparer<T> : IEqualityComparer<T>
{
    private static EqualityComparer<T>? s_default;

    /// <summary>The comparer of the type.</summary>
    public static EqualityComparer<T> Default
    {
        [Intrinsic]
        get => s_default ?? CreateDefault();
    }

    /// <inheritdoc/>
    public abstract bool Equals(T? x, T? y);

    /// <inheritdoc/>
    public abstract int GetHashCode([Diagnostics.CodeAnalysis.DisallowNull] T obj);

    /// <summary>A comparer made of two functions.</summary>
    public static EqualityComparer<T> Create(Func<T?, T?, bool> equals, Func<T, int> getHashCode) => new DelegateEqualityComparer<T>(equals, getHashCode);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EqualityComparer<T> CreateDefault()
    {
        EqualityComparer<T> comparer = Create();
        s_default = comparer;
        return comparer;
    }

    [Intrinsic]
    private static EqualityComparer<T> Create() => new ObjectEqualityComparer<T>();
}

/// <summary>For types that compare themselves.</summary>
internal sealed class GenericEqualityComparer<T> : EqualityComparer<T> where T : IEquatable<T>?
{
    public override bool Equals(T? x, T? y) => x is null ? y is null : y is not null && x.Equals(y);

    public override int GetHashCode(T obj) => obj is null ? 0 : obj.GetHashCode();
}

/// <summary>For strings.</summary>
internal sealed class StringEqualityComparer : EqualityComparer<string>
{
    public override bool Equals(string? x, string? y) => string.Equals(x, y);

    public override int GetHashCode(string obj) => obj is null ? 0 : obj.GetHashCode();
}

/// <summary>For nullable values.</summary>
internal sealed class NullableEqualityComparer<T> : EqualityComparer<T?> where T : struct
{
    public override bool Equals(T? x, T? y) =>
        x.HasValue ? y.HasValue && EqualityComparer<T>.Default.Equals(x.GetValueOrDefault(), y.GetValueOrDefault()) : !y.HasValue;

    public override int GetHashCode(T? obj) => obj.HasValue ? EqualityComparer<T>.Default.GetHashCode(obj.GetValueOrDefault()) : 0;
}

/// <summary>For enums: compares the underlying integers without boxing.</summary>
internal sealed class EnumEqualityComparer<T> : EqualityComparer<T> where T : struct
{
    public override bool Equals(T x, T y) => EnumBits.Of(x) == EnumBits.Of(y);

    public override int GetHashCode(T obj) => EnumBits.Of(obj).GetHashCode();
}

/// <summary>For all other types.</summary>
internal sealed class ObjectEqualityComparer<T> : EqualityComparer<T>
{
    public override bool Equals(T? x, T? y) => x is null ? y is null : y is not null && x.Equals(y);

    public override int GetHashCode(T obj) => obj is null ? 0 : obj.GetHashCode();
}

/// <summary>Calls two functions.</summary>
internal sealed class DelegateEqualityComparer<T>(Func<T?, T?, bool> equals, Func<T, int> getHashCode) : EqualityComparer<T>
{
    public override bool Equals(T? x, T? y) => equals(x, y);

    public override int GetHashCode(T obj) => getHashCode(obj);
}
