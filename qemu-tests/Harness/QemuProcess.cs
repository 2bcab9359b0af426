using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>One running QEMU. It never outlives this process, however this process ends.</summary>
public sealed class QemuProcess : IDisposable
{
    private const string Qemu = "qemu-system-x86_64";

    // The shell keeps our end of its standard input under watch and kills QEMU when it closes: with us, even by SIGKILL.
    private const string Guardian =
        """
        exec 3<&0
        "$@" 3<&- </dev/null &
        machine=$!
        (read -r _ <&3; kill -KILL "$machine") 2>/dev/null &
        guardian=$!
        wait "$machine"
        code=$?
        kill "$guardian"
        wait "$guardian"
        exit "$code"
        """;

    private readonly Process _process;
    private readonly StringBuilder _messages = new();

    private QemuProcess(Process process, string commandLine)
    {
        _process = process;
        CommandLine = commandLine;
    }

    /// <summary>The command as one would type it in a shell.</summary>
    public string CommandLine { get; }

    /// <summary>What QEMU itself wrote to its standard output and error.</summary>
    public string Messages
    {
        get
        {
            lock (_messages)
                return _messages.ToString();
        }
    }

    /// <summary>Whether QEMU has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>QEMU's exit code once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts QEMU.</summary>
    public static QemuProcess Start(IReadOnlyCollection<string> arguments)
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["-c", Guardian, "sh", Qemu, .. arguments])
            start.ArgumentList.Add(argument);
        QemuProcess started = new(new Process { StartInfo = start }, Qemu + string.Concat(arguments.Select(argument => " " + Quote(argument))));
        started._process.OutputDataReceived += (_, line) => started.Take(line.Data);
        started._process.ErrorDataReceived += (_, line) => started.Take(line.Data);
        started._process.Start();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Ends when QEMU has ended.</summary>
    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    /// <summary>Ends QEMU at once, if it still runs; <see cref="WaitForExitAsync"/> tells when it has ended.</summary>
    public void Kill() => _process.StandardInput.Close();

    /// <summary>Ends QEMU at once, if it still runs.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static string Quote(string argument) =>
        argument.All(character => char.IsAsciiLetterOrDigit(character) || "-_=,./:+".Contains(character)) && argument.Length != 0
            ? argument
            : "'" + argument.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_messages)
            _messages.AppendLine(line);
    }
}
