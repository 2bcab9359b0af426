using System.Numerics;

namespace System;

internal static partial class Number
{
    /// <summary>Room for every result of <see cref="TryFormatFloat"/>.</summary>
    internal const int MaxFloatLength = 48;

    private const int DefaultFractionDigits = 6;
    private const int MaxFractionDigits = 15;
    private const double LargestFixed = 1e15;

    /// <summary>
    /// Formats a floating-point value in fixed form: F2 gives two digits after the point, no format up to six without
    /// trailing zeros. Values of 1e15 and more are written as d.ddddddE+nn.
    /// </summary>
    internal static bool TryFormatFloat<TChar>(double value, Span<TChar> destination, out int written, ReadOnlySpan<char> format)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        written = 0;
        char kind = format.IsEmpty ? 'G' : ParseFormat(format, out _);
        int fractionDigits = DefaultFractionDigits;
        bool trim = true;
        if (kind is 'F' or 'f')
        {
            ParseFormat(format, out fractionDigits);
            fractionDigits = fractionDigits < 0 ? 2 : int.Min(fractionDigits, MaxFractionDigits);
            trim = false;
        }
        else if (kind is not ('G' or 'g'))
        {
            ThrowHelper.Format();
        }

        if (double.IsNaN(value))
            return TryCopyAscii("NaN"u8, destination, ref written);
        if (value < 0 && !TryCopyAscii("-"u8, destination, ref written))
            return false;
        double magnitude = Math.Abs(value);
        if (double.IsPositiveInfinity(magnitude))
            return TryCopyAscii("Infinity"u8, destination, ref written);

        int exponent = 0;
        if (magnitude >= LargestFixed)
        {
            for (; magnitude >= DecimalBase; magnitude /= DecimalBase)
                exponent++;
        }

        if (!TryFormatFixed(magnitude, fractionDigits, trim, destination, ref written))
            return false;
        if (exponent == 0)
            return true;
        if (!TryCopyAscii("E+"u8, destination, ref written))
            return false;
        bool fits = TryFormat(exponent, destination[written..], out int length, default);
        written += length;
        return fits;
    }

    private static bool TryFormatFixed<TChar>(double magnitude, int fractionDigits, bool trim, Span<TChar> destination, ref int written)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        long scale = 1;
        for (int digit = 0; digit < fractionDigits; digit++)
            scale *= DecimalBase;
        long whole = (long)magnitude;
        long fraction = (long)((magnitude - whole) * scale + 0.5);
        if (fraction >= scale)
        {
            whole++;
            fraction -= scale;
        }

        for (; trim && fractionDigits > 0 && fraction % DecimalBase == 0; fractionDigits--)
            fraction /= DecimalBase;

        if (!TryFormat(whole, destination[written..], out int length, default))
            return false;
        written += length;
        if (fractionDigits == 0)
            return true;
        if (!TryCopyAscii("."u8, destination, ref written))
            return false;
        Span<char> paddedFormat = ['D', (char)('0' + fractionDigits / DecimalBase), (char)('0' + fractionDigits % DecimalBase)];
        bool fits = TryFormat(fraction, destination[written..], out length, paddedFormat);
        written += length;
        return fits;
    }

    private static bool TryCopyAscii<TChar>(ReadOnlySpan<byte> text, Span<TChar> destination, ref int written)
        where TChar : unmanaged, IBinaryInteger<TChar>
    {
        if (text.Length > destination.Length - written)
            return false;
        foreach (byte character in text)
            destination[written++] = TChar.FromBits(character);
        return true;
    }
}
