using System.Runtime.Intrinsics.X86;

namespace System;

/// <summary>Integer mathematics, and the little of floating point that a kernel needs.</summary>
/// <remarks>There are no transcendental functions.</remarks>
public static partial class Math
{
    private const int HalfBits = 32;

    /// <summary>The smaller value.</summary>
    public static int Min(int val1, int val2) => int.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static uint Min(uint val1, uint val2) => uint.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static long Min(long val1, long val2) => long.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static ulong Min(ulong val1, ulong val2) => ulong.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static nint Min(nint val1, nint val2) => nint.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static nuint Min(nuint val1, nuint val2) => nuint.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static byte Min(byte val1, byte val2) => byte.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static sbyte Min(sbyte val1, sbyte val2) => sbyte.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static short Min(short val1, short val2) => short.Min(val1, val2);

    /// <inheritdoc cref="Min(int, int)"/>
    public static ushort Min(ushort val1, ushort val2) => ushort.Min(val1, val2);

    /// <summary>The larger value.</summary>
    public static int Max(int val1, int val2) => int.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static uint Max(uint val1, uint val2) => uint.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static long Max(long val1, long val2) => long.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static ulong Max(ulong val1, ulong val2) => ulong.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static nint Max(nint val1, nint val2) => nint.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static nuint Max(nuint val1, nuint val2) => nuint.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static byte Max(byte val1, byte val2) => byte.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static sbyte Max(sbyte val1, sbyte val2) => sbyte.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static short Max(short val1, short val2) => short.Max(val1, val2);

    /// <inheritdoc cref="Max(int, int)"/>
    public static ushort Max(ushort val1, ushort val2) => ushort.Max(val1, val2);

    /// <summary>The smaller value.</summary>
    public static double Min(double val1, double val2) => val1 < val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The larger value.</summary>
    public static double Max(double val1, double val2) => val1 > val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The value of the range that is nearest to <paramref name="value"/>; throws <see cref="ArgumentException"/> for an empty range.</summary>
    public static int Clamp(int value, int min, int max) => int.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static uint Clamp(uint value, uint min, uint max) => uint.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static long Clamp(long value, long min, long max) => long.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static ulong Clamp(ulong value, ulong min, ulong max) => ulong.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static nint Clamp(nint value, nint min, nint max) => nint.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static nuint Clamp(nuint value, nuint min, nuint max) => nuint.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static byte Clamp(byte value, byte min, byte max) => byte.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => sbyte.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static short Clamp(short value, short min, short max) => short.Clamp(value, min, max);

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static ushort Clamp(ushort value, ushort min, ushort max) => ushort.Clamp(value, min, max);

    /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
    public static int Abs(int value) => int.Abs(value);

    /// <inheritdoc cref="Abs(int)"/>
    public static long Abs(long value) => long.Abs(value);

    /// <inheritdoc cref="Abs(int)"/>
    public static nint Abs(nint value) => nint.Abs(value);

    /// <inheritdoc cref="Abs(int)"/>
    public static sbyte Abs(sbyte value) => sbyte.Abs(value);

    /// <inheritdoc cref="Abs(int)"/>
    public static short Abs(short value) => short.Abs(value);

    /// <summary>The absolute value.</summary>
    public static double Abs(double value) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) & long.MaxValue);

    /// <summary>-1, 0 or 1.</summary>
    public static int Sign(int value) => int.Sign(value);

    /// <inheritdoc cref="Sign(int)"/>
    public static int Sign(long value) => long.Sign(value);

    /// <inheritdoc cref="Sign(int)"/>
    public static int Sign(nint value) => nint.Sign(value);

    /// <inheritdoc cref="Sign(int)"/>
    public static int Sign(sbyte value) => sbyte.Sign(value);

    /// <inheritdoc cref="Sign(int)"/>
    public static int Sign(short value) => short.Sign(value);

    /// <summary>Quotient and remainder.</summary>
    public static (int Quotient, int Remainder) DivRem(int left, int right) => int.DivRem(left, right);

    /// <inheritdoc cref="DivRem(int, int)"/>
    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right) => uint.DivRem(left, right);

    /// <inheritdoc cref="DivRem(int, int)"/>
    public static (long Quotient, long Remainder) DivRem(long left, long right) => long.DivRem(left, right);

    /// <inheritdoc cref="DivRem(int, int)"/>
    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right) => ulong.DivRem(left, right);

    /// <inheritdoc cref="DivRem(int, int)"/>
    public static (nint Quotient, nint Remainder) DivRem(nint left, nint right) => nint.DivRem(left, right);

    /// <inheritdoc cref="DivRem(int, int)"/>
    public static (nuint Quotient, nuint Remainder) DivRem(nuint left, nuint right) => nuint.DivRem(left, right);

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
        return X86Base.X64.DivRem(low, high, divisor).Quotient;
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
