using System;
using Xunit;

namespace CosmosVm.QemuTests.Harness;

/// <summary>The reader of TAP, without a machine.</summary>
public sealed class TapReportTests
{
    private const string Good =
        "before\nTAP version 14\n1..2\nok 1 - a: one\n[    1.234567] a log line\nnot ok 2 - b: two\n" +
        "  ---\n  message: 1 isn't 2\n  ...\n# passed 1 failed 1\nafter";

    [Fact]
    public void Reads_a_report_among_other_lines()
    {
        TapReport report = TapReport.Parse(Good);
        Assert.Collection(
            report.Tests,
            first =>
            {
                Assert.True(first.Passed);
                Assert.Equal("a", first.Suite);
            },
            second =>
            {
                Assert.False(second.Passed);
                Assert.Equal(["message: 1 isn't 2"], second.Details);
            });
    }

    [Theory]
    [InlineData("TAP version 14", "TAP version 13")]
    [InlineData("1..2", "1..3")]
    [InlineData("1..2\n", "")]
    [InlineData("not ok 2", "not ok 3")]
    [InlineData("passed 1 failed 1", "passed 2 failed 0")]
    [InlineData("b: two", "a: one")]
    [InlineData("  ...\n", "")]
    [InlineData("# passed", "# past")]
    [InlineData("a log line\n", "a log line\nsomething else\n")]
    public void Refuses_a_report_that_contradicts_itself(string part, string replacement) =>
        Assert.Throws<FormatException>(() => TapReport.Parse(Good.Replace(part, replacement, StringComparison.Ordinal)));
}
