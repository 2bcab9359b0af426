using System;

namespace Kernel.Drivers.Time;

/// <summary>
/// Converts between two units of time without dividing: a 128-bit product with a scaled ratio, then a shift. Results
/// are rounded down, so they never decrease when the input grows.
/// </summary>
/// <remarks>
/// The scaled ratio has 63 bits behind the binary point, fewer if it is above 1: 64 significant bits then. With ticks of
/// 100 MHz to 20 GHz the error of 100 years in nanoseconds is below two nanoseconds.
/// </remarks>
public readonly struct TickRate
{
    /// <summary>Nanoseconds in a second.</summary>
    public const ulong NanosecondsPerSecond = 1_000_000_000;

    private const int MaxShift = 63;
    private const int WordBits = 64;
    private const ulong HighBit = 1UL << 63;

    private readonly ulong _multiplier;
    private readonly byte _shift;

    /// <summary>Converts from units of which there are <paramref name="from"/> a second to units of which there are <paramref name="to"/>.</summary>
    /// <param name="from">Not zero.</param>
    /// <param name="to">Not zero.</param>
    public TickRate(ulong from, ulong to)
    {
        ulong multiplier = to / from;
        ulong remainder = to % from;
        int shift = 0;
        // A binary long division, one more bit of the quotient in each round.
        for (; shift < MaxShift && (multiplier & HighBit) == 0; shift++)
        {
            bool bit = remainder >= from - remainder;
            remainder = bit ? remainder - (from - remainder) : remainder + remainder;
            multiplier = (multiplier << 1) | (bit ? 1UL : 0);
        }

        _multiplier = multiplier;
        _shift = (byte)shift;
    }

    /// <summary>Converts from ticks to nanoseconds.</summary>
    /// <param name="frequency">Ticks per second; not zero.</param>
    public static TickRate ToNanoseconds(ulong frequency) => new(frequency, NanosecondsPerSecond);

    /// <summary>Converts from nanoseconds to ticks.</summary>
    /// <param name="frequency">Ticks per second; not zero.</param>
    public static TickRate FromNanoseconds(ulong frequency) => new(NanosecondsPerSecond, frequency);

    /// <summary>The amount in the other unit, rounded down; <see cref="ulong.MaxValue"/> if it doesn't fit.</summary>
    public ulong Convert(ulong amount)
    {
        ulong high = Math.BigMul(amount, _multiplier, out ulong low);
        if (_shift == 0)
            return high == 0 ? low : ulong.MaxValue;
        return high >> _shift != 0 ? ulong.MaxValue : (high << (WordBits - _shift)) | (low >> _shift);
    }
}
