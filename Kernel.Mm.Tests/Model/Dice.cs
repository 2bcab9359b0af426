namespace Kernel.Mm.Tests.Model;

/// <summary>Numbers that follow from one number (SplitMix64; Steele, Lea, Flood, OOPSLA 2014).</summary>
internal struct Dice(int seed)
{
    private ulong _state = (uint)seed;

    /// <summary>A number from zero up to, not including, a limit.</summary>
    public int Roll(int limit)
    {
        ulong z = _state += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return (int)((z ^ (z >> 31)) % (ulong)limit);
    }

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Roll(times) == 0;

    /// <summary>One of several; some may be listed more than once.</summary>
    public T OneOf<T>(params System.ReadOnlySpan<T> choices) => choices[Roll(choices.Length)];
}
