using System;
using System.Collections.Generic;
using Kernel.Abi;
using Kernel.Diagnostics;

namespace Kernel.Files;

/// <summary>The file system of device files: one for all who mount it. It has a file for every driver.</summary>
internal static class DeviceFiles
{
    /// <summary>The file system.</summary>
    public static MemoryFileSystem System { get; private set; } = null!;

    /// <summary>Makes it and mounts it on /dev. Once, at boot, when the drivers are there. Panics without memory.</summary>
    public static void Initialize()
    {
        MemoryDevices.Register();
        if (MemoryFileSystem.TryCreate(isForDevices: true, 0x1ed) is not { } system)
        {
            Panic.Fail("no memory for the device files");
            return;
        }
        System = system;
        // It stays when nobody has it mounted.
        system.MountCount++;
        Caller kernel = Caller.Kernel;
        Place root = kernel.Paths.Root;
        Errno error = RootFiles.MakeDirectory(kernel, root, "dev"u8);
        Place place = default;
        if (error == Errno.None)
            error = PathWalk.Find(kernel, root, "dev"u8, followsLast: true, out place);
        if (error == Errno.None)
            error = MountOn(ref place);
        IReadOnlyList<CharacterDevice> drivers = CharacterDevices.All;
        for (int index = 0; index < drivers.Count && error == Errno.None; index++)
            error = Add(kernel, drivers[index]);
        MakeLink(kernel, "fd"u8, "/proc/self/fd"u8);
        MakeLink(kernel, "stdin"u8, "/proc/self/fd/0"u8);
        MakeLink(kernel, "stdout"u8, "/proc/self/fd/1"u8);
        MakeLink(kernel, "stderr"u8, "/proc/self/fd/2"u8);
        if (error != Errno.None)
            Panic.Fail("the device files can't be made");
    }

    /// <summary>Makes the file of a driver that comes later.</summary>
    public static Errno Add(in Caller kernel, CharacterDevice driver)
    {
        Place directory = new(Mounts.Root, System.Root);
        int slash = driver.Name.IndexOf((byte)'/');
        if (slash > 0)
            RootFiles.MakeDirectory(kernel, directory, driver.Name[..slash]);
        Errno error = Tree.Make(kernel, directory, driver.Name, FileMode.CharacterDevice | driver.Permissions, driver.Device);
        return error == Errno.EEXIST ? Errno.None : error;
    }

    private static void MakeLink(in Caller kernel, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        Tree.Make(kernel, new Place(Mounts.Root, System.Root), name, FileMode.SymbolicLink | FileMode.AccessMask, 0, target);

    private static Errno MountOn(ref Place place)
    {
        Mount? mount = Mount.TryCreate(System, System.Root, "devtmpfs"u8, MountFlags.None);
        if (mount is not null)
            Mounts.Add(mount, place);
        place.Release();
        return mount is null ? Errno.ENOMEM : Errno.None;
    }
}
