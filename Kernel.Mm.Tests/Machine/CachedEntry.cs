using System;

namespace Kernel.Mm.Tests;

/// <summary>What entries of a page table allow besides reading by the kernel.</summary>
[Flags]
public enum Rights : byte
{
    None = 0,
    Write = 1 << 0,
    User = 1 << 1,
    Execute = 1 << 2,
    All = Write | User | Execute,
}

/// <summary>What a processor remembers of a walk: where it led, and what all levels together allowed.</summary>
/// <param name="Root">The table that the walk began at.</param>
/// <param name="Target">The page's first byte, or the next table.</param>
/// <param name="Rights">The effective ones.</param>
/// <param name="IsDirty">Whether the leaf's dirty bit was set: writes needn't set it.</param>
internal readonly record struct CachedEntry(PhysicalAddress Root, PhysicalAddress Target, Rights Rights, bool IsDirty);
