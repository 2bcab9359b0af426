using System;

namespace Kernel.Mm.Spaces;

/// <summary>Lasting properties of a varea.</summary>
[Flags]
public enum VAreaFlags : ushort
{
    /// <summary>Shared, and nothing special.</summary>
    None = 0,

    /// <summary>Writes stay in this space: a written page becomes a private one (MAP_PRIVATE).</summary>
    Private = 1 << 0,

    /// <summary>Pages are made present when it is mapped (MAP_POPULATE).</summary>
    Prefetch = 1 << 1,

    /// <summary>2 MiB pages where they fit.</summary>
    HugePages = 1 << 2,

    /// <summary>Program text.</summary>
    Text = 1 << 3,

    /// <summary>Pages are present and stay so (mlock).</summary>
    Locked = 1 << 4,

    /// <summary>A stack: a fault below it makes it grow (MAP_GROWSDOWN).</summary>
    GrowsDown = 1 << 5,

    /// <summary>A child finds zeros (MADV_WIPEONFORK). Private anonymous only.</summary>
    WipeOnFork = 1 << 6,

    /// <summary>A child finds nothing there (MADV_DONTFORK).</summary>
    DontFork = 1 << 7,

    /// <summary>The storage of the record belongs to the caller and isn't returned to the pool.</summary>
    CallerProvided = 1 << 8,

    /// <summary>Access is random: no fault-around (MADV_RANDOM).</summary>
    Random = 1 << 9,

    /// <summary>Access is sequential: neighbours ahead are made present with a missing page (MADV_SEQUENTIAL).</summary>
    Sequential = 1 << 10,

    /// <summary>Writes are collected into bursts, reads are slow (<see cref="CachePolicy.WriteCombining"/>). Device memory only.</summary>
    WriteCombining = 1 << 11,

    /// <summary>Every access reaches the device (<see cref="CachePolicy.Uncached"/>). Device memory only.</summary>
    Uncached = 1 << 12,

    /// <summary>It may be longer than all memory: only what is touched must be there (MAP_NORESERVE).</summary>
    NoReserve = 1 << 13,
}
