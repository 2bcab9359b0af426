using System.Numerics;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The one implementation of text for all integer types, as UTF-16 and as UTF-8.</summary>
internal static partial class Number
{
    /// <summary>Room for every result of <see cref="TryFormat"/>: the longest is the highest precision and a sign.</summary>
    internal const int MaxFormattedLength = MaxPrecision + 1;

    private const int MaxPrecision = 99;
    private const uint DecimalBase = 10;
    private const int BitsPerHexDigit = 4;

    /// <summary>Formats an integer as D (default), X, x or B with an optional minimum number of digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFormat<TValue, TChar>(TValue value, Span<TChar> destination, out int written, ReadOnlySpan<char> format)
        where TValue : IBinaryInteger<TValue>
        where TChar : unmanaged, IBinaryInteger<TChar> =>
        TryFormatBits(TValue.ToBits(value), TValue.IsNegative(value), Unsafe.SizeOf<TValue>(), destination, out written, format);

    /// <summary>Formats an integer into a new string.</summary>
    internal static string ToString<TValue>(TValue value, ReadOnlySpan<char> format) where TValue : IBinaryInteger<TValue>
    {
        Span<char> text = stackalloc char[MaxFormattedLength];
        TryFormatBits(TValue.ToBits(value), TValue.IsNegative(value), Unsafe.SizeOf<TValue>(), text, out int written, format);
        return new string(text[..written]);
    }

    /// <summary>Formats an integer given as 64 bits.</summary>
    /// <param name="bits">Sign-extended when <paramref name="negative"/>.</param>
    /// <param name="size">Width of the original type in bytes; matters to X and B.</param>
    internal static bool TryFormatBits<TChar>(ulong bits, bool negative, int size, Span<TChar> destination, out int written, ReadOnlySpan<char> format)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        char kind = ParseFormat(format, out int precision);
        written = 0;
        int digitShift = 0;
        int letterOffset = 0;
        switch (kind)
        {
            case 'x' or 'X':
                digitShift = BitsPerHexDigit;
                letterOffset = (kind == 'x' ? 'a' : 'A') - '9' - 1;
                break;
            case 'b' or 'B':
                digitShift = 1;
                break;
            case 'd' or 'D' or 'g' or 'G':
                break;
            default:
                ThrowHelper.Format();
                break;
        }

        if (digitShift != 0)
        {
            bits &= ulong.MaxValue >> (BitOperations.BitsPerUInt64 - size * NumberRange.BitsPerByte);
            negative = false;
        }
        else if (negative)
        {
            bits = 0 - bits;
        }

        int digits = digitShift == 0 ? CountDecimalDigits(bits) : BitOperations.Log2(bits) / digitShift + 1;
        int sign = negative ? 1 : 0;
        int length = int.Max(digits, precision) + sign;
        if (length > destination.Length)
            return false;

        for (int index = length - 1; index >= sign; index--)
        {
            uint digit;
            if (digitShift == 0)
            {
                ulong quotient = bits / DecimalBase;
                digit = (uint)(bits - quotient * DecimalBase);
                bits = quotient;
            }
            else
            {
                digit = (uint)bits & ((1u << digitShift) - 1);
                bits >>= digitShift;
            }

            destination[index] = TChar.FromBits('0' + digit + (digit >= DecimalBase ? (uint)letterOffset : 0));
        }

        if (negative)
            destination[0] = TChar.FromBits('-');
        written = length;
        return true;
    }

    private static int CountDecimalDigits(ulong value)
    {
        int digits = 1;
        for (; value >= DecimalBase; value /= DecimalBase)
            digits++;
        return digits;
    }

    /// <summary>Splits a format such as X8 into its letter and the number after it (-1 without one).</summary>
    private static char ParseFormat(ReadOnlySpan<char> format, out int precision)
    {
        precision = -1;
        if (format.Length == 0)
            return 'D';
        if (format.Length == 1)
            return format[0];
        int value = 0;
        foreach (char digit in format[1..])
        {
            if (!char.IsAsciiDigit(digit) || value > MaxPrecision)
                ThrowHelper.Format();
            value = value * (int)DecimalBase + (digit - '0');
        }

        if (value > MaxPrecision)
            ThrowHelper.Format();
        precision = value;
        return format[0];
    }
}
