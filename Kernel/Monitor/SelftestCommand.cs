using System;
using Kernel.Drivers.Console;
using Kernel.Monitor.Editing;
using Kernel.SelfTests;

namespace Kernel.Monitor;

/// <summary><c>selftest</c>: runs the tests inside the kernel and reports in TAP.</summary>
internal sealed class SelftestCommand : MonitorCommand
{
    // Lists are walked by index everywhere here: the enumerator of an interface is an object.
    private static ReadOnlySpan<byte> ListOption => "--list"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "selftest"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "[NAME | --list]"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "runs the self-tests, or a suite and those below it"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "The report is TAP version 14 (testanything.org). --list shows the suites.\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 1)
            return CommandResult.WrongArguments;
        if (arguments[0].SequenceEqual(ListOption))
        {
            List(output);
            return CommandResult.Done;
        }
        Run(arguments[0], output);
        return CommandResult.Done;
    }

    /// <summary>Runs a suite and those below it, or everything if no name is given.</summary>
    /// <returns>False if a test failed, or if there is no such suite, which is said.</returns>
    public static bool Run(ReadOnlySpan<byte> name, TextSink output)
    {
        Span<char> buffer = stackalloc char[LineEditor.Capacity];
        ReadOnlySpan<char> filter = Widen(name[..Math.Min(name.Length, buffer.Length)], buffer);
        if (IsKnown(filter))
            return SelfTestRunner.Run(filter, output).IsSuccess;
        output.Write($"{name}: no such suite; \"selftest --list\" lists them\n");
        return false;
    }

    /// <inheritdoc/>
    public override void Complete(CommandArguments preceding, CompletionSet candidates)
    {
        if (preceding.Count > 0)
            return;
        candidates.Offer(ListOption);
        for (int i = 0; i < SelfTestCatalog.Suites.Count; i++)
            candidates.Offer(SelfTestCatalog.Suites[i].Name.AsSpan());
    }

    private static void List(TextSink output)
    {
        for (int i = 0; i < SelfTestCatalog.Suites.Count; i++)
        {
            SelfTestSuite suite = SelfTestCatalog.Suites[i];
            output.Write($"{suite.Name,-32} {suite.Tests.Count,4} tests\n");
        }
    }

    private static bool IsKnown(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < SelfTestCatalog.Suites.Count; i++)
            if (SelfTestCatalog.Suites[i].IsSelectedBy(name))
                return true;
        return false;
    }

    private static ReadOnlySpan<char> Widen(ReadOnlySpan<byte> ascii, Span<char> buffer)
    {
        for (int i = 0; i < ascii.Length; i++)
            buffer[i] = (char)ascii[i];
        return buffer[..ascii.Length];
    }
}
