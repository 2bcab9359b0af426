using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using Xunit;

namespace CosmosVm.SymbolTool.Tests;

/// <summary>build/scan-object.sh, which keeps registers that nobody saves out of the compiled kernel.</summary>
public sealed class ScanObjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scanobject").FullName;

    [Theory]
    [InlineData("vmovdqu (%rdi), %xmm0")]
    [InlineData("vpaddd %ymm1, %ymm2, %ymm3")]
    [InlineData("vaddps %zmm1, %zmm2, %zmm3")]
    [InlineData("kmovw %k1, %k2")]
    [InlineData("movups %xmm4, (%rdi)")]
    [InlineData("movups %xmm9, (%rdi)")]
    [InlineData("movups %xmm15, (%rdi)")]
    [InlineData("fldpi")]
    [InlineData("emms")]
    [InlineData("movq %rax, %mm1")]
    [InlineData("movq %fs:0, %rax")]
    [InlineData("movq %gs:8, %rax")]
    [InlineData("movw %gs, %ax")]
    public void Instructions_that_touch_unsaved_registers_are_found(string instruction)
    {
        (int code, string output) = Scan($"nop\n{instruction}\nret");
        Assert.Equal(1, code);
        Assert.Contains(instruction[..3], output);
    }

    [Fact]
    public void Ordinary_code_with_xmm_registers_passes()
    {
        (int code, string output) = Scan("movaps %xmm1, %xmm2\nmovups %xmm8, (%rdi)\ncall far_away_function\nrep stosq\nret");
        Assert.Equal((0, ""), (code, output));
    }

    [Fact]
    public void An_unreadable_object_is_no_success()
    {
        (int code, _) = Run("bash", Script, Path.Combine(_folder, "missing.o"));
        Assert.NotEqual(0, code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Script { get; } = Path.Combine(
        typeof(ScanObjectTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!,
        "build/scan-object.sh");

    private (int Code, string Output) Scan(string code)
    {
        string source = Path.Combine(_folder, "source.s");
        string target = Path.Combine(_folder, "object.o");
        File.WriteAllText(source, $".text\n{code}\n");
        Assert.Equal(0, Run("as", "-o", target, source).Code);
        return Run("bash", Script, target);
    }

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
