using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The five ways to boot, on the machines that QEMU has.</summary>
public sealed class BootTests(ITestOutputHelper output) : QemuTest(output)
{
    [Theory]
    [InlineData(BootWay.Pvh, "PVH", "BIOS")]
    [InlineData(BootWay.BiosCd, "multiboot2", "BIOS")]
    [InlineData(BootWay.BiosUsb, "multiboot2", "BIOS")]
    [InlineData(BootWay.UefiCd, "multiboot2", "UEFI")]
    [InlineData(BootWay.UefiUsb, "multiboot2", "UEFI")]
    public async Task Prompt_is_reached_and_the_log_names_protocol_and_firmware(BootWay boot, string protocol, string firmware)
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Boot = boot, Label = boot.ToString() });
        string log = await machine.WaitForPromptAsync();
        Assert.Matches($@"(?m)^\[ *\d+\.\d{{6}}\] .*\b{protocol}\b.*\b{firmware}\b", log);
        MemoryMapReport map = MemoryMapReport.Parse(await machine.CommandAsync("memmap"));
        Assert.InRange(map.MemoryBytes, 224 * MemoryMapReport.Mebibyte, 256 * MemoryMapReport.Mebibyte);
        Assert.Contains("selftest", await machine.CommandAsync("help"));
    }

    [Theory]
    [InlineData(BootWay.BiosCd)]
    [InlineData(BootWay.BiosUsb)]
    [InlineData(BootWay.UefiCd)]
    [InlineData(BootWay.UefiUsb)]
    public async Task Self_tests_of_memory_pass_after_each_loader(BootWay boot)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, Machine = "q35", Label = boot.ToString() });
        TapReport report = TapReport.Parse(await machine.CommandAsync("selftest conformance"));
        Assert.All(report.Tests, test => Assert.True(test.Passed, test.Name));
    }

    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    [InlineData("pc,acpi=off")]
    [InlineData("pc,hpet=off")]
    [InlineData("q35,hpet=off")]
    public async Task Machine_types_reach_the_prompt_with_a_running_clock(string type)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Machine = type, Label = type });
        Assert.NotEqual(await machine.CommandAsync("time"), await machine.CommandAsync("time"));
    }

    [Fact]
    public async Task First_byte_and_prompt_come_within_40_million_instructions()
    {
        const ulong goal = 40_000_000;
        // Guest time follows the instructions: one tick of the time-stamp counter is one instruction.
        QemuMachine machine = await StartAsync(new QemuOptions { InstructionCountShift = 0, ExtraArguments = ["-rtc", "clock=vm"] });
        string log = await machine.WaitForPromptAsync();
        Match duration = Regex.Match(log, @"boot: entry to first byte (?<first>\d+) ticks, to prompt (?<prompt>\d+) ticks");
        Assert.True(duration.Success, log);
        Assert.InRange(Ticks("first"), 1ul, goal);
        Assert.InRange(Ticks("prompt"), Ticks("first"), goal);

        ulong Ticks(string group) => ulong.Parse(duration.Groups[group].Value, CultureInfo.InvariantCulture);
    }
}
