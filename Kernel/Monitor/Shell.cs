using System;
using System.Diagnostics.CodeAnalysis;
using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Console;
using Kernel.Drivers.Input;
using Kernel.Memory;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary>The monitor: reads lines from serial port and keyboard, and runs commands. The processor halts while nothing is typed.</summary>
/// <remarks>All memory is taken at construction. One thread runs it; no lock.</remarks>
internal sealed class Shell
{
    private readonly CommandTable _table = new();
    private readonly TextSink _output;
    private readonly InputQueue _input;
    private readonly Action _pollInput;
    private readonly LineEditor _editor;

    /// <summary>Makes the monitor.</summary>
    /// <param name="output">Serial port and screen.</param>
    /// <param name="input">What is typed on either.</param>
    /// <param name="pollInput">Asks the devices for input; called over and over if interrupts are off.</param>
    public Shell(TextSink output, InputQueue input, Action pollInput)
    {
        _output = output;
        _input = input;
        _pollInput = pollInput;
        _editor = new LineEditor(output, Prompt, _table);
    }

    /// <summary>Scripts wait for it at the start of a line.</summary>
    public static ReadOnlySpan<byte> Prompt => "cosmos> "u8;

    /// <summary>Serves for as long as the kernel runs. Interrupts are on, unless the machine has none.</summary>
    [DoesNotReturn]
    public void Run()
    {
        while (true)
        {
            ReadLine();
            Execute(_editor.Line);
        }
    }

    /// <summary>Runs one command line. Whatever it says, the worst is an error message.</summary>
    public void Execute(ReadOnlySpan<byte> line)
    {
        var words = new CommandArguments(line);
        if (words.Count == 0)
            return;
        MonitorCommand? command = _table.Find(words[0]);
        if (command is null)
        {
            ReportUnknown(words[0]);
            return;
        }
        if (command.Run(new CommandArguments(words.From(1)), _output) == CommandResult.WrongArguments)
            HelpCommand.WriteUsage(command, _output);
    }

    private void ReadLine()
    {
        _editor.Begin();
        ulong logSeen = Log.End;
        while (true)
        {
            byte input = ReadByte(ref logSeen);
            if (_editor.Accept(input) == LineState.Entered)
                return;
        }
    }

    private byte ReadByte(ref ulong logSeen)
    {
        while (true)
        {
            if (_input.TryRead(out byte input))
                return input;
            ulong logEnd = Log.End;
            if (logEnd != logSeen)
            {
                // A log line was written into the line being edited, and ended it.
                logSeen = logEnd;
                _editor.Redraw();
            }
            if (!PhysicalMemory.ZeroFramesWhileIdle())
                WaitForInput();
        }
    }

    private void WaitForInput()
    {
        // Between the look at the queue and the halt no interrupt may slip in: it would be slept through.
        var flags = (ProcessorFlags)Instructions.SaveAndDisableInterrupts();
        if ((flags & ProcessorFlags.InterruptEnable) == 0)
        {
            // The machine has no interrupt controller that the kernel can use.
            _pollInput();
            Instructions.Pause();
        }
        else if (_input.Count == 0)
        {
            Instructions.WaitForInterrupt();
        }
        else
        {
            Instructions.EnableInterrupts();
        }
    }

    private void ReportUnknown(ReadOnlySpan<byte> name)
    {
        _output.Write(name);
        _output.Write(": no such command"u8);
        if (_table.Nearest(name) is { } nearest)
            _output.Write($"; did you mean \"{nearest.Name}\"?\n");
        else
            _output.Write("; \"help\" lists them\n"u8);
    }
}
