using System.Numerics;

namespace Kernel.Mm;

/// <summary>Address-space ids (PCID), 1 to 4095. A space for which none is left has id zero, and all that it cached is forgotten at each switch.</summary>
internal sealed class SpaceIds
{
    private const int BitsPerWord = 64;

    // A set bit is a free id.
    private readonly ulong[] _free = new ulong[64];
    private SpinLock _lock;

    public SpaceIds()
    {
        for (int i = 0; i < _free.Length; i++)
            _free[i] = ulong.MaxValue;
        _free[0] &= ~1UL;
    }

    /// <summary>Takes an id; zero when none is left.</summary>
    public ushort Take()
    {
        using SpinLock.Scope _ = _lock.Enter();
        for (int i = 0; i < _free.Length; i++)
        {
            if (_free[i] == 0)
                continue;
            int bit = BitOperations.TrailingZeroCount(_free[i]);
            _free[i] &= _free[i] - 1;
            return (ushort)(i * BitsPerWord + bit);
        }
        return 0;
    }

    /// <summary>Gives an id back. No processor has translations under it any more.</summary>
    public void Return(ushort id)
    {
        if (id == 0)
            return;
        using SpinLock.Scope _ = _lock.Enter();
        _free[id / BitsPerWord] |= 1UL << (id % BitsPerWord);
    }
}
