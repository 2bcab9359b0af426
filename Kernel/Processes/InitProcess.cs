using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Files;
using Kernel.Programs;
using Kernel.SystemCalls;

namespace Kernel.Processes;

/// <summary>Process 1: the program that the kernel starts itself.</summary>
internal static unsafe class InitProcess
{
    private const int MaximumArguments = 512;

    /// <summary>Whether there is a program to start: the command line names it, or the initramfs has /init. <c>monitor</c> says no.</summary>
    public static bool IsWanted => !CommandLine.Has("monitor"u8) && (CommandLine.Has("init"u8) || FileLookup.Exists("/init"u8));

    /// <summary>Makes process 1 and lets it run the first program that there is.</summary>
    /// <returns>False if there is none, or no memory for it.</returns>
    public static bool TryStart()
    {
        Audit.Begin();
        if (Process.TryCreateFirst() is not { } process)
        {
            Log.Error($"init: no memory for the first process");
            return false;
        }
        process.Files = FileTable.TryCreate()!;
        process.Paths = PathContext.TryCreate()!;
        OpenConsole(process);
        // The new thread runs this process's first program from within.
        Thread thread = process.FirstThread!;
        thread.PrepareKernelStart(&RunFirstProgram);
        Scheduler.Start(thread);
        return true;
    }

    /// <summary>Process 1 has ended: says how. With <c>exit</c> on the command line QEMU ends, with success if the status is 0; else the kernel panics.</summary>
    /// <param name="status">As wait gives it.</param>
    public static void NoteEnd(int status)
    {
        int signal = status & 0x7f;
        if (signal == 0)
            Log.Info($"init: process 1 has exited with status {status >> 8}");
        else
            Log.Error($"init: process 1 was killed by signal {signal}");
        bool isClean = !Audit.IsOn || Audit.End();
        if (CommandLine.Has("exit"u8))
            DebugExit.Exit(status == 0 && isClean ? DebugExit.Success : DebugExit.Failure);
        Shutdown.Halt();
    }

    /// <summary>Standard input, output and error; without a console the program starts without them.</summary>
    private static void OpenConsole(Process process)
    {
        const int standardFiles = 3;
        Caller kernel = Caller.Kernel;
        Errno error = Tree.Open(kernel, kernel.Paths.Root, "/dev/console"u8, OpenFlags.ReadWrite | OpenFlags.NoTerminal, 0, out OpenFile? console);
        if (error != Errno.None)
        {
            Log.Error($"init: /dev/console can't be opened: error {(int)error}");
            return;
        }
        for (int descriptor = 0; descriptor < standardFiles; descriptor++)
        {
            if (process.Files.Add(console!.AddReference(), 0, standardFiles, closeOnExec: false).IsError)
                console.Release();
        }
        console!.Release();
    }

    private static void RunFirstProgram()
    {
        Thread thread = Thread.Current;
        ReadOnlySpan<byte> path = CommandLine.TryGet("init"u8, out ReadOnlySpan<byte> chosen) ? chosen : "/init"u8;
        byte* text = stackalloc byte[MaximumArguments];
        path = path[..Math.Min(path.Length, MaximumArguments - 1)];
        path.CopyTo(new Span<byte>(text, MaximumArguments));
        text[path.Length] = 0;
        var arguments = new ArgumentStrings(text, path.Length + 1, 0);
        ReadOnlySpan<byte> variables = "HOME=/\0TERM=linux\0PATH=/sbin:/bin:/usr/sbin:/usr/bin\0"u8;
        ArgumentStrings environment;
        fixed (byte* first = variables)
            environment = new ArgumentStrings(first, variables.Length, 0);
        Errno error = ExecuteCalls.Execute(path, ref arguments, ref environment, thread.Frame);
        if (error != Errno.None)
        {
            Log.Error($"init: {path} can't be run: error {(int)error}");
            thread.Process.Exit(127);
        }
    }
}
