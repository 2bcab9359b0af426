using System;

namespace Kernel.Files.Proc;

/// <summary>Text that is being made for a reader: a window of it stays in a buffer, what comes before and behind is only counted past.</summary>
internal ref struct ProcText
{
    private const int LongestNumber = 20;

    private readonly Span<byte> _buffer;
    private ulong _skip;
    private int _length;

    /// <summary>Begins a text.</summary>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="skip">How many bytes at the beginning nobody wants.</param>
    public ProcText(Span<byte> buffer, ulong skip)
    {
        _buffer = buffer;
        _skip = skip;
    }

    /// <summary>What was wanted and has found room.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Whether nothing more goes in.</summary>
    public readonly bool IsFull => _length == _buffer.Length;

    /// <summary>Appends text.</summary>
    public void Add(scoped ReadOnlySpan<byte> text)
    {
        if (_skip > 0)
        {
            int skipped = (int)Math.Min(_skip, (ulong)text.Length);
            _skip -= (ulong)skipped;
            text = text[skipped..];
        }
        int fitting = Math.Min(text.Length, _buffer.Length - _length);
        text[..fitting].CopyTo(_buffer[_length..]);
        _length += fitting;
    }

    /// <summary>Appends one byte.</summary>
    public void Add(byte unit) => Add(new ReadOnlySpan<byte>(in unit));

    /// <summary>Appends one byte several times.</summary>
    public void Fill(byte unit, int count)
    {
        for (; count > 0; count--)
            Add(unit);
    }

    /// <summary>Appends a decimal number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="width">At least so many characters.</param>
    /// <param name="padding">What stands before it.</param>
    public void Number(ulong value, int width = 0, byte padding = (byte)' ')
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        int at = LongestNumber;
        do
        {
            digits[--at] = (byte)('0' + value % 10);
            value /= 10;
        }
        while (value > 0);
        Fill(padding, width - (LongestNumber - at));
        Add(digits[at..]);
    }

    /// <summary>Appends a decimal number with its sign, if it is negative.</summary>
    public void Signed(long value)
    {
        if (value < 0)
            Add((byte)'-');
        Number(value < 0 ? (ulong)-value : (ulong)value);
    }

    /// <summary>Appends a hexadecimal number.</summary>
    public void Hex(ulong value, int width) => Digits(value, 4, width);

    /// <summary>Appends an octal number.</summary>
    public void Octal(ulong value, int width) => Digits(value, 3, width);

    /// <summary>Appends a name and a number, and what comes behind.</summary>
    public void Line(scoped ReadOnlySpan<byte> name, ulong value, scoped ReadOnlySpan<byte> end)
    {
        Add(name);
        Number(value);
        Add(end);
    }

    /// <summary>Appends a line of /proc/meminfo and its like: "Name:" and a number of kilobytes whose last digit stands in a fixed column.</summary>
    /// <param name="name">With its colon.</param>
    /// <param name="kilobytes">The number.</param>
    public void Kilobytes(scoped ReadOnlySpan<byte> name, ulong kilobytes)
    {
        const int nameWidth = 16, numberWidth = 8;
        Add(name);
        Fill((byte)' ', nameWidth - name.Length);
        Number(kilobytes, numberWidth - Math.Max(name.Length - nameWidth, 0));
        Add(" kB\n"u8);
    }

    /// <summary>Appends a name with blanks, tabs, newlines and backslashes as octal escapes.</summary>
    public void Escaped(scoped ReadOnlySpan<byte> name)
    {
        foreach (byte unit in name)
        {
            if (unit is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\\')
            {
                Add((byte)'\\');
                Octal(unit, 3);
            }
            else
            {
                Add(unit);
            }
        }
    }

    private void Digits(ulong value, int shift, int width)
    {
        int count = 1;
        while (count * shift < 64 && value >> count * shift != 0)
            count++;
        Fill((byte)'0', width - count);
        while (count-- > 0)
            Add("0123456789abcdef"u8[(int)(value >> count * shift) & ((1 << shift) - 1)]);
    }
}
