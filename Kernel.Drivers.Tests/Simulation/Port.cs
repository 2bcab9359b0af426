using System;

namespace Kernel.Drivers;

/// <summary>What answers to port accesses in a test.</summary>
public interface IPortDevice
{
    /// <summary>Reads; all ones when no device is at the port.</summary>
    uint Read(ushort port, int bytes);

    /// <summary>Writes; ignored when no device is at the port.</summary>
    void Write(ushort port, int bytes, uint value);
}

/// <summary>Stands in for the processor's port instructions: each test thread has devices of its own.</summary>
public static class Port
{
    [ThreadStatic]
    private static IPortDevice? t_device;

    /// <summary>The devices of this thread; null for a machine without any.</summary>
    public static IPortDevice? Device
    {
        get => t_device;
        set => t_device = value;
    }

    public static byte In8(ushort port) => (byte)In(port, sizeof(byte));

    public static ushort In16(ushort port) => (ushort)In(port, sizeof(ushort));

    public static uint In32(ushort port) => In(port, sizeof(uint));

    public static void Out8(ushort port, byte value) => t_device?.Write(port, sizeof(byte), value);

    public static void Out16(ushort port, ushort value) => t_device?.Write(port, sizeof(ushort), value);

    public static void Out32(ushort port, uint value) => t_device?.Write(port, sizeof(uint), value);

    private static uint In(ushort port, int bytes) => t_device?.Read(port, bytes) ?? uint.MaxValue;
}
