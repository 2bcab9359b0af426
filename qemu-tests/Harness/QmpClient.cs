using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// The control connection to a running QEMU (QEMU machine protocol: one JSON object per line, answers matched by id).
/// </summary>
public sealed class QmpClient : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonNode?>> _pending = new();
    private readonly ConcurrentQueue<JsonObject> _events = new();
    private readonly Task _reader;
    private long _lastId;

    private QmpClient(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>What QEMU reported on its own so far, such as RESET or SHUTDOWN.</summary>
    public IReadOnlyCollection<JsonObject> Events => _events;

    /// <summary>Ends when QEMU has closed the connection; all events are in <see cref="Events"/> then.</summary>
    public Task Closed => _reader;

    /// <summary>Takes over a connected socket and leaves the negotiation phase.</summary>
    public static async Task<QmpClient> ConnectAsync(Socket socket, TimeSpan limit)
    {
        QmpClient client = new(socket);
        await client.ExecuteAsync("qmp_capabilities", null, limit);
        return client;
    }

    /// <summary>Runs one command and returns its result.</summary>
    /// <exception cref="QemuException">QEMU refused it, has ended, or didn't answer within the limit.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments, TimeSpan limit)
    {
        long id = Interlocked.Increment(ref _lastId);
        TaskCompletionSource<JsonNode?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        JsonObject request = new() { ["execute"] = command, ["id"] = id };
        if (arguments is not null)
            request["arguments"] = arguments;
        byte[] line = Encoding.UTF8.GetBytes(request.ToJsonString() + "\n");
        await _writing.WaitAsync();
        try
        {
            await _stream.WriteAsync(line);
            // The reader fails what is pending when it ends; a request that came after that needs the same.
            if (_reader.IsCompleted)
                answer.TrySetException(new IOException("QEMU closed the control connection."));
            return await answer.Task.WaitAsync(limit);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or TimeoutException)
        {
            throw new QemuException($"QEMU's control connection: '{command}' got no answer ({error.Message}).", error);
        }
        finally
        {
            _writing.Release();
            _pending.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using StreamReader lines = new(_stream, Encoding.UTF8, leaveOpen: true);
            while (await lines.ReadLineAsync() is string line)
            {
                if (line.Length != 0)
                    Take(JsonNode.Parse(line)!.AsObject());
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or JsonException)
        {
            // QEMU was killed while it wrote, or the test is over: the same as a closed connection.
        }
        foreach (TaskCompletionSource<JsonNode?> answer in _pending.Values)
            answer.TrySetException(new IOException("QEMU closed the control connection."));
    }

    private void Take(JsonObject message)
    {
        if (message.ContainsKey("event"))
            _events.Enqueue(message);
        else if (message["id"] is JsonNode id && _pending.TryGetValue(id.GetValue<long>(), out var answer))
        {
            if (message["error"] is JsonNode error)
                answer.TrySetException(new QemuException($"QEMU refused a command: {error.ToJsonString()}"));
            else
                answer.TrySetResult(message["return"]?.DeepClone());
        }
    }
}
