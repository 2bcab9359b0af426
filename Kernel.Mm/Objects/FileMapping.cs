using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>A varea that shows a file: an item of the file's list, by which truncation finds all mappings.</summary>
/// <remarks>Guarded by the file's lock. <see cref="VArea.ObjectState"/> refers to it.</remarks>
public sealed class FileMapping
{
    // Null while it is in no list.
    internal FileObject? File;
    internal VArea? Area;
    internal FileMapping? Next;
    internal FileMapping? Previous;

    // The last removal of pages that has dealt with it.
    internal uint Removal;
}
