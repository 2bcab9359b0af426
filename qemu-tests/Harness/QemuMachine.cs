using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// A virtual machine under test: its serial line, its control connection and its end. When the test is over, the whole
/// serial log is in <c>out/qemu-tests/</c>.
/// </summary>
public sealed class QemuMachine : IAsyncDisposable
{
    /// <summary>What the monitor prints when it is ready for a command.</summary>
    public const string Prompt = "cosmos> ";

    private const int LinesOfLogInMessages = 60;

    // Generous: two machines share two slow processors, and a good run needs a fraction of this.
    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_uefiBootLimit = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(10);

    private static readonly Regex s_promptAtLineStart = new($"(?m)^{Regex.Escape(Prompt)}", RegexOptions.Compiled);

    private readonly QemuProcess _process;
    private readonly SerialLine _serial;
    private readonly QmpClient _qmp;
    private readonly string _privateFolder;

    private QemuMachine(QemuOptions options, string name, QemuProcess process, SerialLine serial, QmpClient qmp, string privateFolder)
    {
        Options = options;
        Name = name;
        _process = process;
        _serial = serial;
        _qmp = qmp;
        _privateFolder = privateFolder;
    }

    /// <summary>What the machine was made of.</summary>
    public QemuOptions Options { get; }

    /// <summary>The name of the machine's files in <c>out/qemu-tests/</c>.</summary>
    public string Name { get; }

    /// <summary>Whether a failure has already shown <see cref="Report"/>.</summary>
    public bool HasReported { get; private set; }

    /// <summary>QEMU's command line.</summary>
    public string CommandLine => _process.CommandLine;

    /// <summary>Everything that came over the serial line so far, as a terminal shows it.</summary>
    public string SerialText => _serial.Text;

    /// <summary>What came over the serial line behind the last text waited for.</summary>
    public string UnreadText => _serial.Unread;

    /// <summary>Where the serial log is once the machine is disposed.</summary>
    public string LogPath => Path.Combine(Repository.LogFolder, Name + ".log");

    /// <summary>Starts a machine and returns as soon as QEMU has connected; the firmware may still run.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="name">Name of the log: unique among the tests.</param>
    public static async Task<QemuMachine> StartAsync(QemuOptions options, string name)
    {
        // The folder's name is short because a Unix socket's path has at most 107 bytes.
        string folder = Directory.CreateTempSubdirectory("cosmosvm-").FullName;
        string serialPath = Path.Combine(folder, "serial");
        string qmpPath = Path.Combine(folder, "qmp");
        using Socket serialListener = Listen(serialPath);
        using Socket qmpListener = Listen(qmpPath);
        QemuProcess? process = null;
        try
        {
            process = QemuProcess.Start(options.Arguments(serialPath, qmpPath, folder));
            SerialLine serial = new(await AcceptAsync(serialListener, process));
            QmpClient qmp = await QmpClient.ConnectAsync(await AcceptAsync(qmpListener, process), s_connectLimit);
            return new QemuMachine(options, name, process, serial, qmp, folder);
        }
        catch
        {
            process?.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Waits for the monitor's first prompt.</summary>
    /// <returns>Everything printed before it.</returns>
    public Task<string> WaitForPromptAsync() =>
        WaitForAsync(s_promptAtLineStart, Options.IsUefi ? s_uefiBootLimit : s_bootLimit);

    /// <summary>Waits for text on the serial line, behind what was waited for before.</summary>
    /// <returns>Everything up to and with the text.</returns>
    /// <exception cref="QemuException">It didn't come in time, the kernel panicked before, or QEMU ended.</exception>
    public Task<string> WaitForAsync(string text, TimeSpan? limit = null) =>
        WaitForAsync(new Regex(Regex.Escape(text)), limit);

    /// <summary>Waits for a match on the serial line, behind what was waited for before.</summary>
    /// <inheritdoc cref="WaitForAsync(string, TimeSpan?)"/>
    public async Task<string> WaitForAsync(Regex pattern, TimeSpan? limit = null)
    {
        (string? text, string reason) = await _serial.WaitAsync(pattern, limit ?? s_defaultLimit);
        return text ?? throw Failure($"Waited on the serial line for /{pattern}/, but {reason}.");
    }

    /// <summary>Types a line at the monitor, and waits until the monitor has shown it.</summary>
    public async Task TypeAsync(string line)
    {
        await SendAsync(line + "\r");
        // An editor that redraws the line repeats the prompt, and may leave spaces behind.
        await WaitForAsync(new Regex($"(^|{Prompt}){Regex.Escape(line)} *\n"));
    }

    /// <summary>Types a command at the prompt.</summary>
    /// <param name="line">The command.</param>
    /// <param name="limit">How long it may take.</param>
    /// <returns>What it printed, without the typed line and the next prompt. Lines end in '\n'.</returns>
    public async Task<string> CommandAsync(string line, TimeSpan? limit = null)
    {
        await TypeAsync(line);
        string output = await WaitForAsync(s_promptAtLineStart, limit);
        return output[..^Prompt.Length];
    }

    /// <summary>Waits for the whole report of a kernel panic.</summary>
    public async Task<PanicReport> PanicAsync()
    {
        string text = await WaitForAsync(PanicReport.End + "\n");
        try
        {
            return PanicReport.Parse(text);
        }
        catch (FormatException error)
        {
            throw Failure(error.Message, error);
        }
    }

    /// <summary>Sends characters as they are, without waiting for anything.</summary>
    public Task SendAsync(string characters) => SendAsync(Encoding.UTF8.GetBytes(characters));

    /// <summary>Sends bytes as they are; returns when QEMU has taken them.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _serial.SendAsync(bytes, s_defaultLimit);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            throw Failure($"QEMU didn't take {bytes.Length} bytes for the serial line ({error.Message}).", error);
        }
    }

