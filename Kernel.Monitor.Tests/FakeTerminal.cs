using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Kernel.Drivers.Console;

namespace Kernel.Monitor.Tests;

/// <summary>A terminal of 80 columns that understands what the editor may use, and fails on everything else.</summary>
internal sealed class FakeTerminal : TextSink
{
    public const int Width = 80;

    private readonly List<List<string>> _rows = [[]];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private string? _sequence;
    private int _row;

    /// <summary>Column of the cursor, from 0.</summary>
    public int Column { get; private set; }

    /// <summary>Bytes received.</summary>
    public int BytesWritten { get; private set; }

    /// <summary>Separate writes received.</summary>
    public int Writes { get; private set; }

    /// <summary>Whether a character was ever written to the last column.</summary>
    public bool HasWrapped { get; private set; }

    /// <summary>All rows, without the spaces at their ends.</summary>
    public string[] Rows => [.. _rows.Select(row => string.Concat(row).TrimEnd())];

    /// <summary>The row with the cursor.</summary>
    public string CurrentRow => string.Concat(_rows[_row]).TrimEnd();

    public override void Write(ReadOnlySpan<byte> utf8)
    {
        Writes++;
        BytesWritten += utf8.Length;
        char[] characters = new char[utf8.Length + 1];
        int count = _decoder.GetChars(utf8, characters, flush: false);
        // A character outside the basic plane is two UTF-16 units in one cell.
        foreach (Rune character in new string(characters, 0, count).EnumerateRunes())
            Take(character.ToString());
    }

    private void Take(string character)
    {
        if (_sequence is not null)
        {
            _sequence += character;
            char final = character[0];
            if (_sequence.Length > 1 && final is >= '@' and <= '~')
            {
                string sequence = _sequence;
                _sequence = null;
                Apply(sequence[1..^1], final);
            }
            return;
        }
        switch (character)
        {
            case "\e":
                _sequence = "";
                break;
            case "\r":
                Column = 0;
                break;
            case "\n":
                NewRow();
                break;
            default:
                if (character[0] < ' ')
                    throw new InvalidOperationException($"Unexpected control character {(int)character[0]}.");
                Put(character);
                break;
        }
    }

    private void Apply(string parameters, char final)
    {
        int count = parameters.Length == 0 ? 1 : int.Parse(parameters);
        switch (final)
        {
            case 'C':
                Column = Math.Min(Width - 1, Column + count);
                break;
            case 'D':
                Column = Math.Max(0, Column - count);
                break;
            case 'K' when parameters.Length == 0:
                if (_rows[_row].Count > Column)
                    _rows[_row].RemoveRange(Column, _rows[_row].Count - Column);
                break;
            case 'H' when parameters.Length == 0:
                _row = 0;
                Column = 0;
                break;
            case 'J' when parameters == "2":
                _rows.Clear();
                _rows.Add([]);
                _row = 0;
                break;
            default:
                throw new InvalidOperationException($"Unexpected sequence CSI {parameters} {final}.");
        }
    }

    private void Put(string character)
    {
        if (Column == Width)
            NewRow();
        List<string> row = _rows[_row];
        while (row.Count <= Column)
            row.Add(" ");
        row[Column++] = character;
        HasWrapped |= Column == Width;
    }

    private void NewRow()
    {
        Column = 0;
        if (++_row == _rows.Count)
            _rows.Add([]);
    }
}
