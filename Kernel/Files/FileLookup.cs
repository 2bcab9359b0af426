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
    /// <param name="file">With a reference for the caller, and not to be written until <see cref="Inode.ReleaseProgram"/>.</param>
    /// <returns><see cref="Errno.EACCES"/> if it isn't a regular file or may not be executed; <see cref="Errno.ETXTBSY"/> if somebody may write to it; what the walk says.</returns>
    public static Errno OpenProgram(Process process, ReadOnlySpan<byte> path, out Inode? file)
    {
        file = null;
        Caller caller = Caller.Of(process);
        Errno error = PathWalk.Find(caller, caller.Paths.Current, path, followsLast: true, out Place place);
        return error == Errno.None ? OpenProgram(caller, ref place, out file) : error;
    }

    /// <summary>As the other one, for a place that was found already.</summary>
    /// <param name="caller">Whose rights count.</param>
    /// <param name="place">Takes over the caller's references, whatever comes of it.</param>
    /// <param name="file">As there.</param>
    public static Errno OpenProgram(in Caller caller, ref Place place, out Inode? file)
    {
        file = null;
        Inode inode = place.Inode;
        Errno error = inode.IsLink ? Errno.ELOOP : !inode.IsRegular || (place.Mount!.Flags & MountFlags.NoExecute) != 0 ? Errno.EACCES : inode.Check(caller, Permission.Execute);
        if (error == Errno.None && !inode.TryForbidWriting())
            error = Errno.ETXTBSY;
        if (error == Errno.None)
        {
            inode.AddReference();
            file = inode;
        }
        place.Release();
        return error;
    }
}
