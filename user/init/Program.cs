using System;
using System.Runtime;

namespace User.Init;

/// <summary>Process 1: prepares the file system, keeps a shell on each console, reaps, and ends the machine's run.</summary>
/// <remarks>
/// Signals are not handled but waited for: each turn of the loop takes one, reaps what has ended and starts what is due.
/// Which signal asks for what is the convention of BusyBox's poweroff, halt and reboot.
/// </remarks>
internal static class Program
{
    private const int MillisecondsToEnd = 1000;

    [RuntimeExport("ProgramMain")]
    private static int Main()
    {
        if (SystemCalls.ProcessId != 1)
        {
            Output.Error($"init: only the kernel starts this, as process 1");
            return 1;
        }
        var signals = new SignalSet(Signal.Child, Signal.Terminate, Signal.Interrupt, Signal.User1, Signal.User2, Signal.HangUp);
        SystemCalls.BlockSignals(signals);
        FileSystems.Mount();
        Span<ConsoleShell> shells = [new(ConsoleKind.Serial), new(ConsoleKind.Screen)];
        while (true)
        {
            Reap(shells);
            long wait = StartDue(shells);
            switch ((Signal)SystemCalls.WaitForSignal(signals, wait))
            {
                case Signal.User2:
                    EndRun(RebootCommand.PowerOff);
                    break;
                case Signal.User1:
                    EndRun(RebootCommand.Halt);
                    break;
                case Signal.Terminate or Signal.Interrupt:
                    EndRun(RebootCommand.Restart);
                    break;
            }
        }
    }

    /// <summary>Takes every child that has ended, shells and orphans.</summary>
    private static void Reap(Span<ConsoleShell> shells)
    {
        nint process;
        while ((process = SystemCalls.Wait(-1, wait: false, out WaitStatus status)) > 0)
            foreach (ref ConsoleShell shell in shells)
                shell.NoteEnd((int)process, status);
    }

    /// <summary>Starts the shells that should run and don't.</summary>
    /// <returns>Milliseconds until the next is due; -1 if none is.</returns>
    private static long StartDue(Span<ConsoleShell> shells)
    {
        long wait = -1;
        foreach (ref ConsoleShell shell in shells)
        {
            long due = shell.StartIfDue();
            if (due >= 0 && (wait < 0 || due < wait))
                wait = due;
        }
        return wait;
    }

    private static void EndRun(RebootCommand command)
    {
        Output.Error($"init: ending all processes");
        SystemCalls.Kill(-1, Signal.Terminate);
        SystemCalls.Kill(-1, Signal.HangUp);
        SystemCalls.Kill(-1, Signal.Continue);
        ReapAll(MillisecondsToEnd);
        SystemCalls.Kill(-1, Signal.Kill);
        ReapAll(MillisecondsToEnd);
        SystemCalls.Sync();
        nint answer = SystemCalls.Reboot(command);
        Output.Error($"init: the kernel refuses to end its run: {ErrnoText.Describe(answer)}");
    }

    private static void ReapAll(int milliseconds)
    {
        const int Step = 10;
        for (; milliseconds > 0; milliseconds -= Step)
        {
            while (SystemCalls.Wait(-1, wait: false, out _) is var process and not 0)
                if (ErrnoText.Is(process, Errno.ECHILD))
                    return;
            SystemCalls.Sleep(Step);
        }
    }
}
