using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Files;
using Kernel.Memory;

namespace Kernel.SystemCalls;

/// <content>Listings, the working directory and the root.</content>
internal static unsafe partial class FileCalls
{
    /// <summary>getdents64(descriptor, buffer, bytes).</summary>
    public static SysResult List(SystemCallFrame* frame)
    {
        if (Files.Get((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        SysResult result = file.IsPathOnly ? Errno.EBADF : file.Inode is not { IsDirectory: true } ? Errno.ENOTDIR : List(file, frame->Argument1, (uint)frame->Argument2);
        file.Release();
        return result;
    }

    /// <summary>getcwd(buffer, bytes).</summary>
    public static SysResult GetWorkingDirectory(SystemCallFrame* frame)
    {
        PathContext paths = Current.Paths;
        if (!paths.Current.Entry!.IsLinked)
            return Errno.ENOENT;
        byte* block = ByteBlocks.Take(PathWalk.LongestPath);
        if (block == null)
            return Errno.ENOMEM;
        SysResult result;
        // One byte less, for the zero behind it.
        var buffer = new Span<byte>(block, PathWalk.LongestPath - 1);
        block[PathWalk.LongestPath - 1] = 0;
        if (!paths.Current.TryWritePath(paths.Root, buffer, out ReadOnlySpan<byte> path, out bool isReachable))
            result = Errno.ENAMETOOLONG;
        else if (!isReachable)
            result = Errno.ENOENT;
        else if ((ulong)path.Length + 1 > frame->Argument1)
            result = Errno.ERANGE;
        else
            result = UserMemory.CopyOut(frame->Argument0, block + (PathWalk.LongestPath - 1 - path.Length), (ulong)path.Length + 1) == 0 ? path.Length + 1 : Errno.EFAULT;
        ByteBlocks.Return(block);
        return result;
    }

    /// <summary>chdir(path).</summary>
    public static SysResult ChangeDirectory(SystemCallFrame* frame)
    {
        Errno error = FindPath(WorkingDirectory, frame->Argument0, followsLast: true, allowsEmpty: false, out Place place);
        return error == Errno.None ? EnterDirectory(ref place) : error;
    }

    /// <summary>fchdir(descriptor).</summary>
    public static SysResult ChangeDirectoryToOpen(SystemCallFrame* frame)
    {
        if (Files.Peek((int)frame->Argument0) is not { } file)
            return Errno.EBADF;
        if (file.Place.IsNone)
            return Errno.ENOTDIR;
        Place place = file.Place.AddReference();
        return EnterDirectory(ref place);
    }

    /// <summary>chroot(path).</summary>
    public static SysResult ChangeRoot(SystemCallFrame* frame)
    {
        Errno error = FindPath(WorkingDirectory, frame->Argument0, followsLast: true, allowsEmpty: false, out Place place);
        if (error != Errno.None)
            return error;
        error = CheckDirectory(place);
        if (error == Errno.None && !Current.User.IsPrivileged)
            error = Errno.EPERM;
        if (error == Errno.None)
            Current.Paths.SetRoot(place);
        else
            place.Release();
        return error;
    }

    /// <summary>umask(mask): the old one.</summary>
    public static SysResult SetUmask(SystemCallFrame* frame)
    {
        uint old = Current.Paths.Umask;
        Current.Paths.Umask = (uint)frame->Argument0 & FileMode.AccessMask;
        return (int)old;
    }

    private static SysResult List(OpenFile file, ulong buffer, ulong bytes)
    {
        Errno error = Transfer.FromUser(buffer, bytes, out Transfer to);
        if (error != Errno.None)
            return error;
        Entry directory = file.Place.Entry!;
        if (!directory.IsLinked && file.Inode!.Links == 0)
            return Errno.ENOENT;
        var listing = new DirectoryListing(to, file.Position);
        if (listing.AddDots(directory))
        {
            if (file.Inode!.IsVolatileDirectory)
                file.Inode.List(ref listing);
            else
                listing.AddChildren(directory);
        }
        file.Position = listing.Position;
        NoteAccess(file);
        return listing.Result;
    }

    private static Errno CheckDirectory(in Place place) =>
        place.Inode.IsDirectory ? place.Inode.Check(Caller.Current, Permission.Execute) : Errno.ENOTDIR;

    private static SysResult EnterDirectory(ref Place place)
    {
        Errno error = CheckDirectory(place);
        if (error == Errno.None)
            Current.Paths.SetCurrent(place);
        else
            place.Release();
        return error;
    }
}
