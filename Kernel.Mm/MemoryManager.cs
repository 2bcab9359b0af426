using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm;

/// <summary>Where the memory manager's objects come from.</summary>
/// <param name="Spaces">Address spaces.</param>
/// <param name="Areas">Vareas.</param>
/// <param name="PrivateObjects">Private anonymous objects.</param>
/// <param name="Backups">Backup address spaces.</param>
/// <param name="SharedObjects">Shared anonymous objects.</param>
/// <param name="PhysicalRanges">Physical ranges.</param>
/// <param name="Files">Files.</param>
/// <param name="FileMappings">What files know of vareas that show them.</param>
public sealed record MemoryPools(
    ObjectPool<AddressSpace> Spaces,
    ObjectPool<VArea> Areas,
    ObjectPool<PrivateObject> PrivateObjects,
    ObjectPool<BackupSpace> Backups,
    ObjectPool<SharedAnonymousObject> SharedObjects,
    ObjectPool<PhysicalRangeObject> PhysicalRanges,
    ObjectPool<FileObject> Files,
    ObjectPool<FileMapping> FileMappings);

/// <summary>The memory of one machine: its frames, the spaces that use them, and what all spaces share.</summary>
/// <remarks>
/// Lock order: a lock on a file's changes, a space's lock (a parent's before its child's), an object's lock, a leaf table's lock, a backup's lock,
/// the lists of spaces and objects, a pool's lock, the lock of pins, the frame lock.
/// </remarks>
public sealed unsafe partial class MemoryManager
{
    private readonly AddressSpace?[] _loaded = new AddressSpace?[Hardware.Current.MaximumProcessors];
    private readonly SpaceIds _ids = new();

    // Calls of GetPage without PutPage.
    private int _pagesGot;

    // Frames' counts of pins, and that these and the references agree.
    private SpinLock _pinLock;

    // All spaces, and all objects with an index.
    private SpinLock _listsLock;
    private AddressSpace? _firstSpace;
    private IndexedObject? _firstObject;

    /// <summary>A memory manager over frames.</summary>
    /// <param name="frames">Keeps at least one frame for the zero page.</param>
    /// <param name="pools">Where objects come from.</param>
    /// <param name="zeroFrame">A frame of <paramref name="frames"/> filled with zeros, owned by the kernel: the zero page.</param>
    public MemoryManager(FrameAllocator frames, MemoryPools pools, FrameNumber zeroFrame)
    {
        Frames = frames;
        Pools = pools;
        ZeroFrame = zeroFrame;
        ZeroDescriptor = frames.Table.Descriptor(zeroFrame);
        ZeroDescriptor->References = 1;
        ZeroObject = new ZeroObject(this);
    }

    /// <summary>The machine's frames.</summary>
    public FrameAllocator Frames { get; }

    /// <summary>Where objects come from.</summary>
    public MemoryPools Pools { get; }

    /// <summary>The frame that every page shows that was read and never written.</summary>
    public FrameNumber ZeroFrame { get; }

    /// <summary>Zeros without end, to be mapped private.</summary>
    public ZeroObject ZeroObject { get; }

    /// <summary>Whether faults on anonymous memory bring pages ahead of a program that goes through it in order.</summary>
    /// <remarks>The policy is AddressSpace.Ahead.cs. <see cref="VAreaFlags.Random"/> turns it off for a varea.</remarks>
    public bool FaultsAhead { get; set; } = true;

    /// <summary>The space that a processor has loaded.</summary>
    public AddressSpace? LoadedSpace(int processor) => _loaded[processor];

    internal FrameDescriptor* ZeroDescriptor { get; }

    /// <summary>Whether entries were ever removed from a leaf table while several spaces used it.</summary>
    internal bool HasRemovedFromShared { get; private set; }

    /// <summary>Notes that entries were.</summary>
    internal void NoteRemovalFromShared() => HasRemovedFromShared = true;

    /// <summary>Makes an empty address space.</summary>
    /// <param name="range">The addresses that it may map; of the user half.</param>
    /// <returns>Null when memory has run out.</returns>
    public AddressSpace? CreateSpace(PageRange range)
    {
        if (Pools.Spaces.Take() is not { } space)
            return null;
        if (InitializeSpace(space, range) == Status.Success)
            return space;
        Pools.Spaces.Return(space);
        return null;
    }

