using System;
using Kernel.Abi;
using Kernel.Memory;

namespace Kernel.Files;

/// <summary>A directory, symbolic link, fifo or device of a file system in memory.</summary>
internal sealed unsafe class MemoryNode : Inode
{
    // As Linux's tmpfs: a directory's size grows with its entries.
    private const ulong BytesPerEntry = 20;

    private byte* _target;
    private int _targetLength;

    /// <inheritdoc/>
    public override ulong Size => IsDirectory ? BytesPerEntry * (2 + (AnyEntry?.ChildCount ?? 0)) : (ulong)_targetLength;

    /// <summary>Makes one. Null when memory has run out.</summary>
    public static MemoryNode? TryCreate(MemoryFileSystem system, in NewFile wanted)
    {
        if (FilePools.MemoryNodes.Take() is not { } node)
            return null;
        if (wanted.Target.Length > 0)
        {
            node._target = ByteBlocks.Take(wanted.Target.Length);
            if (node._target == null)
            {
                FilePools.MemoryNodes.Return(node);
                return null;
            }
            node._targetLength = wanted.Target.Length;
            wanted.Target.CopyTo(new Span<byte>(node._target, node._targetLength));
        }
        node.Initialize(system, wanted.Mode, wanted.User, wanted.Group);
        node.Device = wanted.Device;
        return node;
    }

    /// <inheritdoc/>
    public override Errno GetBody(out FileBody body)
    {
        body = this;
        switch (Kind)
        {
            case FileMode.CharacterDevice:
                body = (FileBody?)CharacterDevices.Find(Device) ?? this;
                return body == this ? Errno.ENXIO : Errno.None;
            case FileMode.Fifo:
                body = (FileBody?)Files.Pipe.OfFifo(this) ?? this;
                return body == this ? Errno.ENOMEM : Errno.None;
            case FileMode.BlockDevice or FileMode.Socket:
                return Errno.ENXIO;
            case FileMode.SymbolicLink:
                return Errno.ELOOP;
            default:
                return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override bool IsSeekable => IsDirectory;

    /// <inheritdoc/>
    public override bool CanPoll => false;

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position) => IsDirectory ? Errno.EISDIR : Errno.EINVAL;

    /// <inheritdoc/>
    public override Errno ReadLink(Span<byte> buffer, out ReadOnlySpan<byte> target)
    {
        target = new ReadOnlySpan<byte>(_target, _targetLength);
        return IsLink ? Errno.None : Errno.EINVAL;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        ByteBlocks.Return(_target);
        var system = (MemoryFileSystem)System;
        FilePools.MemoryNodes.Return(this);
        system.NoteDestroyed();
    }
}
