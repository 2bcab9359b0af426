using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernel.Drivers.Console;

/// <content>Control sequences (ECMA-48, 5.4 and 8.3). Unknown ones are recognised to their end and ignored.</content>
public sealed partial class TextConsole
{
    private const char EscapeCharacter = '\e';
    private const char Bell = '\a';
    private const char Cancel = '\u0018';
    private const char Substitute = '\u001A';
    private const int MaxParameters = 16;
    private const int MaxParameterValue = 9999;

    private const int PaletteEntryLength = 7;

    private Modes _modes;
    private SavedCursor _saved;
    private bool _isTerminal;

    private enum ParserState
    {
        Ground,

        // After ESC.
        Escape,

        // After ESC and an intermediate byte: one more byte follows, such as the name of a character set.
        EscapeIntermediate,

        // After ESC [.
        ControlSequence,

        // After ESC [ [, as Linux's function keys begin: one more byte follows.
        FunctionKey,

        // After ESC ].
        SystemCommand,

        // In a colour of Linux's palette: digits without an end follow.
        Palette,

        // In a string that a bell or ESC \ ends, such as a window title.
        String,
        StringEscape,
    }

    private void Interpret(char character)
    {
        if (character is Cancel or Substitute)
        {
            _stream.State = ParserState.Ground;
            return;
        }

        switch (_stream.State)
        {
            case ParserState.Ground when character == EscapeCharacter:
                _stream.State = ParserState.Escape;
                break;
            case ParserState.Ground:
                Execute(character);
                break;
            case ParserState.Escape:
                InterpretEscape(character);
                break;
            case ParserState.EscapeIntermediate:
                SelectCharacterSet(character);
                break;
            case ParserState.FunctionKey:
                _stream.State = ParserState.Ground;
                break;
            case ParserState.SystemCommand:
                BeginSystemCommand(character);
                break;
            case ParserState.Palette:
                if (++_stream.ParameterCount == PaletteEntryLength)
                    _stream.State = ParserState.Ground;
                break;
            case ParserState.ControlSequence:
                InterpretControlSequence(character);
                break;
            case ParserState.String when character == Bell:
                _stream.State = ParserState.Ground;
                break;
            case ParserState.String when character == EscapeCharacter:
                _stream.State = ParserState.StringEscape;
                break;
            case ParserState.StringEscape:
                _stream.State = character == '\\' ? ParserState.Ground : ParserState.String;
                break;
        }
    }

    private void InterpretEscape(char character)
    {
        _stream.State = ParserState.Ground;
        switch (character)
        {
            case '[':
                _stream.State = ParserState.ControlSequence;
                _stream.Parameters = default;
                _stream.ParameterCount = 0;
                _stream.Prefix = '\0';
                _stream.Intermediate = '\0';
                break;
            case ']':
                _stream.State = ParserState.SystemCommand;
                break;
            case 'P' or 'X' or '^' or '_':
                _stream.State = ParserState.String;
                break;
            case >= ' ' and <= '/':
                _stream.State = ParserState.EscapeIntermediate;
                _stream.Intermediate = character;
                break;
            case '7':
                SaveCursor();
                break;
            case '8':
                RestoreCursor();
                break;
            case 'D':
                LineFeed();
                break;
            case 'E':
                MoveTo(0, _row);
                LineFeed();
                break;
            case 'M':
                ReverseLineFeed();
                break;
            case 'Z':
                Reply("\e[?6c"u8);
                break;
            case 'c':
                Reset();
                break;
            case EscapeCharacter:
                _stream.State = ParserState.Escape;
                break;
        }
    }

    private void InterpretControlSequence(char character)
    {
        switch (character)
        {
            case >= '0' and <= '9':
                AddDigit(character - '0');
                break;
            case ';' or ':':
                if (_stream.ParameterCount == 0)
                    _stream.ParameterCount = 1;
                if (_stream.ParameterCount < MaxParameters)
                    _stream.ParameterCount++;
                break;
            case >= '<' and <= '?':
                _stream.Prefix = character;
                break;
            case >= ' ' and <= '/':
                _stream.Intermediate = character;
                break;
            case '[':
                _stream.State = ParserState.FunctionKey;
                break;
            case >= '@' and <= '~':
                _stream.State = ParserState.Ground;
                Finish(character);
                break;
            case EscapeCharacter:
                _stream.State = ParserState.Escape;
                break;
            case < ' ':
                Execute(character);
                break;
            default:
                _stream.State = ParserState.Ground;
                break;
        }
    }

