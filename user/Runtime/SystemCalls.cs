using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace User;

/// <summary>Linux's system calls as these programs need them. Each answers with a negative <see cref="Errno"/> on failure.</summary>
public static unsafe class SystemCalls
{
    private const int SignalSetSize = sizeof(ulong);

    /// <summary>Reads up to a buffer's length; 0 at the end.</summary>
    public static nint Read(int file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Call(SystemCallNumber.Read, file, (nint)start, buffer.Length);
    }

    /// <summary>Writes; the answer may be less than all.</summary>
    public static nint Write(int file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Call(SystemCallNumber.Write, file, (nint)start, bytes.Length);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="flags">What for.</param>
    /// <param name="mode">Rights of a file that is made, before the umask.</param>
    public static nint Open(scoped ReadOnlySpan<byte> path, OpenFlags flags, int mode = 0b110_110_110)
    {
        byte* name = stackalloc byte[CString.LongestPath];
        return Terminate(path, name) ? Call(SystemCallNumber.Open, (nint)name, (nint)flags, mode) : -(nint)Errno.ENAMETOOLONG;
    }

    /// <summary>Closes a file.</summary>
    public static nint Close(int file) => Call(SystemCallNumber.Close, file);

    /// <summary>What is known of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="followLinks">Whether a symbolic link stands for what it points to.</param>
    /// <param name="status">What is known.</param>
    public static nint Stat(scoped ReadOnlySpan<byte> path, bool followLinks, out FileStatus status)
    {
        byte* name = stackalloc byte[CString.LongestPath];
        status = default;
        if (!Terminate(path, name))
            return -(nint)Errno.ENAMETOOLONG;
        fixed (FileStatus* target = &status)
            return Call(followLinks ? SystemCallNumber.Stat : SystemCallNumber.LinkStat, (nint)name, (nint)target);
    }

    /// <summary>Waits until a file can be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="milliseconds">How long at most.</param>
    /// <returns>1 when it can, 0 when the time is over.</returns>
    public static nint WaitForInput(int file, int milliseconds)
    {
        const short PollInput = 1;
        var poll = new PollEntry { File = file, Events = PollInput };
        return Call(SystemCallNumber.Poll, (nint)(&poll), 1, milliseconds);
    }

    /// <summary>Entries of an open folder, as <see cref="FolderReader"/> takes them apart; 0 at the end.</summary>
    public static nint ReadFolder(int file, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Call(SystemCallNumber.ReadFolder, file, (nint)start, buffer.Length);
    }

    /// <summary>Device-specific control with a structure.</summary>
    public static nint Control<T>(int file, TerminalRequest request, ref T argument) where T : unmanaged
    {
        fixed (T* target = &argument)
            return Call(SystemCallNumber.Ioctl, file, (nint)request, (nint)target);
    }

    /// <summary>Device-specific control with a number.</summary>
    public static nint Control(int file, TerminalRequest request, int argument) =>
        Call(SystemCallNumber.Ioctl, file, (nint)request, argument);

    /// <summary>A pipe: its reading and its writing end.</summary>
    public static nint Pipe(out int reader, out int writer)
    {
        long ends = 0;
        nint answer = Call(SystemCallNumber.Pipe, (nint)(&ends));
        reader = (int)ends;
        writer = (int)(ends >> 32);
        return answer;
    }

    /// <summary>Makes a file known under a second number too, in place of what that number stood for.</summary>
    public static nint Duplicate(int file, int number) => Call(SystemCallNumber.Duplicate, file, number);

    /// <summary>Sleeps.</summary>
    public static nint Sleep(long milliseconds)
    {
        var time = TimeSpan64.FromMilliseconds(milliseconds);
        return Call(SystemCallNumber.Sleep, (nint)(&time), 0);
    }

    /// <summary>Nanoseconds since the machine started.</summary>
    public static long MonotonicTime()
    {
        const int Monotonic = 1;
        TimeSpan64 time = default;
        Call(SystemCallNumber.ClockTime, Monotonic, (nint)(&time));
        return time.Nanoseconds;
    }

    /// <summary>The number of this process.</summary>
    public static int ProcessId => (int)Call(SystemCallNumber.GetProcess);

    /// <summary>Copies the process: the child's number for the parent, 0 for the child.</summary>
    public static nint Fork() => Call(SystemCallNumber.Fork);

    /// <summary>Replaces the program by another; returns only on failure.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Pointers to its arguments, null at the end.</param>
    /// <param name="environment">Pointers to its environment, null at the end.</param>
    public static nint Execute(scoped ReadOnlySpan<byte> path, byte** arguments, byte** environment)
    {
        byte* name = stackalloc byte[CString.LongestPath];
        return Terminate(path, name)
            ? Call(SystemCallNumber.Execute, (nint)name, (nint)arguments, (nint)environment)
            : -(nint)Errno.ENAMETOOLONG;
    }

    /// <summary>Ends the process.</summary>
    [DoesNotReturn]
    public static void Exit(int status)
    {
        while (true)
            Call(SystemCallNumber.Exit, status);
    }

    /// <summary>Ends the process by the signal for a failed program.</summary>
    public static void Abort() => Kill(ProcessId, Signal.Abort);

    /// <summary>Takes a child that has ended.</summary>
    /// <param name="process">Its number, or -1 for any.</param>
    /// <param name="wait">Whether to wait for one.</param>
    /// <param name="status">How it ended.</param>
    /// <returns>Its number; 0 if none has ended.</returns>
    public static nint Wait(int process, bool wait, out WaitStatus status)
    {
        const int NoHang = 1;
        int value = 0;
        nint answer = Call(SystemCallNumber.Wait, process, (nint)(&value), wait ? 0 : NoHang);
        status = new WaitStatus(value);
        return answer;
    }

    /// <summary>Sends a signal to a process, to all (-1), or to a group (its negative number).</summary>
    public static nint Kill(int process, Signal signal) => Call(SystemCallNumber.Kill, process, (nint)signal);

    /// <summary>Sets which signals wait.</summary>
    public static nint BlockSignals(SignalSet signals)
    {
        const int SetMask = 2;
        return Call(SystemCallNumber.SignalMask, SetMask, (nint)(&signals), 0, SignalSetSize);
    }

    /// <summary>Waits for one of some blocked signals.</summary>
    /// <param name="signals">Which.</param>
    /// <param name="milliseconds">How long at most; without end when negative.</param>
    /// <returns>The signal; <see cref="Errno.EAGAIN"/> when the time is over.</returns>
    public static nint WaitForSignal(SignalSet signals, long milliseconds = -1)
    {
        var time = TimeSpan64.FromMilliseconds(milliseconds);
        return Call(SystemCallNumber.SignalWait, (nint)(&signals), 0, milliseconds < 0 ? 0 : (nint)(&time), SignalSetSize);
    }

    /// <summary>Begins a session without a terminal; the process leads it.</summary>
    public static nint NewSession() => Call(SystemCallNumber.NewSession);

    /// <summary>Puts a process into a group.</summary>
    public static nint SetProcessGroup(int process, int group) => Call(SystemCallNumber.SetProcessGroup, process, group);

    /// <summary>Names of the machine and its kernel.</summary>
    public static nint Uname(out SystemNames names)
    {
        names = default;
        fixed (SystemNames* target = &names)
            return Call(SystemCallNumber.Uname, (nint)target);
    }

    /// <summary>Changes the current folder.</summary>
    public static nint ChangeFolder(scoped ReadOnlySpan<byte> path) => CallWithPath(SystemCallNumber.ChangeFolder, path);

    /// <summary>The current folder's path; the answer counts its closing zero.</summary>
    public static nint GetFolder(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Call(SystemCallNumber.GetFolder, (nint)start, buffer.Length);
    }

    /// <summary>Makes a folder.</summary>
    public static nint MakeFolder(scoped ReadOnlySpan<byte> path, int mode) => CallWithPath(SystemCallNumber.MakeFolder, path, mode);

    /// <summary>Removes an empty folder.</summary>
    public static nint RemoveFolder(scoped ReadOnlySpan<byte> path) => CallWithPath(SystemCallNumber.RemoveFolder, path);

    /// <summary>Removes a file's name.</summary>
    public static nint Unlink(scoped ReadOnlySpan<byte> path) => CallWithPath(SystemCallNumber.Unlink, path);

    /// <summary>Makes the node of a character device that all may use.</summary>
    public static nint MakeCharacterDevice(scoped ReadOnlySpan<byte> path, int major, int minor)
    {
        const int CharacterDevice = 0x2000;
        const int ReadAndWriteForAll = 0b110_110_110;
        const int MajorShift = 8;
        return CallWithPath(SystemCallNumber.MakeNode, path, CharacterDevice | ReadAndWriteForAll, (major << MajorShift) | minor);
    }

    /// <summary>Mounts a file system that needs no device.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="folder">Where.</param>
    /// <param name="options">For the file system.</param>
    public static nint Mount(scoped ReadOnlySpan<byte> type, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> options)
    {
        const int LongestWord = 64;
        byte* typeName = stackalloc byte[LongestWord];
        byte* folderName = stackalloc byte[LongestWord];
        byte* optionText = stackalloc byte[LongestWord];
        if (!CString.TryCopy(type, new Span<byte>(typeName, LongestWord))
            || !CString.TryCopy(folder, new Span<byte>(folderName, LongestWord))
            || !CString.TryCopy(options, new Span<byte>(optionText, LongestWord)))
            return -(nint)Errno.ENAMETOOLONG;
        return Call(SystemCallNumber.Mount, (nint)typeName, (nint)folderName, (nint)typeName, 0, (nint)optionText);
    }

    /// <summary>Writes everything to the disks.</summary>
    public static nint Sync() => Call(SystemCallNumber.Sync);

    /// <summary>Ends the machine's run; returns only on failure.</summary>
    public static nint Reboot(RebootCommand command)
    {
        const uint FirstMagic = 0xfee1dead;
        const nint SecondMagic = 672274793;
        return Call(SystemCallNumber.Reboot, unchecked((nint)FirstMagic), SecondMagic, (nint)command);
    }

    /// <summary>Zeroed memory, in whole pages.</summary>
    internal static nint MapAnonymous(nuint bytes)
    {
        const int ReadAndWrite = 1 | 2;
        const int PrivateAnonymous = 2 | 0x20;
        return Call(SystemCallNumber.Mmap, 0, (nint)bytes, ReadAndWrite, PrivateAnonymous, -1);
    }

    private static nint CallWithPath(SystemCallNumber number, ReadOnlySpan<byte> path, nint b = 0, nint c = 0)
    {
        byte* name = stackalloc byte[CString.LongestPath];
        return Terminate(path, name) ? Call(number, (nint)name, b, c) : -(nint)Errno.ENAMETOOLONG;
    }

    private static bool Terminate(scoped ReadOnlySpan<byte> path, byte* buffer) =>
        CString.TryCopy(path, new Span<byte>(buffer, CString.LongestPath));

    private static nint Call(SystemCallNumber number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0) =>
        Enter((nint)number, a, b, c, d, e, f);

    [RuntimeImport("*", "user_system_call")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint Enter(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Answer;
    }
}
