using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>
/// What all tests share: machines that end with the test, and whose log ends up in the test's output (which the runner
/// shows when the test failed).
/// </summary>
public abstract class QemuTest(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<QemuMachine> _machines = [];
    private readonly List<string> _files = [];

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (QemuMachine machine in _machines)
        {
            if (!machine.HasReported)
                output.WriteLine(machine.Report());
            await machine.DisposeAsync();
        }
        _files.ForEach(File.Delete);
    }

    /// <summary>Starts a machine that ends with the test.</summary>
    protected async Task<QemuMachine> StartAsync(QemuOptions options, [CallerMemberName] string test = "")
    {
        string name = string.Join('.', ((string[])[GetType().Name, test, options.Label]).Where(part => part.Length != 0));
        QemuMachine machine = await QemuMachine.StartAsync(options, name);
        _machines.Add(machine);
        return machine;
    }

    /// <summary>Starts a machine and waits for the monitor.</summary>
    protected async Task<QemuMachine> BootAsync(QemuOptions options, [CallerMemberName] string test = "")
    {
        QemuMachine machine = await StartAsync(options, test);
        await machine.WaitForPromptAsync();
        return machine;
    }

    /// <summary>Writes a file that is deleted after the test.</summary>
    protected string TemporaryFile(byte[] content)
    {
        string path = Path.GetTempFileName();
        _files.Add(path);
        File.WriteAllBytes(path, content);
        return path;
    }
}
