using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// The other end of the machine's serial line: keeps everything that arrives, and lets a test wait for text in it.
/// Each successful wait moves the reading position behind what it found, so that the next one looks only at what follows.
/// </summary>
public sealed class SerialLine : IDisposable
{
    private const int ReadBufferBytes = 16 * 1024;

    private readonly object _lock = new();
    private readonly NetworkStream _stream;
    private readonly MemoryStream _bytes = new();
    private readonly SerialTerminal _terminal = new();
    private readonly Task _reader;
    private TaskCompletionSource _arrival = NewArrival();
    private bool _closed;

    /// <summary>Takes over a connected socket.</summary>
    public SerialLine(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>Ends when QEMU has closed the line; everything that it sent is in <see cref="Text"/> then.</summary>
    public Task Closed => _reader;

    /// <summary>Everything received, as bytes.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (_lock)
                return _bytes.ToArray();
        }
    }

    /// <summary>Everything received, as a terminal shows it.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return _terminal.Text;
        }
    }

    /// <summary>What follows the reading position.</summary>
    public string Unread
    {
        get
        {
            lock (_lock)
                return _terminal.Unread;
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan limit)
    {
        using CancellationTokenSource late = new(limit);
        await _stream.WriteAsync(bytes, late.Token);
    }

    /// <summary>Waits until the pattern matches what follows the reading position.</summary>
    /// <returns>What followed the reading position up to and with the match, or null with the reason why the wait is over.</returns>
    public async Task<(string? Text, string Reason)> WaitAsync(Regex pattern, TimeSpan limit)
    {
        using CancellationTokenSource late = new(limit);
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                string unread = _terminal.Unread;
                if (pattern.Match(unread) is { Success: true } match)
                {
                    int end = match.Index + match.Length;
                    _terminal.Take(end);
                    return (unread[..end], "");
                }
                if (unread.Contains(PanicReport.End + '\n', StringComparison.Ordinal))
                    return (null, "the kernel panicked");
                if (_closed)
                    return (null, "QEMU closed the serial line");
                arrival = _arrival.Task;
            }
            try
            {
                await arrival.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                return (null, $"nothing of the kind within {limit.TotalSeconds:0} s");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[ReadBufferBytes];
        try
        {
            while (await _stream.ReadAsync(buffer) is int count and > 0)
                Take(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // QEMU was killed, or the test is over: the same as a closed line.
        }
        lock (_lock)
        {
            _closed = true;
            _arrival.TrySetResult();
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _bytes.Write(bytes);
            _terminal.Feed(bytes);
            _arrival.TrySetResult();
            _arrival = NewArrival();
        }
    }
}
