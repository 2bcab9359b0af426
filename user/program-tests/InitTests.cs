using Xunit;

namespace CosmosVm.UserTests;

/// <summary>init where it is not process 1; qemu-tests has it in its place.</summary>
public sealed class InitTests
{
    [Fact]
    public void Only_process_1_runs_it()
    {
        ProgramRun run = ProgramRun.Of("init");
        Assert.Equal((1, "", "init: only the kernel starts this, as process 1\n"), (run.Status, run.Output, run.Errors));
    }
}
