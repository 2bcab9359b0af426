using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>The one implementation of what every integer type and its generic interfaces offer, specialised by the compiler.</summary>
internal static class IntegerMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Clamp<T>(T value, T min, T max) where T : INumber<T>?
    {
        if (max < min)
            ThrowHelper.Argument("The minimum is above the maximum.");
        return value < min ? min : max < value ? max : value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (T Quotient, T Remainder) DivRem<T>(T left, T right) where T : INumberBase<T>?
    {
        T quotient = left / right;
        return (quotient, left - quotient * right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Abs<T>(T value) where T : INumberBase<T>? => T.IsNegative(value) ? checked(T.Zero - value) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Sign<T>(T value) where T : INumberBase<T>? => T.IsNegative(value) ? -1 : T.IsZero(value) ? 0 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPow2<T>(T value) where T : INumberBase<T>? => !T.IsNegative(value) && BitOperations.IsPow2(T.ToBits(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Log2<T>(T value) where T : INumberBase<T>? => T.FromBits((ulong)BitOperations.Log2(UnsignedBits(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T PopCount<T>(T value) where T : INumberBase<T>? => T.FromBits((ulong)BitOperations.PopCount(UnsignedBits(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T LeadingZeroCount<T>(T value) where T : INumberBase<T>? =>
        T.FromBits((ulong)(BitOperations.LeadingZeroCount(UnsignedBits(value)) - (BitOperations.BitsPerUInt64 - Width<T>())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T TrailingZeroCount<T>(T value) where T : INumberBase<T>? =>
        T.FromBits((ulong)int.Min(Width<T>(), BitOperations.TrailingZeroCount(T.ToBits(value))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T RotateLeft<T>(T value, int amount) where T : INumberBase<T>?
    {
        ulong bits = UnsignedBits(value);
        amount &= Width<T>() - 1;
        return amount == 0 ? value : T.FromBits((bits << amount) | (bits >> (Width<T>() - amount)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T RotateRight<T>(T value, int amount) where T : INumberBase<T>? => RotateLeft(value, -amount);

    /// <summary>The type's width in bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Width<T>() => Unsafe.SizeOf<T>() * NumberRange.BitsPerByte;

    /// <summary>The bits of the value, zero-extended whether it is signed or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong UnsignedBits<T>(T value) where T : INumberBase<T>? => T.ToBits(value) & (ulong.MaxValue >> (BitOperations.BitsPerUInt64 - Width<T>()));
}
