using System;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.SelfTests;

/// <summary>What processes do at moments that programs can't choose.</summary>
internal static class ProcessTests
{
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("processes");
        suite.Add("a process that has given its things back takes no signal any more"u8, EndedTakesNoSignal);
        return suite;
    }

    /// <summary>As a timer's interrupt finds it between the end of its last thread and the parent's being told.</summary>
    private static void EndedTakesNoSignal()
    {
        Process? process = ProcessPools.Processes.Take();
        Check.True(process is not null);
        Check.True(process!.Actions is null);
        Check.Equal(Errno.None, Signals.Send(process, Signal.SIGPROF));
        Check.Equal(Errno.None, Signals.Send(process, Signal.SIGKILL));
        Check.Equal(0UL, process.Pending.Set);
        ProcessPools.Processes.Return(process);
    }
}
