using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The image as its users get it: every way to boot ends at a shell, on the serial line and on the screen.</summary>
public sealed class ShellBootTests(ITestOutputHelper output) : QemuTest(output)
{
    private const string Prompt = "~ # ";
    private const int FontWidth = 8;
    private const int FontHeight = 16;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz/~#_|-.$>=";

    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData(BootWay.Pvh, 256)]
    [InlineData(BootWay.BiosCd, 256)]
    [InlineData(BootWay.BiosUsb, 256)]
    [InlineData(BootWay.UefiCd, 256)]
    [InlineData(BootWay.UefiUsb, 256)]
    [InlineData(BootWay.Pvh, 24)]
    [InlineData(BootWay.BiosCd, 24)]
    [InlineData(BootWay.BiosUsb, 24)]
    [InlineData(BootWay.UefiCd, 128)]
    public async Task Every_way_to_boot_ends_at_the_shell(BootWay boot, int mebibytes)
    {
        QemuMachine machine = await ToShellAsync(boot, mebibytes, $"{boot}.{mebibytes}");
        Assert.Contains("busybox", await ShellAsync(machine, "readlink /bin/sh"));
        Assert.Contains("/dev/ttyS0", await ShellAsync(machine, "tty"));
        Assert.Contains("c-b-a", await ShellAsync(machine, "printf 'a\\nb\\nc\\n' | sort -r | paste -s -d -"));
        await machine.SendAsync("poweroff\r");
        Assert.Equal(0, await machine.ExitCodeAsync());
        Assert.Equal("guest-shutdown", machine.ShutdownReason);
    }

    [Fact]
    public async Task Invariants_hold_after_every_system_call_of_a_boot_and_a_few_commands()
    {
        // With more memory each check would take longer.
        QemuMachine machine = await ToShellAsync(BootWay.Pvh, 32, append: "verify");
        Assert.Contains("c-b-a", await ShellAsync(machine, "printf 'a\\nb\\nc\\n' | sort -r | paste -s -d -"));
        Assert.Contains("busybox", await ShellAsync(machine, "readlink /bin/sh"));
        Assert.Contains("Hallo", await ShellAsync(machine, "(echo Hallo >/tmp/a; cat /tmp/a; rm /tmp/a) & wait"));
        await machine.SendAsync("poweroff\r");
        Assert.Equal(0, await machine.ExitCodeAsync());
        Assert.DoesNotContain("verify:", machine.SerialText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Menu_starts_the_monitor_at_a_key()
    {
        QemuMachine machine = await StartAsync(new QemuOptions { Boot = BootWay.BiosCd, ToShell = true });
        // The menu waits for a second; a key before it or behind it does no harm.
        while (!machine.SerialText.Contains("CosmosVm", StringComparison.Ordinal))
            await machine.PressAsync("m");
        await machine.WaitForAsync("\n" + QemuMachine.Prompt, s_bootLimit);
    }

    [Theory]
    [InlineData(BootWay.BiosCd)]
    [InlineData(BootWay.UefiCd)]
    public async Task Screen_and_keyboard_have_a_shell_with_editing_and_colours(BootWay boot)
    {
        QemuMachine machine = await ToShellAsync(boot, 256, boot.ToString());
        ScreenReader reader = await LearnAsync(machine);
        // In the shell of the screen: ^C makes it show its prompt again.
        await machine.PressAsync("ctrl", "c");
        await WaitForRowAsync(machine, reader, "prompt", row => row == "~ #");
        await TypeAsync(machine, "echo helo wrld");
        await PressEachAsync(machine, "left", "left", "left", "o", "home", "right", "right", "right", "right", "right", "right", "right", "right", "l", "end", "ret");
        await WaitForRowAsync(machine, reader, "edited line", row => row == "hello world");
        await PressEachAsync(machine, "up");
        await TypeAsync(machine, "s");
        await PressEachAsync(machine, "ret");
        await WaitForRowAsync(machine, reader, "line of the history", row => row == "hello worlds");
        await TypeAsync(machine, "cd /usr/sh");
        await PressEachAsync(machine, "tab", "ret");
        await WaitForRowAsync(machine, reader, "completed path", row => row.StartsWith("/usr/share #", StringComparison.Ordinal));
        await TypeAsync(machine, "tty");
        await PressEachAsync(machine, "ret");
        await WaitForRowAsync(machine, reader, "the terminal's name", row => row == "/dev/tty1");
        await ShellAsync(machine, "printf '\\033[H\\033[J\\033[31m#\\033[32m#\\033[34m#\\033[0;44m \\033[0m' >/dev/tty1");
        await machine.WaitForScreenAsync("colours", "a red, a green and a blue sign on black, and a blue cell", IsColoured);
    }

    [Fact]
    public async Task Editor_on_the_screen_saves_what_the_keyboard_typed()
    {
        QemuMachine machine = await ToShellAsync(BootWay.BiosCd, 256);
        ScreenReader reader = await LearnAsync(machine);
        await machine.PressAsync("ctrl", "c");
        await TypeAsync(machine, "vi /tmp/new");
        await PressEachAsync(machine, "ret");
        await WaitForRowAsync(machine, reader, "vi", row => row.StartsWith("- /tmp/new", StringComparison.Ordinal));
        await TypeAsync(machine, "itwo");
        await PressEachAsync(machine, "ret");
        await TypeAsync(machine, "three");
        await EndInsertingAsync(machine, reader);
        await PressEachAsync(machine, "up", "home");
        await TypeAsync(machine, "Oone");
        await EndInsertingAsync(machine, reader);
        await machine.PressAsync("shift", "semicolon");
        await TypeAsync(machine, "wq");
        await PressEachAsync(machine, "ret");
        await WaitForRowAsync(machine, reader, "prompt", row => row == "~ #");
        Assert.Contains("one+two+three\n", await ShellAsync(machine, "paste -s -d + /tmp/new"));
    }

    /// <summary>Presses Escape alone: what follows at once would be taken for one sequence with it.</summary>
    private static async Task EndInsertingAsync(QemuMachine machine, ScreenReader reader)
    {
        await WaitForRowAsync(machine, reader, "vi.insert", row => row.StartsWith("I /tmp/new", StringComparison.Ordinal));
        await machine.PressAsync("esc");
        await WaitForRowAsync(machine, reader, "vi.command", row => row.StartsWith("- /tmp/new", StringComparison.Ordinal));
    }

    private static bool IsColoured(Screenshot screen)
    {
        return Brightest(0) is { Red: > 100, Green: < 100, Blue: < 100 }
            && Brightest(1) is { Red: < 100, Green: > 100, Blue: < 150 }
            && Brightest(2) is { Red: < 150, Green: < 150, Blue: > 100 }
            && screen.Colour((FontWidth * 3) + 1, 1) is { Red: < 150, Green: < 150, Blue: > 100 };

        (byte Red, byte Green, byte Blue) Brightest(int cell) => Enumerable.Range(0, FontWidth * FontHeight)
            .Select(pixel => screen.Colour((cell * FontWidth) + (pixel % FontWidth), pixel / FontWidth))
            .MaxBy(colour => colour.Red + colour.Green + colour.Blue);
    }

    private static async Task<string> ShellAsync(QemuMachine machine, string line)
    {
        await machine.SendAsync(line + "\r");
        string text = await machine.WaitForAsync("\n" + Prompt);
        return text[(text.IndexOf('\n') + 1)..];
    }

    /// <summary>Writes known text to the screen from the serial line's shell, and learns its shapes.</summary>
    private static async Task<ScreenReader> LearnAsync(QemuMachine machine)
    {
        await ShellAsync(machine, $"printf '\\033[H\\033[J%s\\n' '{Letters}' >/dev/tty1");
        ScreenReader? reader = null;
        await machine.WaitForScreenAsync("font", Letters, screen =>
        {
            reader = new ScreenReader(FontWidth, FontHeight);
            try
            {
                reader.Learn(screen, 0, 0, Letters);
                return reader.Read(screen)[0] == Letters;
            }
            catch (FormatException)
            {
                return false;
            }
        });
        return reader!;
    }

    private static async Task WaitForRowAsync(QemuMachine machine, ScreenReader reader, string label, Func<string, bool> condition) =>
        await machine.WaitForScreenAsync(label, label, screen => reader.Read(screen).Select(row => row.TrimEnd(ScreenReader.Unknown, ' ')).Any(condition));

    /// <summary>Types small letters, spaces and slashes on the keyboard.</summary>
    private static async Task TypeAsync(QemuMachine machine, string text)
    {
        foreach (char character in text)
        {
            if (char.IsUpper(character))
                await machine.PressAsync("shift", char.ToLowerInvariant(character).ToString());
            else
                await machine.PressAsync(character switch { ' ' => "spc", '/' => "slash", _ => character.ToString() });
        }
    }

    private static async Task PressEachAsync(QemuMachine machine, params string[] keys)
    {
        foreach (string key in keys)
            await machine.PressAsync(key);
    }

    private async Task<QemuMachine> ToShellAsync(BootWay boot, int mebibytes, string label = "", string append = "", [CallerMemberName] string test = "")
    {
        QemuMachine machine = await StartAsync(new QemuOptions
        {
            Boot = boot,
            ToShell = true,
            Initrd = boot == BootWay.Pvh ? Repository.Initramfs : null,
            MemoryMebibytes = mebibytes,
            Append = append,
            Label = label,
        }, test);
        await machine.WaitForAsync("\n" + Prompt, s_bootLimit);
        return machine;
    }
}
