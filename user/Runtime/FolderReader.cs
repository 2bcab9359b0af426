using System;
using System.Buffers.Binary;

namespace User;

/// <summary>The names in a folder, one after the other, in the order of the file system.</summary>
/// <param name="buffer">Room for the entries that the kernel gives at once; at least some hundred bytes.</param>
public ref struct FolderReader(Span<byte> buffer)
{
    // struct linux_dirent64: inode and offset of 8 bytes each, the entry's length, the type, the name.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private readonly Span<byte> _buffer = buffer;
    private int _file = -1;
    private int _position;
    private int _length;

    /// <summary>Opens a folder.</summary>
    /// <returns>A negative <see cref="Errno"/> if that fails.</returns>
    public nint Open(ReadOnlySpan<byte> path)
    {
        nint file = SystemCalls.Open(path, OpenFlags.Read | OpenFlags.Folder | OpenFlags.CloseOnExecute);
        _file = (int)file;
        return file;
    }

    /// <summary>The next name; false at the end.</summary>
    /// <param name="name">Valid until the next call.</param>
    public bool TryNext(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (_position >= _length)
        {
            _length = (int)SystemCalls.ReadFolder(_file, _buffer);
            _position = 0;
            if (_length <= 0)
                return false;
        }
        ReadOnlySpan<byte> entry = _buffer[_position.._length];
        entry = entry[..BinaryPrimitives.ReadUInt16LittleEndian(entry[LengthOffset..])];
        _position += entry.Length;
        name = entry[NameOffset..];
        name = name[..name.IndexOf((byte)0)];
        return true;
    }

    /// <summary>Closes the folder.</summary>
    public readonly void Close() => SystemCalls.Close(_file);
}
