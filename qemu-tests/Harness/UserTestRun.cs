using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace CosmosVm.QemuTests.Harness;

/// <summary>What the test programs of user/tests printed on one kernel.</summary>
public sealed class UserTestRun
{
    /// <summary>Where the programs are in the initramfs.</summary>
    public const string FolderInTheArchive = "/tests/";

    private const string Mark = "== ";
    private const string End = Mark + "end\n";

    private readonly Dictionary<string, List<string>> _lines = [];

    private UserTestRun()
    {
    }

    /// <summary>The folder of the programs' sources.</summary>
    public static string Sources => Path.Combine(Repository.Root, "user", "tests");

    /// <summary>The names of the programs that are compared.</summary>
    public static IEnumerable<string> Programs => File.ReadLines(Path.Combine(Sources, "programs.txt"))
        .Select(line => line.Split('#')[0].Trim())
        .Where(line => line.Length != 0);

    /// <summary>
    /// The checks of a program and how it ended, one line each; empty if it didn't run. A program is named with its
    /// arguments, such as <c>storm 1 1000</c>.
    /// </summary>
    public IReadOnlyList<string> this[string program] => _lines.TryGetValue(program, out List<string>? lines) ? lines : [];

    /// <summary>What Debian's kernel printed when the output was recorded.</summary>
    public static IReadOnlyList<string> Recorded(string program)
    {
        string path = Path.Combine(Sources, "expected", program + ".txt");
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    /// <summary>Builds the programs and an initramfs that runs them.</summary>
    /// <param name="folder">Where to; relative to out/.</param>
    /// <param name="commands">What to run, such as <c>/tests/storm 1</c>; nothing: all <see cref="Programs"/>.</param>
    /// <returns>The path of the initramfs.</returns>
    public static async Task<string> BuildAsync(string folder, params string[] commands)
    {
        string output = Path.Combine(Repository.Root, "out", folder);
        ProcessStartInfo start = new("bash", [Path.Combine(Sources, "build.sh"), output, .. commands])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> messages = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? Path.Combine(output, "tests.cpio")
            : throw new InvalidOperationException($"user/tests/build.sh failed:\n{await messages}{errors}");
    }

    /// <summary>All that the machine printed.</summary>
    public string Log { get; private init; } = "";

    /// <summary>The exit code of QEMU, of a machine that was waited for.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Boots a machine whose process 1 runs the programs, and waits until all have run and it has ended.</summary>
    /// <exception cref="QemuException">The machine didn't reach the end in time.</exception>
    public static async Task<UserTestRun> RunAsync(QemuOptions options, string name, TimeSpan limit)
    {
        // Without that instruction Linux has no random numbers in its first seconds.
        await using QemuMachine machine = await QemuMachine.StartAsync(options with { Cpu = "qemu64,+rdrand" }, name);
        string log = await machine.WaitForAsync(End, limit);
        int exitCode = await machine.ExitCodeAsync();
        UserTestRun run = Parse(log + await machine.WaitForAsync(new Regex("(?s).*")));
        run.ExitCode = exitCode;
        return run;
    }

    /// <summary>Takes the checks out of a serial log; whatever else is in it, such as messages of the kernel, doesn't count.</summary>
    public static UserTestRun Parse(string log)
    {
        UserTestRun run = new() { Log = log };
        List<string> current = [];
        foreach (string line in log.Split('\n'))
        {
            if (line.StartsWith(Mark + FolderInTheArchive, StringComparison.Ordinal))
                run._lines[line[(Mark + FolderInTheArchive).Length..]] = current = [];
            else if (IsCheck(line) || IsEndOfProgram(line))
                current.Add(line);
        }
        return run;
    }

    /// <summary>Whether a line reports a check.</summary>
    public static bool IsCheck(string line) =>
        line.StartsWith("ok ", StringComparison.Ordinal) || line.StartsWith("not ok ", StringComparison.Ordinal);

    private static bool IsEndOfProgram(string line) =>
        line.StartsWith(Mark + "exit ", StringComparison.Ordinal) || line.StartsWith(Mark + "signal ", StringComparison.Ordinal);
}
