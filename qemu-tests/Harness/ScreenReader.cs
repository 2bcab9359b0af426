using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// Reads text off a screenshot. It knows no font: it learns the shapes of characters from a place on the screen where a
/// test has typed them, and finds them again elsewhere.
/// </summary>
/// <param name="cellWidth">Pixels from one character to the next.</param>
/// <param name="cellHeight">Pixels from one line to the next.</param>
public sealed class ScreenReader(int cellWidth, int cellHeight)
{
    /// <summary>Stands for a shape that wasn't learnt.</summary>
    public const char Unknown = '\ufffd';

    private readonly Dictionary<string, char> _characters = [];

    /// <summary>Learns from a row that ends in known text.</summary>
    /// <param name="screen">The picture.</param>
    /// <param name="row">The row of characters, from 0 at the top.</param>
    /// <param name="column">Where the text starts, from 0 at the left.</param>
    /// <param name="text">What stands there.</param>
    /// <exception cref="FormatException">Two characters look alike, or one looks like an empty cell.</exception>
    public void Learn(Screenshot screen, int row, int column, string text)
    {
        _characters[Shape(new bool[cellWidth * cellHeight])] = ' ';
        for (int index = 0; index < text.Length; index++)
        {
            string shape = ShapeAt(screen, row, column + index);
            if (_characters.TryGetValue(shape, out char known) && known != text[index])
                throw new FormatException($"On the screen '{text[index]}' looks like '{known}'.");
            _characters[shape] = text[index];
        }
    }

    /// <summary>All rows of text from the top, without spaces at their ends and without empty rows at the end.</summary>
    public string[] Read(Screenshot screen) =>
        [.. Enumerable.Range(0, LastRow(screen) + 1).Select(row => ReadRow(screen, row))];

    /// <summary>The lowest row that isn't empty; -1 if the screen is blank.</summary>
    public int LastRow(Screenshot screen)
    {
        for (int row = (screen.Height / cellHeight) - 1; row >= 0; row--)
        {
            if (Enumerable.Range(0, screen.Width / cellWidth).Any(column => Pixels(screen, row, column).Any(lit => lit)))
                return row;
        }
        return -1;
    }

    private static string Shape(IEnumerable<bool> pixels) => string.Concat(pixels.Select(lit => lit ? '#' : '.'));

    private string ReadRow(Screenshot screen, int row)
    {
        StringBuilder text = new();
        for (int column = 0; column < screen.Width / cellWidth; column++)
            text.Append(_characters.GetValueOrDefault(ShapeAt(screen, row, column), Unknown));
        return text.ToString().TrimEnd();
    }

    private string ShapeAt(Screenshot screen, int row, int column) => Shape(Pixels(screen, row, column));

    private IEnumerable<bool> Pixels(Screenshot screen, int row, int column)
    {
        for (int y = 0; y < cellHeight; y++)
        {
            for (int x = 0; x < cellWidth; x++)
                yield return screen.IsLit((column * cellWidth) + x, (row * cellHeight) + y);
        }
    }
}
