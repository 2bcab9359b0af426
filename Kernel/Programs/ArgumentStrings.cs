using System;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Programs;

/// <summary>The strings of a new program's arguments or environment: some of the kernel's, then those of an array in user memory.</summary>
internal unsafe struct ArgumentStrings
{
    private readonly byte* _first;
    private readonly int _length;
    private readonly ulong _array;
    private int _position;
    private ulong _next;

    /// <summary>Strings from both places.</summary>
    /// <param name="first">The kernel's, each with a zero at its end. They stay where they are as long as this is used.</param>
    /// <param name="length">Bytes of them.</param>
    /// <param name="array">Address of the array of pointers, which ends with a zero; zero for none.</param>
    public ArgumentStrings(byte* first, int length, ulong array)
    {
        _first = first;
        _length = length;
        _array = array;
        _next = array;
    }

    /// <summary>Other strings in front of the user's, whose first may be left out.</summary>
    public readonly ArgumentStrings After(byte* first, int length, bool dropsFirst) =>
        new(first, length, _array == 0 || !dropsFirst ? _array : _array + sizeof(ulong));

    /// <summary>Begins again.</summary>
    public void Reset() => (_position, _next) = (0, _array);

    /// <summary>Goes to the next string.</summary>
    /// <param name="source">Where it is: in the kernel's strings from there, or in user memory.</param>
    /// <param name="isUser">Which of them.</param>
    /// <returns>False at the end. EFAULT is left in <paramref name="error"/>.</returns>
    public bool TryNext(out ulong source, out bool isUser, ref Errno error)
    {
        source = 0;
        isUser = false;
        if (_position < _length)
        {
            source = (ulong)_position;
            _position += new ReadOnlySpan<byte>(_first + _position, _length - _position).IndexOf((byte)0) + 1;
            return true;
        }
        isUser = true;
        if (_next == 0)
            return false;
        if (!UserMemory.Read(_next, out source))
        {
            error = Errno.EFAULT;
            return false;
        }
        _next += sizeof(ulong);
        return source != 0;
    }

    /// <summary>Copies a piece of a string with its zero, as much as fits.</summary>
    /// <param name="source">As <see cref="TryNext"/> gave it, or advanced by what was copied.</param>
    /// <param name="isUser">As <see cref="TryNext"/> gave it.</param>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="isLast">Whether the zero is among them.</param>
    /// <returns>How many bytes; negative for EFAULT.</returns>
    public readonly int Copy(ulong source, bool isUser, Span<byte> buffer, out bool isLast)
    {
        int length;
        if (!isUser)
        {
            var text = new ReadOnlySpan<byte>(_first + source, _length - (int)source);
            text = text[..(text.IndexOf((byte)0) + 1)];
            isLast = text.Length <= buffer.Length;
            length = Math.Min(text.Length, buffer.Length);
            text[..length].CopyTo(buffer);
            return length;
        }
        Errno error = UserMemory.ReadString(source, buffer, out length);
        isLast = error == Errno.None;
        return error == Errno.EFAULT ? -1 : isLast ? length + 1 : buffer.Length;
    }
}
