using System;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Memory;

namespace Kernel.SystemCalls;

/// <summary>A path that a process gave. Give it back with <see cref="Dispose"/>.</summary>
internal unsafe ref struct UserPath
{
    private byte* _text;
    private int _length;

    /// <summary>The path without its zero byte.</summary>
    public readonly ReadOnlySpan<byte> Text => new(_text, _length);

    public readonly bool IsEmpty => _length == 0;

    /// <summary>Whether it doesn't matter where it begins.</summary>
    public readonly bool IsAbsolute => _length > 0 && _text[0] == (byte)'/';

    /// <summary>Reads a path.</summary>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.ENAMETOOLONG"/>, <see cref="Errno.ENOMEM"/>; then there is nothing to give back.</returns>
    public static Errno Read(ulong address, out UserPath path)
    {
        path = default;
        byte* block = ByteBlocks.Take(PathWalk.LongestPath);
        if (block == null)
            return Errno.ENOMEM;
        Errno error = UserMemory.ReadString(address, new Span<byte>(block, PathWalk.LongestPath), out path._length);
        if (error != Errno.None)
        {
            ByteBlocks.Return(block);
            path._length = 0;
            return error;
        }
        path._text = block;
        return Errno.None;
    }

    public void Dispose()
    {
        ByteBlocks.Return(_text);
        _text = null;
        _length = 0;
    }
}
