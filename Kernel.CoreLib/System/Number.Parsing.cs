using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace System;

internal static partial class Number
{
    /// <summary>How parsing ended.</summary>
    internal enum ParseResult
    {
        /// <summary>The value is valid.</summary>
        Ok,

        /// <summary>The text is not a number of the allowed style.</summary>
        BadFormat,

        /// <summary>The number does not fit its type.</summary>
        Overflow,
    }

    /// <summary>Parses an integer from UTF-16 or UTF-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ParseResult Parse<TValue, TChar>(ReadOnlySpan<TChar> text, NumberStyles style, out TValue value)
        where TValue : IBinaryInteger<TValue>
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        ParseResult result = ParseBits(text, style, TValue.IsSigned, Unsafe.SizeOf<TValue>() * NumberRange.BitsPerByte, out ulong bits);
        value = TValue.FromBits(bits);
        return result;
    }

    private static ParseResult ParseBits<TChar>(ReadOnlySpan<TChar> text, NumberStyles style, bool signed, int width, out ulong bits)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        bits = 0;
        int start = 0;
        int end = text.Length;
        if ((style & NumberStyles.AllowLeadingWhite) != 0)
        {
            while (start < end && IsWhite(TChar.ToBits(text[start])))
                start++;
        }

        if ((style & NumberStyles.AllowTrailingWhite) != 0)
        {
            while (end > start && IsWhite(TChar.ToBits(text[end - 1])))
                end--;
        }

        bool negative = false;
        bool hex = (style & NumberStyles.AllowHexSpecifier) != 0;
        if ((style & NumberStyles.AllowHexPrefix) != 0 && HasHexPrefix(text[start..end]))
        {
            hex = true;
            start += HexPrefixLength;
        }
        else if ((style & NumberStyles.AllowLeadingSign) != 0 && start < end && TChar.ToBits(text[start]) is '-' or '+')
        {
            negative = TChar.ToBits(text[start]) == '-';
            start++;
        }

        if (start == end)
            return ParseResult.BadFormat;

        ulong max = ulong.MaxValue >> (BitOperations.BitsPerUInt64 - width);
        if (!hex)
            max = signed ? (max >> 1) + (negative ? 1UL : 0) : max;

        ulong value = 0;
        bool overflow = false;
        ulong numberBase = hex ? 1UL << BitsPerHexDigit : DecimalBase;
        ulong largestPrefix = max / numberBase;
        for (; start < end; start++)
        {
            uint digit = DigitValue(TChar.ToBits(text[start]));
            if (digit >= numberBase)
                return ParseResult.BadFormat;
            ulong shifted = value * numberBase;
            overflow |= value > largestPrefix || digit > max - shifted;
            value = shifted + digit;
        }

        if (overflow || (negative && !signed && value != 0))
            return ParseResult.Overflow;
        bits = negative ? 0 - value : value;
        return ParseResult.Ok;
    }

    private const int HexPrefixLength = 2;

    private static bool HasHexPrefix<TChar>(ReadOnlySpan<TChar> text) where TChar : unmanaged, IBinaryInteger<TChar> =>
        text.Length > HexPrefixLength && TChar.ToBits(text[0]) == '0' && TChar.ToBits(text[1]) is 'x' or 'X';

    private static bool IsWhite(ulong character) => character is ' ' or (>= '\t' and <= '\r');

    /// <summary>The value of a decimal or hexadecimal digit; a large number for any other character.</summary>
    private static uint DigitValue(ulong character) => character switch
    {
        >= '0' and <= '9' => (uint)(character - '0'),
        >= 'a' and <= 'f' => (uint)(character - 'a' + DecimalBase),
        >= 'A' and <= 'F' => (uint)(character - 'A' + DecimalBase),
        _ => uint.MaxValue,
    };
}
