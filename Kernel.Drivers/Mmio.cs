using System.Threading;

namespace Kernel.Drivers;

/// <summary>
/// Accesses to memory-mapped device registers: exactly one access of the named width, in program order.
/// Addresses come from <see cref="DeviceMemory.Map"/> and are aligned to the width.
/// </summary>
public static unsafe class Mmio
{
    /// <summary>Reads an 8-bit register.</summary>
    public static byte Read8(nint address) => Volatile.Read(ref *(byte*)address);

    /// <summary>Reads a 16-bit register.</summary>
    public static ushort Read16(nint address) => Volatile.Read(ref *(ushort*)address);

    /// <summary>Reads a 32-bit register.</summary>
    public static uint Read32(nint address) => Volatile.Read(ref *(uint*)address);

    /// <summary>Reads a 64-bit register.</summary>
    public static ulong Read64(nint address) => Volatile.Read(ref *(ulong*)address);

    /// <summary>Writes an 8-bit register.</summary>
    public static void Write8(nint address, byte value) => Volatile.Write(ref *(byte*)address, value);

    /// <summary>Writes a 16-bit register.</summary>
    public static void Write16(nint address, ushort value) => Volatile.Write(ref *(ushort*)address, value);

    /// <summary>Writes a 32-bit register.</summary>
    public static void Write32(nint address, uint value) => Volatile.Write(ref *(uint*)address, value);

    /// <summary>Writes a 64-bit register.</summary>
    public static void Write64(nint address, ulong value) => Volatile.Write(ref *(ulong*)address, value);
}
