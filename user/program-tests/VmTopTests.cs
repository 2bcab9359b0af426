using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace CosmosVm.UserTests;

/// <summary>vmtop, on the processes and the memory of this machine.</summary>
public sealed class VmTopTests
{
    private const int WrongUse = 2;
    private const int EndedByAbort = 128 + 6;

    private static readonly Regex s_row = new(
        @"^ *(?<pid>\d+) (?<state>\w) +(?<virtual>\d+) +(?<rss>\d+) +(?<shared>\d+) +(?<private>\d+) +(?<faults>\d+) +(?<minor>\d+) +(?<major>\d+) (?<name>.*)$");

    [Fact]
    public void Machine_is_shown_as_the_kernel_counts_it()
    {
        string[] lines = ProgramRun.Of("vmtop", "-n", "1").Lines;
        string total = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        ulong mebibytes = ulong.Parse(Regex.Match(total, @"\d+").Value, CultureInfo.InvariantCulture) / 1024;
        Assert.StartsWith($"memory {mebibytes} MiB, available ", lines[0]);
        foreach (string kind in (string[])["free", "anonymous", "files", "  mapped", "page tables"])
            Assert.Contains(lines, line => Regex.IsMatch(line, $@"^{kind} +\d+ frames +\d+ MiB +\d+ % \|[# ]{{24}}\|$"));
    }

    [Fact]
    public void Process_is_shown_as_proc_tells_it()
    {
        using Process sleeper = Process.Start(new ProcessStartInfo(ProgramRun.PathOf("tools"), ["sleep", "30"]))!;
        try
        {
            Match row = Rows(ProgramRun.Of("vmtop", "-n", "1")).Single(row => Number(row, "pid") == (ulong)sleeper.Id);
            string rollup = File.ReadAllText($"/proc/{sleeper.Id}/smaps_rollup");
            string[] statm = File.ReadAllText($"/proc/{sleeper.Id}/statm").Split(' ');
            Assert.Equal("tools", row.Groups["name"].Value);
            Assert.Equal(Kibibytes(rollup, "Rss"), Number(row, "rss"));
            Assert.Equal(Kibibytes(rollup, "Shared_Clean") + Kibibytes(rollup, "Shared_Dirty"), Number(row, "shared"));
            Assert.Equal(Kibibytes(rollup, "Private_Clean") + Kibibytes(rollup, "Private_Dirty"), Number(row, "private"));
            Assert.Equal(ulong.Parse(statm[0], CultureInfo.InvariantCulture) * 4, Number(row, "virtual"));
            Assert.InRange(Number(row, "minor"), 1ul, 1000ul);
        }
        finally
        {
            sleeper.Kill();
        }
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("shared")]
    [InlineData("private")]
    [InlineData("faults")]
    public void Largest_comes_first(string order)
    {
        ulong[] values = [.. Rows(ProgramRun.Of("vmtop", "-n", "1", "-s", order)).Select(row => Number(row, order))];
        Assert.True(values.Length > 1);
        Assert.Equal(values.OrderDescending(), values);
    }

    [Fact]
    public void Processes_can_be_sorted_by_number()
    {
        ulong[] values = [.. Rows(ProgramRun.Of("vmtop", "-n", "1", "-s", "pid")).Select(row => Number(row, "pid"))];
        Assert.Equal(values.Order(), values);
        Assert.Contains(1ul, values);
    }

    [Fact]
    public void Faults_are_those_since_the_last_look()
    {
        ProgramRun run = ProgramRun.Of("vmtop", "-n", "2", "-d", "1");
        ulong[] own = [.. Rows(run).Where(row => row.Groups["name"].Value == "vmtop").Select(row => Number(row, "faults"))];
        Assert.Equal(2, run.Lines.Count(line => line.StartsWith("memory ", StringComparison.Ordinal)));
        Assert.Equal(0ul, own[0]);
        Assert.All(Rows(run), row => Assert.InRange(Number(row, "faults"), 0ul, Number(row, "minor") + Number(row, "major")));
    }

    [Theory]
    [InlineData("-n")]
    [InlineData("-n", "0")]
    [InlineData("-n", "x")]
    [InlineData("-d", "9999999")]
    [InlineData("-s", "nothing")]
    [InlineData("nothing")]
    public void Wrong_options_are_refused(params string[] options)
    {
        ProgramRun run = ProgramRun.Of("vmtop", options);
        Assert.Equal((WrongUse, ""), (run.Status, run.Output));
        Assert.StartsWith("usage: vmtop ", run.Errors);
    }

    [Fact]
    public void Live_screen_obeys_keys_and_gives_the_terminal_back()
    {
        // script(1) gives the program a terminal, whose modes stty shows before and after.
        string command = $"stty rows 12 cols 60; stty -g; {ProgramRun.PathOf("vmtop")} -d 1; echo status $?; stty -g";
        ProgramRun run = ProgramRun.Start("bash", "", null, "-c", $"(sleep 1; printf f; sleep 1; printf q; sleep 1) | script -qec '{command}' /dev/null");
        string output = run.Output.Replace("\r", "");
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("processes by resident memory", output);
        Assert.Contains("processes by new faults", output);
        Assert.Contains("status 0", lines[^2]);
        Assert.Equal(lines[0], lines[^1]);
        Assert.EndsWith("\e[?25h", output[..output.IndexOf("status", StringComparison.Ordinal)]);
        string[] picture = output[..output.IndexOf("\e[J\e[7mq", StringComparison.Ordinal)].Split("\e[K\n");
        Assert.Equal(12, picture.Length);
        Assert.All(picture[1..], line => Assert.InRange(line.Length, 0, 59));
    }

    [Fact]
    public void Without_memory_it_says_so_and_aborts()
    {
        // Enough for the first piece of its heap, not for a list of so many processes, however few others there are.
        string sleep = $"for i in {{1..300}}; do {ProgramRun.PathOf("tools")} sleep 60 >/dev/null 2>&1 & done";
        string look = $"(ulimit -c 0; ulimit -v 320; exec {ProgramRun.PathOf("vmtop")} -n 1)";
        ProgramRun run = ProgramRun.Start("bash", "", null, "-c", $"{sleep}; {look}; status=$?; kill $(jobs -p); exit $status");
        Assert.Equal(EndedByAbort, run.Status);
        Assert.Matches("^vmtop: .*memory", run.Errors);
    }

    private static Match[] Rows(ProgramRun run) => [.. run.Lines.Select(line => s_row.Match(line)).Where(match => match.Success)];

    private static ulong Number(Match row, string column) => ulong.Parse(row.Groups[column].Value, CultureInfo.InvariantCulture);

    private static ulong Kibibytes(string rollup, string name) =>
        ulong.Parse(Regex.Match(rollup, $@"(?m)^{name}: +(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture);
}
