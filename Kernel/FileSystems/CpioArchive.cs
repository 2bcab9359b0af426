using System;

namespace Kernel.FileSystems;

/// <summary>Why an archive can't be read to its end.</summary>
public enum CpioError
{
    /// <summary>It can.</summary>
    None = 0,

    /// <summary>No header where one must be.</summary>
    BadMagic,

    /// <summary>A header field is not eight hexadecimal digits.</summary>
    BadField,

    /// <summary>A name is empty, too long, or has no terminating zero.</summary>
    BadName,

    /// <summary>A header, a name or contents go beyond the end.</summary>
    Truncated,

    /// <summary>The data ends without the entry that marks the end.</summary>
    NoTrailer,

    /// <summary>It is compressed.</summary>
    Compressed,
}

/// <summary>One file, folder or other node of an archive.</summary>
public readonly ref struct CpioEntry
{
    /// <summary>The path without a leading slash, UTF-8, without the terminating zero.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>The file's bytes, or a symbolic link's target.</summary>
    public ReadOnlySpan<byte> Contents { get; init; }

    /// <summary>Type and permission bits as in Linux's <c>st_mode</c>.</summary>
    public uint Mode { get; init; }

    /// <summary>The owner's number.</summary>
    public uint User { get; init; }

    /// <summary>The group's number.</summary>
    public uint Group { get; init; }

    /// <summary>When it was changed last, in seconds since 1970.</summary>
    public uint ModifyTime { get; init; }

    /// <summary>Major and minor number of a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <inheritdoc cref="DeviceMajor"/>
    public uint DeviceMinor { get; init; }
}

/// <summary>
/// Reads an initramfs: one or more cpio archives in the "newc" format one after another, padded with zeros
/// (Linux: Documentation/driver-api/early-userspace/buffer-format.rst). Nothing is copied, nothing is allocated.
/// </summary>
public ref struct CpioArchive(ReadOnlySpan<byte> data)
{
    private const int HeaderSize = 110;
    private const int FieldSize = 8;
    private const int LongestName = 4096;
    private const int Alignment = 4;

    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;
    private bool _inArchive;

    private static ReadOnlySpan<byte> Magic => "070701"u8;

    private static ReadOnlySpan<byte> MagicWithChecksum => "070702"u8;

    private static ReadOnlySpan<byte> Trailer => "TRAILER!!!"u8;

    /// <summary>What stopped the last <see cref="MoveNext"/>.</summary>
    public CpioError Error { get; private set; }

    /// <summary>Where it stopped, in bytes from the start.</summary>
    public readonly int Position => _position;

    /// <summary>The entry that was read last.</summary>
    public CpioEntry Current { get; private set; }

    /// <summary>Reads the next entry. False at the end or at an error: see <see cref="Error"/>.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (!_inArchive && !FindArchive())
                return false;
            if (!ReadEntry())
                return false;
            if (!Current.Name.SequenceEqual(Trailer))
                return true;
            _inArchive = false;
        }
    }

    /// <summary>Skips the zeros between archives.</summary>
    private bool FindArchive()
    {
        while (_position < _data.Length && _data[_position] == 0)
            _position++;
        if (_position == _data.Length)
            return false;
        if (IsCompressed(_data[_position..]))
            return Stop(CpioError.Compressed);
        _inArchive = true;
        return true;
    }

    private bool ReadEntry()
    {
        ReadOnlySpan<byte> rest = _data[_position..];
        if (rest.IsEmpty)
            return Stop(CpioError.NoTrailer);
        if (rest.Length < HeaderSize)
            return Stop(rest.StartsWith(Magic) ? CpioError.Truncated : CpioError.BadMagic);
        if (!rest.StartsWith(Magic) && !rest.StartsWith(MagicWithChecksum))
            return Stop(CpioError.BadMagic);
        if (!TryField(rest, 1, out uint mode) || !TryField(rest, 6, out uint size) || !TryField(rest, 11, out uint nameSize))
            return Stop(CpioError.BadField);
        if (nameSize is 0 or > LongestName)
            return Stop(CpioError.BadName);
        if (!TryField(rest, 2, out uint user) || !TryField(rest, 3, out uint group) || !TryField(rest, 5, out uint modifyTime)
            || !TryField(rest, 9, out uint major) || !TryField(rest, 10, out uint minor))
            return Stop(CpioError.BadField);
        long contents = Align(_position + HeaderSize + (long)nameSize);
        long next = Align(contents + size);
        if (contents > _data.Length || contents + size > _data.Length)
            return Stop(CpioError.Truncated);
        ReadOnlySpan<byte> name = rest.Slice(HeaderSize, (int)nameSize);
        if (name.IndexOf((byte)0) != name.Length - 1)
            return Stop(CpioError.BadName);
        Current = new CpioEntry
        {
            Name = name[..^1],
            Contents = _data.Slice((int)contents, (int)size),
            Mode = mode,
            User = user,
            Group = group,
            ModifyTime = modifyTime,
            DeviceMajor = major,
            DeviceMinor = minor,
        };
        _position = (int)Math.Min(next, _data.Length);
        return true;
    }

    private bool Stop(CpioError error)
    {
        Error = error;
        return false;
    }

    private static long Align(long position) => (position + Alignment - 1) & -Alignment;

    /// <summary>Field <paramref name="index"/> after the magic number: eight hexadecimal digits.</summary>
    private static bool TryField(ReadOnlySpan<byte> header, int index, out uint value)
    {
        value = 0;
        foreach (byte digit in header.Slice(Magic.Length + index * FieldSize, FieldSize))
        {
            uint nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => (uint)(digit - '0'),
                >= (byte)'a' and <= (byte)'f' => (uint)(digit - 'a' + 10),
                >= (byte)'A' and <= (byte)'F' => (uint)(digit - 'A' + 10),
                _ => uint.MaxValue,
            };
            if (nibble == uint.MaxValue)
                return false;
            value = value << 4 | nibble;
        }
        return true;
    }

    private static bool IsCompressed(ReadOnlySpan<byte> data) =>
        data.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
        || data.StartsWith("BZh"u8)
        || data.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'])
        || data.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd])
        || data.StartsWith((ReadOnlySpan<byte>)[0x02, 0x21, 0x4c, 0x18])
        || data.StartsWith((ReadOnlySpan<byte>)[0x5d, 0x00, 0x00]);
}
