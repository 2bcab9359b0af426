using System;
using Kernel.Abi;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Files.Proc;
using Kernel.FileSystems;

namespace Kernel.Files;

/// <summary>Makes the tree of files at boot: a tmpfs with the content of the initramfs.</summary>
internal static class RootFiles
{
    private const uint RootMode = 0x1ed;
    private const uint DirectoryMode = FileMode.Directory | 0x1ed;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Once, at boot, when there are memory objects. Panics without memory.</summary>
    public static void Initialize()
    {
        FilePools.Initialize();
        PipeFileSystem.Create();
        EntryTable.Initialize();
        if (MemoryFileSystem.TryCreate(isForDevices: false, RootMode) is not { } system
            || Mount.TryCreate(system, system.Root, "rootfs"u8, MountFlags.None) is not { } mount)
        {
            Panic.Fail("no memory for the root file system");
            return;
        }
        Mounts.SetRoot(mount);
        if (!Caller.InitializeKernel())
            Panic.Fail("no memory for the root file system");
        Caller.Kernel.Paths.Umask = 0;
        InternalFiles.Initialize();
        ProcessFileSystem.Initialize();
    }

    /// <summary>Makes the files of an archive. What can't be made is left out with a line in the log.</summary>
    /// <param name="data">One or more cpio archives.</param>
    public static void Unpack(ReadOnlySpan<byte> data)
    {
        var archive = new CpioArchive(data);
        while (archive.MoveNext())
        {
            Errno error = Unpack(archive.Current);
            if (error != Errno.None)
                Log.Error($"initramfs: {archive.Current.Name} can't be made: error {(int)error}");
        }
    }

    private static Errno Unpack(in CpioEntry entry)
    {
        ReadOnlySpan<byte> path = entry.Name;
        while (path.StartsWith("./"u8) || path.StartsWith("/"u8))
            path = path[1..].TrimStart((byte)'/');
        if (path.IsEmpty || path.SequenceEqual("."u8))
            return Errno.None;
        Caller kernel = Caller.Kernel;
        Place root = kernel.Paths.Root;
        Errno error = (entry.Mode & FileMode.TypeMask) switch
        {
            FileMode.Regular => UnpackFile(kernel, root, path, entry),
            FileMode.SymbolicLink => Tree.Make(kernel, root, path, FileMode.SymbolicLink | FileMode.AccessMask, 0, entry.Contents),
            FileMode.Directory => MakeDirectory(kernel, root, path),
            _ => Tree.Make(kernel, root, path, entry.Mode, CharacterDevices.Number(entry.DeviceMajor, entry.DeviceMinor)),
        };
        if (error != Errno.None)
            return error;
        error = PathWalk.Find(kernel, root, path, followsLast: false, out Place place);
        if (error != Errno.None)
            return error;
        Inode inode = place.Inode;
        inode.Mode = inode.Kind | (entry.Mode & FileMode.PermissionMask);
        inode.User = entry.User;
        inode.Group = entry.Group;
        inode.ModifyTime = entry.ModifyTime * NanosecondsPerSecond;
        place.Release();
        return Errno.None;
    }

    /// <summary>Makes a directory unless it is there.</summary>
    public static Errno MakeDirectory(in Caller caller, in Place root, ReadOnlySpan<byte> path)
    {
        Errno error = Tree.Make(caller, root, path, DirectoryMode);
        return error == Errno.EEXIST ? Errno.None : error;
    }

    private static Errno UnpackFile(in Caller kernel, in Place root, ReadOnlySpan<byte> path, in CpioEntry entry)
    {
        Errno error = Tree.Open(
            kernel, root, path, OpenFlags.Create | OpenFlags.Truncate | OpenFlags.WriteOnly, FileMode.AccessMask, out OpenFile? file);
        if (error != Errno.None)
            return error;
        Transfer content = Transfer.FromKernel(entry.Contents);
        SysResult result = file!.Body.Write(file, ref content, 0);
        file.Release();
        return result.IsError ? result.Error : content.Left > 0 ? Errno.ENOSPC : Errno.None;
    }
}
