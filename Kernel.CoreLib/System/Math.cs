namespace System;

/// <summary>Integer mathematics, and the little of floating point that a kernel needs.</summary>
/// <remarks>Min, Max, Clamp, Abs and Sign of integers are one generic method each. There are no transcendental functions.</remarks>
public static partial class Math
{
    private const int HalfBits = 32;

    /// <summary>The smaller value.</summary>
    public static T Min<T>(T val1, T val2) where T : struct, Numerics.IBinaryInteger<T> => val2 < val1 ? val2 : val1;

    /// <summary>The larger value.</summary>
    public static T Max<T>(T val1, T val2) where T : struct, Numerics.IBinaryInteger<T> => val1 < val2 ? val2 : val1;

    /// <summary>The smaller value.</summary>
    public static double Min(double val1, double val2) => val1 < val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The larger value.</summary>
    public static double Max(double val1, double val2) => val1 > val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static T Clamp<T>(T value, T min, T max) where T : struct, Numerics.IBinaryInteger<T>
    {
        if (max < min)
            ThrowHelper.Argument("The minimum is above the maximum.");
        return value < min ? min : max < value ? max : value;
    }

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static T Abs<T>(T value) where T : struct, Numerics.IBinaryInteger<T> => T.IsNegative(value) ? checked(T.Zero - value) : value;

    /// <summary>The absolute value.</summary>
    public static double Abs(double value) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) & long.MaxValue);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign<T>(T value) where T : struct, Numerics.IBinaryInteger<T> => T.IsNegative(value) ? -1 : T.IsZero(value) ? 0 : 1;

    /// <summary>Quotient and remainder.</summary>
    public static (T Quotient, T Remainder) DivRem<T>(T left, T right) where T : struct, Numerics.IBinaryInteger<T>
    {
        T quotient = left / right;
        return (quotient, left - quotient * right);
    }

    /// <summary>The full product of two 32-bit values.</summary>
    public static long BigMul(int a, int b) => (long)a * b;

    /// <summary>The full product of two 64-bit values; returns the high half.</summary>
    public static ulong BigMul(ulong a, ulong b, out ulong low)
    {
        ulong lowLow = (ulong)(uint)a * (uint)b;
        ulong highLow = (a >> HalfBits) * (uint)b;
        ulong lowHigh = (uint)a * (b >> HalfBits);
        ulong highHigh = (a >> HalfBits) * (b >> HalfBits);
        ulong middle = (lowLow >> HalfBits) + (uint)highLow + lowHigh;
        low = (middle << HalfBits) | (uint)lowLow;
        return highHigh + (highLow >> HalfBits) + (middle >> HalfBits);
    }

    /// <summary><c>a * b / divisor</c> with a 128-bit product; throws <see cref="OverflowException"/> when the quotient needs more than 64 bits. Not in .NET.</summary>
    public static ulong MulDiv(ulong a, ulong b, ulong divisor)
    {
        ulong high = BigMul(a, b, out ulong low);
        if (high >= divisor)
            ThrowHelper.Overflow();
        if (high == 0)
            return low / divisor;
        for (int bit = 0; bit < Numerics.BitOperations.BitsPerUInt64; bit++)
        {
            bool carry = (long)high < 0;
            high = (high << 1) | (low >> (Numerics.BitOperations.BitsPerUInt64 - 1));
            low <<= 1;
            if (carry || high >= divisor)
            {
                high -= divisor;
                low |= 1;
            }
        }

        return low;
    }

    /// <summary>The largest integer that is not above the value; defined up to 2^63.</summary>
    public static double Floor(double value)
    {
        double truncated = Truncate(value);
        return truncated > value ? truncated - 1 : truncated;
    }

    /// <summary>The smallest integer that is not below the value; defined up to 2^63.</summary>
    public static double Ceiling(double value)
    {
        double truncated = Truncate(value);
        return truncated < value ? truncated + 1 : truncated;
    }

    /// <summary>The integer part.</summary>
    public static double Truncate(double value)
    {
        // From 2^52 on every double is an integer.
        const double FirstOfIntegersOnly = 4503599627370496;
        return Abs(value) < FirstOfIntegersOnly ? (double)(long)value : value;
    }
}
