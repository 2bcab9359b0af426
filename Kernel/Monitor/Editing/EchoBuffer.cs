using System;
using Kernel.Drivers.Console;

namespace Kernel.Monitor.Editing;

/// <summary>Collects what one key changes on the terminal, so that it goes there as one piece.</summary>
/// <param name="terminal">Understands CR, LF and the control sequences CUF, CUB, EL, ED and CUP (ECMA-48, 8.3).</param>
internal sealed class EchoBuffer(TextSink terminal)
{
    private const int Capacity = 512;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _length;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > Capacity)
            Flush();
        bytes.CopyTo(new Span<byte>(_bytes, _length, Capacity - _length));
        _length += bytes.Length;
    }

    /// <summary>Moves the cursor by columns, back if negative.</summary>
    public void Move(int columns)
    {
        if (columns == 0)
            return;
        Span<byte> sequence = stackalloc byte[8];
        int distance = Math.Abs(columns);
        int length = 0;
        sequence[length++] = 0x1b;
        sequence[length++] = (byte)'[';
        for (int unit = 100; unit > 0; unit /= 10)
            if (distance >= unit)
                sequence[length++] = (byte)('0' + distance / unit % 10);
        sequence[length++] = (byte)(columns < 0 ? 'D' : 'C');
        Add(sequence[..length]);
    }

    /// <summary>Clears from the cursor to the end of the row.</summary>
    public void ClearToEnd() => Add("\e[K"u8);

    /// <summary>Clears the screen; the cursor goes to its upper left corner.</summary>
    public void ClearScreen() => Add("\e[H\e[2J"u8);

    /// <summary>Sends what was collected.</summary>
    public void Flush()
    {
        if (_length > 0)
            terminal.Write(new ReadOnlySpan<byte>(_bytes, 0, _length));
        _length = 0;
    }
}
