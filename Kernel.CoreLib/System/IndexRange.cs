namespace System;

/// <summary>A position counted from the start or from the end.</summary>
public readonly struct Index : IEquatable<Index>
{
    // Counted from the end: the complement.
    private readonly int _value;

    /// <summary>A position; <paramref name="value"/> must not be negative.</summary>
    public Index(int value, bool fromEnd = false)
    {
        if (value < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(value));
        _value = fromEnd ? ~value : value;
    }

    /// <summary>The first position.</summary>
    public static Index Start => new(0);

    /// <summary>The position after the last one.</summary>
    public static Index End => new(0, fromEnd: true);

    /// <summary>A position counted from the start.</summary>
    public static Index FromStart(int value) => new(value);

    /// <summary>A position counted from the end.</summary>
    public static Index FromEnd(int value) => new(value, fromEnd: true);

    /// <summary>The distance from the start or from the end.</summary>
    public int Value => _value < 0 ? ~_value : _value;

    /// <summary>Whether the position is counted from the end.</summary>
    public bool IsFromEnd => _value < 0;

    /// <summary>The distance from the start in something of that length. Not checked.</summary>
    public int GetOffset(int length) => IsFromEnd ? length + _value + 1 : _value;

    /// <inheritdoc/>
    public bool Equals(Index other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Index other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value;

    /// <summary>Counts from the start.</summary>
    public static implicit operator Index(int value) => FromStart(value);
}

/// <summary>A part from one position up to, not including, another.</summary>
public readonly struct Range(Index start, Index end) : IEquatable<Range>
{
    /// <summary>The first position.</summary>
    public Index Start { get; } = start;

    /// <summary>The position after the last one.</summary>
    public Index End { get; } = end;

    /// <summary>From a position to the end.</summary>
    public static Range StartAt(Index start) => new(start, Index.End);

    /// <summary>From the start to a position.</summary>
    public static Range EndAt(Index end) => new(Index.Start, end);

    /// <summary>Everything.</summary>
    public static Range All => new(Index.Start, Index.End);

    /// <summary>Where the range starts in something of that length, and its length; throws <see cref="ArgumentOutOfRangeException"/> when it does not fit.</summary>
    public (int Offset, int Length) GetOffsetAndLength(int length)
    {
        int start = Start.GetOffset(length);
        int end = End.GetOffset(length);
        if ((uint)end > (uint)length || (uint)start > (uint)end)
            ThrowHelper.ArgumentOutOfRange(nameof(length));
        return (start, end - start);
    }

    /// <inheritdoc/>
    public bool Equals(Range other) => Start.Equals(other.Start) && End.Equals(other.End);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Range other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Start.GetHashCode() * 31 + End.GetHashCode();
}
