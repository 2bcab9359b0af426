using System;
using System.Text;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// Turns the bytes of a serial line into the text that a person sees on an endlessly wide and long terminal: a line
/// that an editor redraws is there once, escape sequences are gone, lines end in '\n'.
/// </summary>
/// <remarks>
/// Only the last line ever changes. A program that moves the cursor freely (firmware, boot menu, an editor) starts a new line with
/// each such movement to another row. Not safe for several threads.
/// </remarks>
public sealed class SerialTerminal
{
    private const char Bell = '\a';
    private const char Escape = '\u001b';
    private const int TabWidth = 8;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _parameters = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _position;
    private int _lineStart;
    private int _column;

    // Where the last line stands on the screen, if a movement said so; row zero if not.
    private int _row;
    private int _firstColumn;
    private State _state;

    private enum State
    {
        Plain,
        Escape,
        Control,
        Title,
        TitleEnd,
    }

    /// <summary>Everything seen so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The text that nobody has taken yet.</summary>
    public string Unread => _text.ToString(_position, _text.Length - _position);

    /// <summary>Takes the first characters of <see cref="Unread"/>. Those that change later become unread again.</summary>
    public void Take(int count) => _position += count;

    /// <summary>Receives further bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = new char[_decoder.GetCharCount(bytes, flush: false)];
        int count = _decoder.GetChars(bytes, characters, flush: false);
        foreach (char character in characters[..count])
            Feed(character);
    }

    private void Feed(char character)
    {
        switch (_state)
        {
            case State.Plain:
                FeedPlain(character);
                break;
            case State.Escape:
                FeedEscape(character);
                break;
            case State.Control when character is >= '@' and <= '~':
                _state = State.Plain;
                Apply(character);
                break;
            case State.Control:
                _parameters.Append(character);
                break;
            case State.Title when character is Bell:
                _state = State.Plain;
                break;
            case State.Title when character is Escape:
                _state = State.TitleEnd;
                break;
            case State.TitleEnd:
                _state = State.Plain;
                break;
        }
    }

    private void FeedPlain(char character)
    {
        switch (character)
        {
            case Escape:
                _state = State.Escape;
                break;
            case '\n':
                NewLine();
                break;
            case '\r':
                _column = 0;
                break;
            case '\b':
                _column = Math.Max(0, _column - 1);
                break;
            case '\t':
                do
                    Put(' ');
                while (_column % TabWidth != 0);
                break;
            case >= ' ':
                Put(character);
                break;
        }
    }

    private void FeedEscape(char character)
    {
        _parameters.Clear();
        // Bytes 0x20 to 0x2f only announce the final one (ECMA-35), as in the choice of a character set.
        if (character is >= ' ' and <= '/')
            return;
        _state = character switch
        {
            '[' => State.Control,
            ']' => State.Title,
            _ => State.Plain,
        };
    }

    /// <summary>Carries out a control sequence (ECMA-48, chapter 8.3).</summary>
    private void Apply(char final)
    {
        int.TryParse(_parameters.ToString(), out int parameter);
        int count = Math.Max(1, parameter);
        int lineLength = _text.Length - _lineStart;
        int inLine = Math.Min(_column, lineLength);
        switch (final)
        {
            case 'K' when parameter == 0:
                Truncate(_lineStart + inLine);
                break;
            case 'K':
                Truncate(_lineStart);
                break;
            case 'C':
                _column += count;
                break;
            case 'D':
                _column = Math.Max(0, _column - count);
                break;
            case 'G':
                _column = count - 1;
                break;
            case 'P':
                Change(_lineStart + inLine);
                _text.Remove(_lineStart + inLine, Math.Min(count, lineLength - inLine));
                break;
            case '@':
                Change(_lineStart + inLine);
                _text.Insert(_lineStart + inLine, " ", count);
                break;
            case 'H' or 'f':
                MoveTo(_parameters.ToString());
                break;
            case 'A' or 'B' or 'E' or 'F' or 'J' or 'd':
                StartLine();
                break;
        }
    }

    /// <summary>Moves the cursor to "row;column": within the last line if that is the row which it stands in, else to a new one.</summary>
    private void MoveTo(string place)
    {
        string[] numbers = place.Split(';');
        int row = numbers.Length > 0 && int.TryParse(numbers[0], out int first) ? first : 1;
        int column = numbers.Length > 1 && int.TryParse(numbers[1], out int second) ? second - 1 : 0;
        if (row != _row || column < _firstColumn)
        {
            StartLine();
            (_row, _firstColumn) = (row, column);
        }
        _column = column - _firstColumn;
    }

    private void StartLine()
    {
        if (_text.Length != _lineStart)
            NewLine();
        (_row, _firstColumn, _column) = (0, 0, 0);
    }

    private void Put(char character)
    {
        int lineLength = _text.Length - _lineStart;
        if (_column > lineLength)
            _text.Append(' ', _column - lineLength);
        int place = _lineStart + _column++;
        if (place == _text.Length)
        {
            _text.Append(character);
        }
        else if (_text[place] != character)
        {
            Change(place);
            _text[place] = character;
        }
    }

    private void Change(int place) => _position = Math.Min(_position, place);

    private void Truncate(int length)
    {
        Change(length);
        _text.Length = length;
    }

    private void NewLine()
    {
        _text.Append('\n');
        _lineStart = _text.Length;
        (_row, _firstColumn, _column) = (0, 0, 0);
    }
}
