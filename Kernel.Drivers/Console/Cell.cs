using System;

namespace Kernel.Drivers.Console;

/// <summary>One character position of a screen.</summary>
public readonly struct Cell : IEquatable<Cell>
{
    /// <summary>A character in two colours.</summary>
    public Cell(char character, ConsoleColor foreground, ConsoleColor background)
    {
        Character = character;
        Foreground = foreground;
        Background = background;
    }

    /// <summary>What is shown.</summary>
    public char Character { get; }

    /// <summary>Colour of the glyph.</summary>
    public ConsoleColor Foreground { get; }

    /// <summary>Colour around the glyph.</summary>
    public ConsoleColor Background { get; }

    /// <summary>The same with the colours swapped.</summary>
    public Cell Inverted => new(Character, Background, Foreground);

    /// <summary>Whether both look the same.</summary>
    public bool Equals(Cell other) =>
        Character == other.Character && Foreground == other.Foreground && Background == other.Background;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cell other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Character | ((int)Foreground << 16) | ((int)Background << 24);

    /// <summary>Whether both look the same.</summary>
    public static bool operator ==(Cell left, Cell right) => left.Equals(right);

    /// <summary>Whether they look different.</summary>
    public static bool operator !=(Cell left, Cell right) => !left.Equals(right);
}
