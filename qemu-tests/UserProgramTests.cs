using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;

namespace CosmosVm.QemuTests;

/// <summary>The programs of user/tests do on our kernel what they do on Debian's, line by line.</summary>
public sealed class UserProgramTests(UserProgramTests.Runs runs) : IClassFixture<UserProgramTests.Runs>
{
    private const int WantedChecks = 1700;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>The names of all programs.</summary>
    public static TheoryData<string> Programs => [.. UserTestRun.Programs];

    [LinuxTheory]
    [MemberData(nameof(Programs))]
    public async Task Linux_prints_what_is_recorded(string program) =>
        AssertSame(UserTestRun.Recorded(program), (await runs.Linux)[program]);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task CosmosVm_prints_what_Linux_prints(string program)
    {
        IReadOnlyList<string> linux = LinuxKernel.Path is null ? UserTestRun.Recorded(program) : (await runs.Linux)[program];
        AssertSame(AllowedDifferences.Apply(program, linux), (await runs.CosmosVm)[program]);
    }

    [Fact]
    public async Task Nothing_is_left_of_the_programs() =>
        Assert.Contains(UserRobustnessTests.CleanAudit, (await runs.CosmosVm).Log, StringComparison.Ordinal);

    [Fact]
    public void Recorded_checks_all_passed_and_are_many()
    {
        string[] lines = UserTestRun.Programs.SelectMany(UserTestRun.Recorded).ToArray();
        Assert.DoesNotContain(lines, line => line.StartsWith("not ok", StringComparison.Ordinal));
        Assert.True(lines.Count(UserTestRun.IsCheck) >= WantedChecks, $"only {lines.Count(UserTestRun.IsCheck)} checks");
        Assert.All(UserTestRun.Programs, program => Assert.Equal("== exit 0", UserTestRun.Recorded(program).LastOrDefault()));
    }

    [Fact]
    public void Every_allowed_difference_is_of_a_program_and_line_that_exist() =>
        Assert.All(UserTestRun.Programs, program => AllowedDifferences.Apply(program, UserTestRun.Recorded(program)));

    private static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        string[] missing = expected.Except(actual).ToArray();
        string[] unexpected = actual.Except(expected).ToArray();
        if (!expected.SequenceEqual(actual))
        {
            Assert.Fail($"{missing.Length} lines are missing or another, {unexpected.Length} are unexpected"
                + (missing.Length + unexpected.Length == 0 ? ": the order differs\n" : "\n")
                + string.Concat(missing.Select(line => "- " + line + "\n"))
                + string.Concat(unexpected.Select(line => "+ " + line + "\n")));
        }
    }

    /// <summary>One run on each kernel, made when the first test asks for it.</summary>
    public sealed class Runs
    {
        private readonly Lazy<Task<string>> _initramfs = new(() => UserTestRun.BuildAsync("user-tests"));
        private readonly Lazy<Task<UserTestRun>> _linux;
        private readonly Lazy<Task<UserTestRun>> _cosmosVm;

        /// <summary>Starts nothing yet.</summary>
        public Runs()
        {
            _linux = new(async () => await UserTestRun.RunAsync(
                new QemuOptions { Kernel = LinuxKernel.Path, Initrd = await _initramfs.Value, Append = LinuxKernel.Append },
                "UserProgramTests.Linux", s_limit));
            _cosmosVm = new(async () => await UserTestRun.RunAsync(
                new QemuOptions { Initrd = await _initramfs.Value, Append = "init=/init exit audit" }, "UserProgramTests.CosmosVm", s_limit));
        }

        /// <summary>What Debian's kernel printed.</summary>
        public Task<UserTestRun> Linux => _linux.Value;

        /// <summary>What ours printed.</summary>
        public Task<UserTestRun> CosmosVm => _cosmosVm.Value;
    }
}