    /// <summary>Makes an empty address space in given storage.</summary>
    /// <param name="storage">A new object, or one that was detached.</param>
    /// <param name="range">As for <see cref="CreateSpace"/>.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for an improper range, <see cref="Status.Busy"/> if the storage is a space
    /// already, <see cref="Status.OutOfMemory"/>.
    /// </returns>
    public Status InitializeSpace(AddressSpace storage, PageRange range)
    {
        var last = new VirtualAddress(range.End.Value - 1);
        if (!range.IsValid || !range.Start.IsCanonical || !last.IsCanonical || IsUpperHalf(last))
            return Status.InvalidArgument;
        if (storage.IsLive)
            return Status.Busy;
        if (Frames.AllocateZeroed(FrameOwner.PageTable) is not { } root)
            return Status.OutOfMemory;
        Hardware.Current.PrepareRoot(root.Address);
        storage.Initialize(this, range, new TranslationSpace(root.Address, Hardware.Current.HasSpaceIds ? _ids.Take() : (ushort)0));
        AddToList(storage);
        return Status.Success;
    }

    /// <summary>Makes a space for kernel mappings over a root table that exists and that all spaces share the upper half of.</summary>
    /// <param name="storage">A new object. Never detached.</param>
    /// <param name="range">Of the upper half; the root's entries for it are in use already and never change.</param>
    /// <param name="root">The kernel's root table.</param>
    /// <returns><see cref="Status.InvalidArgument"/> for an improper range.</returns>
    public Status InitializeKernelSpace(AddressSpace storage, PageRange range, PhysicalAddress root)
    {
        if (!range.IsValid || !range.Start.IsCanonical || !IsUpperHalf(range.Start) || storage.IsLive)
            return Status.InvalidArgument;
        storage.Initialize(this, range, new TranslationSpace(root, 0));
        AddToList(storage);
        return Status.Success;
    }

    /// <summary>Detaches a space and gives its storage back.</summary>
    /// <returns>As <see cref="AddressSpace.Detach"/>.</returns>
    public Status DeleteSpace(AddressSpace space)
    {
        Status status = space.Detach();
        if (status == Status.Success)
            Pools.Spaces.Return(space);
        return status;
    }

    /// <summary>The first of all spaces; the others follow by <see cref="AddressSpace.NextSpace"/>. Stable only while none comes or goes.</summary>
    public AddressSpace? FirstSpace => _firstSpace;

    /// <summary>
    /// Takes a reference on the frame at an address, so that it isn't freed. The space whose page alone it is keeps it in a fork; of a page
    /// that several spaces see, the last of them goes on writing to it.
    /// </summary>
    /// <returns><see cref="Status.InvalidArgument"/> if that is no memory in use, or if its owner doesn't count who has it.</returns>
    public Status GetPage(PhysicalAddress address)
    {
        if (address.Frame.Value >= Frames.Table.End.Value || !Frames.Contains(address.Frame))
            return Status.InvalidArgument;
        FrameDescriptor* descriptor = Frames.Table.Descriptor(address.Frame);
        if (descriptor->State != FrameState.Used || descriptor->Owner == FrameOwner.PageTable
            || (descriptor->References == 0 && descriptor->Mappings == 0))
            return Status.InvalidArgument;
        // A pin, not a reference alone: whose page it is stays clear.
        Pin(address.Frame);
        Interlocked.Increment(ref _pagesGot);
        return Status.Success;
    }

    /// <summary>Gives back what <see cref="GetPage"/> took; the frame is freed if that was the last.</summary>
    /// <returns><see cref="Status.InvalidArgument"/> if nobody holds such a reference, to this frame or to any.</returns>
    /// <remarks>A frame's references aren't told from pins for I/O (<see cref="AddressSpace.Pin"/>): give back only what you took.</remarks>
    public Status PutPage(PhysicalAddress address)
    {
        if (address.Frame.Value >= Frames.Table.End.Value || !Frames.Contains(address.Frame))
            return Status.InvalidArgument;
        FrameDescriptor* descriptor = Frames.Table.Descriptor(address.Frame);
        if (descriptor->State != FrameState.Used || descriptor->Owner == FrameOwner.PageTable || descriptor->Pins <= 0 || !HasPagesGot)
            return Status.InvalidArgument;
        Unpin(address.Frame);
        Interlocked.Decrement(ref _pagesGot);
        return Status.Success;
    }

