using System;
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
    private const int CursorVisibleMode = 25;

    private ParserState _state;
    private Parameters _parameters;
    private int _parameterCount;
    private bool _isPrivate;
    private bool _hasIntermediate;

    private enum ParserState
    {
        Ground,

        // After ESC.
        Escape,

        // After ESC and an intermediate byte: one more byte follows, such as the name of a character set.
        EscapeIntermediate,

        // After ESC [.
        ControlSequence,

        // In a string that a bell or ESC \ ends, such as a window title.
        String,
        StringEscape,
    }

    private void Interpret(char character)
    {
        if (character is Cancel or Substitute)
        {
            _state = ParserState.Ground;
            return;
        }

        switch (_state)
        {
            case ParserState.Ground when character == EscapeCharacter:
                _state = ParserState.Escape;
                break;
            case ParserState.Ground:
                Execute(character);
                break;
            case ParserState.Escape:
                InterpretEscape(character);
                break;
            case ParserState.EscapeIntermediate:
                _state = ParserState.Ground;
                break;
            case ParserState.ControlSequence:
                InterpretControlSequence(character);
                break;
            case ParserState.String when character == Bell:
                _state = ParserState.Ground;
                break;
            case ParserState.String when character == EscapeCharacter:
                _state = ParserState.StringEscape;
                break;
            case ParserState.StringEscape:
                _state = character == '\\' ? ParserState.Ground : ParserState.String;
                break;
        }
    }

    private void InterpretEscape(char character)
    {
        _state = ParserState.Ground;
        switch (character)
        {
            case '[':
                _state = ParserState.ControlSequence;
                _parameters = default;
                _parameterCount = 0;
                _isPrivate = false;
                _hasIntermediate = false;
                break;
            case ']' or 'P' or 'X' or '^' or '_':
                _state = ParserState.String;
                break;
            case >= ' ' and <= '/':
                _state = ParserState.EscapeIntermediate;
                break;
            case '7':
                SaveCursor();
                break;
            case '8':
                MoveTo(_savedColumn, _savedRow);
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
            case 'c':
                Reset();
                break;
            case EscapeCharacter:
                _state = ParserState.Escape;
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
                if (_parameterCount == 0)
                    _parameterCount = 1;
                if (_parameterCount < MaxParameters)
                    _parameterCount++;
                break;
            case >= '<' and <= '?':
                _isPrivate = true;
                break;
            case >= ' ' and <= '/':
                _hasIntermediate = true;
                break;
            case >= '@' and <= '~':
                _state = ParserState.Ground;
                if (_isPrivate)
                    SetPrivateMode(character);
                else if (!_hasIntermediate)
                    Control(character);
                break;
            case EscapeCharacter:
                _state = ParserState.Escape;
                break;
            case < ' ':
                Execute(character);
                break;
            default:
                _state = ParserState.Ground;
                break;
        }
    }

    private void AddDigit(int digit)
    {
        if (_parameterCount == 0)
            _parameterCount = 1;
        ref int parameter = ref _parameters[_parameterCount - 1];
        parameter = Math.Min((parameter * 10) + digit, MaxParameterValue);
    }

    /// <summary>The first parameter as the sequence gives it; zero when absent.</summary>
    private int Mode => _parameters[0];

    /// <summary>A parameter that counts; zero and absent stand for one.</summary>
    private int Count(int index = 0) => Math.Max(_parameters[index], 1);

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
                MoveTo(_column, Count() - 1);
                break;
            case 'H' or 'f':
                MoveTo(Count(1) - 1, Count() - 1);
                break;
            case 's':
                SaveCursor();
                break;
            case 'u':
                MoveTo(_savedColumn, _savedRow);
                break;
            case 'm':
                SelectRenditions(((ReadOnlySpan<int>)_parameters)[.._parameterCount]);
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
                DeleteRows(0, Count());
                break;
            case 'T':
                InsertRows(0, Count());
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

    private void SetPrivateMode(char final)
    {
        if (Mode == CursorVisibleMode && final is ('h' or 'l'))
            _cursorVisible = final == 'h';
    }

    private void SaveCursor()
    {
        _savedColumn = _column;
        _savedRow = _row;
    }

    [InlineArray(MaxParameters)]
    private struct Parameters
    {
        private int _first;
    }
}