    private void AddDigit(int digit)
    {
        if (_stream.ParameterCount == 0)
            _stream.ParameterCount = 1;
        ref int parameter = ref _stream.Parameters[_stream.ParameterCount - 1];
        parameter = Math.Min((parameter * 10) + digit, MaxParameterValue);
    }

    /// <summary>The first parameter as the sequence gives it; zero when absent.</summary>
    private int Mode => _stream.Parameters[0];

    /// <summary>A parameter that counts; zero and absent stand for one.</summary>
    private int Count(int index = 0) => Math.Max(_stream.Parameters[index], 1);

    private void Finish(char final)
    {
        if (_stream.Prefix == '?' && final is 'h' or 'l')
            SetPrivateModes(final == 'h');
        else if (_stream.Intermediate == '!' && final == 'p')
            ResetModes();
        else if (_stream.Prefix == '\0' && _stream.Intermediate == '\0')
            Control(final);
    }

    private void Control(char final)
    {
        switch (final)
        {
            case 'A':
                MoveTo(_column, _row - Count());
                break;
            case 'B' or 'e':
                MoveTo(_column, _row + Count());
                break;
            case 'C' or 'a':
                MoveTo(_column + Count(), _row);
                break;
            case 'D':
                MoveTo(_column - Count(), _row);
                break;
            case 'E':
                MoveTo(0, _row + Count());
                break;
            case 'F':
                MoveTo(0, _row - Count());
                break;
            case 'G' or '`':
                MoveTo(Count() - 1, _row);
                break;
            case 'd':
                Address(_column, Count() - 1);
                break;
            case 'H' or 'f':
                Address(Count(1) - 1, Count() - 1);
                break;
            case 's':
                SaveCursor();
                break;
            case 'u':
                RestoreCursor();
                break;
            case 'r':
                SetScrollingRows();
                break;
            case 'h' or 'l':
                SetModes(final == 'h');
                break;
            case 'n':
                Report();
                break;
            case 'c' when Mode == 0:
                Reply("\e[?6c"u8);
                break;
            case 'm':
                SelectRenditions(_stream.Given);
                break;
            default:
                Edit(final);
                break;
        }
    }

    private void Edit(char final)
    {
        switch (final)
        {
            case 'J':
                EraseDisplay();
                break;
            case 'K':
                EraseLine();
                break;
            case 'L':
                InsertRows(_row, Count());
                break;
            case 'M':
                DeleteRows(_row, Count());
                break;
            case 'S':
                DeleteRows(_top, Count());
                break;
            case 'T':
                InsertRows(_top, Count());
                break;
            case '@':
                InsertCells(Count());
                break;
            case 'P':
                DeleteCells(Count());
                break;
            case 'X':
                Erase(Index(_column, _row), Index(Math.Min(_column + Count(), Columns), _row));
                break;
        }
    }

    private void EraseDisplay()
    {
        int cursor = Index(_column, _row);
        switch (Mode)
        {
            case 0:
                Erase(cursor, _cells.Length);
                break;
            case 1:
                Erase(0, cursor + 1);
                break;
            case 2 or 3:
                Erase(0, _cells.Length);
                break;
        }
    }

    private void EraseLine()
    {
        int start = Index(0, _row);
        int cursor = Index(_column, _row);
        switch (Mode)
        {
            case 0:
                Erase(cursor, start + Columns);
                break;
            case 1:
                Erase(start, cursor + 1);
                break;
            case 2:
                Erase(start, start + Columns);
                break;
        }
    }

    /// <summary>Goes to a row as programs count them: with the origin mode, from the first that scrolls.</summary>
    private void Address(int column, int row)
    {
        if (_modes.StaysInRegion)
            row = Math.Min(row + _top, _bottom);
        MoveTo(column, row);
    }

    private void SetScrollingRows()
    {
        int top = Count();
        int bottom = _stream.Parameters[1] == 0 ? Rows : Math.Min(_stream.Parameters[1], Rows);
        if (top >= bottom)
            return;
        _top = top - 1;
        _bottom = bottom - 1;
        Address(0, 0);
    }