    /// <summary>Whether anybody has a frame that <see cref="GetPage"/> gave.</summary>
    internal bool HasPagesGot => Volatile.Read(ref _pagesGot) != 0;

    /// <summary>Whether any space ever went before its pins were dropped: such pins are counted nowhere but with their frames.</summary>
    internal bool HasPinsOfGoneSpaces { get; private set; }

    /// <summary>Notes that one goes now.</summary>
    internal void NotePinsOfGoneSpace() => HasPinsOfGoneSpaces = true;

    /// <summary>Takes a pin on a frame: I/O must not lose it, and nobody else may get it instead of a copy.</summary>
    internal void Pin(FrameNumber frame)
    {
        FrameDescriptor* descriptor = Frames.Table.Descriptor(frame);
        using SpinLock.Scope _ = _pinLock.Enter();
        Interlocked.Increment(ref descriptor->References);
        descriptor->Pins++;
    }

    /// <summary>Drops a pin; the frame is freed if nobody else has it.</summary>
    internal void Unpin(FrameNumber frame)
    {
        using SpinLock.Scope _ = _pinLock.Enter();
        Frames.Table.Descriptor(frame)->Pins--;
        DropReference(frame);
    }

    /// <summary>
    /// Whether one entry names a frame, and nothing else has it but pins: those of that entry's space, which made the page its own
    /// first, or of those who asked for the frame by its address.
    /// </summary>
    internal bool IsOnlyPinned(FrameNumber frame)
    {
        FrameDescriptor* descriptor = Frames.Table.Descriptor(frame);
        using SpinLock.Scope _ = _pinLock.Enter();
        return descriptor->Pins != 0 && descriptor->Mappings == 1 && descriptor->References == descriptor->Pins;
    }

    /// <summary>Drops an object's reference; the frame is freed if nobody else has it.</summary>
    internal void DropReference(FrameNumber frame)
    {
        if (Frames.Table.Descriptor(frame)->Release(FrameDescriptor.OneReference))
            Frames.Free(frame);
    }

    /// <summary>Counts one entry less that names a frame; the frame is freed if nobody else has it.</summary>
    internal void DropMapping(FrameNumber frame)
    {
        if (Frames.Table.Descriptor(frame)->Release(FrameDescriptor.OneMapping))
            Frames.Free(frame);
    }

    /// <summary>Makes a space the one that a processor has loaded.</summary>
    internal void NoteLoaded(int processor, AddressSpace? space) => _loaded[processor] = space;

    /// <summary>Gives a space's id back; no translation under it is left.</summary>
    internal void ReturnId(ushort id) => _ids.Return(id);

    internal void RemoveFromList(AddressSpace space)
    {
        using SpinLock.Scope _ = _listsLock.Enter();
        if (space.PreviousSpace is { } previous)
            previous.NextSpace = space.NextSpace;
        else
            _firstSpace = space.NextSpace;
        if (space.NextSpace is { } next)
            next.PreviousSpace = space.PreviousSpace;
        space.NextSpace = null;
        space.PreviousSpace = null;
    }

    internal void AddToList(IndexedObject added)
    {
        using SpinLock.Scope _ = _listsLock.Enter();
        added.Previous = null;
        added.Next = _firstObject;
        if (_firstObject is { } first)
            first.Previous = added;
        _firstObject = added;
    }

    internal void RemoveFromList(IndexedObject removed)
    {
        using SpinLock.Scope _ = _listsLock.Enter();
        if (removed.Previous is { } previous)
            previous.Next = removed.Next;
        else
            _firstObject = removed.Next;
        if (removed.Next is { } next)
            next.Previous = removed.Previous;
        removed.Next = null;
        removed.Previous = null;
    }

    private void AddToList(AddressSpace space)
    {
        using SpinLock.Scope _ = _listsLock.Enter();
        space.PreviousSpace = null;
        space.NextSpace = _firstSpace;
        if (_firstSpace is { } first)
            first.PreviousSpace = space;
        _firstSpace = space;
    }

    private static bool IsUpperHalf(VirtualAddress address) => (long)address.Value < 0;
}
