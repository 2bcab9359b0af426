using System;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Nothing is lost on the serial line, in either direction.</summary>
public sealed class SerialTests(ITestOutputHelper output) : QemuTest(output)
{
    [Fact]
    public async Task Four_kibibytes_typed_at_once_all_arrive()
    {
        const int bytes = 4096;
        QemuMachine machine = await BootAsync(new QemuOptions());
        string[] lines = [.. Enumerable.Range(0, bytes / 10).Select(number => $"echo {number:D4}")];
        await machine.SendAsync(string.Concat(lines.Select(line => line + "\r")));
        foreach (string line in lines)
            await machine.WaitForAsync($"{line}\n{line[^4..]}\n{QemuMachine.Prompt}");
    }

    [Fact]
    public async Task Input_typed_before_the_monitor_starts_is_not_lost()
    {
        QemuMachine machine = await StartAsync(new QemuOptions());
        await machine.WaitForAsync("[ ");
        await machine.SendAsync("help\r");
        await machine.WaitForAsync($"{QemuMachine.Prompt}help\n");
        Assert.Contains("selftest", await machine.WaitForPromptAsync());
    }

    [Fact]
    public async Task Long_output_arrives_complete_and_equal_each_time()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string first = await machine.CommandAsync("log");
        for (int round = 0; round < 10; round++)
            Assert.Equal(first, await machine.CommandAsync("log"));
    }

    [Fact]
    public async Task Log_command_repeats_exactly_what_was_printed_at_boot()
    {
        QemuMachine machine = await StartAsync(new QemuOptions());
        string printed = await machine.WaitForPromptAsync();
        string[] expected = [.. printed.Split('\n').Where(line => Regex.IsMatch(line, @"^\[ *\d+\.\d{6}\] "))];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, (await machine.CommandAsync("log")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Serial_off_keeps_the_line_silent_and_the_keyboard_still_works()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Append = "serial=off" });
        // Nothing on the line tells when the monitor is ready: the whole command again until it has worked.
        Task<int> end = machine.ExitCodeAsync();
        while (!end.IsCompleted)
        {
            foreach (string key in (string[])["ret", "p", "o", "w", "e", "r", "o", "f", "f", "ret"])
                await PressUnlessEndedAsync(machine, end, key);
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(3)));
        }
        Assert.Equal(0, await end);
        Assert.DoesNotContain("cosmos", machine.SerialText, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Keys_pressed_before_the_kernel_runs_do_not_cost_the_keyboard()
    {
        QemuMachine machine = await StartAsync(new QemuOptions());
        await machine.PressAsync("a", "b", "c", "d", "e", "f", "g", "h");
        Assert.DoesNotContain("keyboard: none", await machine.WaitForPromptAsync(), StringComparison.Ordinal);
    }

    private static async Task PressUnlessEndedAsync(QemuMachine machine, Task end, string key)
    {
        try
        {
            await machine.PressAsync(key);
        }
        catch (QemuException)
        {
            // The machine may power off between two keys; a machine that doesn't makes this wait run into its limit.
            await end;
        }
    }
}
