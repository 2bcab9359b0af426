using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <summary>
/// A range of virtual addresses with the vareas in it and the page table that says where their pages are.
/// </summary>
/// <remarks>
/// <para>
/// Split by operation: AddressSpace.Map.cs, .Unmap.cs, .Protect.cs, .Move.cs, .Advise.cs, .Fault.cs, .Private.cs (private
/// pages and copied tables), .LargePages.cs, .HugePages.cs, .Fork.cs, .Fork.Mixed.cs, .Freeze.cs, .Query.cs, .Access.cs (other spaces' memory), .Pages.cs
/// (taking pages out of the table), .Files.cs (files' pages).
/// </para>
/// <para>
/// One reader-writer lock guards vareas and table structure. Faults hold it for reading, and lock the leaf table whose
/// entries they change; everything else holds it for writing. No method may be called while the caller holds it, but for
/// <see cref="Find"/> and its like.
/// </para>
/// </remarks>
public sealed unsafe partial class AddressSpace
{
    private MemoryManager _manager = null!;
    private FrameAllocator _frames = null!;

    // Of the processor that loaded it last: a hint, any cache will do.
    private FrameCache _cache = null!;
    private PageTable _table;
    private VAreaTree _areas;
    private VArea? _lastHit;

    // The record of a varea that went, for the next one that comes.
    private VArea? _spareArea;
    // Whether any varea was ever kept in a record of the caller.
    private bool _hasCallersRecords;
    private SpaceLock _lock;
    private PrivateObject? _private;

    // The object whose missing pages the fault path makes without asking anybody: the private one, unless the space is frozen.
    private PrivateObject? _faultable;
    private TranslationSpace _translations;
    private PageRange _range;
    private SpaceLimits _limits;
    private bool _isUser;

    // What every leaf entry has.
    private PageFlags _leafFlags;

    // Processors that may hold translations of this space, and those that have it loaded now.
    private ulong _cachedOn;
    private ulong _loadedOn;

    private InvalidationBatch _batch;

    private long _residentPages;
    private long _peakResidentPages;
    private ulong _mappedPages;
    private ulong _lockedPages;
    private ulong _dataPages;
    private ulong _minorFaults;
    private ulong _majorFaults;

    /// <summary>The addresses that it may map.</summary>
    public PageRange Range => _range;

    /// <summary>Its page table's root, and the id of its translations.</summary>
    public TranslationSpace Translations => _translations;

    /// <summary>Whether it was initialized and not detached since.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whether nothing can be written to it any more: others may refer to its memory.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Its private anonymous memory's object; null until it has any.</summary>
    public PrivateObject? PrivateObject => _private;

    /// <summary>How much it may map.</summary>
    public SpaceLimits Limits
    {
        get => _limits;
        set => _limits = value;
    }

    /// <summary>The space after it in the list of all (<see cref="MemoryManager.FirstSpace"/>).</summary>
    public AddressSpace? NextSpace { get; internal set; }

    /// <summary>Vareas in it.</summary>
    public int AreaCount => _areas.Count;

    /// <summary>Pages in vareas.</summary>
    public ulong MappedPages => _mappedPages;

    /// <summary>Pages in vareas that are private and writable.</summary>
    public ulong DataPages => _dataPages;

    /// <summary>Pages in vareas that are locked.</summary>
    public ulong LockedPages => _lockedPages;

    /// <summary>Pages that the table names: the sum of the tables' counts.</summary>
    public ulong ResidentPages => (ulong)(Volatile.Read(ref _residentPages) - (_manager.HasRemovedFromShared ? CountRemovedWhileShared() : 0));

    /// <summary>The most that <see cref="ResidentPages"/> ever was.</summary>
    public ulong PeakResidentPages => (ulong)long.Max(Volatile.Read(ref _peakResidentPages), Volatile.Read(ref _residentPages));

    /// <summary>Faults resolved without I/O.</summary>
    public ulong MinorFaults => Volatile.Read(ref _minorFaults);

    /// <summary>Faults resolved after I/O.</summary>
    public ulong MajorFaults => Volatile.Read(ref _majorFaults);

    internal AddressSpace? PreviousSpace { get; set; }

    internal PageTable Table => _table;

    /// <summary>Whether it keeps the record of a varea that went.</summary>
    internal bool HasSpareArea => _spareArea is not null;

    internal MemoryManager Manager => _manager;

    internal ref VAreaTree Areas => ref _areas;

    /// <summary>Makes this the page table of the processor that runs this.</summary>
    public void Load()
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        int processor = hardware.CurrentProcessor;
        AddressSpace? previous = _manager.LoadedSpace(processor);
        if (previous != this)
        {
            Interlocked.Or(ref _loadedOn, 1UL << processor);
            Interlocked.Or(ref _cachedOn, 1UL << processor);
            _cache = _frames.CurrentCache;
            hardware.LoadRoot(_translations);
            _manager.NoteLoaded(processor, this);
            previous?.NoteUnloaded(processor);
        }
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>Makes a table without user addresses this processor's, if this space is.</summary>
    /// <param name="root">The kernel's root table.</param>
    public void Unload(PhysicalAddress root)
    {
        Hardware hardware = Hardware.Current;
        ulong state = hardware.EnterCriticalSection();
        int processor = hardware.CurrentProcessor;
        if (_manager.LoadedSpace(processor) == this)
        {
            hardware.LoadRoot(new TranslationSpace(root, 0));
            _manager.NoteLoaded(processor, null);
            NoteUnloaded(processor);
        }
        hardware.LeaveCriticalSection(state);
    }

