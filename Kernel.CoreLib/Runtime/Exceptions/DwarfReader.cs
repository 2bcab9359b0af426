namespace System.Runtime;

/// <summary>Reads the encodings of .eh_frame from memory that the linker laid out and that is therefore trusted.</summary>
internal unsafe struct DwarfReader
{
    /// <summary>The pointer encoding that means "absent" (Linux Standard Base, DW_EH_PE_omit).</summary>
    public const byte OmittedPointer = 0xff;

    private const int ContinuationBit = 0x80;
    private const int SignBit = 0x40;
    private const int BitsPerByte = 7;

    private byte* _position;

    /// <summary>Starts at an address.</summary>
    public DwarfReader(byte* position) => _position = position;

    /// <summary>The next byte's address.</summary>
    public byte* Position
    {
        readonly get => _position;
        set => _position = value;
    }

    /// <summary>One byte.</summary>
    public byte ReadByte() => *_position++;

    /// <summary>Two bytes, unsigned.</summary>
    public ushort ReadUInt16()
    {
        ushort value = *(ushort*)_position;
        _position += sizeof(ushort);
        return value;
    }

    /// <summary>Four bytes, unsigned.</summary>
    public uint ReadUInt32()
    {
        uint value = *(uint*)_position;
        _position += sizeof(uint);
        return value;
    }

    /// <summary>Eight bytes, unsigned.</summary>
    public ulong ReadUInt64()
    {
        ulong value = *(ulong*)_position;
        _position += sizeof(ulong);
        return value;
    }

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

    /// <summary>A pointer in one of the encodings of Linux Standard Base 5, 10.5.1.</summary>
    /// <param name="encoding">DW_EH_PE_*: the format in the lower half, what it is relative to in the upper.</param>
    /// <param name="dataBase">What "data relative" means here.</param>
    /// <returns>The address; 0 if it is absent or null.</returns>
    public ulong ReadPointer(byte encoding, ulong dataBase)
    {
        const int FormatMask = 0x0f;
        const int BaseMask = 0x70;
        const int IndirectBit = 0x80;
        const int RelativeToPosition = 0x10;
        const int RelativeToData = 0x30;

        if (encoding == OmittedPointer)
            return 0;
        ulong origin = (ulong)_position;
        ulong value = ReadFormatted(encoding & FormatMask);
        if (value == 0)
            return 0;
        value += (encoding & BaseMask) switch
        {
            RelativeToPosition => origin,
            RelativeToData => dataBase,
            _ => 0,
        };
        return (encoding & IndirectBit) != 0 ? *(ulong*)value : value;
    }

    /// <summary>The value of a pointer's format alone: a length is encoded like its pointer without the base.</summary>
    public ulong ReadFormatted(int format)
    {
        const int Unsigned128 = 0x01;
        const int Unsigned2 = 0x02;
        const int Unsigned4 = 0x03;
        const int Signed128 = 0x09;
        const int Signed2 = 0x0a;
        const int Signed4 = 0x0b;

        return format switch
        {
            Unsigned128 => ReadUnsigned(),
            Unsigned2 => ReadUInt16(),
            Unsigned4 => ReadUInt32(),
            Signed128 => (ulong)ReadSigned(),
            Signed2 => (ulong)(short)ReadUInt16(),
            Signed4 => (ulong)(int)ReadUInt32(),
            _ => ReadUInt64(),
        };
    }
}
