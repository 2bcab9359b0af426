using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;

namespace CosmosVm.QemuTests;

/// <summary>The image's shell and tools do on our kernel what they do on Debian's: the same typed, the same shown.</summary>
public sealed class ShellScriptTests(ShellScriptTests.Machines machines) : IClassFixture<ShellScriptTests.Machines>
{
    /// <summary>Set to 1, what Debian's kernel shows is recorded instead of compared.</summary>
    private const string Recording = "COSMOSVM_RECORD";

    /// <summary>The names of all scripts.</summary>
    public static TheoryData<string> Scripts => [.. ShellScript.Names];

    [LinuxTheory]
    [MemberData(nameof(Scripts))]
    public async Task Linux_shows_what_is_recorded(string script)
    {
        string shown = await machines.Linux.RunAsync(script);
        if (Environment.GetEnvironmentVariable(Recording) == "1")
            await File.WriteAllTextAsync(ShellScript.RecordOf(script), shown);
        AssertSame(await File.ReadAllTextAsync(ShellScript.RecordOf(script)), shown);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task CosmosVm_shows_what_Linux_shows(string script)
    {
        string expected = LinuxKernel.Path is null
            ? await File.ReadAllTextAsync(ShellScript.RecordOf(script))
            : await machines.Linux.RunAsync(script);
        AssertSame(expected, await machines.CosmosVm.RunAsync(script));
    }

    private static void AssertSame(string expected, string actual)
    {
        if (expected == actual)
            return;
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        int first = expectedLines.Zip(actualLines).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"line {first + 1} differs\n--- expected\n{Part(expectedLines, first)}\n--- shown\n{Part(actualLines, first)}");
    }

    /// <summary>The lines around a difference.</summary>
    private static string Part(string[] lines, int first) => string.Join('\n', lines.Skip(first - 4).Take(16));

    /// <summary>One machine with each kernel, which runs script after script.</summary>
    public sealed class Machines : IAsyncDisposable, IAsyncLifetime
    {
        /// <summary>Debian's kernel.</summary>
        public ShellMachine Linux { get; } = new(
            new QemuOptions { Kernel = LinuxKernel.Path, Append = "console=ttyS0 no_timer_check quiet loglevel=0 panic=-1" }, "ShellScriptTests.Linux");

        /// <summary>Ours.</summary>
        public ShellMachine CosmosVm { get; } = new(new QemuOptions(), "ShellScriptTests.CosmosVm");

        /// <inheritdoc/>
        public Task InitializeAsync() => Task.CompletedTask;

        /// <inheritdoc/>
        async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await Linux.DisposeAsync();
            await CosmosVm.DisposeAsync();
        }
    }

    /// <summary>A machine with the image's initramfs. Started when first used, and anew when a script left it in an unknown state.</summary>
    public sealed class ShellMachine(QemuOptions options, string name) : IAsyncDisposable
    {
        private const string FirstPrompt = "\n~ # ";

        private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(4);

        private readonly Dictionary<string, string> _shown = [];
        private readonly SemaphoreSlim _turn = new(1);
        private QemuMachine? _machine;
        private int _starts;

        /// <summary>Runs a script, or returns what it showed before.</summary>
        public async Task<string> RunAsync(string script)
        {
            await _turn.WaitAsync();
            try
            {
                if (_shown.TryGetValue(script, out string? shown))
                    return shown;
                _machine ??= await StartAsync();
                return _shown[script] = await ShellScript.Read(script).RunAsync(_machine);
            }
            catch
            {
                await DisposeAsync();
                throw;
            }
            finally
            {
                _turn.Release();
            }
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (_machine is { } machine)
                await machine.DisposeAsync();
            _machine = null;
        }

        private async Task<QemuMachine> StartAsync()
        {
            QemuMachine machine = await QemuMachine.StartAsync(
                options with { Initrd = Repository.Initramfs, MemoryMebibytes = 512, Cpu = "qemu64,+rdrand" }, $"{name}.{++_starts}");
            try
            {
                await machine.WaitForAsync(FirstPrompt, s_bootLimit);
                await ShellScript.PrepareAsync(machine);
                return machine;
            }
            catch
            {
                await machine.DisposeAsync();
                throw;
            }
        }
    }
}
