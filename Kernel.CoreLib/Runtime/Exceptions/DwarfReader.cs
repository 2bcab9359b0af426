namespace System.Runtime;

/// <summary>Reads numbers in DWARF's encodings. Behind the end of its memory it reads zeros.</summary>
internal unsafe struct DwarfReader
{
    private const int ContinuationBit = 0x80;
    private const int SignBit = 0x40;
    private const int BitsPerByte = 7;

    private readonly byte* _end;
    private byte* _position;

    /// <summary>Starts at an address.</summary>
    /// <param name="position">The first byte.</param>
    /// <param name="end">One past the last byte.</param>
    public DwarfReader(byte* position, byte* end)
    {
        _position = position;
        _end = end;
    }

    /// <summary>The next byte's address.</summary>
    public readonly byte* Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly ulong Remaining => (ulong)(_end - _position);

    /// <summary>One byte.</summary>
    public byte ReadByte() => _position < _end ? *_position++ : (byte)0;

    /// <summary>Two bytes, unsigned.</summary>
    public ushort ReadUInt16() => (ushort)(ReadByte() | (ReadByte() << 8));

    /// <summary>Four bytes, unsigned.</summary>
    public uint ReadUInt32() => ReadUInt16() | ((uint)ReadUInt16() << 16);

    /// <summary>A number in groups of seven bits, unsigned (DWARF 5, 7.6).</summary>
    public ulong ReadUnsigned()
    {
        ulong value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = ReadByte();
            value |= (ulong)(part & ~ContinuationBit) << shift;
            shift += BitsPerByte;
        }
        while ((part & ContinuationBit) != 0);
        return value;
    }

    /// <summary>A number in groups of seven bits, signed (DWARF 5, 7.6).</summary>
    public long ReadSigned()
    {
        long value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = ReadByte();
            value |= (long)(part & ~ContinuationBit) << shift;
            shift += BitsPerByte;
        }
        while ((part & ContinuationBit) != 0);
        if ((part & SignBit) != 0 && shift < 64)
            value |= -1L << shift;
        return value;
    }
}
