using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Abi;

namespace Kernel.Memory;

/// <summary>Copies between the kernel and the memory of the process that runs. Any address may be given; a bad one fails.</summary>
/// <remarks>May fault, and so wait: never under a spin lock. UserAccess.S does the accesses.</remarks>
internal static unsafe class UserMemory
{
    /// <summary>The end of user addresses.</summary>
    public static ulong End => VirtualMemory.UserEndAddress;

    /// <summary>Whether all bytes of a range are user addresses; mapped or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUser(ulong address, ulong bytes) => bytes <= VirtualMemory.UserEndAddress && address <= VirtualMemory.UserEndAddress - bytes;

    /// <summary>Reads user memory.</summary>
    /// <returns>False if not all could be read: EFAULT. What was read until then is there.</returns>
    public static bool CopyIn(Span<byte> to, ulong from)
    {
        fixed (byte* destination = to)
            return CopyIn(destination, from, (ulong)to.Length) == 0;
    }

    /// <summary>Writes user memory.</summary>
    /// <returns>False if not all could be written: EFAULT.</returns>
    public static bool CopyOut(ulong to, ReadOnlySpan<byte> from)
    {
        fixed (byte* source = from)
            return CopyOut(to, source, (ulong)from.Length) == 0;
    }

    /// <summary>Reads user memory.</summary>
    /// <returns>How many bytes at the end could not be read.</returns>
    public static ulong CopyIn(byte* to, ulong from, ulong bytes) => IsUser(from, bytes) ? Copy(to, (byte*)from, bytes) : bytes;

    /// <summary>Writes user memory.</summary>
    /// <returns>How many bytes at the end could not be written.</returns>
    public static ulong CopyOut(ulong to, byte* from, ulong bytes) => IsUser(to, bytes) ? Copy((byte*)to, from, bytes) : bytes;

    /// <summary>Reads a structure.</summary>
    public static bool Read<T>(ulong from, out T value)
        where T : unmanaged
    {
        T read;
        bool isRead = CopyIn((byte*)&read, from, (ulong)sizeof(T)) == 0;
        value = isRead ? read : default;
        return isRead;
    }

    /// <summary>Writes a structure.</summary>
    public static bool Write<T>(ulong to, T value)
        where T : unmanaged => CopyOut(to, (byte*)&value, (ulong)sizeof(T)) == 0;

    /// <summary>Reads a string up to its zero byte.</summary>
    /// <param name="from">Its first byte.</param>
    /// <param name="buffer">Gets the bytes without the zero.</param>
    /// <param name="length">How many.</param>
    /// <returns><see cref="Errno.EFAULT"/>; <see cref="Errno.ENAMETOOLONG"/> if it doesn't end within the buffer.</returns>
    public static Errno ReadString(ulong from, Span<byte> buffer, out int length)
    {
        length = 0;
        if (from >= End)
            return Errno.EFAULT;
        ulong most = Math.Min((ulong)buffer.Length, End - from);
        long read;
        fixed (byte* destination = buffer)
            read = CopyString(destination, (byte*)from, most);
        if (read < 0)
            return Errno.EFAULT;
        if ((ulong)read == most)
            return most == (ulong)buffer.Length ? Errno.ENAMETOOLONG : Errno.EFAULT;
        length = (int)read;
        return Errno.None;
    }

    /// <summary>Zeroes user memory.</summary>
    public static bool Clear(ulong to, ulong bytes) => IsUser(to, bytes) && ClearBytes((byte*)to, bytes) == 0;

    /// <summary>Reads a word as one access.</summary>
    public static bool TryReadWord(ulong address, out uint value)
    {
        uint read = 0;
        bool isRead = IsUser(address, sizeof(uint)) && Load32((uint*)address, &read) == 0;
        value = read;
        return isRead;
    }

    /// <summary>Stores a word if it still has a value, as one locked access.</summary>
    /// <param name="address">A multiple of four.</param>
    /// <param name="expected">What it must have; what it had.</param>
    /// <param name="value">What it shall have.</param>
    /// <returns>False for a bad address.</returns>
    public static bool TryCompareExchange(ulong address, ref uint expected, uint value)
    {
        uint found = expected;
        bool isDone = IsUser(address, sizeof(uint)) && CompareExchange32((uint*)address, &found, value) == 0;
        expected = found;
        return isDone;
    }

    [RuntimeImport("*", "user_copy")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Copy(byte* to, byte* from, ulong bytes);

    [RuntimeImport("*", "user_clear")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ClearBytes(byte* to, ulong bytes);

    [RuntimeImport("*", "user_copy_string")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern long CopyString(byte* to, byte* from, ulong most);

    [RuntimeImport("*", "user_load32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Load32(uint* from, uint* value);

    [RuntimeImport("*", "user_compare_exchange32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong CompareExchange32(uint* address, uint* expected, uint value);
}
