using System;
using System.Text;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;
using Kernel.Processes;
using Kernel.Programs;

namespace Kernel.SystemCalls;

/// <summary>execve, with scripts.</summary>
internal static unsafe class ExecuteCalls
{
    private const int MaximumPath = 1024;
    private const int MaximumScripts = 5;
    private const int ScriptLine = 256;
    private const int PrefixSize = 2048;

    /// <summary>execve(path, arguments, environment).</summary>
    public static SysResult Execute(SystemCallFrame* frame)
    {
        Span<byte> path = stackalloc byte[MaximumPath];
        Errno error = UserMemory.ReadString(frame->Argument0, path, out int length);
        if (error != Errno.None)
            return error;
        var arguments = new ArgumentStrings(null, 0, frame->Argument1);
        var environment = new ArgumentStrings(null, 0, frame->Argument2);
        error = Execute(path[..length], ref arguments, ref environment, frame);
        return error == Errno.None ? frame->Registers.Rax : error;
    }

    /// <summary>execveat(directory, path, arguments, environment, flags).</summary>
    public static SysResult ExecuteAt(SystemCallFrame* frame)
    {
        const ulong noFollow = 0x100, emptyPath = 0x1000;
        ulong flags = frame->Argument4;
        if ((flags & ~(noFollow | emptyPath)) != 0)
            return Errno.EINVAL;
        int directory = (int)frame->Argument0;
        // What scripts and the program are told: the path, or one through /dev/fd.
        Span<byte> path = stackalloc byte[MaximumPath];
        var name = new Utf8Writer(path);
        name.Append($"/dev/fd/{directory}");
        int prefix = name.Length;
        Errno error = UserMemory.ReadString(frame->Argument1, path[(prefix + 1)..], out int length);
        if (error != Errno.None)
            return error;
        path[prefix] = (byte)'/';
        ReadOnlySpan<byte> asked = path.Slice(prefix + 1, length), told = path[..(length == 0 ? prefix : prefix + 1 + length)];
        error = FileCalls.FindPath(directory, frame->Argument1, (flags & noFollow) == 0, (flags & emptyPath) != 0, out Place place);
        Inode? file = null;
        if (error == Errno.None)
            error = FileLookup.OpenProgram(Caller.Current, ref place, out file);
        if (error != Errno.None)
            return error;
        if (directory == FileCalls.WorkingDirectory || asked.StartsWith("/"u8))
            told = asked;
        var arguments = new ArgumentStrings(null, 0, frame->Argument2);
        var environment = new ArgumentStrings(null, 0, frame->Argument3);
        error = Execute(file, told, ref arguments, ref environment, frame);
        return error == Errno.None ? frame->Registers.Rax : error;
    }

    /// <summary>Runs a program, or a script's interpreter with the script as an argument.</summary>
    public static Errno Execute(ReadOnlySpan<byte> path, ref ArgumentStrings arguments, ref ArgumentStrings environment, SystemCallFrame* frame) =>
        Execute(null, path, ref arguments, ref environment, frame);

    /// <summary>As the other one; the file is found already unless it is null. Drops it.</summary>
    private static Errno Execute(
        Inode? found, ReadOnlySpan<byte> path, ref ArgumentStrings arguments, ref ArgumentStrings environment, SystemCallFrame* frame)
    {
        Process process = Thread.Current.Process;
        // What the kernel puts in front of the arguments: interpreters, their arguments and the script, each with a zero.
        byte* storage = stackalloc byte[PrefixSize];
        var prefix = new Span<byte>(storage, PrefixSize);
        Span<byte> line = stackalloc byte[ScriptLine];
        int prefixLength = 0;
        for (int scripts = 0; ; scripts++)
        {
            ReadOnlySpan<byte> program = scripts == 0 ? path : prefix[..prefix.IndexOf((byte)0)];
            Errno error = Errno.None;
            Inode? file = scripts == 0 ? found : null;
            if (file is null)
                error = FileLookup.OpenProgram(process, program, out file);
            if (error != Errno.None)
                return error;
            SysResult read = file!.ReadAt(0, line);
            if (read.IsError || read.Value < 2 || line[0] != (byte)'#' || line[1] != (byte)'!')
            {
                error = ProgramLoader.Execute(file, program, path, ref arguments, ref environment, frame);
                file.ReleaseProgram();
                return error;
            }
            file.ReleaseProgram();
            if (scripts == MaximumScripts)
                return Errno.ELOOP;
            error = AddInterpreter(line[..(int)read.Value], path, prefix, ref prefixLength);
            if (error != Errno.None)
                return error;
            arguments = arguments.After(storage, prefixLength, dropsFirst: scripts == 0);
        }
    }

    /// <summary>Puts a script's interpreter in front of the arguments; the script's path takes the place of the first.</summary>
    private static Errno AddInterpreter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> path, Span<byte> prefix, ref int length)
    {
        line = line[2..];
        int end = line.IndexOf((byte)'\n');
        // An argument may be cut off, an interpreter may not.
        bool isCut = end < 0 && line.Length == ScriptLine - 2;
        if (end >= 0)
            line = line[..end];
        line = isCut ? line.TrimStart((byte)' ') : line.Trim((byte)' ');
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        if (isCut && space < 0)
            return Errno.ENOEXEC;
        ReadOnlySpan<byte> interpreter = space < 0 ? line : line[..space];
        ReadOnlySpan<byte> argument = space < 0 ? default : line[space..].TrimStart((byte)'\t').Trim((byte)' ');
        if (interpreter.IsEmpty)
            return Errno.ENOEXEC;
        bool isFirst = length == 0;
        int added = interpreter.Length + 1 + (argument.IsEmpty ? 0 : argument.Length + 1) + (isFirst ? path.Length + 1 : 0);
        if (length + added > prefix.Length)
            return Errno.ENAMETOOLONG;
        prefix[..length].CopyTo(prefix[added..]);
        int at = Append(prefix, 0, interpreter);
        if (!argument.IsEmpty)
            at = Append(prefix, at, argument);
        if (isFirst)
            Append(prefix, at, path);
        length += added;
        return Errno.None;
    }

    private static int Append(Span<byte> to, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[at..]);
        to[at + text.Length] = 0;
        return at + text.Length + 1;
    }
}
