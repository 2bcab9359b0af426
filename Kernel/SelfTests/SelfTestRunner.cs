using System;
using System.Runtime;
using Kernel.Diagnostics;
using Kernel.Drivers.Console;

namespace Kernel.SelfTests;

/// <summary>What a run of self-tests found.</summary>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that did not.</param>
public readonly record struct SelfTestResult(int Passed, int Failed)
{
    /// <summary>Whether something ran and nothing failed.</summary>
    public bool IsSuccess => Failed == 0 && Passed > 0;
}

/// <summary>Runs self-tests and reports in the Test Anything Protocol, version 14 (testanything.org).</summary>
public static class SelfTestRunner
{
    /// <summary>Runs the suites that a filter means.</summary>
    /// <param name="filter">A suite's dotted name or a parent of it; empty for all but those that run only when named.</param>
    /// <param name="output">Where the report goes.</param>
    public static SelfTestResult Run(ReadOnlySpan<char> filter, TextSink output)
    {
        int planned = 0;
        foreach (SelfTestSuite suite in SelfTestCatalog.Suites)
            if (suite.IsSelectedBy(filter))
                planned += suite.Tests.Count;
        output.Write($"TAP version 14\n1..{planned}\n");
        return RunSuites(filter, output);
    }

    /// <summary>
    /// A suite's first run fills what is made once, static fields among it. What later runs allocate is given back, so
    /// that the kernel doesn't grow however often its tests run.
    /// </summary>
    private static SelfTestResult RunSuites(ReadOnlySpan<char> filter, TextSink output)
    {
        int passed = 0, failed = 0;
        foreach (SelfTestSuite suite in SelfTestCatalog.Suites)
        {
            if (!suite.IsSelectedBy(filter))
                continue;
            bool isRepetition = suite.HasRun;
            HeapScope scope = isRepetition ? ManagedHeap.BeginScope() : default;
            for (int i = 0; i < suite.Tests.Count; i++)
            {
                if (RunOne(suite, suite.Tests[i], passed + failed + 1, output))
                    passed++;
                else
                    failed++;
            }
            suite.HasRun = true;
            if (isRepetition)
                ManagedHeap.EndScope(scope);
        }
        output.Write($"# passed {passed} failed {failed}\n");
        return new SelfTestResult(passed, failed);
    }

    private static bool RunOne(SelfTestSuite suite, SelfTest test, int number, TextSink output)
    {
        try
        {
            test.Body();
            output.Write($"ok {number} - {suite.Name}: {test.Name}\n");
            return true;
        }
        catch (CheckFailedException failure)
        {
            output.Write($"not ok {number} - {suite.Name}: {test.Name}\n  ---\n");
            output.Write($"  message: {failure.Message}\n  at: {failure.File}:{failure.Line}\n  ...\n");
        }
        catch (Exception exception)
        {
            output.Write($"not ok {number} - {suite.Name}: {test.Name}\n  ---\n");
            ReportUnexpected(exception, output);
        }
        return false;
    }

    private static void ReportUnexpected(Exception exception, TextSink output)
    {
        ReadOnlySpan<byte> name = ExceptionNames.Of(exception, stackalloc byte[ExceptionNames.BufferSize]);
        output.Write($"  message: {name}: {exception.Message}\n  ...\n");
    }
}
