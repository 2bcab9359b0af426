using System.Numerics;

namespace System;

/// <summary>Pseudo-random numbers (xoshiro256** of Blackman and Vigna, seeded by splitmix64; all constants are theirs). Not for secrets. Not safe for several processors at once.</summary>
/// <remarks>Differs from .NET: always seeded by the caller, and the sequence is another one.</remarks>
public class Random
{
    private const ulong SplitMixIncrement = 0x9E3779B97F4A7C15;

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>The sequence of a seed.</summary>
    public Random(int seed) : this((ulong)seed)
    {
    }

    /// <summary>The sequence of a seed.</summary>
    public Random(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>64 random bits. Not in .NET.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>From 0 up to, not including, the largest int.</summary>
    public int Next() => Next(int.MaxValue);

    /// <summary>From 0 up to, not including, <paramref name="maxValue"/>.</summary>
    public int Next(int maxValue) => Next(0, maxValue);

    /// <summary>From <paramref name="minValue"/> up to, not including, <paramref name="maxValue"/>.</summary>
    public int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    /// <summary>From 0 up to, not including, <paramref name="maxValue"/>.</summary>
    public long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <summary>From <paramref name="minValue"/> up to, not including, <paramref name="maxValue"/>.</summary>
    public long NextInt64(long minValue, long maxValue)
    {
        if (minValue > maxValue)
            ThrowHelper.ArgumentOutOfRange(nameof(minValue));
        // The high half of the product spreads 64 random bits evenly over the range.
        return minValue + (long)Math.BigMul(NextUInt64(), (ulong)(maxValue - minValue), out _);
    }

    /// <summary>Fills a span with random bytes.</summary>
    public void NextBytes(Span<byte> buffer)
    {
        foreach (ref byte element in buffer)
            element = (byte)NextUInt64();
    }

    /// <summary>Brings the elements into random order.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int index = values.Length - 1; index > 0; index--)
        {
            int other = Next(index + 1);
            (values[index], values[other]) = (values[other], values[index]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += SplitMixIncrement;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
