using System;

namespace Kernel.Mm;

/// <summary>An address that the processor translates through the page tables, in bytes.</summary>
/// <param name="Value">The address; canonical when all bits above those that the page tables translate equal the highest of these.</param>
public readonly record struct VirtualAddress(ulong Value) : IComparable<VirtualAddress>
{
    private const int UntranslatedBits = 64 - Page.AddressBits;

    /// <summary>Whether the page tables can translate it (Intel SDM vol. 1, 3.3.7.1).</summary>
    public bool IsCanonical => Canonical == this;

    /// <summary>The canonical address that has the same bits as far as the page tables translate.</summary>
    public VirtualAddress Canonical => new((ulong)((long)(Value << UntranslatedBits) >> UntranslatedBits));

    /// <summary>Offset inside its page, in bytes.</summary>
    public uint PageOffset => (uint)(Value & Page.OffsetMask);

    /// <summary>Whether it is the first byte of a page.</summary>
    public bool IsPageAligned => PageOffset == 0;

    /// <summary>The nearest multiple of <paramref name="alignment"/> (a power of two, in bytes) at or below.</summary>
    public VirtualAddress AlignDown(ulong alignment) => new(Value & ~(alignment - 1));

    /// <summary>The nearest multiple of <paramref name="alignment"/> (a power of two, in bytes) at or above.</summary>
    public VirtualAddress AlignUp(ulong alignment) => new((Value + alignment - 1) & ~(alignment - 1));

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(VirtualAddress other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The address in hexadecimal.</summary>
    public override string ToString() => Value.ToString("x16");

    /// <inheritdoc/>
    public int CompareTo(VirtualAddress other) => Value.CompareTo(other.Value);

    public static VirtualAddress operator +(VirtualAddress address, ulong bytes) => new(address.Value + bytes);

    /// <summary>The distance in bytes.</summary>
    public static ulong operator -(VirtualAddress left, VirtualAddress right) => left.Value - right.Value;

    public static bool operator <(VirtualAddress left, VirtualAddress right) => left.Value < right.Value;

    public static bool operator >(VirtualAddress left, VirtualAddress right) => left.Value > right.Value;

    public static bool operator <=(VirtualAddress left, VirtualAddress right) => left.Value <= right.Value;

    public static bool operator >=(VirtualAddress left, VirtualAddress right) => left.Value >= right.Value;
}
