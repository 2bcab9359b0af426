using System;
using System.Runtime.CompilerServices;
using Kernel.Mm;

namespace Kernel.Boot;

/// <summary>Reads what the boot loader left in physical memory, within what the first page tables map.</summary>
internal static unsafe class PhysicalReader
{
    /// <summary>The first page tables (Entry.S) reach this far: 4 GiB.</summary>
    public const ulong Limit = 4UL << 30;

    private const int LongestText = 4096;

    /// <summary>Whether a range can be read.</summary>
    public static bool CanRead(ulong address, ulong length) => address != 0 && address < Limit && length <= Limit - address;

    /// <summary>Reads a value; the caller has checked the range.</summary>
    public static T Read<T>(ulong address)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(DirectMap.Pointer(new PhysicalAddress(address)));

    /// <summary>The range of a zero-terminated text at an address; empty if there is none, cut at 4096 bytes.</summary>
    public static PhysicalRange Text(ulong address)
    {
        if (!CanRead(address, 1))
            return default;
        ulong length = 0;
        while (length < LongestText && CanRead(address, length + 1) && Read<byte>(address + length) != 0)
            length++;
        return new PhysicalRange(new PhysicalAddress(address), length);
    }
}
