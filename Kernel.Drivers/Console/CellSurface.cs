namespace Kernel.Drivers.Console;

/// <summary>A screen made of character cells that can only be drawn to. <see cref="TextConsole"/> remembers what is on it.</summary>
public abstract class CellSurface
{
    /// <summary>A surface of that many cells.</summary>
    protected CellSurface(int columns, int rows)
    {
        Columns = columns;
        Rows = rows;
    }

    /// <summary>Cells in a row.</summary>
    public int Columns { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Whether <see cref="MoveCursor"/> shows a cursor. If not, the console draws one as an inverted cell.</summary>
    public abstract bool HasHardwareCursor { get; }

    /// <summary>Shows a cell.</summary>
    public abstract void Draw(int column, int row, Cell cell);

    /// <summary>Places or hides the hardware cursor; does nothing without one.</summary>
    public abstract void MoveCursor(int column, int row, bool isVisible);
}
