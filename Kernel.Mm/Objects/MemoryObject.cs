using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>The kinds of memory objects.</summary>
public enum MemoryObjectKind : byte
{
    /// <summary>Anonymous memory of one address space; its page table is the only index.</summary>
    Private = 0,

    /// <summary>Anonymous memory that several spaces may map.</summary>
    SharedAnonymous,

    /// <summary>Device memory, or any other range of physical addresses.</summary>
    PhysicalRange,

    /// <summary>The memory of a frozen space: readable by others, written by nobody.</summary>
    Frozen,

    /// <summary>Zeros without end.</summary>
    Zero,

    /// <summary>A virtual memory object.</summary>
    VirtualMemoryObject,

    /// <summary>Pages of a file.</summary>
    File,
}

/// <summary>What an object says to a request for a page.</summary>
public enum PageAnswer : byte
{
    /// <summary>Here is a frame; the caller maps it and then gives the reference back.</summary>
    Frame = 0,

    /// <summary>The object has mapped it itself.</summary>
    Mapped,

    /// <summary>There was I/O, or a lock had to be dropped: look again.</summary>
    Retry,

    /// <summary>No memory.</summary>
    OutOfMemory,

    /// <summary>Behind the end.</summary>
    BeyondEnd,

    /// <summary>The object refuses this access.</summary>
    NotAllowed,

    /// <summary>Storage failed.</summary>
    InputOutputError,

    /// <summary>The file's file system is full.</summary>
    NoSpace,
}

/// <summary>A request for a missing page.</summary>
public unsafe ref struct PageRequest
{
    /// <summary>The varea in which the access was.</summary>
    public VArea Area;

    /// <summary>Page of the object.</summary>
    public ulong Page;

    /// <summary>Page-aligned address of the access.</summary>
    public VirtualAddress Address;

    /// <summary>Whether the page will be written through this mapping.</summary>
    public bool ForWrite;

    /// <summary>Whether the answer must be the frame: it is copied at once, for a private page, or mapped in another space.</summary>
    public bool NeedsFrame;

    // For those that map pages themselves (AddressSpace.MapAround): the upper entry and the leaf table over the address.
    internal PageTableEntry* Block;
    internal LeafTable Table;

    /// <summary>Answer: the frame, with one reference (<see cref="FrameDescriptor.References"/>) for the caller.</summary>
    public FrameNumber Frame;

    /// <summary>Answer: whether there was I/O (a major fault).</summary>
    public bool HadInputOutput;
}

/// <summary>What a varea shows: the source of its pages. Each handler has a sensible default.</summary>
/// <remarks>
/// <para>
/// Handlers are called with the lock of the varea's space held: for reading in <see cref="OnPageFault"/>,
/// <see cref="ReadPage"/> and <see cref="WritePage"/>, for writing in all others. An object's own lock is inside the
/// space's and outside a leaf table's.
/// </para>
/// <para>The contract is RT-Thread Smart's (rt_mem_obj), extended.</para>
/// </remarks>
public abstract class MemoryObject
{
    /// <summary>What it is.</summary>
    public abstract MemoryObjectKind Kind { get; }

    /// <summary>Whether pages dropped from a mapping can be had again with the same content.</summary>
    public virtual bool CanRefetch => true;

    /// <summary>What listings show for a varea of it; UTF-8.</summary>
    public abstract ReadOnlySpan<byte> NameFor(VArea area);

    /// <summary>Narrows or moves the hint when no address was asked for and the object prefers one.</summary>
    public virtual void PlaceHint(ref MapRequest request)
    {
    }

    /// <summary>A varea starts to use the object.</summary>
    /// <returns>Anything but <see cref="Status.Success"/> refuses the mapping.</returns>
    public virtual Status OnOpen(VArea area) => Status.Success;

    /// <summary>A varea stops using the object. Its pages are not mapped any more.</summary>
    public virtual void OnClose(VArea area)
    {
    }

    /// <summary>A page is missing.</summary>
    public abstract PageAnswer OnPageFault(ref PageRequest request);

    /// <summary>Whether a frame that was asked for to be read may be mapped writable at once in a shared varea that allows it.</summary>
    public virtual bool AllowsWriting(FrameNumber frame) => false;

    /// <summary>Whether a page that isn't mapped could be had without I/O and without being made.</summary>
    public virtual bool HasPage(VArea area, ulong page) => false;

    /// <summary>A varea is about to grow by pages at its end, or at its start.</summary>
    /// <returns>Anything but <see cref="Status.Success"/> refuses.</returns>
    public virtual Status OnExpand(VArea area, ulong pages, bool atStart) => Status.Success;

    /// <summary>A varea is to lose pages at its end, or at its start. It may keep them: another object may refuse, or memory run out.</summary>
    /// <returns>Anything but <see cref="Status.Success"/> refuses.</returns>
    public virtual Status OnShrink(VArea area, ulong pages, bool atStart) => Status.Success;

    /// <summary>A varea is about to be cut in two.</summary>
    /// <param name="area">Keeps what is before the cut.</param>
    /// <param name="tail">New; gets what is behind it. Its fields are set, but it isn't in the space yet.</param>
    /// <returns>Anything but <see cref="Status.Success"/> refuses.</returns>
    public virtual Status OnSplit(VArea area, VArea tail) => OnOpen(tail);

    /// <summary>A varea takes over the one behind it, which then goes away.</summary>
    public virtual void OnMerge(VArea area, VArea tail) => OnClose(tail);

    /// <summary>Reads bytes of one page without mapping it.</summary>
    /// <param name="area">The varea through which it is read.</param>
    /// <param name="page">Page of the object.</param>
    /// <param name="offset">In the page, in bytes.</param>
    /// <param name="destination">At most up to the page's end.</param>
    public virtual Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination) => Status.NotSupported;

    /// <summary>Writes bytes of one page without mapping it. As <see cref="ReadPage"/>.</summary>
    public virtual Status WritePage(VArea area, ulong page, uint offset, ReadOnlySpan<byte> source) => Status.NotSupported;

    /// <summary>Starts to write modified pages of a range to storage (msync).</summary>
    public virtual Status WriteBack(ulong page, ulong pages) => Status.Success;

    /// <summary>Gives up a page that can be fetched again (reclaim).</summary>
    /// <returns><see cref="Status.NotSupported"/> if its pages can't be given up.</returns>
    public virtual Status Evict(ulong page) => Status.NotSupported;
}
