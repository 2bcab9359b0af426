using System.Text;
using Kernel.Drivers.Console;

namespace Kernel.Drivers.Tests.Console;

/// <summary>A surface that remembers what was drawn, as eyes would.</summary>
internal sealed class FakeSurface(int columns, int rows, bool hasHardwareCursor) : CellSurface(columns, rows)
{
    private readonly Cell[,] _cells = new Cell[rows, columns];

    public override bool HasHardwareCursor => hasHardwareCursor;

    public int DrawCount { get; set; }

    public (int Column, int Row) Cursor { get; private set; }

    public bool IsCursorVisible { get; private set; }

    public Cell this[int column, int row] => _cells[row, column];

    public override void Draw(int column, int row, Cell cell)
    {
        _cells[row, column] = cell;
        DrawCount++;
    }

    public override void MoveCursor(int column, int row, bool isVisible)
    {
        Cursor = (column, row);
        IsCursorVisible = isVisible;
    }

    /// <summary>A row's text without the spaces at its end.</summary>
    public string Line(int row)
    {
        var text = new StringBuilder();
        for (int column = 0; column < Columns; column++)
            text.Append(_cells[row, column].Character);
        return text.ToString().TrimEnd(' ');
    }

    /// <summary>All rows, without the empty ones at the end.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        for (int row = 0; row < Rows; row++)
            text.Append(Line(row)).Append('\n');
        return text.ToString().TrimEnd('\n');
    }
}
