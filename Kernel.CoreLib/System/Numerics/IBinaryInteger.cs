using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>An integer with bitwise operators.</summary>
public interface IBinaryNumber<TSelf> : INumber<TSelf>, IBitwiseOperators<TSelf, TSelf, TSelf> where TSelf : IBinaryNumber<TSelf>?
{
    /// <summary>The value with every bit set.</summary>
    static virtual TSelf AllBitsSet => TSelf.FromBits(ulong.MaxValue);

    /// <summary>Whether exactly one bit is set in a positive value.</summary>
    static virtual bool IsPow2(TSelf value) => !TSelf.IsNegative(value) && BitOperations.IsPow2(TSelf.ToBits(value));

    /// <summary>The position of the highest bit set; 0 for 0.</summary>
    static virtual TSelf Log2(TSelf value) => TSelf.FromBits((ulong)BitOperations.Log2(TSelf.ToBits(value)));

    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator &(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) & TSelf.ToBits(right));

    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator |(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) | TSelf.ToBits(right));

    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator ^(TSelf left, TSelf right) => TSelf.FromBits(TSelf.ToBits(left) ^ TSelf.ToBits(right));

    static TSelf IBitwiseOperators<TSelf, TSelf, TSelf>.operator ~(TSelf value) => TSelf.FromBits(~TSelf.ToBits(value));
}

/// <summary>An integer with shifts and bit counts. Implemented by every built-in integer type and <see cref="char"/>.</summary>
public interface IBinaryInteger<TSelf> : IBinaryNumber<TSelf>, IShiftOperators<TSelf, int, TSelf>, IMinMaxValue<TSelf>
    where TSelf : IBinaryInteger<TSelf>?
{
    /// <summary>How many bits are set.</summary>
    static virtual TSelf PopCount(TSelf value) => TSelf.FromBits((ulong)BitOperations.PopCount(TSelf.ToBits(value) & WidthMask));

    /// <summary>How many zero bits precede the highest bit set.</summary>
    static virtual TSelf LeadingZeroCount(TSelf value) =>
        TSelf.FromBits((ulong)(BitOperations.LeadingZeroCount(TSelf.ToBits(value) & WidthMask) - (BitOperations.BitsPerUInt64 - Width)));

    /// <summary>How many zero bits follow the lowest bit set.</summary>
    static virtual TSelf TrailingZeroCount(TSelf value) => TSelf.FromBits((ulong)int.Min(Width, BitOperations.TrailingZeroCount(TSelf.ToBits(value))));

    /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
    static virtual TSelf RotateLeft(TSelf value, int rotateAmount) => (value << rotateAmount) | (value >>> (Width - rotateAmount));

    /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
    static virtual TSelf RotateRight(TSelf value, int rotateAmount) => (value >>> rotateAmount) | (value << (Width - rotateAmount));

    static TSelf IMinMaxValue<TSelf>.MinValue => TSelf.FromBits(TSelf.IsSigned ? 1UL << (Width - 1) : 0);

    static TSelf IMinMaxValue<TSelf>.MaxValue => TSelf.FromBits(TSelf.IsSigned ? (1UL << (Width - 1)) - 1 : ulong.MaxValue);

    static TSelf IShiftOperators<TSelf, int, TSelf>.operator <<(TSelf value, int shiftAmount) => TSelf.FromBits(TSelf.ToBits(value) << (shiftAmount & (Width - 1)));

    static TSelf IShiftOperators<TSelf, int, TSelf>.operator >>(TSelf value, int shiftAmount) => TSelf.FromBits(
        TSelf.IsSigned ? (ulong)((long)TSelf.ToBits(value) >> (shiftAmount & (Width - 1))) : TSelf.ToBits(value) >> (shiftAmount & (Width - 1)));

    static TSelf IShiftOperators<TSelf, int, TSelf>.operator >>>(TSelf value, int shiftAmount) =>
        TSelf.FromBits((TSelf.ToBits(value) & WidthMask) >> (shiftAmount & (Width - 1)));

    private static int Width => Unsafe.SizeOf<TSelf>() * NumberRange.BitsPerByte;

    private static ulong WidthMask => ulong.MaxValue >> (BitOperations.BitsPerUInt64 - Width);
}

/// <summary>Marks the unsigned integers.</summary>
public interface IUnsignedNumber<TSelf> where TSelf : IUnsignedNumber<TSelf>?;

/// <summary>Marks the signed integers.</summary>
public interface ISignedNumber<TSelf> where TSelf : ISignedNumber<TSelf>?;
