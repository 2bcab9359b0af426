using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>Order by <see cref="IComparable{T}"/>.</summary>
/// <remarks>As with <see cref="EqualityComparer{T}"/>, the compiler replaces <see cref="Create()"/> per instantiation.</remarks>
public abstract class Comparer<T> : IComparer<T>
{
    private static Comparer<T>? s_default;

    /// <summary>The comparer of the type. Comparing throws <see cref="ArgumentException"/> when it has no order.</summary>
    public static Comparer<T> Default
    {
        [Intrinsic]
        get => s_default ?? CreateDefault();
    }

    /// <inheritdoc/>
    public abstract int Compare(T? x, T? y);

    /// <summary>A comparer that calls a function.</summary>
    public static Comparer<T> Create(Comparison<T> comparison) => new ComparisonComparer<T>(comparison);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Comparer<T> CreateDefault()
    {
        Comparer<T> comparer = Create();
        s_default = comparer;
        return comparer;
    }

    [Intrinsic]
    private static Comparer<T> Create() => new ObjectComparer<T>();
}

/// <summary>For types that compare themselves.</summary>
internal sealed class GenericComparer<T> : Comparer<T> where T : IComparable<T>?
{
    public override int Compare(T? x, T? y) => x is null ? (y is null ? 0 : -1) : y is null ? 1 : x.CompareTo(y);
}

/// <summary>For nullable values; null comes first.</summary>
internal sealed class NullableComparer<T> : Comparer<T?> where T : struct
{
    public override int Compare(T? x, T? y) => x.HasValue
        ? y.HasValue ? Comparer<T>.Default.Compare(x.GetValueOrDefault(), y.GetValueOrDefault()) : 1
        : y.HasValue ? -1 : 0;
}

/// <summary>For enums: compares the underlying integers without boxing.</summary>
internal sealed class EnumComparer<T> : Comparer<T> where T : struct
{
    public override int Compare(T x, T y)
    {
        ulong left = EnumBits.Of(x, out bool signed);
        ulong right = EnumBits.Of(y);
        return signed ? ((long)left).CompareTo((long)right) : left.CompareTo(right);
    }
}

/// <summary>For all other types: asks the object for its <see cref="IComparable{T}"/>.</summary>
internal sealed class ObjectComparer<T> : Comparer<T>
{
    public override int Compare(T? x, T? y)
    {
        if (x is null)
            return y is null ? 0 : -1;
        if (y is null)
            return 1;
        if (x is not IComparable<T> comparable)
            return ThrowHelper.NotComparable();
        return comparable.CompareTo(y);
    }
}

/// <summary>Calls a function.</summary>
internal sealed class ComparisonComparer<T>(Comparison<T> comparison) : Comparer<T>
{
    public override int Compare(T? x, T? y) => comparison(x!, y!);
}
