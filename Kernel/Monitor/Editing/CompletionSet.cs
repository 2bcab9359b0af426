using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor.Editing;

/// <summary>
/// The words that may complete a started one. It keeps how many there are and what they have in common instead of the
/// words themselves, so that it needs no memory for them; to list them they are offered once more.
/// </summary>
internal sealed class CompletionSet
{
    private const int ColumnGap = 2;

    private readonly byte[] _common = new byte[LineEditor.Capacity];
    private readonly byte[] _converted = new byte[LineEditor.Capacity];
    private int _startLength;
    private int _commonLength;
    private int _widest;
    private int _column;
    private TextSink? _listing;

    /// <summary>Words offered that start as they must.</summary>
    public int Count { get; private set; }

    /// <summary>What all of them start with: at least the word to complete.</summary>
    public ReadOnlySpan<byte> Common => new(_common, 0, _commonLength);

    /// <summary>Offers a word.</summary>
    public void Offer(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> start = new(_common, 0, _startLength);
        if (word.Length > _common.Length || !word.StartsWith(start))
            return;
        if (_listing is not null)
        {
            List(word, _listing);
            return;
        }
        if (Count++ == 0)
        {
            word.CopyTo(_common);
            _commonLength = word.Length;
        }
        else
        {
            _commonLength = Common.CommonPrefixLength(word);
        }
        _widest = Math.Max(_widest, word.Length);
    }

    /// <summary>Offers a word of ASCII characters.</summary>
    public void Offer(ReadOnlySpan<char> word)
    {
        if (word.Length > _converted.Length)
            return;
        for (int i = 0; i < word.Length; i++)
            _converted[i] = (byte)word[i];
        Offer(new ReadOnlySpan<byte>(_converted, 0, word.Length));
    }

    /// <summary>Forgets all words and starts with another one to complete.</summary>
    internal void Begin(ReadOnlySpan<byte> start)
    {
        start.CopyTo(_common);
        _startLength = start.Length;
        _commonLength = start.Length;
        _widest = 0;
        Count = 0;
        _listing = null;
    }

    /// <summary>From now on the words that are offered are written in columns.</summary>
    internal void BeginListing(TextSink output)
    {
        _listing = output;
        _column = 0;
    }

    /// <summary>Ends the last row of the list.</summary>
    internal void EndListing()
    {
        if (_column > 0)
            _listing?.Write("\n"u8);
        _listing = null;
    }

    private void List(ReadOnlySpan<byte> word, TextSink output)
    {
        if (_column > 0 && _column + _widest >= LineEditor.TerminalWidth)
        {
            output.Write("\n"u8);
            _column = 0;
        }
        output.Write(word);
        _column += word.Length;
        int next = _column + _widest - word.Length + ColumnGap;
        // The last word of a row needs no space behind it.
        if (next + _widest >= LineEditor.TerminalWidth)
        {
            _column = LineEditor.TerminalWidth;
            return;
        }
        for (; _column < next; _column++)
            output.Write(" "u8);
    }
}
