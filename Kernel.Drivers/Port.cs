using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.Drivers;

/// <summary>The processor's I/O port space. Every access is a serializing device access; nothing is cached or reordered.</summary>
public static class Port
{
    /// <summary>Reads 8 bits. A port without a device reads as all ones.</summary>
    [RuntimeImport("*", "port_in8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    /// <summary>Reads 16 bits. A port without a device reads as all ones.</summary>
    [RuntimeImport("*", "port_in16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort In16(ushort port);

    /// <summary>Reads 32 bits. A port without a device reads as all ones.</summary>
    [RuntimeImport("*", "port_in32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint In32(ushort port);

    /// <summary>Writes 8 bits. A port without a device ignores them.</summary>
    [RuntimeImport("*", "port_out8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);

    /// <summary>Writes 16 bits. A port without a device ignores them.</summary>
    [RuntimeImport("*", "port_out16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out16(ushort port, ushort value);

    /// <summary>Writes 32 bits. A port without a device ignores them.</summary>
    [RuntimeImport("*", "port_out32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out32(ushort port, uint value);
}
