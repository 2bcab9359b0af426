using System;
using System.Diagnostics;
using System.IO;

namespace CosmosVm.QemuTests.Harness;

/// <summary>Debian's cloud kernel, with which ours is compared; downloaded when first asked for.</summary>
public static class LinuxKernel
{
    /// <summary>What Linux wants on its command line: only the programs' output on the serial line, power-off at the end.</summary>
    public static string Append => File.ReadAllText(System.IO.Path.Combine(UserTestRun.Sources, "linux-arguments.txt")).Trim();

    private static readonly Lazy<(string? Path, string Reason)> s_found = new(Find);

    /// <summary>The kernel's file, or null where it can't be had.</summary>
    public static string? Path => s_found.Value.Path;

    /// <summary>Why <see cref="Path"/> is null.</summary>
    public static string Reason => s_found.Value.Reason;

    private static (string? Path, string Reason) Find()
    {
        string script = System.IO.Path.Combine(Repository.Root, "user", "tests", "fetch-linux.sh");
        ProcessStartInfo start = new("bash", [script, System.IO.Path.Combine(Repository.Root, "out", "linux")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string path = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 && File.Exists(path) ? (path, "") : (null, errors.Result.Trim());
    }
}

/// <summary>Marks a test that needs Linux; skipped, with the reason, where its package can't be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : Xunit.TheoryAttribute
{
    /// <summary>Looks for the kernel.</summary>
    public LinuxTheoryAttribute()
    {
        if (LinuxKernel.Path is null)
            Skip = LinuxKernel.Reason;
    }
}

/// <inheritdoc cref="LinuxTheoryAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : Xunit.FactAttribute
{
    /// <summary>Looks for the kernel.</summary>
    public LinuxFactAttribute()
    {
        if (LinuxKernel.Path is null)
            Skip = LinuxKernel.Reason;
    }
}
