using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>A number that generic code can calculate with.</summary>
/// <remarks>
/// Differs from .NET: only integers of at most 64 bits implement it, and an implementation supplies three
/// members (<see cref="ToBits"/>, <see cref="FromBits"/>, <see cref="IsSigned"/>). Every operator is written once,
/// here and in the derived interfaces, on 64-bit values; the compiler specialises it for each type.
/// </remarks>
public interface INumberBase<TSelf> :
    IAdditionOperators<TSelf, TSelf, TSelf>,
    ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>,
    IDivisionOperators<TSelf, TSelf, TSelf>,
    IUnaryNegationOperators<TSelf, TSelf>,
    IIncrementOperators<TSelf>,
    IDecrementOperators<TSelf>,
    IEqualityOperators<TSelf, TSelf, bool>,
    IEquatable<TSelf>,
    ISpanFormattable,
    IUtf8SpanFormattable
    where TSelf : INumberBase<TSelf>?
{
    /// <summary>The value as 64 bits, sign-extended when the type is signed, else zero-extended.</summary>
    static abstract ulong ToBits(TSelf value);

    /// <summary>The value whose bits are the low bits of <paramref name="bits"/>.</summary>
    static abstract TSelf FromBits(ulong bits);

    /// <summary>Whether the type has negative values.</summary>
    static abstract bool IsSigned { get; }

    /// <summary>0.</summary>
    static virtual TSelf Zero => TSelf.FromBits(0);

    /// <summary>1.</summary>
    static virtual TSelf One => TSelf.FromBits(1);

    /// <summary>Whether the value is below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool IsNegative(TSelf value) => TSelf.IsSigned && (long)TSelf.ToBits(value) < 0;

    /// <summary>Whether the value is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool IsZero(TSelf value) => TSelf.ToBits(value) == 0;

    /// <summary>Converts, keeping the low bits.</summary>
    static virtual TSelf CreateTruncating<TOther>(TOther value) where TOther : INumberBase<TOther> => TSelf.FromBits(TOther.ToBits(value));

    /// <summary>Converts; throws <see cref="OverflowException"/> when the value does not fit.</summary>
    static virtual TSelf CreateChecked<TOther>(TOther value) where TOther : INumberBase<TOther>
    {
        if (!NumberRange.TryConvert(value, out TSelf result))
            ThrowHelper.Overflow();
        return result;
    }

    /// <summary>Converts; a value that does not fit becomes the nearest one that does.</summary>
    static virtual TSelf CreateSaturating<TOther>(TOther value) where TOther : INumberBase<TOther>
    {
        if (NumberRange.TryConvert(value, out TSelf result))
            return result;
        ulong signBit = 1UL << (Unsafe.SizeOf<TSelf>() * NumberRange.BitsPerByte - 1);
        if (TOther.IsNegative(value))
            return TSelf.FromBits(TSelf.IsSigned ? signBit : 0);
        return TSelf.FromBits(TSelf.IsSigned ? signBit - 1 : ulong.MaxValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IAdditionOperators<TSelf, TSelf, TSelf>.operator +(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) + TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IAdditionOperators<TSelf, TSelf, TSelf>.operator checked +(TSelf left, TSelf right) => NumberRange.Narrow<TSelf>(
        TSelf.IsSigned ? (ulong)checked(NumberRange.Signed(left) + NumberRange.Signed(right)) : checked(TSelf.ToBits(left) + TSelf.ToBits(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf ISubtractionOperators<TSelf, TSelf, TSelf>.operator -(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) - TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf ISubtractionOperators<TSelf, TSelf, TSelf>.operator checked -(TSelf left, TSelf right) => NumberRange.Narrow<TSelf>(
        TSelf.IsSigned ? (ulong)checked(NumberRange.Signed(left) - NumberRange.Signed(right)) : checked(TSelf.ToBits(left) - TSelf.ToBits(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IMultiplyOperators<TSelf, TSelf, TSelf>.operator *(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) * TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IMultiplyOperators<TSelf, TSelf, TSelf>.operator checked *(TSelf left, TSelf right) => NumberRange.Narrow<TSelf>(
        TSelf.IsSigned ? (ulong)checked(NumberRange.Signed(left) * NumberRange.Signed(right)) : checked(TSelf.ToBits(left) * TSelf.ToBits(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IDivisionOperators<TSelf, TSelf, TSelf>.operator /(TSelf left, TSelf right) => TSelf.FromBits(
        TSelf.IsSigned ? (ulong)((long)TSelf.ToBits(left) / (long)TSelf.ToBits(right)) : TSelf.ToBits(left) / TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IUnaryNegationOperators<TSelf, TSelf>.operator -(TSelf value) => TSelf.FromBits(0 - TSelf.ToBits(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IIncrementOperators<TSelf>.operator ++(TSelf value) => TSelf.FromBits(TSelf.ToBits(value) + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IDecrementOperators<TSelf>.operator --(TSelf value) => TSelf.FromBits(TSelf.ToBits(value) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IEqualityOperators<TSelf, TSelf, bool>.operator ==(TSelf? left, TSelf? right) => TSelf.ToBits(left!) == TSelf.ToBits(right!);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IEqualityOperators<TSelf, TSelf, bool>.operator !=(TSelf? left, TSelf? right) => TSelf.ToBits(left!) != TSelf.ToBits(right!);
}
