using System;
using Kernel.Abi;
using Kernel.Diagnostics;

namespace Kernel.Files;

/// <summary>Files that no path leads to: memfd_create's, and those of System V shared memory later.</summary>
internal static class InternalFiles
{
    private static Mount? s_mount;

    /// <summary>Once, at boot. Panics without memory.</summary>
    public static void Initialize()
    {
        if (MemoryFileSystem.TryCreate(isForDevices: false, FileMode.AccessMask) is { } system)
            s_mount = Mount.TryCreate(system, system.Root, "internal"u8, MountFlags.None);
        if (s_mount is null)
            Panic.Fail("no memory for the kernel's own file system");
    }

    /// <summary>Opens a new file for reading and writing.</summary>
    /// <param name="name">What listings show.</param>
    /// <param name="caller">Becomes the owner.</param>
    /// <param name="file">With a reference for the caller.</param>
    public static Errno OpenMemoryFile(ReadOnlySpan<byte> name, in Caller caller, out OpenFile? file) =>
        Tree.OpenNameless(
            new Place(s_mount!, s_mount!.Root), caller, FileMode.AccessMask, canBeLinked: false, OpenFlags.ReadWrite, out file, name);
}
