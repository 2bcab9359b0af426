using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The PS/2 keyboard reaches the monitor.</summary>
public sealed class KeyboardTests(ITestOutputHelper output) : QemuTest(output)
{
    [Theory]
    [InlineData(BootWay.Pvh, "pc")]
    [InlineData(BootWay.Pvh, "q35")]
    [InlineData(BootWay.BiosCd, "pc")]
    [InlineData(BootWay.UefiCd, "q35")]
    public async Task Command_typed_on_the_keyboard_runs(BootWay boot, string type)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, Machine = type, Label = $"{boot}.{type}" });
        await PressEachAsync(machine, "h", "e", "l", "p", "ret");
        await machine.WaitForAsync("help\n");
        Assert.Contains("selftest", await machine.WaitForPromptAsync());
    }

    [Fact]
    public async Task Shift_caps_lock_and_signs_give_their_characters()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await PressEachAsync(machine, "a");
        await machine.PressAsync("shift", "b");
        await machine.PressAsync("shift_r", "c");
        await PressEachAsync(machine, "caps_lock", "d", "caps_lock", "e", "1");
        await machine.PressAsync("shift", "1");
        await PressEachAsync(machine, "minus", "slash", "spc", "kp_7", "dot");
        await machine.WaitForAsync("aBCDe1!-/ 7.");
    }

    [Fact]
    public async Task Editing_keys_edit()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string help = await machine.CommandAsync("help");
        await PressEachAsync(machine, "x", "e", "l", "q", "backspace", "home", "delete", "h", "end", "p", "ret");
        await machine.WaitForAsync("help\n" + help);
        await PressEachAsync(machine, "up", "ret");
        await machine.WaitForAsync("help\n" + help);
    }

    [Fact]
    public async Task Keys_pressed_during_the_boot_do_not_disable_the_keyboard()
    {
        QemuMachine machine = await StartAsync(new QemuOptions());
        await PressEachAsync(machine, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        await machine.WaitForPromptAsync();
        // What was typed so far may be in the line or not.
        await machine.PressAsync("ctrl", "c");
        await PressEachAsync(machine, "h", "e", "l", "p", "ret");
        await machine.WaitForAsync("selftest");
    }

    [Fact]
    public async Task Control_combination_abandons_the_line()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await PressEachAsync(machine, "x", "y", "z");
        await machine.WaitForAsync("xyz");
        await machine.PressAsync("ctrl", "c");
        await machine.WaitForPromptAsync();
        await PressEachAsync(machine, "h", "e", "l", "p", "ret");
        await machine.WaitForAsync("help\n");
    }

    private static async Task PressEachAsync(QemuMachine machine, params string[] keys)
    {
        foreach (string key in keys)
            await machine.PressAsync(key);
    }
}