    /// <summary>Closes every varea and frees every page and table. The storage can be initialized again.</summary>
    /// <returns>
    /// <see cref="Status.Busy"/> while a processor has it loaded, or while other spaces refer to its frozen memory;
    /// <see cref="Status.InvalidArgument"/> if it isn't live, or is the kernel's. Nothing changed then.
    /// </returns>
    /// <remarks>Never allocates.</remarks>
    public Status Detach()
    {
        if (!IsLive || !_isUser)
            return Status.InvalidArgument;
        _lock.EnterWrite();
        if (_loadedOn != 0 || _private is { Guests: > 0 })
        {
            _lock.ExitWrite();
            return Status.Busy;
        }
        Release();
        _lock.ExitWrite();
        WaitForHolders();
        return Status.Success;
    }

    internal void Initialize(MemoryManager manager, PageRange range, TranslationSpace translations)
    {
        _manager = manager;
        _frames = manager.Frames;
        _cache = manager.Frames.CurrentCache;
        _translations = translations;
        _table = new PageTable(translations.Root, manager.Frames);
        _range = range;
        _isUser = (long)range.Start.Value >= 0;
        _leafFlags = PageFlags.Present | PageFlags.Accessed | (_isUser ? PageFlags.None : PageFlags.Global);
        _areas.Clear(range);
        _limits = SpaceLimits.None;
        _lastHit = null;
        _private = null;
        _faultable = null;
        _cachedOn = 0;
        _residentPages = 0;
        _peakResidentPages = 0;
        _mappedPages = 0;
        _lockedPages = 0;
        _dataPages = 0;
        _minorFaults = 0;
        _majorFaults = 0;
        _hasLazyPages = false;
        _hasCallersRecords = false;
        _hasHugePages = false;
        _batch.Clear();
        IsFrozen = false;
        IsLive = true;
    }

    /// <summary>Everything that <see cref="Detach"/> does once it is allowed. Also undoes a half-made space. Locked for writing.</summary>
    private void Release()
    {
        // With id zero nothing is cached where the space isn't loaded.
        _batch.AddAll();
        FlushBatch();
        _cachedOn = 0;
        ReleaseTables(_translations.Root.Frame, PageTableWalk.Levels, default);
        CloseAll(_areas.Root);
        DropSpareArea();
        _areas.Clear(_range);
        Debug.Assert(_residentPages == 0);
        if (_pinnedPages != 0)
            _manager.NotePinsOfGoneSpace();
        DropPrivateObject();
        _frames.Free(_translations.Root.Frame);
        _manager.ReturnId(_translations.Id);
        _lastHit = null;
        _mappedPages = 0;
        _lockedPages = 0;
        _dataPages = 0;
        IsLive = false;
        IsFrozen = false;
        _manager.RemoveFromList(this);
    }

    private void NoteUnloaded(int processor)
    {
        Interlocked.And(ref _loadedOn, ~(1UL << processor));
        // Another root was loaded, which made the processor forget all translations without an id.
        if (_translations.Id == 0)
            Interlocked.And(ref _cachedOn, ~(1UL << processor));
    }

    /// <summary>Makes every processor forget the translation of one page, and all upper-level entries of the space.</summary>
    private void Invalidate(VirtualAddress page)
    {
        // The entry's new value must be visible before it is asked who may have cached the old one: a processor that loads the
        // space just now says so first, then reads entries. A store alone may wait behind the load (Intel SDM vol. 3, 9.2.3.4).
        Interlocked.MemoryBarrier();
        if (!_isUser)
            Hardware.Current.InvalidateKernel(new ReadOnlySpan<VirtualAddress>(in page));
        else if (_cachedOn != 0)
            Hardware.Current.Invalidate(_translations, _cachedOn, new ReadOnlySpan<VirtualAddress>(in page));
    }

    /// <summary>Makes every processor forget what the batch has collected, and empties it. Locked for writing.</summary>
    private void FlushBatch()
    {
        if (_batch.IsEmpty)
            return;
        if (!_isUser)
            Hardware.Current.InvalidateKernel(_batch.Pages);
        else if (_cachedOn != 0)
            Hardware.Current.Invalidate(_translations, _cachedOn, _batch.Pages);
        _batch.Clear();
    }

    /// <summary>Ends a varea that is in no tree any more and has no pages.</summary>
    private void Close(VArea area)
    {
        MemoryObject memoryObject = area.Object!;
        if (memoryObject != _private)
            memoryObject.OnClose(area);
        area.Object = null;
        area.ObjectState = null;
        area.Space = null;
        if ((area.Flags & VAreaFlags.CallerProvided) == 0)
            ReturnArea(area);
    }

    /// <summary>A record for a varea; null when memory has run out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private VArea? TakeArea()
    {
        VArea? spare = _spareArea;
        if (spare is null)
            return _manager.Pools.Areas.Take();
        _spareArea = null;
        return spare;
    }

    /// <summary>Gives a record back that refers to nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReturnArea(VArea area)
    {
        if (_spareArea is null)
            _spareArea = area;
        else
            _manager.Pools.Areas.Return(area);
    }

    private void DropSpareArea()
    {
        if (_spareArea is { } spare)
            _manager.Pools.Areas.Return(spare);
        _spareArea = null;
    }

    /// <summary>Counts pages of a varea that comes, or goes with a negative number, for the limits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(VArea area, long pages)
    {
        _mappedPages += (ulong)pages;
        if (area.IsPrivate && area.IsWritable)
            _dataPages += (ulong)pages;
        if ((area.Flags & VAreaFlags.Locked) != 0)
            _lockedPages += (ulong)pages;
    }

    private void NotePeak()
    {
        if (_residentPages > _peakResidentPages)
            _peakResidentPages = _residentPages;
    }
}
