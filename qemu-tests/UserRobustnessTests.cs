using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;

namespace CosmosVm.QemuTests;

/// <summary>Programs that try to hurt the system: random calls, fork bombs, memory hogs, kills at random moments.</summary>
public sealed class UserRobustnessTests
{
    private const string LastLineOfSuccess = "== exit 0";

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
    public async Task CosmosVm_stands(string program) =>
        AssertSucceeded((await RunAsync(new QemuOptions { Append = "init=/init exit" }, "CosmosVm", program))[program]);

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
