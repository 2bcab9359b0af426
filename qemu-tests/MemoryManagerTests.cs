using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The memory manager in the running kernel.</summary>
public sealed class MemoryManagerTests(ITestOutputHelper output) : QemuTest(output)
{
    private const int ExitCodeOfSuccess = 33;
    private const int ExpectedTests = 33;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("qemu64", 24)]
    [InlineData("qemu64", 4096)]
    [InlineData("max", 24)]
    [InlineData("max", 4096)]
    public async Task Its_self_tests_pass_on_the_processors_own_page_tables(string cpu, int mebibytes)
    {
        QemuMachine machine = await StartAsync(new QemuOptions
        {
            Append = "selftest=mm exit",
            Cpu = cpu,
            MemoryMebibytes = mebibytes,
            Label = $"{cpu}-{mebibytes}",
        });
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync(s_limit));
        TapReport report = TapReport.Parse(machine.SerialText);
        Assert.All(report.Tests, test => Assert.True(test.Passed, test.Name));
        // One that is lost must be missed.
        Assert.Equal(ExpectedTests, report.Tests.Count(test => test.Suite == "mm"));
    }

    [Fact]
    public async Task Forkdemo_shows_sharing_and_parting_and_leaves_nothing_behind()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        // The first run makes what is made once.
        await machine.CommandAsync("forkdemo");
        string before = await machine.CommandAsync("mem");
        string text = await machine.CommandAsync("forkdemo");
        Assert.Contains("one leaf table, two users, no page copied\n  frames: 16 of pages, 7 of tables; backup: 1 tables", text, StringComparison.Ordinal);
        Assert.Contains("  child    16 pages resident,  15 seen by others too,   1 faults", text, StringComparison.Ordinal);
        Assert.EndsWith("  parent   16 pages resident,   0 seen by others too,   2 faults\n", text, StringComparison.Ordinal);
        Assert.Equal(before, await machine.CommandAsync("mem"));
    }

    [Fact]
    public async Task Aspace_lists_the_kernels_space_and_verifies_everything()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        Assert.Matches(@"\n 0  [0-9a-f]{12} +0 +0 +0 +0 +0  kernel\n$", await machine.CommandAsync("aspace"));
        // The kernel's space is empty: how vareas are shown is tested in the kernel (suite monitor).
        Assert.Single((await machine.CommandAsync("aspace 0")).TrimEnd('\n').Split('\n'));
        Assert.Contains("there is no such address space", await machine.CommandAsync("aspace 7"), StringComparison.Ordinal);
        Assert.Contains("usage: aspace", await machine.CommandAsync("aspace x"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("everything is as it should be", await machine.CommandAsync("aspace verify"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_shows_every_frame_once_and_the_largest_free_run()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { MemoryMebibytes = 256 });
        string text = await machine.CommandAsync("frames");
        ulong owned = new[] { "user pages", "page tables", "pools", "page cache", "kernel", "free" }.Aggregate(0UL, (sum, row) => sum + Frames(text, row));
        Assert.Equal(Frames(text, "all"), owned);
        // Most of memory is in one piece right after the boot, and a block has 1024 frames at most.
        Assert.InRange(Frames(text, "  largest run"), Frames(text, "all") / 2, Frames(text, "free"));
        MatchCollection blocks = Regex.Matches(text, @"(?m)^ +\d+ KiB +(?<size>\d+) +(?<count>\d+)$");
        Assert.Equal(11, blocks.Count);
        ulong inBlocks = blocks.Aggregate(0UL, (sum, row) => sum + (Number(row, "size") * Number(row, "count")));
        Assert.InRange(inBlocks, Frames(text, "free") / 2, Frames(text, "free"));
        Assert.Contains("every frame is where it should be", await machine.CommandAsync("frames verify"), StringComparison.Ordinal);
    }

    private static ulong Frames(string text, string row)
    {
        Match line = Regex.Match(text, $@"(?m)^{row} +(?<number>\d+) frames");
        Assert.True(line.Success, text);
        return Number(line, "number");
    }

    private static ulong Number(Match match, string group) => ulong.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Bench_counts_the_same_instructions_each_time()
    {
        string[] first = await RunBenchmarkAsync("first");
        Assert.Contains(first, row => row.Contains("write fault, frame zeroed while idle", StringComparison.Ordinal));
        Assert.Equal(first, await RunBenchmarkAsync("second"));
    }

    private async Task<string[]> RunBenchmarkAsync(string label)
    {
        QemuMachine machine = await StartAsync(new QemuOptions
        {
            Append = "bench exit",
            InstructionCountShift = 0,
            MemoryMebibytes = 512,
            Label = label,
        });
        // The kernel compares each row with its goal.
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync(s_limit));
        return [.. machine.SerialText.Split('\n').Where(line => line.StartsWith("bench:", StringComparison.Ordinal))];
    }
}