    private void SetModes(bool isOn)
    {
        const int Insert = 4;
        const int LineFeedReturns = 20;
        foreach (int mode in _stream.Given)
        {
            if (mode == Insert)
                _modes.Inserts = isOn;
            else if (mode == LineFeedReturns)
                _modes.LineFeedReturns = isOn;
        }
    }

    private void SetPrivateModes(bool isOn)
    {
        const int ApplicationCursorKeys = 1;
        const int Origin = 6;
        const int Wrap = 7;
        const int CursorVisible = 25;
        foreach (int mode in _stream.Given)
        {
            switch (mode)
            {
                case ApplicationCursorKeys:
                    HasApplicationCursorKeys = isOn;
                    break;
                case Origin:
                    _modes.StaysInRegion = isOn;
                    Address(0, 0);
                    break;
                case Wrap:
                    _modes.StaysInLine = !isOn;
                    break;
                case CursorVisible:
                    _modes.HidesCursor = !isOn;
                    break;
            }
        }
    }

    /// <summary>Gives everything its first value but the text and where the cursor is.</summary>
    private void ResetModes()
    {
        _modes = default;
        _stream.Pen = Pen.Default;
        _saved = new SavedCursor { Pen = Pen.Default };
        HasApplicationCursorKeys = false;
        _top = 0;
        _bottom = Rows - 1;
    }

    private void SaveCursor() => _saved = new SavedCursor { Column = _column, Row = _row, Pen = _stream.Pen };

    private void RestoreCursor()
    {
        MoveTo(_saved.Column, _saved.Row);
        _stream.Pen = _saved.Pen;
    }

    private void SelectCharacterSet(char name)
    {
        _stream.State = ParserState.Ground;
        if (_stream.Intermediate == '(')
            _stream.Pen.FirstSetDraws = name == '0';
        else if (_stream.Intermediate == ')')
            _stream.Pen.SecondSetDraws = name == '0';
    }

    // Linux's commands for the palette have no end, unlike xterm's commands.
    private void BeginSystemCommand(char first)
    {
        _stream.ParameterCount = 0;
        _stream.State = first switch
        {
            'R' or Bell => ParserState.Ground,
            'P' => ParserState.Palette,
            EscapeCharacter => ParserState.StringEscape,
            _ => ParserState.String,
        };
    }

    private void Report()
    {
        const int Health = 5;
        const int Position = 6;
        if (Mode == Health)
        {
            Reply("\e[0n"u8);
        }
        else if (Mode == Position)
        {
            Span<byte> reply = stackalloc byte[16];
            int length = 0;
            reply[length++] = (byte)EscapeCharacter;
            reply[length++] = (byte)'[';
            AppendNumber(reply, ref length, _row + 1 - (_modes.StaysInRegion ? _top : 0));
            reply[length++] = (byte)';';
            AppendNumber(reply, ref length, _column + 1);
            reply[length++] = (byte)'R';
            Reply(reply[..length]);
        }
    }

    private static void AppendNumber(Span<byte> text, ref int length, int number)
    {
        if (number >= 10)
            AppendNumber(text, ref length, number / 10);
        text[length++] = (byte)('0' + (number % 10));
    }

    // The kernel's own text asks nothing.
    private void Reply(ReadOnlySpan<byte> reply)
    {
        if (_isTerminal)
            Replies?.Write(reply);
    }

    [InlineArray(MaxParameters)]
    private struct ParameterValues
    {
        private int _first;
    }

    /// <summary>How far one writer has come, and how its characters look.</summary>
    private struct Stream
    {
        public Utf8Decoder Decoder;
        public ParserState State;
        public ParameterValues Parameters;
        public int ParameterCount;

        // Of a control sequence: < to ?, and the last byte before the final one from ' ' to /.
        public char Prefix;
        public char Intermediate;
        public Pen Pen;

        [UnscopedRef]
        public readonly ReadOnlySpan<int> Given => ((ReadOnlySpan<int>)Parameters)[..ParameterCount];
    }

    private struct SavedCursor
    {
        public int Column;
        public int Row;
        public Pen Pen;
    }

    /// <summary>What is not as at first.</summary>
    private struct Modes
    {
        public bool HidesCursor;
        public bool Inserts;
        public bool LineFeedReturns;
        public bool StaysInLine;
        public bool StaysInRegion;
    }
}