    /// <summary>Waits until QEMU ends by itself.</summary>
    /// <returns>Its exit code: 33 and 35 for what the kernel chose through the debug-exit port, 0 for power-off or reset.</returns>
    public async Task<int> ExitCodeAsync(TimeSpan? limit = null)
    {
        TimeSpan wait = limit ?? s_defaultLimit;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(wait);
        }
        catch (TimeoutException)
        {
            throw Failure($"Waited for the end of QEMU, but it still runs after {wait.TotalSeconds:0} s.");
        }
        await Task.WhenAll(_serial.Closed, _qmp.Closed).WaitAsync(s_killLimit);
        return _process.ExitCode;
    }

    /// <summary>Why QEMU ended by itself with code 0: <c>guest-shutdown</c> (power-off) or <c>guest-reset</c>; else null.</summary>
    public string? ShutdownReason => _qmp.Events
        .Where(message => (string?)message["event"] == "SHUTDOWN")
        .Select(message => (string?)message["data"]?["reason"])
        .LastOrDefault();

    /// <summary>Fails unless the machine runs: not reset, not powered off, not stopped by QEMU.</summary>
    public async Task AssertRunningAsync()
    {
        if (_process.HasExited)
            throw Failure("QEMU has ended, but the machine should still run.");
        JsonNode? status = await ExecuteAsync("query-status");
        if ((string?)status?["status"] != "running")
            throw Failure($"The machine should run, but QEMU says {status?.ToJsonString()}.");
    }

    /// <summary>Runs a command of QEMU's machine protocol.</summary>
    public Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments = null) =>
        _qmp.ExecuteAsync(command, arguments, s_defaultLimit);

    /// <summary>Runs a command of QEMU's own monitor, such as <c>mce</c>.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> QemuMonitorAsync(string command) =>
        (string?)await ExecuteAsync("human-monitor-command", new JsonObject { ["command-line"] = command }) ?? "";

    /// <summary>Presses and releases keys together, named as in QEMU (<c>shift</c>, <c>a</c>, <c>ret</c>).</summary>
    public async Task PressAsync(params string[] keys)
    {
        JsonArray pressed = [];
        foreach (string key in keys)
            pressed.Add(new JsonObject { ["type"] = "qcode", ["data"] = key });
        await ExecuteAsync("send-key", new JsonObject { ["keys"] = pressed });
    }

    /// <summary>Takes a picture of the screen. It stays in <c>out/qemu-tests/</c>, as PNG too.</summary>
    /// <param name="label">Tells several pictures of one machine apart.</param>
    public async Task<Screenshot> ScreenshotAsync(string label)
    {
        string pixels = Path.Combine(_privateFolder, "screen.ppm");
        await ExecuteAsync("screendump", new JsonObject { ["filename"] = pixels });
        string picture = Path.Combine(Repository.LogFolder, $"{Name}.{label}.png");
        await ExecuteAsync("screendump", new JsonObject { ["filename"] = picture, ["format"] = "png" });
        return Screenshot.Read(pixels);
    }

    /// <summary>Takes pictures until one satisfies the condition, and returns it.</summary>
    /// <param name="label">Names the picture.</param>
    /// <param name="expected">What the condition means, for the failure message.</param>
    /// <param name="condition">Looks at a picture.</param>
    public async Task<Screenshot> WaitForScreenAsync(string label, string expected, Func<Screenshot, bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            Screenshot screenshot = await ScreenshotAsync(label);
            if (condition(screenshot))
                return screenshot;
            if (watch.Elapsed > s_defaultLimit)
                throw Failure($"Waited for the screen to show {expected}; see {Name}.{label}.png.");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>An exception that tells what went wrong, with all that helps to find out why.</summary>
    public QemuException Failure(string what, Exception? inner = null)
    {
        HasReported = true;
        return new QemuException(what + Environment.NewLine + Report(), inner);
    }

    /// <summary>The end of the serial log, QEMU's messages and its command line.</summary>
    public string Report()
    {
        StringBuilder report = new();
        string[] lines = _serial.Text.Split('\n');
        report.AppendLine($"--- end of the serial log (all of it: {LogPath}) ---");
        foreach (string line in lines.TakeLast(LinesOfLogInMessages))
            report.AppendLine(line);
        report.AppendLine(_process.HasExited ? $"--- QEMU ended with code {_process.ExitCode}; it said: ---" : "--- QEMU runs; it said: ---");
        report.Append(_process.Messages);
        report.AppendLine("--- command line ---");
        report.AppendLine(CommandLine);
        return report.ToString();
    }

    /// <summary>Ends QEMU and writes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(s_killLimit);
        await Task.WhenAll(_serial.Closed, _qmp.Closed).WaitAsync(s_killLimit);
        await WriteLogAsync();
        _serial.Dispose();
        _qmp.Dispose();
        _process.Dispose();
        Directory.Delete(_privateFolder, recursive: true);
    }

    private static Socket Listen(string path)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        return listener;
    }

    private static async Task<Socket> AcceptAsync(Socket listener, QemuProcess process)
    {
        using CancellationTokenSource late = new(s_connectLimit);
        Task<Socket> connection = listener.AcceptAsync(late.Token).AsTask();
        Task first = await Task.WhenAny(connection, process.WaitForExitAsync());
        if (first == connection && connection.IsCompletedSuccessfully)
            return connection.Result;
        await late.CancelAsync();
        string reason = first == connection ? $"QEMU didn't connect within {s_connectLimit.TotalSeconds:0} s" : "QEMU didn't start";
        throw new QemuException($"{reason}:{Environment.NewLine}{process.Messages}{process.CommandLine}");
    }

    private async Task WriteLogAsync()
    {
        await using FileStream log = File.Create(LogPath);
        await log.WriteAsync(Encoding.UTF8.GetBytes($"# {CommandLine}\n"));
        await log.WriteAsync(_serial.Bytes);
        await log.WriteAsync(Encoding.UTF8.GetBytes($"\n# QEMU: {_process.Messages}\n"));
    }
}
