using System;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>What stands behind a file object: an inode, with the file system that has room for so many pages.</summary>
/// <remarks>Handlers are called with locks held: they take no lock of a space or of a file object, and don't wait.</remarks>
public abstract class FileHost
{
    /// <summary>What listings show for a varea of the file; UTF-8.</summary>
    public abstract ReadOnlySpan<byte> NameFor(VArea area);

    /// <summary>Pages are about to be added to the file. False if the file system is full.</summary>
    public virtual bool TryCharge(ulong pages) => true;

    /// <summary>Pages that were charged are gone.</summary>
    public virtual void Uncharge(ulong pages)
    {
    }

    /// <summary>Nobody refers to the file object any more; its pages are gone, and it may not be used again.</summary>
    public virtual void OnReleased(FileObject file)
    {
    }
}
