using System;

namespace Kernel.Drivers.Terminals;

/// <content>The buffer of what was typed and not yet read.</content>
public sealed partial class LineDiscipline
{
    private const uint IndexMask = InputCapacity - 1;
    private const int BitsPerWord = 64;

    private readonly byte[] _input = new byte[InputCapacity];

    // One bit for each byte of the buffer that ends a line.
    private readonly ulong[] _lineEnds = new ulong[InputCapacity / BitsPerWord];

    // Positions count up without end; what they have beyond the buffer's size tells full from empty.
    private uint _tail;
    private uint _head;

    // In canonical mode: behind the last whole line, where the line that is edited begins.
    private uint _lineStart;

    /// <summary>Whether a read finds something: a line, or an end of file, or without ICANON a byte.</summary>
    public bool HasInput => _tail != (IsCanonical ? _lineStart : _head);

    /// <summary>Whether poll(2) reports input: without ICANON it waits for VMIN bytes when no VTIME is set.</summary>
    public bool IsReadable
    {
        get
        {
            if (IsCanonical)
                return HasInput;
            bool waitsForMinimum = _settings[ControlCharacter.Time] == 0 && _settings[ControlCharacter.Minimum] > 0;
            return _head - _tail >= (waitsForMinimum ? _settings[ControlCharacter.Minimum] : 1u);
        }
    }

    /// <summary>Bytes that can be read: FIONREAD.</summary>
    public int InputCount
    {
        get
        {
            if (!IsCanonical)
                return (int)(_head - _tail);
            int count = 0;
            for (uint position = _tail; position != _lineStart; position++)
            {
                if (!IsEndOfFile(position))
                    count++;
            }
            return count;
        }
    }

    /// <summary>Whether <see cref="Receive"/> takes a byte. It always does while no line is whole: only a line's end can make room then.</summary>
    public bool CanReceive => _head - _tail < InputCapacity - 1 || (IsCanonical && _lineStart == _tail);

    /// <summary>Takes input, in canonical mode to the end of one line at most.</summary>
    /// <param name="destination">Not empty.</param>
    /// <param name="count">Bytes copied; zero at an end of file, or when nothing waits.</param>
    /// <returns>Whether this read is over because a line ended; in canonical mode only.</returns>
    public bool Read(Span<byte> destination, out int count)
    {
        count = 0;
        if (!IsCanonical)
        {
            while (count < destination.Length && _tail != _head)
                destination[count++] = _input[_tail++ & IndexMask];
            return false;
        }
        while (_tail != _lineStart)
        {
            // An end of file right behind what fits goes with it, so that the next read doesn't find it alone.
            bool isEndOfFile = IsEndOfFile(_tail);
            if (!isEndOfFile && count == destination.Length)
                return false;
            bool isLineEnd = IsLineEnd(_tail);
            if (!isEndOfFile)
                destination[count++] = _input[_tail & IndexMask];
            MarkLineEnd(_tail, false);
            _tail++;
            if (isLineEnd)
                return true;
        }
        return false;
    }

    /// <summary>Drops what was typed and not read.</summary>
    public void FlushInput()
    {
        _tail = 0;
        _head = 0;
        _lineStart = 0;
        _isNextLiteral = false;
        Array.Clear(_lineEnds);
    }

    private void ChangeMode()
    {
        _isNextLiteral = false;
        Array.Clear(_lineEnds);
        _lineStart = _head;
        if (IsCanonical && _head != _tail)
            MarkLineEnd(_head - 1, true);
    }

    private void Append(byte value)
    {
        if (_head - _tail == InputCapacity)
            _head--;
        _input[_head++ & IndexMask] = value;
    }

    private void EndLine(byte value)
    {
        Append(value);
        MarkLineEnd(_head - 1, true);
        _lineStart = _head;
    }

    private bool IsEndOfFile(uint position) => _input[position & IndexMask] == EndOfFileMark && IsLineEnd(position);

    private bool IsLineEnd(uint position)
    {
        int index = (int)(position & IndexMask);
        return ((_lineEnds[index / BitsPerWord] >> (index % BitsPerWord)) & 1) != 0;
    }

    private void MarkLineEnd(uint position, bool isEnd)
    {
        int index = (int)(position & IndexMask);
        ulong bit = 1ul << (index % BitsPerWord);
        if (isEnd)
            _lineEnds[index / BitsPerWord] |= bit;
        else
            _lineEnds[index / BitsPerWord] &= ~bit;
    }
}
