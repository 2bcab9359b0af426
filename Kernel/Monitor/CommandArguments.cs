using System;
using System.Runtime.CompilerServices;

namespace Kernel.Monitor;

/// <summary>The words of a command line, separated by any number of spaces. Nothing is copied.</summary>
internal readonly ref struct CommandArguments
{
    /// <summary>Words that are told apart; what follows the last one belongs to it.</summary>
    public const int Capacity = 8;

    private const byte Space = (byte)' ';

    private readonly ReadOnlySpan<byte> _text;
    private readonly WordStarts _starts;

    /// <summary>Splits a text.</summary>
    public CommandArguments(ReadOnlySpan<byte> text)
    {
        _text = text.TrimEnd(Space);
        bool inWord = false;
        for (int i = 0; i < _text.Length && Count < Capacity; i++)
        {
            bool isSpace = _text[i] == Space;
            if (!isSpace && !inWord)
                _starts[Count++] = (byte)i;
            inWord = !isSpace;
        }
    }

    /// <summary>Number of words, up to <see cref="Capacity"/>.</summary>
    public int Count { get; }

    /// <summary>A word by its index; empty if there are not that many.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ReadOnlySpan<byte> rest = From(index);
            int end = rest.IndexOf(Space);
            return end < 0 ? rest : rest[..end];
        }
    }

    /// <summary>The text from a word on, with the spaces in it; empty if there is no such word.</summary>
    public ReadOnlySpan<byte> From(int index) => index < Count ? _text[_starts[index]..] : default;

    [InlineArray(Capacity)]
    private struct WordStarts
    {
        private byte _first;
    }
}
