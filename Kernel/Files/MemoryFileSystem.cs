using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Files;

/// <summary>A file system in memory: tmpfs, and what a devtmpfs is for. Directories are their entries; content is memory objects.</summary>
internal sealed unsafe class MemoryFileSystem : FileSystem
{
    private const ulong Magic = 0x0102_1994;

    private bool _isForDevices;

    /// <summary>The most bytes that its files may have; as Linux half of the machine's memory unless mounted with size=.</summary>
    public ulong MostPages { get; set; }

    /// <summary>Pages that its files have.</summary>
    public ulong UsedPages { get; set; }

    /// <summary>Files of any kind.</summary>
    public ulong FileCount { get; set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> TypeName => _isForDevices ? "devtmpfs"u8 : "tmpfs"u8;

    /// <summary>Makes an empty one.</summary>
    /// <param name="isForDevices">Only a name.</param>
    /// <param name="rootMode">Permissions of its root.</param>
    /// <returns>Null when memory has run out. It has no mount yet: mount it, or <see cref="Destroy"/> it.</returns>
    public static MemoryFileSystem? TryCreate(bool isForDevices, uint rootMode)
    {
        if (FilePools.MemoryFileSystems.Take() is not { } system)
            return null;
        system.TakeDevice();
        system._isForDevices = isForDevices;
        system.MostPages = PhysicalMemory.TotalFrames / 2;
        if (system.TryCreate(new NewFile { Mode = FileMode.Directory | rootMode }, out Inode? root) != Errno.None
            || Entry.CreateRoot(root!) is not { } entry)
        {
            FilePools.MemoryFileSystems.Return(system);
            return null;
        }
        root!.Links = 2;
        system.Root = entry;
        return system;
    }

    /// <inheritdoc/>
    public override Errno TryCreate(in NewFile wanted, out Inode? created)
    {
        created = (wanted.Mode & FileMode.TypeMask) == FileMode.Regular ? MemoryFile.TryCreate(this, wanted) : MemoryNode.TryCreate(this, wanted);
        if (created is null)
            return Errno.ENOMEM;
        FileCount++;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void GetStatistics(out FileSystemStatistics statistics)
    {
        ulong files = PhysicalMemory.TotalFrames / 2;
        statistics = new FileSystemStatistics
        {
            Type = Magic,
            BlockSize = Page.Size,
            Blocks = MostPages,
            FreeBlocks = MostPages - Math.Min(UsedPages, MostPages),
            Files = files,
            FreeFiles = files - Math.Min(FileCount, files),
        };
    }

    /// <inheritdoc/>
    public override void Destroy()
    {
        Root.RemoveAllBelow();
        Root.Release();
        if (FileCount == 0)
            FilePools.MemoryFileSystems.Return(this);
        else
            _isGone = true;
    }

    /// <summary>A file is gone; the last one may outlive the file system's mounts.</summary>
    public void NoteDestroyed()
    {
        FileCount--;
        if (_isGone && FileCount == 0)
            FilePools.MemoryFileSystems.Return(this);
    }

    private bool _isGone;
}
