using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>Range checks shared by the checked operators and conversions of <see cref="INumberBase{TSelf}"/>.</summary>
internal static class NumberRange
{
    internal const int BitsPerByte = 8;

    /// <summary>The value of a signed type. A cast in a checked expression would be checked itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Signed<T>(T value) where T : INumberBase<T>? => (long)T.ToBits(value);

    /// <summary>Turns a 64-bit result into <typeparamref name="T"/> or throws <see cref="OverflowException"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Narrow<T>(ulong bits) where T : INumberBase<T>?
    {
        T result = T.FromBits(bits);
        if (T.ToBits(result) != bits)
            ThrowHelper.Overflow();
        return result;
    }

    /// <summary>Converts between integer types; false when the value is out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryConvert<TFrom, TTo>(TFrom value, out TTo result) where TFrom : INumberBase<TFrom> where TTo : INumberBase<TTo>?
    {
        ulong bits = TFrom.ToBits(value);
        result = TTo.FromBits(bits);
        // The bits survive the round trip, and both sides read their top bit the same way.
        return TTo.ToBits(result) == bits && (TFrom.IsSigned == TTo.IsSigned || (long)bits >= 0);
    }
}
