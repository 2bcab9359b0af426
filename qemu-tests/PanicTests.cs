using System.Linq;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Bugs in the kernel, made on purpose: each ends in a report that leads to the line of the bug.</summary>
public sealed class PanicTests(ITestOutputHelper output) : QemuTest(output)
{
    private const int ExitCodeOfFailure = 35;
    private const string PanicCommandSource = "Kernel/Monitor/PanicCommand.cs";

    [Theory]
    [InlineData("null", "NullDereference")]
    [InlineData("throw", "Throw")]
    [InlineData("assert", "Assert")]
    [InlineData("fail", "Fail")]
    [InlineData("vector 6", "RaiseVector")]
    public async Task Backtrace_names_method_file_and_line_of_the_bug(string kind, string method)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = kind.Replace(' ', '-') });
        await machine.TypeAsync($"panic {kind}");
        PanicReport report = await machine.PanicAsync();
        BacktraceFrame frame = report.Backtrace.First(candidate => candidate.Method.Contains("PanicCommand"));
        Assert.Contains($".PanicCommand.{method}", frame.Method);
        Assert.Equal(PanicCommandSource, frame.File);
        Assert.Equal(Repository.LineOf(PanicCommandSource, $"// marker: panic {kind.Split(' ')[0]}"), frame.Line);
        await machine.AssertRunningAsync();
    }

    [Fact]
    public async Task Null_dereference_is_reported_as_such()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.TypeAsync("panic null");
        PanicReport report = await machine.PanicAsync();
        Assert.Equal("System.NullReferenceException", report.ExceptionType);
        Assert.Equal("page fault", report.VectorName);
    }

    [Fact]
    public async Task Stack_overflow_panics_cleanly_and_does_not_reset_the_machine()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.TypeAsync("panic stack-overflow");
        PanicReport report = await machine.PanicAsync();
        Assert.Contains("kernel stack overflow", report.Reason);
        Assert.NotEmpty(report.Backtrace);
        await machine.AssertRunningAsync();
    }

    [Fact]
    public async Task Use_of_a_pool_object_after_its_return_is_caught_in_poison_mode()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Append = "poison" });
        await machine.TypeAsync("panic use-after-return");
        PanicReport report = await machine.PanicAsync();
        Assert.Contains("after return", report.Reason);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("throw")]
    [InlineData("assert")]
    [InlineData("stack-overflow")]
    [InlineData("vector=13")]
    public async Task Panic_with_exit_on_the_command_line_leaves_qemu_with_35(string kind)
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = $"panic={kind} exit", Label = kind.Replace('=', '-') });
        await machine.PanicAsync();
        Assert.Equal(ExitCodeOfFailure, await machine.ExitCodeAsync());
    }

    [Fact]
    public async Task Unknown_kind_is_an_error_message_and_the_monitor_goes_on()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        foreach (string command in (string[])["panic nonsense", "panic", "panic vector", "panic vector 32", "panic null 1"])
            Assert.StartsWith("the kinds are: ", await machine.CommandAsync(command));
    }
}
