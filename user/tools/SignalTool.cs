using System;

namespace User.Tools;

/// <summary>kill, sleep, and what asks process 1 to end the machine's run.</summary>
internal static class SignalTool
{
    private const long MillisecondsPerSecond = 1000;

    /// <summary>kill [-NUMBER] PROCESS...</summary>
    public static int Run(int first)
    {
        var signal = Signal.Terminate;
        if (Arguments.Get(first) is [(byte)'-', .. var signalNumber])
        {
            signal = (Signal)TextScanner.ParseNumber(signalNumber);
            first++;
        }
        int status = 0;
        for (int index = first; index < Arguments.Count; index++)
        {
            ReadOnlySpan<byte> process = Arguments.Get(index);
            // Process 0 would mean this group, and a word that is no number must not mean any process.
            bool isNumber = TextScanner.TryParseNumber(process, out ulong number) && number is > 0 and <= int.MaxValue;
            nint answer = isNumber ? SystemCalls.Kill((int)number, signal) : -(nint)Errno.EINVAL;
            if (answer >= 0)
                continue;
            Output.Error($"kill: {process}: {ErrnoText.Describe(answer)}");
            status = 1;
        }
        return status;
    }

    /// <summary>sleep SECONDS</summary>
    public static int Sleep(int first) =>
        SystemCalls.Sleep((long)TextScanner.ParseNumber(Arguments.Get(first)) * MillisecondsPerSecond) < 0 ? 1 : 0;

    /// <summary>Sends a signal to process 1.</summary>
    public static int Ask(Signal signal) => SystemCalls.Kill(1, signal) < 0 ? 1 : 0;
}
