using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace CosmosVm.QemuTests.Harness;

/// <summary>One test of a report.</summary>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Name">The suite and the name, as <c>suite: name</c>.</param>
/// <param name="Details">The lines of the indented block behind it, without the indent; empty if there is none.</param>
public sealed record TapTest(bool Passed, string Name, IReadOnlyList<string> Details)
{
    /// <summary>The part of the name before the colon.</summary>
    public string Suite => Name[..Name.IndexOf(':', StringComparison.Ordinal)];
}

/// <summary>A strict reader for what the monitor's <c>selftest</c> prints (Test Anything Protocol, version 14).</summary>
public sealed partial class TapReport
{
    private TapReport(IReadOnlyList<TapTest> tests) => Tests = tests;

    /// <summary>The tests in the order in which they ran.</summary>
    public IReadOnlyList<TapTest> Tests { get; }

    /// <summary>Reads the one report in a text that may have other lines before and after it.</summary>
    /// <param name="text">Lines ending in '\n'.</param>
    /// <exception cref="FormatException">It isn't well-formed, or its numbers don't agree.</exception>
    public static TapReport Parse(string text)
    {
        string[] lines = text.Split('\n');
        int start = Array.IndexOf(lines, "TAP version 14");
        Require(start >= 0, "there is no line 'TAP version 14'", text);
        int planned = -1;
        List<TapTest> tests = [];
        for (int index = start + 1; index < lines.Length; index++)
        {
            string line = lines[index];
            if (PlanLine().Match(line) is { Success: true } plan)
            {
                Require(planned < 0 && tests.Count == 0, "a plan that isn't the first line", line);
                planned = Number(plan.Groups[1]);
            }
            else if (TestLine().Match(line) is { Success: true } test)
            {
                Require(Number(test.Groups["number"]) == tests.Count + 1, $"expected test number {tests.Count + 1}", line);
                string[] details = Details(lines, index + 1);
                index += details.Length == 0 ? 0 : details.Length + 2;
                tests.Add(new TapTest(!test.Groups["not"].Success, test.Groups["name"].Value, details));
            }
            else if (SummaryLine().Match(line) is { Success: true } summary)
            {
                TapReport report = new(tests);
                report.RequireAgreement(planned, Number(summary.Groups[1]), Number(summary.Groups[2]));
                return report;
            }
            else
            {
                Require(line.StartsWith('#') || LogLine().IsMatch(line), "a line that is none of TAP's", line);
            }
        }
        throw new FormatException("The TAP report has no line '# passed N failed M'.");
    }

    private static string[] Details(string[] lines, int start)
    {
        if (start >= lines.Length || lines[start] != "  ---")
            return [];
        int end = Array.IndexOf(lines, "  ...", start);
        Require(end > start + 1, "a block of details that is empty or doesn't end", lines[start - 1]);
        string[] details = lines[(start + 1)..end];
        Require(details.All(line => line.StartsWith("  ", StringComparison.Ordinal)), "a block of details that isn't indented", lines[start - 1]);
        return [.. details.Select(line => line[2..])];
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static void Require(bool condition, string problem, string where)
    {
        if (!condition)
            throw new FormatException($"The TAP report is wrong: {problem}: {where}");
    }

    [GeneratedRegex(@"^1\.\.(\d+)$")]
    private static partial Regex PlanLine();

    [GeneratedRegex(@"^(?<not>not )?ok (?<number>\d+) - (?<name>[^:#]+: [^#]+)$")]
    private static partial Regex TestLine();

    [GeneratedRegex(@"^# passed (\d+) failed (\d+)$")]
    private static partial Regex SummaryLine();

    [GeneratedRegex(@"^\[ *\d+\.\d{6}\] ")]
    private static partial Regex LogLine();

    private void RequireAgreement(int planned, int passed, int failed)
    {
        string counts = $"planned {planned}, ran {Tests.Count}, said passed {passed} failed {failed}";
        Require(planned == Tests.Count, "the plan doesn't agree", counts);
        Require(passed == Tests.Count(test => test.Passed), "the number of passed tests doesn't agree", counts);
        Require(failed == Tests.Count(test => !test.Passed), "the number of failed tests doesn't agree", counts);
        Require(
            Tests.Select(test => test.Name).Distinct().Count() == Tests.Count,
            "names come twice",
            string.Join(", ", Tests.GroupBy(test => test.Name).Where(group => group.Count() > 1).Select(group => group.Key)));
    }
}
