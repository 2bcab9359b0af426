using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;

namespace CosmosVm.QemuTests;

/// <summary>The scripts in examples/ do what their first lines say.</summary>
public sealed class ExampleScriptTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Bash_example_passes_with_the_built_kernel()
    {
        string script = Path.Combine(Repository.Root, "qemu-tests", "examples", "boot-and-selftest.sh");
        ProcessStartInfo start = new("bash", [script, Repository.KernelElf])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> standardOutput = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(s_limit);
            string output = await standardOutput + await errors;
            Assert.True(process.ExitCode == 0, output);
            Assert.EndsWith("PASSED\n", output);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
