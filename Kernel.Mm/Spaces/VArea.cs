using System;
using Kernel.Mm.Objects;

namespace Kernel.Mm.Spaces;

/// <summary>Consecutive pages of an address space that show one object with one protection.</summary>
/// <remarks>
/// The space's lock guards every field. A record is at most 96 bytes with its tree node and object header: two words of
/// header, eight of references and addresses, two of numbers.
/// </remarks>
public sealed class VArea
{
    /// <summary>Longest varea: 2^32 − 1 pages, 16 TiB.</summary>
    public const ulong MaximumPages = uint.MaxValue;

    private uint _pages;

    /// <summary>Address of the first page.</summary>
    public VirtualAddress Start { get; internal set; }

    /// <summary>Length in pages.</summary>
    public ulong Pages
    {
        get => _pages;
        internal set => _pages = (uint)value;
    }

    /// <summary>What may be done with its pages.</summary>
    public Protection Protection { get; internal set; }

    /// <summary>Its properties.</summary>
    public VAreaFlags Flags { get; internal set; }

    /// <summary>Its object.</summary>
    public MemoryObject? Object { get; internal set; }
}
