using System;

namespace Kernel.Mm;

/// <summary>The number of a physical page frame: its address divided by the page size.</summary>
/// <param name="Value">Counted in frames of 4096 bytes from physical address zero.</param>
public readonly record struct FrameNumber(ulong Value) : IComparable<FrameNumber>
{
    /// <summary>The address of the frame's first byte.</summary>
    public PhysicalAddress Address => new(Value << Page.Shift);

    /// <inheritdoc/>
    // Spelled out: a record's own way goes through EqualityComparer, which needs a heap.
    public bool Equals(FrameNumber other) => Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(FrameNumber other) => Value.CompareTo(other.Value);

    public static FrameNumber operator +(FrameNumber frame, ulong frames) => new(frame.Value + frames);

    /// <summary>The distance in frames.</summary>
    public static ulong operator -(FrameNumber left, FrameNumber right) => left.Value - right.Value;
}
