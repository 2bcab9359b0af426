using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>A number with an order.</summary>
public interface INumber<TSelf> : INumberBase<TSelf>, IModulusOperators<TSelf, TSelf, TSelf>, IComparisonOperators<TSelf, TSelf, bool>, IComparable<TSelf>
    where TSelf : INumber<TSelf>?
{
    /// <summary>The smaller value.</summary>
    static virtual TSelf Min(TSelf x, TSelf y) => x < y ? x : y;

    /// <summary>The larger value.</summary>
    static virtual TSelf Max(TSelf x, TSelf y) => x < y ? y : x;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>.</summary>
    static virtual TSelf Clamp(TSelf value, TSelf min, TSelf max) => IntegerMath.Clamp(value, min, max);

    /// <summary>-1, 0 or 1.</summary>
    static virtual int Sign(TSelf value) => IntegerMath.Sign(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IModulusOperators<TSelf, TSelf, TSelf>.operator %(TSelf left, TSelf right) => TSelf.FromBits(
        TSelf.IsSigned ? (ulong)((long)TSelf.ToBits(left) % (long)TSelf.ToBits(right)) : TSelf.ToBits(left) % TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IComparisonOperators<TSelf, TSelf, bool>.operator <(TSelf left, TSelf right) =>
        TSelf.IsSigned ? (long)TSelf.ToBits(left) < (long)TSelf.ToBits(right) : TSelf.ToBits(left) < TSelf.ToBits(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IComparisonOperators<TSelf, TSelf, bool>.operator >(TSelf left, TSelf right) => right < left;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IComparisonOperators<TSelf, TSelf, bool>.operator <=(TSelf left, TSelf right) => !(right < left);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IComparisonOperators<TSelf, TSelf, bool>.operator >=(TSelf left, TSelf right) => !(left < right);
}
