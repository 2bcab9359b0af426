using System;

namespace Kernel.Drivers;

/// <summary>
/// The last <see cref="Capacity"/> bytes of a stream of lines. Positions count all bytes ever written, so that a
/// reader can tell what it has seen. The default value keeps nothing until <see cref="Allocate"/>.
/// </summary>
internal struct LogRing
{
    /// <summary>Bytes kept.</summary>
    public const int Capacity = 64 * 1024;

    private byte[]? _storage;
    private ulong _end;

    /// <summary>Position after the last byte written.</summary>
    public readonly ulong End => _end;

    /// <summary>Position of the oldest byte kept; it may be in the middle of a line.</summary>
    public readonly ulong Start => _end > Capacity ? _end - Capacity : 0;

    /// <summary>Takes memory from the heap; from now on bytes are kept.</summary>
    public void Allocate() => _storage ??= new byte[Capacity];

    /// <summary>Appends bytes over the oldest ones.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_storage is null)
            return;
        Span<byte> storage = _storage;
        if (bytes.Length > Capacity)
        {
            _end += (ulong)(bytes.Length - Capacity);
            bytes = bytes[(bytes.Length - Capacity)..];
        }

        int offset = (int)(_end % Capacity);
        int untilWrap = Math.Min(bytes.Length, Capacity - offset);
        bytes[..untilWrap].CopyTo(storage[offset..]);
        bytes[untilWrap..].CopyTo(storage);
        _end += (ulong)bytes.Length;
    }

    /// <summary>Copies what follows a position, at most as much as fits.</summary>
    /// <param name="position">
    /// Where to read; moved behind what was read. If that was overwritten already, reading goes on at the oldest
    /// whole line.
    /// </param>
    /// <param name="destination">Where it goes.</param>
    /// <returns>Number of bytes copied; 0 at the end.</returns>
    public readonly int Read(ref ulong position, Span<byte> destination)
    {
        if (position < Start)
            position = OldestLine();
        if (position > _end)
            position = _end;
        ReadOnlySpan<byte> storage = _storage;
        int length = (int)Math.Min((ulong)destination.Length, _end - position);
        int offset = (int)(position % Capacity);
        int untilWrap = Math.Min(length, Capacity - offset);
        storage.Slice(offset, untilWrap).CopyTo(destination);
        storage[..(length - untilWrap)].CopyTo(destination[untilWrap..]);
        position += (ulong)length;
        return length;
    }

    private readonly ulong OldestLine()
    {
        ReadOnlySpan<byte> storage = _storage;
        for (ulong position = Start; position < _end; position++)
        {
            if (storage[(int)(position % Capacity)] == (byte)'\n')
                return position + 1;
        }

        return Start;
    }
}
