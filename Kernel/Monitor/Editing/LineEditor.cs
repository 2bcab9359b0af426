using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor.Editing;

/// <summary>What became of the line with the last byte.</summary>
internal enum LineState
{
    /// <summary>It is still being edited.</summary>
    Editing = 0,

    /// <summary>It was finished: <see cref="LineEditor.Line"/> is what was entered.</summary>
    Entered,
}

/// <summary>
/// Edits one line on a terminal, with history and completion. A line longer than the terminal is wide scrolls
/// sideways, so that no row ever wraps while it is edited.
/// </summary>
/// <remarks>All memory is taken at construction. Not locked: one reader uses it.</remarks>
internal sealed class LineEditor
{
    /// <summary>The longest line, in bytes of UTF-8; what goes beyond is refused.</summary>
    public const int Capacity = 255;

    /// <summary>Columns that every terminal is taken to have.</summary>
    public const int TerminalWidth = 80;

    // How far the text jumps when the cursor leaves what is visible: not a column at a time.
    private const int ScrollStep = 20;

    private const byte ContinuationMask = 0xc0;
    private const byte ContinuationMark = 0x80;
    private const byte Space = (byte)' ';

    private readonly TextSink _terminal;
    private readonly ICompleter _completer;
    private readonly EchoBuffer _echo;
    private readonly LineHistory _history = new();
    private readonly CompletionSet _completions = new();
    private readonly byte[] _prompt;
    private readonly byte[] _line = new byte[Capacity];
    private readonly byte[] _draft = new byte[Capacity];
    private readonly int _visibleColumns;
    private KeyDecoder _decoder;
    private int _length;
    private int _cursor;
    private int _firstVisible;
    private int _draftLength;
    private int _historyAge;
    private bool _listOnComplete;

    /// <summary>Makes an editor.</summary>
    /// <param name="terminal">Where the line is shown; its cursor is at the start of a row when <see cref="Begin"/> is called.</param>
    /// <param name="prompt">Stands before every line; one column for each byte.</param>
    /// <param name="completer">Asked when the completion key is pressed.</param>
    public LineEditor(TextSink terminal, ReadOnlySpan<byte> prompt, ICompleter completer)
    {
        _terminal = terminal;
        _echo = new EchoBuffer(terminal);
        _prompt = prompt.ToArray();
        _completer = completer;
        // The last column stays free: some terminals wrap when it is written.
        _visibleColumns = TerminalWidth - 1 - prompt.Length;
    }

    /// <summary>The line as it is; valid until the next <see cref="Accept"/>.</summary>
    public ReadOnlySpan<byte> Line => new(_line, 0, _length);

    /// <summary>Starts an empty line and shows the prompt.</summary>
    public void Begin()
    {
        _length = 0;
        _cursor = 0;
        _firstVisible = 0;
        _historyAge = 0;
        _listOnComplete = false;
        _echo.Add(_prompt);
        _echo.Flush();
    }

    /// <summary>Shows prompt and line once more, at the start of the row; for when something else was written meanwhile.</summary>
    public void Redraw()
    {
        DrawAll();
        _echo.Flush();
    }

    /// <summary>Takes a byte of input.</summary>
    public LineState Accept(byte input)
    {
        EditKey key = _decoder.Decode(input);
        if (key == EditKey.None)
            return LineState.Editing;
        bool list = _listOnComplete;
        _listOnComplete = false;
        if (key == EditKey.Complete)
            Complete(list);
        else
            Apply(key);
        _echo.Flush();
        return key == EditKey.Enter ? LineState.Entered : LineState.Editing;
    }

    private void Apply(EditKey key)
    {
        switch (key)
        {
            case EditKey.Character:
                Insert(_decoder.Character);
                break;
            case EditKey.Enter:
                Finish();
                break;
            case EditKey.Backspace:
                Remove(Before(_cursor), _cursor);
                break;
            case EditKey.Delete:
                Remove(_cursor, After(_cursor));
                break;
            case EditKey.Left:
                MoveTo(Before(_cursor));
                break;
            case EditKey.Right:
                MoveTo(After(_cursor));
                break;
            case EditKey.Home:
                MoveTo(0);
                break;
            case EditKey.End:
                MoveTo(_length);
                break;
            case EditKey.Up:
                ShowHistory(_historyAge + 1);
                break;
            case EditKey.Down:
                ShowHistory(_historyAge - 1);
                break;
            case EditKey.KillToEnd:
                Remove(_cursor, _length);
                break;
            case EditKey.KillToStart:
                Remove(0, _cursor);
                break;
            case EditKey.KillWord:
                Remove(WordStart(), _cursor);
                break;
            case EditKey.ClearScreen:
                _echo.ClearScreen();
                DrawAll();
                break;
            case EditKey.Abandon:
                Abandon();
                break;
        }
    }

    private void Insert(ReadOnlySpan<byte> text)
    {
        if (_length + text.Length > Capacity)
            return;
        new ReadOnlySpan<byte>(_line, _cursor, _length - _cursor).CopyTo(new Span<byte>(_line, _cursor + text.Length, _length - _cursor));
        text.CopyTo(new Span<byte>(_line, _cursor, text.Length));
        _length += text.Length;
        _cursor += text.Length;
        if (ScrollToCursor())
        {
            DrawAll();
            return;
        }
        _echo.Add(text);
        DrawTail();
    }

