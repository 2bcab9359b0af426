using System;

namespace Kernel.Mm;

/// <summary>An address on the memory bus, in bytes.</summary>
/// <param name="Value">The address; at most 52 bits are used by any x86-64 processor.</param>
public readonly record struct PhysicalAddress(ulong Value) : IComparable<PhysicalAddress>
{
    /// <summary>The frame that contains this address.</summary>
    public FrameNumber Frame => new(Value >> Page.Shift);

    /// <summary>Offset inside its frame, in bytes.</summary>
    public uint PageOffset => (uint)(Value & Page.OffsetMask);

    /// <summary>Whether it is the first byte of a frame.</summary>
    public bool IsPageAligned => PageOffset == 0;

    /// <summary>The nearest multiple of <paramref name="alignment"/> (a power of two, in bytes) at or below.</summary>
    public PhysicalAddress AlignDown(ulong alignment) => new(Value & ~(alignment - 1));

    /// <summary>The nearest multiple of <paramref name="alignment"/> (a power of two, in bytes) at or above.</summary>
    public PhysicalAddress AlignUp(ulong alignment) => new((Value + alignment - 1) & ~(alignment - 1));

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(PhysicalAddress other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The address in hexadecimal. The text that a record brings would print the frame, which prints its address.</summary>
    public override string ToString() => Value.ToString("x16");

    /// <inheritdoc/>
    public int CompareTo(PhysicalAddress other) => Value.CompareTo(other.Value);

    /// <summary>The address that many bytes further.</summary>
    public static PhysicalAddress operator +(PhysicalAddress address, ulong bytes) => new(address.Value + bytes);

    /// <summary>The distance in bytes.</summary>
    public static ulong operator -(PhysicalAddress left, PhysicalAddress right) => left.Value - right.Value;

    public static bool operator <(PhysicalAddress left, PhysicalAddress right) => left.Value < right.Value;

    public static bool operator >(PhysicalAddress left, PhysicalAddress right) => left.Value > right.Value;

    public static bool operator <=(PhysicalAddress left, PhysicalAddress right) => left.Value <= right.Value;

    public static bool operator >=(PhysicalAddress left, PhysicalAddress right) => left.Value >= right.Value;
}
