using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernel.Mm.Spaces;

/// <summary>The pages whose translations must be forgotten before any of their frames is used again.</summary>
/// <remarks>
/// Up to 32 pages are forgotten one by one, beyond that the whole space: reloading the root costs about as much on
/// hardware as that many INVLPG, and what was lost by it comes back page by page. Guarded by the space's lock.
/// </remarks>
internal struct InvalidationBatch
{
    private const int MostPages = 32;
    private const int Everything = MostPages + 1;

    private int _count;
    private Storage _pages;

    /// <summary>Whether nothing has to be forgotten.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>Whether everything has to be forgotten: what else is added doesn't matter.</summary>
    public readonly bool IsEverything => _count == Everything;

    /// <summary>The pages; empty if everything has to be forgotten.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<VirtualAddress> Pages => ((ReadOnlySpan<VirtualAddress>)_pages)[..(_count == Everything ? 0 : _count)];

    /// <summary>Makes it empty.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(VirtualAddress page)
    {
        if (_count < MostPages)
            _pages[_count++] = page;
        else
            _count = Everything;
    }

    /// <summary>Adds everything.</summary>
    public void AddAll() => _count = Everything;

    [InlineArray(MostPages)]
    private struct Storage
    {
        private VirtualAddress _first;
    }
}
