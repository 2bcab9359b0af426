using System;
using Kernel.Abi;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>Finds programs.</summary>
internal static class FileLookup
{
    /// <summary>Whether something has a path, for the kernel.</summary>
    public static bool Exists(ReadOnlySpan<byte> path)
    {
        Caller kernel = Caller.Kernel;
        Errno error = PathWalk.Find(kernel, kernel.Paths.Root, path, followsLast: true, out Place place);
        place.Release();
        return error == Errno.None;
    }

    /// <summary>Finds a program that a process may run.</summary>
    /// <param name="process">Whose paths and rights count.</param>
    /// <param name="path">Without a zero byte.</param>
    /// <param name="file">With a reference for the caller.</param>
    /// <returns><see cref="Errno.EACCES"/> if it isn't a regular file or may not be executed; what the walk says.</returns>
    public static Errno OpenProgram(Process process, ReadOnlySpan<byte> path, out Inode? file)
    {
        file = null;
        Caller caller = Caller.Of(process);
        Errno error = PathWalk.Find(caller, caller.Paths.Current, path, followsLast: true, out Place place);
        if (error != Errno.None)
            return error;
        Inode inode = place.Inode;
        error = !inode.IsRegular || (place.Mount!.Flags & MountFlags.NoExecute) != 0 ? Errno.EACCES : inode.Check(caller, Permission.Execute);
        if (error == Errno.None)
        {
            inode.AddReference();
            file = inode;
        }
        place.Release();
        return error;
    }
}
