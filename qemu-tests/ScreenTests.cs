using System;
using System.Linq;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>What a person in front of the screen sees.</summary>
public sealed class ScreenTests(ITestOutputHelper output) : QemuTest(output)
{
    // The kernel's font on a framebuffer, and the VGA's own font with the empty column that the VGA adds.
    private const int FontWidth = 8;
    private const int VgaCellWidth = 9;
    private const int FontHeight = 16;

    // Rows that must be readable on the screen and be the same as on the serial line.
    private const int RowsCompared = 10;

    private const string Uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Lowercase = "abcdefghijklmnopqrstuvwxyz";
    private const string Signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private const string KillLine = "\u0015";

    [Theory]
    [InlineData(BootWay.Pvh, VgaCellWidth)]
    [InlineData(BootWay.BiosCd, FontWidth)]
    [InlineData(BootWay.UefiCd, FontWidth)]
    public async Task Screen_shows_the_same_text_as_the_serial_line(BootWay boot, int cellWidth)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, Label = boot.ToString() });
        ScreenReader reader = await LearnAsync(machine, cellWidth);
        // Long enough to scroll on every screen.
        for (int round = 0; round < 3; round++)
            await machine.CommandAsync("help");
        string[] expected = [.. machine.SerialText.Split('\n').Select(line => line.TrimEnd()).TakeLast(RowsCompared)];
        await machine.WaitForScreenAsync(
            "text",
            "the same text as the serial line",
            screen => reader.Read(screen).TakeLast(RowsCompared).Select(WithoutCursor).SequenceEqual(expected));
    }

    [Theory]
    [InlineData(BootWay.Pvh, VgaCellWidth)]
    [InlineData(BootWay.BiosCd, FontWidth)]
    public async Task Panic_is_on_the_screen(BootWay boot, int cellWidth)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, Label = boot.ToString() });
        ScreenReader reader = await LearnAsync(machine, cellWidth);
        await machine.TypeAsync("panic assert");
        PanicReport report = await machine.PanicAsync();
        await machine.WaitForScreenAsync(
            "panic",
            "the end of the panic report with the line of the bug",
            screen =>
            {
                string[] rows = reader.Read(screen);
                return rows.Contains(PanicReport.End) && rows.Any(row => row.Contains(report.Backtrace[0].Method, StringComparison.Ordinal));
            });
    }

    [Fact]
    public async Task Screen_off_leaves_the_screen_alone_and_the_monitor_works()
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Append = "screen=off" });
        Screenshot before = await machine.ScreenshotAsync("before");
        Assert.Contains("selftest", await machine.CommandAsync("help"));
        Assert.True(before.Equals(await machine.ScreenshotAsync("after")));
    }

    [Theory]
    [InlineData(BootWay.Pvh)]
    [InlineData(BootWay.BiosCd)]
    public async Task Machine_without_a_display_adapter_reaches_the_prompt(BootWay boot)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Boot = boot, Vga = "none", Label = boot.ToString() });
        Assert.Contains("selftest", await machine.CommandAsync("help"));
    }

    /// <summary>Types every printable character, and learns their shapes from the line at the bottom of the screen.</summary>
    private static async Task<ScreenReader> LearnAsync(QemuMachine machine, int cellWidth)
    {
        ScreenReader reader = new(cellWidth, FontHeight);
        foreach (string characters in (string[])[Uppercase, Lowercase, Signs])
        {
            await machine.SendAsync(characters);
            await machine.WaitForAsync(characters);
            // The last character may not be there yet when it is on the serial line: then it looks like a space.
            Screenshot screen = await machine.WaitForScreenAsync(
                "font",
                $"what was typed: {characters}",
                picture => TryLearn(new ScreenReader(cellWidth, FontHeight), picture, characters));
            Assert.True(TryLearn(reader, screen, characters));
            await machine.SendAsync(KillLine);
        }
        return reader;
    }

    private static bool TryLearn(ScreenReader reader, Screenshot screen, string characters)
    {
        int row = reader.LastRow(screen);
        if (row < 0)
            return false;
        try
        {
            reader.Learn(screen, row, QemuMachine.Prompt.Length, characters);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string WithoutCursor(string row) => row.TrimEnd(ScreenReader.Unknown, ' ', '_');
}
