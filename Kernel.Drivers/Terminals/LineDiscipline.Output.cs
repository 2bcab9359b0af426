using System;

namespace Kernel.Drivers.Terminals;

/// <content>The way to the device, for what programs write and for echo.</content>
public sealed partial class LineDiscipline
{
    /// <summary>Bytes of output that wait for the device at most.</summary>
    public const int OutputCapacity = 4096;

    // What a tab can become.
    private const int LongestExpansion = TabWidth;

    private readonly byte[] _output = new byte[OutputCapacity];
    private int _outputFirst;
    private int _outputCount;
    private int _column;

    /// <summary>Bytes for the device, one piece of what waits; empty while output is stopped.</summary>
    public ReadOnlySpan<byte> PendingOutput =>
        IsStopped ? default : _output.AsSpan(_outputFirst, Math.Min(_outputCount, OutputCapacity - _outputFirst));

    /// <summary>Bytes that wait for the device: TIOCOUTQ.</summary>
    public int OutputCount => _outputCount;

    /// <summary>Whether <see cref="Write"/> takes at least a byte.</summary>
    public bool IsWritable => !IsStopped && _outputCount <= OutputCapacity - LongestExpansion;

    /// <summary>Takes bytes that a program writes.</summary>
    /// <returns>How many; fewer when the output buffer is full, none while output is stopped.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        while (count < bytes.Length && IsWritable)
            Process(bytes[count++]);
        return count;
    }

    /// <summary>Sends a byte to the device as it is, before anything else that is written later.</summary>
    public void Send(byte value) => Emit(value);

    /// <summary>Takes bytes out that the device has got.</summary>
    /// <param name="count">At most the length of <see cref="PendingOutput"/>.</param>
    public void TakeOutput(int count)
    {
        _outputFirst = (_outputFirst + count) % OutputCapacity;
        _outputCount -= count;
    }

    /// <summary>Drops what the device has not got.</summary>
    public void FlushOutput() => _outputCount = 0;

    /// <summary>Emits a byte as the output modes want it. Echo that doesn't fit is lost.</summary>
    private void Process(byte value)
    {
        if (!Has(OutputModes.Process))
        {
            Emit(value);
            return;
        }
        switch (value)
        {
            case (byte)'\n':
                ProcessLineFeed();
                break;
            case (byte)'\r':
                ProcessReturn();
                break;
            case (byte)'\t':
                ProcessTab();
                break;
            case (byte)'\b':
                if (_column > 0)
                    _column--;
                Emit(value);
                break;
            default:
                if (!IsControl(value) && !(Has(InputModes.Utf8) && IsContinuation(value)))
                    _column++;
                Emit(value);
                break;
        }
    }

    private void ProcessLineFeed()
    {
        if (Has(OutputModes.LineFeedToReturnLineFeed))
            Emit((byte)'\r');
        if (Has(OutputModes.LineFeedToReturnLineFeed) || Has(OutputModes.LineFeedReturns))
            _column = 0;
        Emit((byte)'\n');
    }

    private void ProcessReturn()
    {
        if (Has(OutputModes.NoReturnAtStart) && _column == 0)
            return;
        if (Has(OutputModes.ReturnToLineFeed))
        {
            if (Has(OutputModes.LineFeedReturns))
                _column = 0;
            Emit((byte)'\n');
            return;
        }
        _column = 0;
        Emit((byte)'\r');
    }

    private void ProcessTab()
    {
        int width = TabWidth - (_column % TabWidth);
        _column += width;
        if ((_settings.Output & OutputModes.ExpandTabs) != OutputModes.ExpandTabs)
        {
            Emit((byte)'\t');
            return;
        }
        for (; width > 0; width--)
            Emit((byte)' ');
    }

    private void Emit(byte value)
    {
        if (_outputCount == OutputCapacity)
            return;
        _output[(_outputFirst + _outputCount) % OutputCapacity] = value;
        _outputCount++;
    }
}
