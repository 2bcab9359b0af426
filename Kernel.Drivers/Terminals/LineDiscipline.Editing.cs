namespace Kernel.Drivers.Terminals;

/// <content>Canonical mode: the line that is being typed, and what its control characters do.</content>
public sealed partial class LineDiscipline
{
    private const byte FirstPrintable = (byte)' ';
    private const byte Delete = 0x7F;
    private const byte ControlToLetter = 0x40;
    private const byte ContinuationMask = 0xC0;
    private const byte ContinuationMark = 0x80;
    private const int TabWidth = 8;

    // Where the line began on the screen: tabs are erased by it.
    private int _lineColumn;

    /// <summary>Does what a control character asks for.</summary>
    /// <returns>False when it belongs to the line.</returns>
    private bool Edit(byte value)
    {
        bool isExtended = Has(LocalModes.Extended);
        if (Is(value, ControlCharacter.Erase))
            EraseCharacter();
        else if (Is(value, ControlCharacter.Kill))
            Kill();
        else if (isExtended && Is(value, ControlCharacter.WordErase))
            EraseWord();
        else if (isExtended && Is(value, ControlCharacter.LiteralNext))
            QuoteNext();
        else if (isExtended && Has(LocalModes.Echo) && Is(value, ControlCharacter.Reprint))
            Reprint(value);
        else
            return EndLineAt(value, isExtended);
        return true;
    }

    private bool EndLineAt(byte value, bool isExtended)
    {
        if (value == (byte)'\n')
        {
            if (Has(LocalModes.Echo) || Has(LocalModes.EchoLineFeed))
                Process(value);
            EndLine(value);
        }
        else if (Is(value, ControlCharacter.EndOfFile))
        {
            EndLine(EndOfFileMark);
        }
        else if (Is(value, ControlCharacter.EndOfLine) || (isExtended && Is(value, ControlCharacter.EndOfLine2)))
        {
            if (Has(LocalModes.Echo))
            {
                NoteLineStart();
                EchoCharacter(value);
            }
            EndLine(value);
        }
        else
        {
            return false;
        }
        return true;
    }

    private void EraseCharacter()
    {
        if (_head == _lineStart)
            return;
        byte erased = RemoveCharacter();
        if (Has(LocalModes.EchoErase))
            EchoErased(erased);
        else if (Has(LocalModes.Echo))
            EchoCharacter(_settings[ControlCharacter.Erase]);
    }

    private void EraseWord()
    {
        bool hasSeenWord = false;
        while (_head != _lineStart)
        {
            bool isWord = IsWord(_input[(_head - 1) & IndexMask]);
            if (hasSeenWord && !isWord)
                return;
            hasSeenWord |= isWord;
            EchoErased(RemoveCharacter());
        }
    }

    private void Kill()
    {
        if (_head == _lineStart)
            return;
        const LocalModes Visible = LocalModes.EchoErase | LocalModes.EchoKill | LocalModes.EchoKillErase;
        if ((_settings.Local & Visible) == Visible)
        {
            while (_head != _lineStart)
                EchoErased(RemoveCharacter());
            return;
        }
        _head = _lineStart;
        if (!Has(LocalModes.Echo))
            return;
        EchoCharacter(_settings[ControlCharacter.Kill]);
        if (Has(LocalModes.EchoKill))
            Process((byte)'\n');
    }

    private void QuoteNext()
    {
        _isNextLiteral = true;
        if (!Has(LocalModes.Echo) || !Has(LocalModes.EchoControl))
            return;
        Process((byte)'^');
        Process((byte)'\b');
    }

    private void Reprint(byte value)
    {
        EchoCharacter(value);
        Process((byte)'\n');
        _lineColumn = _column;
        for (uint position = _lineStart; position != _head; position++)
            EchoCharacter(_input[position & IndexMask]);
    }

    /// <summary>Takes the line's last character out.</summary>
    /// <returns>Its first byte.</returns>
    private byte RemoveCharacter()
    {
        byte value;
        do
        {
            value = _input[--_head & IndexMask];
        }
        while (Has(InputModes.Utf8) && IsContinuation(value) && _head != _lineStart);
        return value;
    }

    private void NoteLineStart()
    {
        if (_head == _lineStart)
            _lineColumn = _column;
    }

    private void EchoCharacter(byte value)
    {
        if (IsControl(value) && value != (byte)'\t' && Has(LocalModes.EchoControl))
        {
            Process((byte)'^');
            Process((byte)(value ^ ControlToLetter));
        }
        else
        {
            Process(value);
        }
    }

    /// <summary>Clears a character on the screen that is no longer in the line.</summary>
    private void EchoErased(byte erased)
    {
        if (!Has(LocalModes.Echo))
            return;
        if (erased == (byte)'\t')
        {
            for (int width = TabWidth - (EndColumn() % TabWidth); width > 0; width--)
                Process((byte)'\b');
            return;
        }
        for (int width = EchoWidth(erased); width > 0; width--)
        {
            Process((byte)'\b');
            Process((byte)' ');
            Process((byte)'\b');
        }
    }

    /// <summary>The column in which the line that is edited ends.</summary>
    private int EndColumn()
    {
        int column = _lineColumn;
        for (uint position = _lineStart; position != _head; position++)
        {
            byte value = _input[position & IndexMask];
            column += value == (byte)'\t' ? TabWidth - (column % TabWidth) : EchoWidth(value);
        }
        return column;
    }

    private int EchoWidth(byte value)
    {
        if (IsControl(value))
            return Has(LocalModes.EchoControl) ? 2 : 0;
        return Has(InputModes.Utf8) && IsContinuation(value) ? 0 : 1;
    }

    private static bool IsControl(byte value) => value is < FirstPrintable or Delete;

    private static bool IsContinuation(byte value) => (value & ContinuationMask) == ContinuationMark;

    // Bytes of non-ASCII characters are parts of words.
    private static bool IsWord(byte value) =>
        value is (byte)'_' or (>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or > Delete;
}