    /// <summary>Removes the bytes from <paramref name="start"/> to <paramref name="end"/>; the cursor is at one of them.</summary>
    private void Remove(int start, int end)
    {
        if (start == end)
            return;
        int back = start < _firstVisible ? 0 : Columns(start, _cursor);
        new ReadOnlySpan<byte>(_line, end, _length - end).CopyTo(new Span<byte>(_line, start, _length - end));
        _length -= end - start;
        _cursor = start;
        if (ScrollToCursor())
        {
            DrawAll();
            return;
        }
        _echo.Move(-back);
        _echo.ClearToEnd();
        DrawTail();
    }

    private void MoveTo(int position)
    {
        int from = _cursor;
        _cursor = position;
        if (ScrollToCursor())
            DrawAll();
        else
            _echo.Move(position < from ? -Columns(position, from) : Columns(from, position));
    }

    /// <summary>Shows a line of the history; age 0 is the line that was being typed before.</summary>
    private void ShowHistory(int age)
    {
        if (age < 0 || age > _history.Count)
            return;
        if (_historyAge == 0)
        {
            Line.CopyTo(_draft);
            _draftLength = _length;
        }
        _historyAge = age;
        ReadOnlySpan<byte> shown = age == 0 ? new ReadOnlySpan<byte>(_draft, 0, _draftLength) : _history[age];
        shown.CopyTo(_line);
        _length = shown.Length;
        _cursor = _length;
        _firstVisible = 0;
        ScrollToCursor();
        DrawAll();
    }

    private void Finish()
    {
        // What scrolled away is shown after all, so that the terminal's record has the whole line.
        if (_firstVisible > 0 || VisibleEnd() < _length)
        {
            _echo.Add("\r"u8);
            _echo.Add(_prompt);
            _echo.Add(Line);
            _echo.ClearToEnd();
        }
        _echo.Add("\n"u8);
        _history.Add(Line);
    }

    private void Abandon()
    {
        MoveTo(_length);
        _echo.Add("^C\n"u8);
        Begin();
    }

    private void Complete(bool list)
    {
        var line = new ReadOnlySpan<byte>(_line, 0, _cursor);
        ReadOnlySpan<byte> word = line[(line.LastIndexOf(Space) + 1)..];
        _completions.Begin(word);
        _completer.Complete(line, _completions);
        if (_completions.Count == 0)
            return;
        int known = word.Length;
        Insert(_completions.Common[known..]);
        if (_completions.Count == 1)
            Insert(" "u8);
        else if (list)
            ListCompletions();
        else
            _listOnComplete = _completions.Common.Length == known;
    }

    private void ListCompletions()
    {
        _echo.Add("\n"u8);
        _echo.Flush();
        _completions.BeginListing(_terminal);
        _completer.Complete(new ReadOnlySpan<byte>(_line, 0, _cursor), _completions);
        _completions.EndListing();
        DrawAll();
    }

    /// <summary>Draws prompt and line over the row that the cursor is in.</summary>
    private void DrawAll()
    {
        _echo.Add("\r"u8);
        _echo.Add(_prompt);
        _echo.Add(new ReadOnlySpan<byte>(_line, _firstVisible, _cursor - _firstVisible));
        _echo.ClearToEnd();
        DrawTail();
    }

    /// <summary>Draws what follows the cursor, and returns to it.</summary>
    private void DrawTail()
    {
        int end = VisibleEnd();
        _echo.Add(new ReadOnlySpan<byte>(_line, _cursor, end - _cursor));
        _echo.Move(-Columns(_cursor, end));
    }

    /// <summary>Makes the cursor visible.</summary>
    /// <returns>Whether the text had to scroll.</returns>
    private bool ScrollToCursor()
    {
        if (_cursor >= _firstVisible && Columns(_firstVisible, _cursor) <= _visibleColumns)
            return false;
        int columnsBefore = _cursor < _firstVisible ? ScrollStep : _visibleColumns - ScrollStep;
        _firstVisible = _cursor;
        for (int column = 0; column < columnsBefore; column++)
            _firstVisible = Before(_firstVisible);
        return true;
    }

    /// <summary>Where the visible part of the line ends.</summary>
    private int VisibleEnd()
    {
        int end = _firstVisible;
        for (int column = 0; column < _visibleColumns; column++)
            end = After(end);
        return end;
    }

    private int WordStart()
    {
        int start = _cursor;
        while (start > 0 && _line[start - 1] == Space)
            start--;
        while (start > 0 && _line[start - 1] != Space)
            start--;
        return start;
    }

    private int Before(int position)
    {
        if (position == 0)
            return 0;
        do
            position--;
        while (position > 0 && IsContinuation(position));
        return position;
    }

    private int After(int position)
    {
        if (position == _length)
            return position;
        do
            position++;
        while (position < _length && IsContinuation(position));
        return position;
    }

    /// <summary>Columns that a part of the line takes: one for each character.</summary>
    private int Columns(int start, int end)
    {
        int columns = 0;
        for (int i = start; i < end; i++)
            if (!IsContinuation(i))
                columns++;
        return columns;
    }

    private bool IsContinuation(int position) => (_line[position] & ContinuationMask) == ContinuationMark;
}
