using System.Runtime.CompilerServices;

namespace Kernel.Abi;

/// <summary>What a system call leaves in rax: a value, or an error number negated (-1 to -4095).</summary>
/// <param name="value">As in rax.</param>
internal readonly struct SysResult(long value)
{
    private const long LowestError = -4095;

    /// <summary>As in rax.</summary>
    public long Value => value;

    /// <summary>Whether it is an error.</summary>
    public bool IsError => value is < 0 and >= LowestError;

    /// <summary>Which one; <see cref="Errno.None"/> if it isn't.</summary>
    public Errno Error => IsError ? (Errno)(-value) : Errno.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator SysResult(Errno error) => new(-(long)error);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator SysResult(int value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator SysResult(long value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator SysResult(ulong value) => new((long)value);
}
