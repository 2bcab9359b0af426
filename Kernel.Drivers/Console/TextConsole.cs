using System;
using Kernel.Drivers.Input;

namespace Kernel.Drivers.Console;

/// <summary>
/// A terminal on a <see cref="CellSurface"/>: decodes UTF-8, keeps the text, scrolls, and obeys the control sequences
/// (ECMA-48, and xterm where that is silent) that line editors and shells send. Only cells that changed are drawn, at
/// the end of each write, so that a page of text scrolls once.
/// </summary>
/// <remarks>
/// Two streams share it: the kernel's, in which a line feed alone ends a line, and the terminal's, which may stop in the
/// middle of a sequence. Each has its own place in a sequence, and colours. One lock guards all, with interrupts off while
/// it draws.
/// </remarks>
public sealed partial class TextConsole : TextSink
{
    private const int TabWidth = 8;
    private const ConsoleColor DefaultForeground = ConsoleColor.White;
    private const ConsoleColor DefaultBackground = ConsoleColor.Black;

    private readonly CellSurface _surface;

    // What should be on the surface and what is, row by row. They differ only inside the dirty rows.
    private readonly Cell[] _cells;
    private readonly Cell[] _shown;

    private InterruptLock _lock;

    // What is being written and what the other writer will go on with.
    private Stream _stream;
    private Stream _otherStream;
    private int _column;
    private int _row;

    // The rows that scroll, both included.
    private int _top;
    private int _bottom;

    // The last column was written to: the next character goes to the next line, but the cursor is still here.
    private bool _wrapPending;
    private int _firstDirtyRow;
    private int _lastDirtyRow;

    /// <summary>Clears the surface and starts at its top left.</summary>
    public TextConsole(CellSurface surface)
    {
        _surface = surface;
        _cells = new Cell[surface.Columns * surface.Rows];
        _shown = new Cell[surface.Columns * surface.Rows];
        _stream.Pen = Pen.Default;
        _otherStream.Pen = Pen.Default;
        Reset();
        Show();
    }

    /// <summary>Cells in a row.</summary>
    public int Columns => _surface.Columns;

    /// <summary>Number of rows.</summary>
    public int Rows => _surface.Rows;

    /// <summary>Where answers to a terminal's questions go, such as the cursor's position; null for nowhere.</summary>
    /// <remarks>The queue's lock is taken inside the console's.</remarks>
    public InputQueue? Replies { get; set; }

