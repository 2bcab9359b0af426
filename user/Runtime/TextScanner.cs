using System;

namespace User;

/// <summary>Takes lines, words and numbers off the front of a text.</summary>
public ref struct TextScanner(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>What was not taken yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next line without its end; false if there is none.</summary>
    public bool TryLine(out ReadOnlySpan<byte> line)
    {
        int length = _rest.IndexOf((byte)'\n');
        bool found = _rest.Length > 0;
        line = length < 0 ? _rest : _rest[..length];
        _rest = length < 0 ? default : _rest[(length + 1)..];
        return found;
    }

    /// <summary>The next word; empty if there is none.</summary>
    public ReadOnlySpan<byte> Word()
    {
        int start = 0;
        while (start < _rest.Length && IsSpace(_rest[start]))
            start++;
        int end = start;
        while (end < _rest.Length && !IsSpace(_rest[end]))
            end++;
        ReadOnlySpan<byte> word = _rest[start..end];
        _rest = _rest[end..];
        return word;
    }

    /// <summary>The next word as a number; zero if it is none.</summary>
    public ulong Number() => ParseNumber(Word());

    /// <summary>Leaves words out.</summary>
    public void Skip(int words)
    {
        for (; words > 0; words--)
            Word();
    }

    /// <summary>The decimal digits at the front of a text; zero if there are none.</summary>
    public static ulong ParseNumber(ReadOnlySpan<byte> text)
    {
        TryParseNumber(text, out ulong value);
        return value;
    }

    /// <summary>A text of decimal digits and nothing else; what is too large wraps around.</summary>
    /// <returns>False if there is something else or nothing; the value then is that of the digits at the front.</returns>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out ulong value)
    {
        const int Base = 10;
        value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * Base) + (ulong)(digit - '0');
        }
        return text.Length > 0;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n';
}
