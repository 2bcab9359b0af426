using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace CosmosVm.UserTests;

/// <summary>What a program did.</summary>
/// <param name="Status">Its exit status; 128 and the signal if one ended it.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Errors">What it wrote to its standard error.</param>
internal sealed record ProgramRun(int Status, string Output, string Errors)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Where the repository is.</summary>
    public static string Root { get; } = typeof(ProgramRun).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "RepositoryRoot").Value!;

    /// <summary>The path of a program of ours.</summary>
    public static string PathOf(string program) => Path.Combine(Root, "out", "user", program);

    /// <summary>The output's lines.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a program of ours.</summary>
    public static ProgramRun Of(string program, params string[] arguments) => Start(PathOf(program), "", null, arguments);

    /// <summary>Runs a program of this machine.</summary>
    /// <param name="path">The program.</param>
    /// <param name="input">For its standard input.</param>
    /// <param name="folder">Its current folder, with which its PATH begins; null: this one.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProgramRun Start(string path, string input, string? folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (folder is not null)
        {
            start.WorkingDirectory = folder;
            start.Environment["PATH"] = folder + ":/bin:/usr/bin";
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill();
            throw new TimeoutException($"{path} did not end");
        }
        return new ProgramRun(process.ExitCode, output.Result, errors.Result);
    }
}
