using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Xunit;

namespace CosmosVm.UserTests;

/// <summary>The image's own tools, under the names that they have where BusyBox is missing.</summary>
[SupportedOSPlatform("linux")]
public sealed class ToolsTests : IDisposable
{
    private const int CommandNotFound = 127;
    private const int WrongUse = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("tools").FullName;

    public ToolsTests()
    {
        foreach (string name in (string[])["sh", "ls", "cat", "ps", "echo", "mkdir", "rmdir", "rm", "kill", "sleep"])
            File.CreateSymbolicLink(Path.Combine(_folder, name), ProgramRun.PathOf("tools"));
    }

    [Theory]
    [InlineData("echo one  two", "one two\n")]
    [InlineData("echo 'one  two' \"three ' four\"", "one  two three ' four\n")]
    [InlineData("echo one\\ two \"a \\\" b\" 'c \\ d'", "one two a \" b c \\ d\n")]
    [InlineData("echo \"\" | cat", "\n")]
    [InlineData("echo one; echo two # three", "one\ntwo\n")]
    [InlineData("echo one | cat | cat", "one\n")]
    [InlineData("echo one >file; echo two>>file; cat <file", "one\ntwo\n")]
    [InlineData("echo one >file; echo two >file; cat file", "two\n")]
    [InlineData("mkdir a; cd a; echo x >y; cd ..; cat a/y; rm a/y; rmdir a; ls a | cat", "x\n")]
    [InlineData("\n\necho one\n\necho two", "one\ntwo\n")]
    public void Shell_runs(string line, string expected) => Assert.Equal(expected, Run(line).Output);

    [Theory]
    [InlineData("echo one", 0)]
    [InlineData("cat /nothing", 1)]
    [InlineData("nothing", CommandNotFound)]
    [InlineData("exit 5; echo no", 5)]
    [InlineData("cat /nothing | echo one", 0)]
    [InlineData("sh -c 'exit 3'", 3)]
    [InlineData("cd /nothing", 1)]
    [InlineData("echo 'one", WrongUse)]
    [InlineData("| echo", WrongUse)]
    [InlineData("echo >", WrongUse)]
    public void Shell_ends_with_the_last_status(string line, int expected) => Assert.Equal(expected, Run(line).Status);

    [Fact]
    public void Shell_says_what_it_can_not_do()
    {
        Assert.Equal("sh: nothing: not found\n", Run("nothing").Errors);
        Assert.Equal("sh: /etc: Permission denied\n", Run("/etc").Errors);
        Assert.Equal("sh: cd: /nothing: No such file or directory\n", Run("cd /nothing").Errors);
        Assert.Equal("sh: /nothing/x: No such file or directory\n", Run("echo >/nothing/x").Errors);
        Assert.Equal("sh: this can't be understood\n", Run("echo 'one").Errors);
    }

    [Fact]
    public void Shell_reads_lines_and_leaves_the_rest_to_the_commands()
    {
        ProgramRun run = ProgramRun.Start(Tool("sh"), "cat\nfor cat\nexit 9\n", _folder);
        Assert.Equal("for cat\nexit 9\n", run.Output);
    }

    [Fact]
    public void Shell_runs_a_file()
    {
        File.WriteAllText(Path.Combine(_folder, "script"), "echo one\nexit 4\necho two\n");
        ProgramRun run = ProgramRun.Start(Tool("sh"), "", _folder, "script");
        Assert.Equal((4, "one\n"), (run.Status, run.Output));
    }

    [Fact]
    public void Shell_does_not_wait_for_what_runs_in_the_background()
    {
        ProgramRun run = Run("sh -c 'sleep 1; echo late >&2' >file & echo early; cat file");
        Assert.Equal("early\n", run.Output);
    }

    [Fact]
    public void Shell_refuses_a_line_that_is_too_long_and_goes_on()
    {
        ProgramRun run = ProgramRun.Start(Tool("sh"), "echo " + new string('x', 5000) + "\necho two\n", _folder);
        Assert.Contains("sh: a line is too long\n", run.Errors);
        Assert.EndsWith("two\n", run.Output);
    }

    [Fact]
    public void List_shows_names_in_order_and_hides_those_with_a_dot()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "list")).FullName;
        foreach (string name in (string[])["b", "a", "C", ".d"])
            File.WriteAllText(Path.Combine(folder, name), "12345");
        Assert.Equal("C\na\nb\n", Run("ls list").Output);
        Assert.Equal([".", "..", ".d", "C", "a", "b"], Run("ls -a list").Lines);
    }

    [Fact]
    public void List_shows_many_names()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "many")).FullName;
        string[] names = [.. Enumerable.Range(1000, 3000).Select(number => $"name-{number}")];
        foreach (string name in names)
            File.WriteAllText(Path.Combine(folder, name), "");
        Assert.Equal(names, Run("ls many").Lines);
    }

    [Fact]
    public void List_shows_rights_and_sizes()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "12345");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Assert.Matches(@"^-r-x----w- +1 +\d+ +5 file\n$", Run("ls -l file").Output);
        Assert.Matches(@"(?m)^lrwxrwxrwx +1 +\d+ +\d+ sh$", Run("ls -l").Output);
        Assert.Matches(@"^drwx", Run("ls -la .").Output);
    }

    [Fact]
    public void List_says_what_is_not_there()
    {
        ProgramRun run = Run("ls nothing");
        Assert.Equal((1, "", "ls: nothing: No such file or directory\n"), (run.Status, run.Output, run.Errors));
    }

    [Fact]
    public void Cat_copies_large_files()
    {
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path.Combine(_folder, "large"), content);
        Assert.Equal(0, Run("cat large | cat | cat >copy").Status);
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(_folder, "copy")));
    }

    [Fact]
    public void Processes_are_shown_with_their_parents()
    {
        string[] lines = Run("ps | cat").Lines;
        Assert.Equal("  PID  PPID S      RSS NAME", lines[0]);
        Assert.Contains(lines, line => Regex.IsMatch(line, @"^ *\d+ +[1-9]\d* R +\d+ ps$"));
        Assert.Contains(lines, line => Regex.IsMatch(line, $@"^ *{Environment.ProcessId} +\d+ \w +[1-9]\d{{3,}} \w+"));
    }

    [Theory]
    [InlineData("12x")]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    public void Kill_takes_numbers_of_processes_only(string word)
    {
        ProgramRun run = Run("kill -9 " + word);
        Assert.Equal((1, $"kill: {word}: Invalid argument\n"), (run.Status, run.Errors));
    }

    [Fact]
    public void Names_that_are_no_tool_are_refused()
    {
        ProgramRun run = ProgramRun.Of("tools", "nothing");
        Assert.Equal(WrongUse, run.Status);
        Assert.StartsWith("usage: tools ", run.Errors);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Tool(string name) => Path.Combine(_folder, name);

    private ProgramRun Run(string line) => ProgramRun.Start(Tool("sh"), "", _folder, "-c", line);
}
