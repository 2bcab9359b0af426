using System;
using System.Runtime;

namespace User.VmTop;

/// <summary>vmtop: who has the machine's memory, refreshed live or printed a number of times.</summary>
internal static class Program
{
    private const int WrongUse = 2;
    private const long MillisecondsPerSecond = 1000;

    [RuntimeExport("ProgramMain")]
    private static int Main()
    {
        var options = new Options();
        if (!options.TryParse())
        {
            Output.Error($"usage: vmtop [-n COUNT] [-d SECONDS] [-s rss|shared|private|faults|pid]");
            return WrongUse;
        }
        var processes = new ProcessList();
        var machine = new MachineMemory();
        using var screen = new LiveScreen(isLive: options.Count == 0);
        for (int round = 1; ; round++)
        {
            machine.Read();
            processes.Read();
            processes.Sort(options.Order);
            Show(screen, machine, processes, options);
            if (Output.IsBroken || round == options.Count)
                return 0;
            switch (screen.WaitForKey(options.Seconds * MillisecondsPerSecond))
            {
                case Key.Quit:
                    return 0;
                case Key.Order:
                    options.Order = screen.Order;
                    break;
            }
        }
    }

    private static void Show(LiveScreen screen, MachineMemory machine, ProcessList processes, Options options)
    {
        screen.Begin();
        machine.Show(screen);
        screen.Line($"");
        processes.Show(screen, options.Order);
        screen.End();
    }
}
