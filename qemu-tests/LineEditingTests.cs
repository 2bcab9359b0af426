using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CosmosVm.QemuTests.Harness;
using Xunit;
using Xunit.Abstractions;

namespace CosmosVm.QemuTests;

/// <summary>The monitor's line editor over serial: every way of typing a command must run the same command.</summary>
public sealed class LineEditingTests(ITestOutputHelper output) : QemuTest(output)
{
    private const string Left = "\u001b[D";
    private const string Right = "\u001b[C";
    private const string Up = "\u001b[A";
    private const string Down = "\u001b[B";
    private const string Home = "\u001b[H";
    private const string End = "\u001b[F";
    private const string Delete = "\u001b[3~";
    private const string Backspace = "\u007f";
    private const string ControlA = "\u0001";
    private const string ControlC = "\u0003";
    private const string ControlE = "\u0005";
    private const string ControlH = "\b";
    private const string ControlK = "\u000b";
    private const string ControlU = "\u0015";
    private const string ControlW = "\u0017";

    /// <summary>The command that the edited line must become, without arguments and with a fixed output.</summary>
    private const string Command = "help";

    [Theory]
    [InlineData("backspace", "helpxy" + Backspace + Backspace)]
    [InlineData("backspace-as-control-h", "helpx" + ControlH)]
    [InlineData("backspace-at-start", Backspace + Backspace + "help")]
    [InlineData("insert", "hlp" + Left + Left + "e")]
    [InlineData("left-beyond-start", "elp" + Left + Left + Left + Left + Left + "h")]
    [InlineData("right-beyond-end", "hel" + Right + Right + "p")]
    [InlineData("home-and-end", "el" + Home + "h" + End + "p")]
    [InlineData("control-a-and-e", "el" + ControlA + "h" + ControlE + "p")]
    [InlineData("delete", "hXelp" + Left + Left + Left + Left + Delete)]
    [InlineData("delete-at-end", "help" + Delete)]
    [InlineData("kill-line", "nonsense" + ControlU + "help")]
    [InlineData("kill-to-end", "helpnonsense" + Left + Left + Left + Left + Left + Left + Left + Left + ControlK)]
    [InlineData("kill-word", "nonsense" + ControlW + "help")]
    [InlineData("abandon", "nonsense" + ControlC + "help")]
    [InlineData("completion", "hel\t")]
    [InlineData("unknown-sequence", "he\u001b[99~lp")]
    public async Task Edited_line_runs_the_command(string label, string typed)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = label });
        string expected = await machine.CommandAsync(Command);
        await machine.SendAsync(typed + "\r");
        await machine.WaitForAsync(new Regex($"(^|{QemuMachine.Prompt}){Command} *\n{Regex.Escape(expected)}{QemuMachine.Prompt}"));
    }

    [Fact]
    public async Task History_brings_back_earlier_commands()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        string help = await machine.CommandAsync(Command);
        string cpu = await machine.CommandAsync("cpu");
        await machine.SendAsync(Up + Up + "\r");
        await machine.WaitForAsync("help\n" + help);
        await machine.WaitForPromptAsync();
        await machine.SendAsync(Up + Up + Up + Down + "\r");
        await machine.WaitForAsync("cpu\n" + cpu);
    }

    [Fact]
    public async Task Completion_of_an_ambiguous_start_lists_what_is_possible()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.SendAsync("mem\t\t");
        await machine.WaitForAsync("memmap");
        await machine.SendAsync(ControlU + "help\r");
        await machine.WaitForPromptAsync();
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Empty_line_gives_a_new_prompt_and_no_complaint(string end)
    {
        QemuMachine machine = await BootAsync(new QemuOptions { Label = end.Length == 2 ? "crlf" : ((int)end[0]).ToString() });
        await machine.SendAsync(end);
        Assert.Equal("\n" + QemuMachine.Prompt, await machine.WaitForPromptAsync());
    }

    [Fact]
    public async Task Line_longer_than_the_editor_takes_does_no_harm()
    {
        QemuMachine machine = await BootAsync(new QemuOptions());
        await machine.SendAsync(new string('x', 5000) + "\r");
        await machine.WaitForAsync("xxx: no such command");
        await machine.WaitForPromptAsync();
        Assert.Contains(Command, await machine.CommandAsync(Command));
    }
}
