using System;
using Kernel.Abi;

namespace Kernel.Files;

/// <summary>What a new file shall be.</summary>
internal readonly ref struct NewFile
{
    /// <summary>Type and permissions.</summary>
    public uint Mode { get; init; }

    public uint User { get; init; }

    public uint Group { get; init; }

    /// <summary>Which device, for a device file.</summary>
    public ulong Device { get; init; }

    /// <summary>A symbolic link's target.</summary>
    public ReadOnlySpan<byte> Target { get; init; }
}

/// <summary>struct statfs, as the calls fill it.</summary>
internal struct FileSystemStatistics
{
    public ulong Type, BlockSize, Blocks, FreeBlocks, Files, FreeFiles;
}

/// <summary>One file system: a tree of files. Mounts show it.</summary>
/// <remarks>Counted by its mounts; the last one destroys it with all its files.</remarks>
internal abstract class FileSystem
{
    // Anonymous device numbers, as Linux gives file systems without a disk: major 0.
    private static uint s_lastDevice = 0x10;

    private ulong _lastNumber;

    /// <summary>Its name in /proc/mounts.</summary>
    public abstract ReadOnlySpan<byte> TypeName { get; }

    /// <summary>Its root. The file system has a reference.</summary>
    public Entry Root { get; protected set; } = null!;

    /// <summary><c>st_dev</c> of its files.</summary>
    public ulong Device { get; private set; }

    /// <summary>Its mounts.</summary>
    public int MountCount { get; set; }

    /// <summary>The number of a new file.</summary>
    public ulong NextNumber() => ++_lastNumber;

    /// <summary>Makes a file without a name.</summary>
    /// <param name="wanted">What it shall be.</param>
    /// <param name="created">With a reference for the caller.</param>
    /// <returns><see cref="Errno.ENOENT"/> where nobody can make files.</returns>
    public virtual Errno TryCreate(in NewFile wanted, out Inode? created)
    {
        created = null;
        return Errno.ENOENT;
    }

    /// <summary>Whether names can't be removed or changed by system calls.</summary>
    public virtual bool IsFixed => false;

    /// <summary>Sizes and counts.</summary>
    public abstract void GetStatistics(out FileSystemStatistics statistics);

    /// <summary>Everything goes away with the last mount.</summary>
    public abstract void Destroy();

    protected void TakeDevice() => Device = ++s_lastDevice;
}
