using System.Collections.Generic;

namespace Kernel.Drivers.Tests.Serial;

/// <summary>A 16550 as its data sheet describes it, with a line that takes time.</summary>
internal sealed class FakeUart(ushort basePort) : IPortDevice
{
    private const int FifoDepth = 16;
    private const byte DivisorAccess = 0x80;
    private const byte Loopback = 0x10;

    private readonly Queue<byte> _receiver = new();
    private readonly Queue<byte> _transmitter = new();
    private readonly byte[] _divisor = new byte[2];
    private byte _interruptEnable;
    private byte _lineControl;
    private byte _modemControl;
    private byte _scratch;
    private byte _errors;
    private int _pollsUntilSent;

    /// <summary>What came out of the line.</summary>
    public List<byte> Sent { get; } = [];

    /// <summary>Bytes that the other side sends as soon as there is room, one for each read of the line status.</summary>
    public Queue<byte> Arriving { get; } = new();

    /// <summary>Whether the other side sends even when there is no room.</summary>
    public bool IgnoresRoom { get; set; }

    /// <summary>How many reads of the line status it takes to send a byte.</summary>
    public int PollsPerByte { get; set; } = 3;

    /// <summary>Whether nothing ever leaves the transmitter.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Bytes written while the transmitter's FIFO was full: lost.</summary>
    public int TransmitOverruns { get; private set; }

    /// <summary>Reads of the line status so far.</summary>
    public long Polls { get; private set; }

    public int Divisor => _divisor[0] | (_divisor[1] << 8);

    public byte LineControl => _lineControl;

    public byte InterruptEnable => _interruptEnable;

    public byte ModemControl => _modemControl;

    public bool IsFifoEnabled { get; private set; }

    /// <summary>Lets a byte arrive, with error bits for the line status.</summary>
    public void Receive(byte value, byte errors = 0)
    {
        _errors |= errors;
        if (_receiver.Count < FifoDepth)
            _receiver.Enqueue(value);
        else
            _errors |= 0x02;
    }

    public uint Read(ushort port, int bytes)
    {
        if (port < basePort || port >= basePort + 8)
            return uint.MaxValue;
        switch (port - basePort)
        {
            case 0 when (_lineControl & DivisorAccess) != 0:
                return _divisor[0];
            case 0:
                return _receiver.TryDequeue(out byte value) ? value : 0u;
            case 1 when (_lineControl & DivisorAccess) != 0:
                return _divisor[1];
            case 1:
                return _interruptEnable;
            case 2:
                return _receiver.Count > 0 ? 0xC4u : 0xC1u;
            case 3:
                return _lineControl;
            case 4:
                return _modemControl;
            case 5:
                return ReadLineStatus();
            case 7:
                return _scratch;
            default:
                return 0;
        }
    }

    public void Write(ushort port, int bytes, uint value)
    {
        byte written = (byte)value;
        switch (port - basePort)
        {
            case 0 when (_lineControl & DivisorAccess) != 0:
                _divisor[0] = written;
                break;
            case 0 when (_modemControl & Loopback) != 0:
                Receive(written);
                break;
            case 0 when _transmitter.Count == FifoDepth:
                TransmitOverruns++;
                break;
            case 0:
                _transmitter.Enqueue(written);
                break;
            case 1 when (_lineControl & DivisorAccess) != 0:
                _divisor[1] = written;
                break;
            case 1:
                _interruptEnable = written;
                break;
            case 2:
                IsFifoEnabled = (written & 1) != 0;
                if ((written & 2) != 0)
                    _receiver.Clear();
                break;
            case 3:
                _lineControl = written;
                break;
            case 4:
                _modemControl = written;
                break;
            case 7:
                _scratch = written;
                break;
        }
    }

    private uint ReadLineStatus()
    {
        Polls++;
        if (_transmitter.Count > 0 && !IsStuck && ++_pollsUntilSent >= PollsPerByte)
        {
            Sent.Add(_transmitter.Dequeue());
            _pollsUntilSent = 0;
        }

        if (Arriving.Count > 0 && (IgnoresRoom || _receiver.Count < FifoDepth))
            Receive(Arriving.Dequeue());
        uint status = (uint)((_receiver.Count > 0 ? 0x01 : 0) | (_transmitter.Count == 0 ? 0x60 : 0) | _errors);
        _errors = 0;
        return status;
    }
}
