using System.Globalization;
using System.Numerics;

namespace System;

/// <summary>
/// Static and instance members that every integer type has (<c>int.TryParse</c>, <c>value.ToString("X8")</c>,
/// <c>byte.CreateChecked</c>), written once for all of them.
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
