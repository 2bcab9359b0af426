using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public ulong Address;
    public ulong Length;
}

/// <summary>The memory that a read fills or a write empties: of the process that runs, in one piece or several, or the kernel's own.</summary>
/// <remarks>Copies may fault and so sleep. Pieces are read from the process again when their turn comes; their lengths can't exceed what was counted.</remarks>
internal unsafe ref struct Transfer
{
    /// <summary>The most that one call transfers, in bytes (read(2)).</summary>
    public const ulong Most = 0x7fff_f000;

    private const ulong MostVectors = 1024;

    private readonly bool _isKernel;
    private ulong _address;
    private ulong _pieceLeft;
    private ulong _nextVector;
    private ulong _vectorsLeft;

    private Transfer(ulong address, ulong bytes, bool isKernel)
    {
        _address = address;
        _pieceLeft = bytes;
        Left = bytes;
        _isKernel = isKernel;
    }

    /// <summary>Bytes that are still to be transferred.</summary>
    public ulong Left { get; private set; }

    /// <summary>Bytes that have been.</summary>
    public ulong Done { get; private set; }

    /// <summary>Whether a copy has met a bad address. Nothing more is copied.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>One piece of user memory.</summary>
    /// <returns><see cref="Errno.EFAULT"/> if it can't be user memory.</returns>
    public static Errno FromUser(ulong address, ulong bytes, out Transfer transfer)
    {
        transfer = new Transfer(address, Math.Min(bytes, Most), isKernel: false);
        return UserMemory.IsUser(address, bytes) ? Errno.None : Errno.EFAULT;
    }

    /// <summary>Kernel memory. It must stay where it is.</summary>
    public static Transfer FromKernel(ReadOnlySpan<byte> memory) =>
        new((ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)), (ulong)memory.Length, isKernel: true);

    /// <summary>Several pieces of user memory.</summary>
    /// <param name="vectors">Address of an array of <see cref="IoVector"/>.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="transfer">What they add up to, at most <see cref="Most"/>.</param>
    public static Errno FromVectors(ulong vectors, ulong count, out Transfer transfer)
    {
        transfer = default;
        if (count > MostVectors)
            return Errno.EINVAL;
        ulong total = 0;
        for (ulong index = 0; index < count; index++)
        {
            if (!UserMemory.Read(vectors + index * (ulong)sizeof(IoVector), out IoVector vector))
                return Errno.EFAULT;
            if ((long)vector.Length < 0)
                return Errno.EINVAL;
            if (!UserMemory.IsUser(vector.Address, vector.Length))
                return Errno.EFAULT;
            total += Math.Min(vector.Length, Most - total);
        }
        transfer.Left = total;
        transfer._nextVector = vectors;
        transfer._vectorsLeft = count;
        return Errno.None;
    }

    /// <summary>What a call returns: bytes done, else what went wrong.</summary>
    /// <param name="error">Why it stopped.</param>
    public readonly SysResult Result(Errno error = Errno.None) => Done > 0 ? Done : HasFailed ? Errno.EFAULT : error == Errno.None ? 0L : error;

    /// <summary>Leaves out what is behind some length.</summary>
    public void Limit(ulong bytes)
    {
        if (Left > bytes)
            Left = bytes;
    }

    /// <summary>Copies bytes to the memory, as many as go in.</summary>
    /// <returns>Bytes copied; less than there were means that <see cref="Left"/> is zero or it <see cref="HasFailed"/>.</returns>
    public int Put(scoped ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
            return (int)Move(source, (ulong)bytes.Length, isPut: true);
    }

    /// <summary>Copies bytes from the memory, as many as there are.</summary>
    /// <returns>As <see cref="Put"/>.</returns>
    public int Take(scoped Span<byte> bytes)
    {
        fixed (byte* target = bytes)
            return (int)Move(target, (ulong)bytes.Length, isPut: false);
    }

    /// <summary>Puts zeros.</summary>
    /// <returns>As <see cref="Put"/>.</returns>
    public ulong PutZeros(ulong bytes) => Move(null, bytes, isPut: true);

    /// <summary>Passes over bytes of the memory without reading or writing them.</summary>
    public void Skip(ulong bytes)
    {
        while (bytes > 0 && Left > 0 && NextPiece())
        {
            ulong part = Math.Min(bytes, Math.Min(Left, _pieceLeft));
            Advance(part);
            bytes -= part;
        }
    }

    private ulong Move(byte* kernel, ulong bytes, bool isPut)
    {
        ulong moved = 0;
        while (moved < bytes && Left > 0 && !HasFailed && NextPiece())
        {
            ulong part = Math.Min(bytes - moved, Math.Min(Left, _pieceLeft));
            ulong missed = Copy(kernel == null ? null : kernel + moved, part, isPut);
            HasFailed = missed > 0;
            moved += part - missed;
            Advance(part - missed);
        }
        return moved;
    }

    private readonly ulong Copy(byte* kernel, ulong bytes, bool isPut)
    {
        if (!_isKernel)
        {
            if (kernel == null)
                return UserMemory.Clear(_address, bytes) ? 0 : bytes;
            return isPut ? UserMemory.CopyOut(_address, kernel, bytes) : UserMemory.CopyIn(kernel, _address, bytes);
        }
        var memory = new Span<byte>((void*)_address, (int)bytes);
        if (kernel == null)
            memory.Clear();
        else if (isPut)
            new ReadOnlySpan<byte>(kernel, (int)bytes).CopyTo(memory);
        else
            memory.CopyTo(new Span<byte>(kernel, (int)bytes));
        return 0;
    }

    private void Advance(ulong bytes)
    {
        _address += bytes;
        _pieceLeft -= bytes;
        Left -= bytes;
        Done += bytes;
    }

    /// <summary>Goes on to a piece that has something left.</summary>
    private bool NextPiece()
    {
        while (_pieceLeft == 0)
        {
            if (_vectorsLeft == 0 || !UserMemory.Read(_nextVector, out IoVector vector))
            {
                HasFailed = true;
                return false;
            }
            _vectorsLeft--;
            _nextVector += (ulong)sizeof(IoVector);
            _address = vector.Address;
            _pieceLeft = vector.Length;
        }
        return true;
    }
}
