using System;
using System.Linq;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The tests inside the kernel, run and judged from outside.</summary>
public sealed class SelfTestTests(ITestOutputHelper output) : QemuTest(output)
{
    private const int ExitCodeOfSuccess = 33;
    private const int ExitCodeOfFailure = 35;
    private const int ExpectedConformanceTests = 150;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("qemu64")]
    [InlineData("max")]
    public async Task All_self_tests_pass_and_qemu_ends_with_33(string cpu)
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "selftest exit", Cpu = cpu, Label = cpu });
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync(s_limit));
        TapReport report = TapReport.Parse(machine.SerialText);
        Assert.All(report.Tests, test => Assert.True(test.Passed, test.Name));
        Assert.True(report.Tests.Count(test => test.Suite.StartsWith("conformance", StringComparison.Ordinal)) >= ExpectedConformanceTests);
        Assert.Contains(report.Tests, test => test.Suite == "interrupts");
    }

    [Theory]
    [InlineData("qemu64")]
    [InlineData("max")]
    public async Task A_million_timer_interrupts_change_no_sse_register(string cpu)
    {
        // Guest time must follow the instructions: QEMU's real-time timers can't keep up with one interrupt every 2 us.
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "selftest=interrupt-storm exit", Cpu = cpu, InstructionCountShift = 0, Label = cpu });
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync(s_limit));
        Assert.True(Assert.Single(TapReport.Parse(machine.SerialText).Tests).Passed);
    }

    [Fact]
    public async Task Address_space_ids_are_refused_where_the_processor_has_none()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "pcid=on selftest=faults exit" });
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync());
        Assert.Contains("] pcid: not supported", machine.SerialText);
    }

    [Fact]
    public async Task Short_paths_take_no_more_instructions_than_their_limits()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "selftest=costs exit", InstructionCountShift = 0 });
        Assert.Equal(ExitCodeOfSuccess, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Failing_self_test_is_reported_with_its_reason_and_qemu_ends_with_35()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "selftest=always-fails exit" });
        Assert.Equal(ExitCodeOfFailure, await machine.ExitCodeAsync());
        TapReport report = TapReport.Parse(machine.SerialText);
        Assert.NotEmpty(report.Tests);
        Assert.All(report.Tests, test =>
        {
            Assert.False(test.Passed);
            Assert.StartsWith("message: ", test.Details[0]);
        });
    }

    [Fact]
    public async Task Failing_suite_is_not_part_of_a_run_of_all()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        TapReport report = TapReport.Parse(await machine.CommandAsync("selftest", s_limit));
        Assert.DoesNotContain(report.Tests, test => test.Suite == "always-fails");
    }

    [Fact]
    public async Task Unknown_suite_is_an_error_and_qemu_ends_with_35()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "selftest=nonsense exit" });
        Assert.Equal(ExitCodeOfFailure, await machine.ExitCodeAsync());
        Assert.Contains("nonsense", machine.SerialText);
    }

    [Fact]
    public async Task Named_suite_runs_alone()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        TapReport report = TapReport.Parse(await machine.CommandAsync("selftest conformance", s_limit));
        Assert.True(report.Tests.Count >= ExpectedConformanceTests);
        Assert.All(report.Tests, test => Assert.StartsWith("conformance", test.Suite));
    }

    [Fact]
    public async Task Two_runs_leave_memory_use_unchanged()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        // The first run fills what is made once, the second takes the memory that all later ones take and give back.
        await machine.CommandAsync("selftest", s_limit);
        await machine.CommandAsync("selftest", s_limit);
        string before = await MemoryInUseAsync(machine);
        TapReport report = TapReport.Parse(await machine.CommandAsync("selftest", s_limit));
        Assert.All(report.Tests, test => Assert.True(test.Passed, test.Name));
        Assert.Equal(before, await MemoryInUseAsync(machine));
    }

    /// <summary>What <c>mem</c> says, without its counters of <c>new</c>, which only ever grow.</summary>
    private static async Task<string> MemoryInUseAsync(QemuMachine machine)
    {
        string report = await machine.CommandAsync("mem");
        int counters = report.IndexOf("new  ", StringComparison.Ordinal);
        Assert.True(counters > 0, report);
        return report[..counters];
    }
}
