using System.Globalization;
using System.Numerics;

namespace System;

/// <summary>
/// Static and instance members that every integer type has (<c>int.TryParse</c>, <c>value.ToString("X8")</c>,
/// <c>ulong.PopCount</c>), written once for all of them.
/// </summary>
/// <remarks>
/// Differs from .NET: a plain Parse or TryParse also accepts hexadecimal digits after 0x, which then give the bit
/// pattern (0xFFFFFFFF is -1 as an int). Group separators and cultures do not exist.
/// </remarks>
public static class IntegerExtensions
{
    private const NumberStyles DefaultStyle = NumberStyles.Integer | NumberStyles.AllowHexPrefix;

    extension<T>(T) where T : struct, IBinaryInteger<T>
    {
        /// <summary>Parses decimal or 0x-prefixed hexadecimal text; false when it is no number or does not fit.</summary>
        public static bool TryParse(ReadOnlySpan<char> s, out T result) => Number.Parse(s, DefaultStyle, out result) == Number.ParseResult.Ok;

        /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out T)"/>
        public static bool TryParse(ReadOnlySpan<byte> utf8Text, out T result) => Number.Parse(utf8Text, DefaultStyle, out result) == Number.ParseResult.Ok;

        /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out T)"/>
        public static bool TryParse(string? s, out T result) => Number.Parse(s.AsSpan(), DefaultStyle, out result) == Number.ParseResult.Ok;

        /// <summary>Parses text of exactly the given style; the provider is ignored.</summary>
        public static bool TryParse(ReadOnlySpan<char> s, NumberStyles style, IFormatProvider? provider, out T result) =>
            Number.Parse(s, style, out result) == Number.ParseResult.Ok;

        /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider, out T)"/>
        public static bool TryParse(ReadOnlySpan<byte> utf8Text, NumberStyles style, IFormatProvider? provider, out T result) =>
            Number.Parse(utf8Text, style, out result) == Number.ParseResult.Ok;

        /// <summary>Parses or throws <see cref="FormatException"/> or <see cref="OverflowException"/>.</summary>
        public static T Parse(ReadOnlySpan<char> s, NumberStyles style = DefaultStyle)
        {
            Number.ParseResult status = Number.Parse(s, style, out T result);
            if (status == Number.ParseResult.Overflow)
                ThrowHelper.Overflow();
            if (status != Number.ParseResult.Ok)
                ThrowHelper.Format();
            return result;
        }

        /// <summary>The smaller value.</summary>
        public static T Min(T x, T y) => x < y ? x : y;

        /// <summary>The larger value.</summary>
        public static T Max(T x, T y) => x < y ? y : x;

        /// <summary>The value of the range that is nearest to <paramref name="value"/>.</summary>
        public static T Clamp(T value, T min, T max) => value < min ? min : max < value ? max : value;

        /// <summary>Whether exactly one bit is set in a positive value.</summary>
        public static bool IsPow2(T value) => T.IsPow2(value);

        /// <summary>How many bits are set.</summary>
        public static T PopCount(T value) => T.PopCount(value);

        /// <summary>How many zero bits precede the highest bit set.</summary>
        public static T LeadingZeroCount(T value) => T.LeadingZeroCount(value);

        /// <summary>How many zero bits follow the lowest bit set.</summary>
        public static T TrailingZeroCount(T value) => T.TrailingZeroCount(value);

        /// <summary>The position of the highest bit set; 0 for 0.</summary>
        public static T Log2(T value) => T.Log2(value);

        /// <summary>Rotates to the left; the amount counts modulo the width.</summary>
        public static T RotateLeft(T value, int rotateAmount) => T.RotateLeft(value, rotateAmount);

        /// <summary>Rotates to the right; the amount counts modulo the width.</summary>
        public static T RotateRight(T value, int rotateAmount) => T.RotateRight(value, rotateAmount);

        /// <summary>The absolute value; throws <see cref="OverflowException"/> when it does not fit.</summary>
        public static T Abs(T value) => T.IsNegative(value) ? checked(T.Zero - value) : value;

        /// <summary>-1, 0 or 1.</summary>
        public static int Sign(T value) => T.IsNegative(value) ? -1 : T.IsZero(value) ? 0 : 1;

        /// <summary>Quotient and remainder.</summary>
        public static (T Quotient, T Remainder) DivRem(T left, T right)
        {
            T quotient = left / right;
            return (quotient, left - quotient * right);
        }

        /// <summary>Converts, keeping the low bits.</summary>
        public static T CreateTruncating<TOther>(TOther value) where TOther : INumberBase<TOther> => T.FromBits(TOther.ToBits(value));

        /// <summary>Converts; throws <see cref="OverflowException"/> when the value does not fit.</summary>
        public static T CreateChecked<TOther>(TOther value) where TOther : INumberBase<TOther> => T.CreateChecked(value);

        /// <summary>Converts; a value that does not fit becomes the nearest one that does.</summary>
        public static T CreateSaturating<TOther>(TOther value) where TOther : INumberBase<TOther> => T.CreateSaturating(value);
    }

    extension<T>(T value) where T : struct, IBinaryInteger<T>
    {
        /// <summary>The value as text: D, X, x or B, with a minimum number of digits up to 99.</summary>
        public string ToString(string? format) => Number.ToString(value, format.AsSpan());

        /// <inheritdoc cref="ToString(string)"/>
        public string ToString(string? format, IFormatProvider? provider) => Number.ToString(value, format.AsSpan());
    }
}
