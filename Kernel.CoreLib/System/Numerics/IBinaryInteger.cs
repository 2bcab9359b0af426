using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>An integer with bitwise operators.</summary>
public interface IBinaryNumber<TSelf> : INumber<TSelf>, IBitwiseOperators<TSelf, TSelf, TSelf> where TSelf : IBinaryNumber<TSelf>?
{
    /// <summary>The value with every bit set.</summary>
    static virtual TSelf AllBitsSet => TSelf.FromBits(ulong.MaxValue);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    static virtual bool IsPow2(TSelf value) => IntegerMath.IsPow2(value);

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    static virtual TSelf Log2(TSelf value) => IntegerMath.Log2(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator &(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) & TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator |(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) | TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator ^(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) ^ TSelf.ToBits(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator ~(TSelf value) => TSelf.FromBits(~TSelf.ToBits(value));
}

/// <summary>An integer with shifts and bit counts. Implemented by every built-in integer type and <see cref="char"/>.</summary>
public interface IBinaryInteger<TSelf> : IBinaryNumber<TSelf>, IShiftOperators<TSelf, int, TSelf>, IMinMaxValue<TSelf>
    where TSelf : IBinaryInteger<TSelf>?
{
    /// <summary>How many bits are set.</summary>
    static virtual TSelf PopCount(TSelf value) => IntegerMath.PopCount(value);

    /// <summary>How many zero bits precede the highest bit set.</summary>
    static virtual TSelf LeadingZeroCount(TSelf value) => IntegerMath.LeadingZeroCount(value);

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    static virtual TSelf TrailingZeroCount(TSelf value) => IntegerMath.TrailingZeroCount(value);

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    static virtual TSelf RotateLeft(TSelf value, int rotateAmount) => IntegerMath.RotateLeft(value, rotateAmount);

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    static virtual TSelf RotateRight(TSelf value, int rotateAmount) => IntegerMath.RotateRight(value, rotateAmount);

    static TSelf IMinMaxValue<TSelf>.MinValue => TSelf.FromBits(TSelf.IsSigned ? 1UL << (IntegerMath.Width<TSelf>() - 1) : 0);

    static TSelf IMinMaxValue<TSelf>.MaxValue => TSelf.FromBits(TSelf.IsSigned ? (1UL << (IntegerMath.Width<TSelf>() - 1)) - 1 : ulong.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IShiftOperators<TSelf, int, TSelf>.operator <<(TSelf value, int shiftAmount) =>
        TSelf.FromBits(TSelf.ToBits(value) << (shiftAmount & (IntegerMath.Width<TSelf>() - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IShiftOperators<TSelf, int, TSelf>.operator >>(TSelf value, int shiftAmount)
    {
        int amount = shiftAmount & (IntegerMath.Width<TSelf>() - 1);
        return TSelf.FromBits(TSelf.IsSigned ? (ulong)((long)TSelf.ToBits(value) >> amount) : TSelf.ToBits(value) >> amount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TSelf IShiftOperators<TSelf, int, TSelf>.operator >>>(TSelf value, int shiftAmount) =>
        TSelf.FromBits(IntegerMath.UnsignedBits(value) >> (shiftAmount & (IntegerMath.Width<TSelf>() - 1)));
}

/// <summary>Marks the unsigned integers.</summary>
public interface IUnsignedNumber<TSelf> where TSelf : IUnsignedNumber<TSelf>?;

/// <summary>Marks the signed integers.</summary>
public interface ISignedNumber<TSelf> where TSelf : ISignedNumber<TSelf>?;
