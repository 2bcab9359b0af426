using System;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>System calls on files, split by what they do.</summary>
internal static unsafe partial class FileCalls
{
    internal const int WorkingDirectory = -100;
    private const ulong NoFollow = 0x100;
    private const ulong RemovesDirectory = 0x200;
    private const ulong Follow = 0x400;
    private const ulong NoAutomount = 0x800;
    private const ulong EmptyPath = 0x1000;

    private static Process Current => Thread.Current.Process;

    private static FileTable Files => Thread.Current.Process.Files;

    private static ulong FileLimit => Current.Limits[(int)Resource.OpenFiles].Current;

    /// <summary>Where a relative path begins.</summary>
    /// <param name="descriptor">A directory's, or <see cref="WorkingDirectory"/>.</param>
    /// <param name="path">If it is absolute, the descriptor doesn't matter.</param>
    /// <param name="place">No reference for the caller: walk at once.</param>
    private static Errno GetStart(int descriptor, in UserPath path, out Place place)
    {
        place = Current.Paths.Current;
        if (descriptor == WorkingDirectory || path.IsAbsolute)
            return Errno.None;
        if (Files.Peek(descriptor) is not { } file)
            return Errno.EBADF;
        if (file.Place.IsNone || (!file.Inode!.IsDirectory && !path.IsEmpty))
            return Errno.ENOTDIR;
        place = file.Place;
        return Errno.None;
    }

    /// <summary>Reads a path and finds what it names.</summary>
    /// <param name="descriptor">Where it begins.</param>
    /// <param name="address">Of the path.</param>
    /// <param name="followsLast">Whether a symbolic link at its end is followed.</param>
    /// <param name="allowsEmpty">Whether an empty path means the descriptor's own file.</param>
    /// <param name="place">With references for the caller.</param>
    internal static Errno FindPath(int descriptor, ulong address, bool followsLast, bool allowsEmpty, out Place place)
    {
        place = default;
        Errno error = UserPath.Read(address, out UserPath path);
        if (error != Errno.None)
            return error;
        error = GetStart(descriptor, path, out Place start);
        if (error == Errno.None)
        {
            if (path.IsEmpty && allowsEmpty)
                place = start.AddReference();
            else
                error = PathWalk.Find(Caller.Current, start, path.Text, followsLast, out place);
        }
        path.Dispose();
        return error;
    }

    /// <summary>Gives a new open file a descriptor, or closes it.</summary>
    private static SysResult Install(OpenFile file, bool closeOnExec)
    {
        SysResult descriptor = Files.Add(file, 0, FileLimit, closeOnExec);
        if (descriptor.IsError)
            file.Release();
        return descriptor;
    }
}
