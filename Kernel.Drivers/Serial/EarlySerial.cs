using System;

namespace Kernel.Drivers.Serial;

/// <summary>
/// Output on COM1 that works before there is a heap, a log or an interrupt table, and for a panic that comes before
/// those. It sets the port up at the first use.
/// </summary>
/// <remarks>No locks: one processor, and nothing else may write to the port meanwhile.</remarks>
public static class EarlySerial
{
    private static PortState s_state;
    private static SerialTransmitter s_transmitter;

    private enum PortState
    {
        Unknown = 0,
        Present,
        Absent,
    }

    /// <summary>Whether COM1 is there; sets it up if nothing has yet.</summary>
    public static bool IsPresent
    {
        get
        {
            if (s_state == PortState.Unknown)
                s_state = new Uart(SerialPort.Com1).Initialize() ? PortState.Present : PortState.Absent;
            return s_state == PortState.Present;
        }
    }

    /// <summary>Writes UTF-8, a line feed as carriage return and line feed. Returns when the port has taken all bytes.</summary>
    public static void Write(ReadOnlySpan<byte> utf8)
    {
        if (IsPresent)
            s_transmitter.Write(new Uart(SerialPort.Com1), utf8, null);
    }
}
