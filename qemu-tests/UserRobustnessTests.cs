using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Programs that try to hurt the system: random calls, fork bombs, memory hogs, kills at random moments.</summary>
public sealed class UserRobustnessTests(ITestOutputHelper output)
{
    /// <summary>What the kernel says when everything is back that was taken since process 1 began.</summary>
    public const string CleanAudit = "audit: all frames and objects are back";

    private const string LastLineOfSuccess = "== exit 0";

    // The kernel compares then what is in use before process 1 and after it.
    private const string Append = "init=/init exit audit";
    // Process 1 asks /dev/vm after each program.
    private const string CleanVerify = "verify: clean";
    private const string FailedAudit = "error: audit:";

    // Of the debug-exit port.
    private const int Success = 33;
    private const int Failure = 35;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    /// <summary>What our kernel must stand, one machine each.</summary>
    public static TheoryData<string> Programs =>
        ["storm 1 1000000", "robust bomb", "robust hog", "robust rounds 10000", "robust kills 1000", "robust recursion 100"];

    /// <summary>Few of each: whether the programs themselves are right.</summary>
    [LinuxFact]
    public async Task Programs_succeed_on_linux()
    {
        string[] programs = ["storm 1 10000", "robust bomb", "robust hog", "robust rounds 100", "robust kills 50", "robust recursion 3"];
        UserTestRun run = await RunAsync(
            new QemuOptions { Kernel = LinuxKernel.Path, Append = LinuxKernel.Append }, "Linux", programs);
        Assert.All(programs, program => AssertSucceeded(run[program]));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task CosmosVm_stands(string program)
    {
        UserTestRun run = await RunAsync(new QemuOptions { Append = Append }, "CosmosVm", program);
        foreach (string line in run.Log.Split('\n').Where(line => line.StartsWith("storm:", StringComparison.Ordinal)))
            output.WriteLine(line);
        AssertSucceeded(run[program]);
        Assert.DoesNotContain(FailedAudit, run.Log, StringComparison.Ordinal);
        Assert.Contains(CleanVerify, run.Log, StringComparison.Ordinal);
        Assert.Contains(CleanAudit, run.Log, StringComparison.Ordinal);
        Assert.Equal(Success, run.ExitCode);
    }

    [Fact]
    public async Task A_memory_hogs_end_is_logged()
    {
        UserTestRun run = await RunAsync(new QemuOptions { Append = Append }, "CosmosVm-log", "robust hog");
        Assert.Equal(3, Regex.Count(run.Log, @"error: out of memory: killed process \d+ \(robust\) with \d+ KiB"));
    }

    [Fact]
    public async Task The_audit_notices_a_file_that_is_left()
    {
        UserTestRun run = await RunAsync(new QemuOptions { Append = Append }, "CosmosVm", "robust leave");
        AssertSucceeded(run["robust leave"]);
        Assert.Contains(FailedAudit, run.Log, StringComparison.Ordinal);
        Assert.Equal(Failure, run.ExitCode);
    }

    private static async Task<UserTestRun> RunAsync(QemuOptions options, string kernel, params string[] programs)
    {
        string name = $"{nameof(UserRobustnessTests)}.{kernel}.{programs[0].Replace(' ', '-')}";
        string initramfs = await UserTestRun.BuildAsync(name, [.. programs.Select(program => UserTestRun.FolderInTheArchive + program)]);
        return await UserTestRun.RunAsync(options with { Initrd = initramfs }, name, s_limit);
    }

    private static void AssertSucceeded(IReadOnlyList<string> lines)
    {
        Assert.DoesNotContain(lines, line => line.StartsWith("not ok", StringComparison.Ordinal));
        Assert.Equal(LastLineOfSuccess, lines.LastOrDefault());
    }
}
