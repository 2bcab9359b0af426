using System;
using System.Text;

namespace User.Tools;

/// <summary>
/// A small command runner: words with quotes, <c>;</c>, pipes, redirection, <c>&amp;</c>, <c>cd</c> and <c>exit</c>. No variables,
/// no patterns, no control flow.
/// </summary>
internal static unsafe class Shell
{
    private const int Input = 0;
    private const int LongestLine = 4096;
    private const int CommandNotFound = 127;
    private const int NotExecutable = 126;
    private const int WrongUse = 2;

    private static int s_status;
    private static bool s_isDone;

    /// <summary>Runs <c>-c COMMAND</c>, a file, or what comes from the standard input.</summary>
    /// <returns>The status of the last command.</returns>
    public static int Run(int first)
    {
        ReadOnlySpan<byte> option = Arguments.Get(first);
        if (option.SequenceEqual("-c"u8))
        {
            RunLines(Arguments.Get(first + 1));
            return s_status;
        }
        int file = Input;
        if (!option.IsEmpty)
        {
            file = (int)SystemCalls.Open(option, OpenFlags.Read | OpenFlags.CloseOnExecute);
            if (file < 0)
            {
                Output.Error($"sh: {option}: {ErrnoText.Describe(file)}");
                return CommandNotFound;
            }
        }
        TerminalModes modes = default;
        bool isInteractive = file == Input && SystemCalls.Control(Input, TerminalRequest.GetModes, ref modes) >= 0;
        // Keys that end a command must not end its shell.
        if (isInteractive)
            SystemCalls.BlockSignals(new SignalSet(Signal.Interrupt));
        RunFile(file, isInteractive);
        return s_status;
    }

    private static void RunFile(int file, bool isInteractive)
    {
        Span<byte> line = stackalloc byte[LongestLine];
        while (!s_isDone)
        {
            if (isInteractive)
                ShowPrompt();
            int length = ReadLine(file, line);
            if (length < 0)
                break;
            RunLines(line[..length]);
        }
    }

    private static void ShowPrompt()
    {
        Span<byte> folder = stackalloc byte[CString.LongestPath];
        int length = int.Max((int)SystemCalls.GetFolder(folder) - 1, 0);
        Output.Write(folder[..length]);
        Output.Write(" # "u8);
        Output.Flush();
    }

    /// <summary>Reads byte by byte: what is behind the line belongs to the commands.</summary>
    /// <returns>The line's length; -1 at the end.</returns>
    private static int ReadLine(int file, Span<byte> line)
    {
        int length = 0;
        while (length < line.Length)
        {
            if (SystemCalls.Read(file, line.Slice(length, 1)) <= 0)
                return length > 0 ? length : -1;
            if (line[length] == (byte)'\n')
                return length;
            length++;
        }
        Output.Error($"sh: a line is too long");
        return 0;
    }

    private static void RunLines(ReadOnlySpan<byte> text)
    {
        var lines = new TextScanner(text);
        while (!s_isDone && lines.TryLine(out ReadOnlySpan<byte> line))
            RunLine(line);
    }

    private static void RunLine(ReadOnlySpan<byte> line)
    {
        byte* words = stackalloc byte[2 * LongestLine];
        var reader = new CommandReader(line, new Span<byte>(words, 2 * LongestLine));
        int input = Input;
        while (!s_isDone && reader.TryRead(out Command command))
        {
            if (!command.IsValid)
            {
                Output.Error($"sh: this can't be understood");
                s_status = WrongUse;
                return;
            }
            input = RunCommand(ref command, input);
        }
    }

    /// <summary>Runs a command; waits for it unless another takes its output or it runs in the background.</summary>
    /// <param name="command">The command.</param>
    /// <param name="input">What it reads; closed here.</param>
    /// <returns>What the next command reads.</returns>
    private static int RunCommand(ref Command command, int input)
    {
        int next = Input;
        int output = Output.File;
        if (command.End == CommandEnd.Pipe && SystemCalls.Pipe(out next, out output) < 0)
            return Input;
        int process = 0;
        if (command.End == CommandEnd.Pipe || !TryRunInShell(ref command))
            process = Start(ref command, input, output, next);
        if (input != Input)
            SystemCalls.Close(input);
        if (output != Output.File)
            SystemCalls.Close(output);
        if (process > 0 && command.End == CommandEnd.Line)
            WaitFor(process);
        return next;
    }

    private static bool TryRunInShell(ref Command command)
    {
        ReadOnlySpan<byte> name = CString.Span(command.Word(0));
        if (name.SequenceEqual("cd"u8))
        {
            ReadOnlySpan<byte> folder = command.Count > 1 ? CString.Span(command.Word(1)) : "/"u8;
            nint answer = SystemCalls.ChangeFolder(folder);
            s_status = answer < 0 ? 1 : 0;
            if (answer < 0)
                Output.Error($"sh: cd: {folder}: {ErrnoText.Describe(answer)}");
            return true;
        }
        if (!name.SequenceEqual("exit"u8))
            return false;
        if (command.Count > 1)
            s_status = (int)TextScanner.ParseNumber(CString.Span(command.Word(1)));
        s_isDone = true;
        return true;
    }

    private static int Start(ref Command command, int input, int output, int unused)
    {
        nint process = SystemCalls.Fork();
        if (process < 0)
            Output.Error($"sh: no process: {ErrnoText.Describe(process)}");
        if (process != 0)
            return (int)process;
        if (input != Input)
            SystemCalls.Duplicate(input, Input);
        if (output != Output.File)
        {
            SystemCalls.Duplicate(output, Output.File);
            SystemCalls.Close(output);
            SystemCalls.Close(unused);
        }
        if (!command.TryRedirect())
            SystemCalls.Exit(1);
        SystemCalls.BlockSignals(new SignalSet());
        Execute(ref command);
        return 0;
    }

    private static void Execute(ref Command command)
    {
        ReadOnlySpan<byte> name = CString.Span(command.Word(0));
        if (name.Contains((byte)'/'))
            Fail(name, SystemCalls.Execute(name, command.Words, Arguments.Environment));
        Span<byte> path = stackalloc byte[CString.LongestPath];
        ReadOnlySpan<byte> folders = Arguments.Variable("PATH"u8);
        if (folders.IsEmpty)
            folders = "/bin"u8;
        while (!folders.IsEmpty)
        {
            int end = folders.IndexOf((byte)':');
            var writer = new Utf8Writer(path);
            writer.Append(end < 0 ? folders : folders[..end]);
            writer.Append("/"u8);
            writer.Append(name);
            SystemCalls.Execute(writer.Text, command.Words, Arguments.Environment);
            folders = end < 0 ? default : folders[(end + 1)..];
        }
        Fail(name, -(nint)Errno.ENOENT);
    }

    private static void Fail(ReadOnlySpan<byte> name, nint answer)
    {
        bool isMissing = ErrnoText.Is(answer, Errno.ENOENT);
        Output.Error($"sh: {name}: {(isMissing ? "not found" : ErrnoText.Describe(answer))}");
        SystemCalls.Exit(isMissing ? CommandNotFound : NotExecutable);
    }

    private static void WaitFor(int process)
    {
        nint ended;
        do
        {
            ended = SystemCalls.Wait(-1, wait: true, out WaitStatus status);
            if (ended == process)
                s_status = status.ShellStatus;
        }
        while (ended > 0 && ended != process);
    }
}