    /// <summary>Whether the terminal's program wants the cursor keys' other sequences (DECCKM).</summary>
    public bool HasApplicationCursorKeys { get; private set; }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> utf8)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        Interpret(utf8);
    }

    /// <summary>Writes what a terminal's line discipline has made of it: a line feed goes straight down.</summary>
    public void WriteAsTerminal(ReadOnlySpan<byte> utf8)
    {
        using InterruptLock.Scope _ = _lock.Enter();
        ExchangeStreams();
        _isTerminal = true;
        Interpret(utf8);
        _isTerminal = false;
        ExchangeStreams();
    }

    private void ExchangeStreams() => (_stream, _otherStream) = (_otherStream, _stream);

    private void Interpret(ReadOnlySpan<byte> utf8)
    {
        HideCursor();
        foreach (byte value in utf8)
            Decode(value);
        Show();
    }

    private void Decode(byte value)
    {
        ref Utf8Decoder decoder = ref _stream.Decoder;
        if (decoder.IsInside && !Utf8Decoder.IsContinuation(value))
        {
            decoder.Reset();
            Interpret(Utf8Decoder.Replacement);
        }

        if (decoder.TryDecode(value, out char character))
            Interpret(character);
    }

    private void Execute(char character)
    {
        switch (character)
        {
            case '\n' or '\v' or '\f':
                // The kernel's lines end in a line feed alone.
                if (!_isTerminal || _modes.LineFeedReturns)
                    MoveTo(0, _row);
                LineFeed();
                break;
            case '\r':
                MoveTo(0, _row);
                break;
            case '\b':
                MoveTo(_column - 1, _row);
                break;
            case '\t':
                MoveTo((_column / TabWidth * TabWidth) + TabWidth, _row);
                break;
            case ShiftOut or ShiftIn:
                _stream.Pen.UsesSecondSet = character == ShiftOut;
                break;
            default:
                if (!char.IsControl(character))
                    Print(_stream.Pen.Translate(character));
                break;
        }
    }

    private void Print(char character)
    {
        if (_wrapPending)
        {
            MoveTo(0, _row);
            LineFeed();
        }

        if (_modes.Inserts)
            InsertCells(1);
        Set(_column, _row, new Cell(ConsoleFont.Contains(character) ? character : ConsoleFont.Replacement, _stream.Pen.Foreground, _stream.Pen.Background));
        if (_column < Columns - 1)
            _column++;
        else
            _wrapPending = !_modes.StaysInLine;
    }

    private void MoveTo(int column, int row)
    {
        _column = Math.Clamp(column, 0, Columns - 1);
        _row = Math.Clamp(row, 0, Rows - 1);
        _wrapPending = false;
    }

    private void LineFeed()
    {
        _wrapPending = false;
        if (_row == _bottom)
            DeleteRows(_top, 1);
        else if (_row < Rows - 1)
            _row++;
    }

    private void ReverseLineFeed()
    {
        _wrapPending = false;
        if (_row == _top)
            InsertRows(_top, 1);
        else if (_row > 0)
            _row--;
    }

    private void Reset()
    {
        ResetModes();
        MoveTo(0, 0);
        Erase(0, _cells.Length);
    }

    /// <summary>Clears cells in reading order from one index up to another, excluding that.</summary>
    private void Erase(int from, int to)
    {
        if (from >= to)
            return;
        _cells.AsSpan(from, to - from).Fill(new Cell(' ', _stream.Pen.Foreground, _stream.Pen.Background));
        MarkDirty(from / Columns, (to - 1) / Columns);
    }

    /// <summary>Takes rows out; those below, as far as rows scroll, move up.</summary>
    private void DeleteRows(int row, int count)
    {
        if (row < _top || row > _bottom)
            return;
        int end = _bottom + 1;
        count = Math.Min(count, end - row);
        int moved = (end - row - count) * Columns;
        _cells.AsSpan((row + count) * Columns, moved).CopyTo(_cells.AsSpan(row * Columns));
        Erase((end - count) * Columns, end * Columns);
        MarkDirty(row, _bottom);
    }

    /// <summary>Puts empty rows in; those from here on, as far as rows scroll, move down.</summary>
    private void InsertRows(int row, int count)
    {
        if (row < _top || row > _bottom)
            return;
        int end = _bottom + 1;
        count = Math.Min(count, end - row);
        int moved = (end - row - count) * Columns;
        _cells.AsSpan(row * Columns, moved).CopyTo(_cells.AsSpan((row + count) * Columns));
        Erase(row * Columns, (row + count) * Columns);
        MarkDirty(row, _bottom);
    }

    /// <summary>Takes cells out of the cursor's row; those on the right move left.</summary>
    private void DeleteCells(int count)
    {
        count = Math.Min(count, Columns - _column);
        Span<Cell> rest = _cells.AsSpan(Index(_column, _row), Columns - _column);
        rest[count..].CopyTo(rest);
        Erase(Index(Columns - count, _row), Index(Columns, _row));
        MarkDirty(_row, _row);
    }

    /// <summary>Puts empty cells into the cursor's row; those from here on move right.</summary>
    private void InsertCells(int count)
    {
        count = Math.Min(count, Columns - _column);
        Span<Cell> rest = _cells.AsSpan(Index(_column, _row), Columns - _column);
        rest[..^count].CopyTo(rest[count..]);
        Erase(Index(_column, _row), Index(_column + count, _row));
        MarkDirty(_row, _row);
    }

    private int Index(int column, int row) => (row * Columns) + column;

    private void Set(int column, int row, Cell cell)
    {
        _cells[Index(column, row)] = cell;
        MarkDirty(row, row);
    }

    private void MarkDirty(int firstRow, int lastRow)
    {
        _firstDirtyRow = Math.Min(_firstDirtyRow, firstRow);
        _lastDirtyRow = Math.Max(_lastDirtyRow, lastRow);
    }

    /// <summary>Lets the next <see cref="Show"/> draw what is under a cursor that is drawn as an inverted cell.</summary>
    private void HideCursor() => MarkDirty(_row, _row);

    private void Show()
    {
        MarkDirty(_row, _row);
        int cursor = !_modes.HidesCursor && !_surface.HasHardwareCursor ? Index(_column, _row) : -1;
        for (int row = _firstDirtyRow; row <= _lastDirtyRow; row++)
        {
            for (int column = 0, index = Index(0, row); column < Columns; column++, index++)
            {
                Cell wanted = index == cursor ? _cells[index].Inverted : _cells[index];
                if (_shown[index] == wanted)
                    continue;
                _shown[index] = wanted;
                _surface.Draw(column, row, wanted);
            }
        }

        _firstDirtyRow = Rows;
        _lastDirtyRow = -1;
        _surface.MoveCursor(_column, _row, !_modes.HidesCursor);
    }
}
