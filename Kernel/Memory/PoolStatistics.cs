using System.Collections.Generic;

namespace Kernel.Memory;

/// <summary>What one pool has, whatever its objects are.</summary>
/// <remarks>The pool writes it under its lock; readers take none.</remarks>
internal sealed class PoolStatistics
{
    private static readonly List<PoolStatistics> s_all = [];

    /// <summary>For a new pool. While the machine starts, or from one thread.</summary>
    /// <param name="name">What the pool is for.</param>
    public PoolStatistics(string name)
    {
        Name = name;
        s_all.Add(this);
    }

    /// <summary>Those of every pool, in the order of creation.</summary>
    public static IReadOnlyList<PoolStatistics> All => s_all;

    /// <summary>What the pool is for.</summary>
    public string Name { get; }

    /// <summary>Objects taken and not returned.</summary>
    public int ObjectsInUse { get; set; }

    /// <summary>Frames that the pool has.</summary>
    public int FrameCount { get; set; }
}
