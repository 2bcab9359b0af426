using System;
using Kernel.Abi;
using Kernel.Files.Proc;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Files;

/// <summary>The file systems that can be mounted by name.</summary>
internal static class MountTypes
{
    private const uint SharedRootMode = 0x3ff;

    /// <summary>Mounts a new file system.</summary>
    /// <param name="place">Where.</param>
    /// <param name="source">What it is called.</param>
    /// <param name="type">Which.</param>
    /// <param name="options">Comma-separated: size, mode, uid, gid for a tmpfs; others are ignored.</param>
    /// <param name="flags">Of mount(2).</param>
    /// <returns><see cref="Errno.ENODEV"/>, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.EINVAL"/>, <see cref="Errno.ENOMEM"/>; <see cref="Errno.EBUSY"/> if the place shows this very file system.</returns>
    public static Errno Mount(in Place place, ReadOnlySpan<byte> source, ReadOnlySpan<byte> type, ReadOnlySpan<byte> options, MountFlags flags)
    {
        FileSystem? system;
        if (type.IsEmpty)
            return Errno.EINVAL;
        if (type.SequenceEqual("tmpfs"u8) || type.SequenceEqual("ramfs"u8))
        {
            system = MemoryFileSystem.TryCreate(isForDevices: false, SharedRootMode);
            if (system is not null && !TryApply((MemoryFileSystem)system, options))
            {
                system.Destroy();
                return Errno.EINVAL;
            }
        }
        else if (type.SequenceEqual("devtmpfs"u8))
        {
            system = DeviceFiles.System;
        }
        else if (type.SequenceEqual("proc"u8))
        {
            system = ProcessFileSystem.Instance;
        }
        else
        {
            return Errno.ENODEV;
        }
        if (!place.Inode.IsDirectory)
        {
            if (system is { MountCount: 0 })
                system.Destroy();
            return Errno.ENOTDIR;
        }
        if (system is null)
            return Errno.ENOMEM;
        if (place.Mount!.System == system && place.Entry == place.Mount.Root)
            return Errno.EBUSY;
        if (Files.Mount.TryCreate(system, system.Root, source, flags) is not { } mount)
        {
            if (system.MountCount == 0)
                system.Destroy();
            return Errno.ENOMEM;
        }
        Mounts.Add(mount, place);
        return Errno.None;
    }

    private static bool TryApply(MemoryFileSystem system, ReadOnlySpan<byte> options)
    {
        Inode root = system.Root.Inode;
        while (!options.IsEmpty)
        {
            int end = options.IndexOf((byte)',');
            ReadOnlySpan<byte> option = end < 0 ? options : options[..end];
            options = end < 0 ? default : options[(end + 1)..];
            int sign = option.IndexOf((byte)'=');
            if (sign < 0)
                continue;
            ReadOnlySpan<byte> name = option[..sign], value = option[(sign + 1)..];
            bool isMode = name.SequenceEqual("mode"u8);
            if (!TryParse(value, isMode ? 8u : 10, out ulong number, out bool isPercent))
                return false;
            if (name.SequenceEqual("size"u8))
                system.MostPages = isPercent ? PhysicalMemory.TotalFrames / 100 * number : (number + Page.OffsetMask) >> Page.Shift;
            else if (name.SequenceEqual("nr_blocks"u8))
                system.MostPages = number;
            else if (isMode)
                root.Mode = FileMode.Directory | ((uint)number & FileMode.PermissionMask);
            else if (name.SequenceEqual("uid"u8))
                root.User = (uint)number;
            else if (name.SequenceEqual("gid"u8))
                root.Group = (uint)number;
        }
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, uint digits, out ulong number, out bool isPercent)
    {
        number = 0;
        isPercent = false;
        int at = 0;
        for (; at < text.Length && text[at] >= '0' && text[at] < '0' + digits; at++)
            number = number * digits + (uint)(text[at] - '0');
        if (at == 0)
            return false;
        if (at == text.Length)
            return true;
        isPercent = text[at] == (byte)'%';
        int shift = (text[at] | 0x20) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        number <<= shift;
        return (isPercent || shift > 0) && at == text.Length - 1;
    }
}
