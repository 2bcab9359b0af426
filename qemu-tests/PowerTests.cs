using System;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>Leaving: reset and power-off.</summary>
public sealed class PowerTests(ITestOutputHelper output) : QemuTest(output)
{
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("pc", BootWay.Pvh)]
    [InlineData("q35", BootWay.Pvh)]
    [InlineData("q35", BootWay.UefiCd)]
    [InlineData("pc,acpi=off", BootWay.Pvh)]
    public async Task Reboot_resets_the_machine_and_the_kernel_starts_again(string type, BootWay boot)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = type, Boot = boot, AllowReboot = true, Label = $"{type}.{boot}" });
        await machine.TypeAsync("reboot");
        await machine.WaitForAsync(new Regex(@"(?m)^\[ *0\.\d{6}\] CosmosVm \d"), s_bootLimit);
        await machine.WaitForPromptAsync();
        Assert.NotEmpty(await machine.CommandAsync("help"));
    }

    [Theory]
    [InlineData("pc", BootWay.Pvh)]
    [InlineData("q35", BootWay.Pvh)]
    [InlineData("q35", BootWay.UefiCd)]
    public async Task Power_off_ends_qemu(string type, BootWay boot)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = type, Boot = boot, Label = $"{type}.{boot}" });
        await machine.TypeAsync("poweroff");
        Assert.Equal(0, await machine.ExitCodeAsync());
        Assert.Equal("guest-shutdown", machine.ShutdownReason);
    }

    [Fact]
    public async Task Power_off_without_acpi_says_so_and_the_monitor_goes_on()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = "pc,acpi=off" });
        Assert.Contains("ACPI", await machine.CommandAsync("poweroff"));
        await machine.AssertRunningAsync();
    }
}
