using System;
using System.Runtime.CompilerServices;

namespace User.Tools;

/// <summary>How a command ends.</summary>
internal enum CommandEnd
{
    /// <summary>With its line, or by a semicolon: it is waited for.</summary>
    Line,

    /// <summary>By <c>|</c>: the next command reads its output.</summary>
    Pipe,

    /// <summary>By <c>&amp;</c>: nobody waits for it.</summary>
    Background,
}

/// <summary>One command: its words, with a zero behind each, and where its files come from.</summary>
internal unsafe struct Command
{
    private const int MostWords = 256;

    private WordStorage _words;
    private nint _inputFile;
    private nint _outputFile;
    private bool _isAppending;

    /// <summary>A command without words.</summary>
    public Command() => IsValid = true;

    /// <summary>Number of words.</summary>
    public int Count { get; private set; }

    /// <summary>How it ends.</summary>
    public CommandEnd End { get; set; }

    /// <summary>Whether it could be read.</summary>
    public bool IsValid { get; set; }

    /// <summary>Pointers to the words, null at the end; they stay as long as the command, which must be on the stack.</summary>
    public byte** Words => (byte**)Unsafe.AsPointer(ref _words);

    /// <summary>A word.</summary>
    public readonly byte* Word(int index) => (byte*)_words[index];

    /// <summary>Adds a word; one place stays for the null behind the last.</summary>
    public void Add(byte* word)
    {
        if (Count < MostWords - 1)
            _words[Count++] = (nint)word;
        else
            IsValid = false;
    }

    /// <summary>Takes the input from a file.</summary>
    public void ReadFrom(byte* path) => _inputFile = (nint)path;

    /// <summary>Puts the output into a file.</summary>
    public void WriteTo(byte* path, bool isAppending)
    {
        _outputFile = (nint)path;
        _isAppending = isAppending;
    }

    /// <summary>Opens the files for the standard input and output; says what went wrong.</summary>
    public readonly bool TryRedirect() =>
        TryOpen((byte*)_inputFile, OpenFlags.Read, 0)
        && TryOpen((byte*)_outputFile, OpenFlags.Write | OpenFlags.Create | (_isAppending ? OpenFlags.Append : OpenFlags.Truncate), Output.File);

    private static bool TryOpen(byte* path, OpenFlags flags, int number)
    {
        if (path is null)
            return true;
        ReadOnlySpan<byte> name = CString.Span(path);
        nint file = SystemCalls.Open(name, flags);
        if (file < 0)
        {
            Output.Error($"sh: {name}: {ErrnoText.Describe(file)}");
            return false;
        }
        SystemCalls.Duplicate((int)file, number);
        SystemCalls.Close((int)file);
        return true;
    }

    [InlineArray(MostWords)]
    private struct WordStorage
    {
        private nint _first;
    }
}

/// <summary>Takes commands off a line.</summary>
/// <param name="line">The line.</param>
/// <param name="words">Gets the words: memory that doesn't move, twice as long as the line.</param>
internal unsafe ref struct CommandReader(ReadOnlySpan<byte> line, Span<byte> words)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private readonly Span<byte> _words = words;
    private int _position;
    private int _used;

    /// <summary>The next command; false at the line's end.</summary>
    public bool TryRead(out Command command)
    {
        command = new Command();
        while (true)
        {
            SkipSpace();
            byte next = _position < _line.Length ? _line[_position] : (byte)0;
            switch (next)
            {
                case 0 or (byte)'#':
                    _position = _line.Length;
                    return command.Count > 0;
                case (byte)';' or (byte)'|' or (byte)'&':
                    _position++;
                    command.End = next == ';' ? CommandEnd.Line : next == '|' ? CommandEnd.Pipe : CommandEnd.Background;
                    command.IsValid &= command.Count > 0;
                    return true;
                case (byte)'<':
                    _position++;
                    command.ReadFrom(TakeFile(ref command));
                    break;
                case (byte)'>':
                    _position++;
                    bool isAppending = _position < _line.Length && _line[_position] == '>';
                    _position += isAppending ? 1 : 0;
                    command.WriteTo(TakeFile(ref command), isAppending);
                    break;
                default:
                    command.Add(TakeWord(ref command));
                    break;
            }
        }
    }

    private static bool EndsWord(byte value) =>
        value is (byte)' ' or (byte)'\t' or (byte)';' or (byte)'|' or (byte)'&' or (byte)'<' or (byte)'>';

    private void SkipSpace()
    {
        while (_position < _line.Length && _line[_position] is (byte)' ' or (byte)'\t' or (byte)'\r')
            _position++;
    }

    private byte* TakeFile(ref Command command)
    {
        SkipSpace();
        command.IsValid &= _position < _line.Length && !EndsWord(_line[_position]);
        return TakeWord(ref command);
    }

    private byte* TakeWord(ref Command command)
    {
        byte* word = (byte*)Unsafe.AsPointer(ref _words[_used]);
        byte quote = 0;
        for (; _position < _line.Length; _position++)
        {
            byte value = _line[_position];
            if (quote == 0 && EndsWord(value))
                break;
            if (value == quote)
                quote = 0;
            else if (quote == 0 && value is (byte)'\'' or (byte)'"')
                quote = value;
            else if (value == '\\' && quote != '\'' && _position + 1 < _line.Length)
                _words[_used++] = _line[++_position];
            else
                _words[_used++] = value;
        }
        command.IsValid &= quote == 0;
        _words[_used++] = 0;
        return word;
    }
}
