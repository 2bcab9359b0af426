using System.Numerics;
using System.Runtime.CompilerServices;
using Kernel.Mm.Objects;

namespace Kernel.Mm.Spaces;

/// <content>Mapping.</content>
public sealed unsafe partial class AddressSpace
{
    private const Protection AllProtections = Protection.Read | Protection.Write | Protection.Execute | Protection.User;
    private const VAreaFlags AllFlags = (VAreaFlags)((int)VAreaFlags.NoReserve * 2 - 1);
    private const VAreaFlags PolicyFlags = VAreaFlags.WriteCombining | VAreaFlags.Uncached;

    /// <summary>Maps pages of an object, or private anonymous memory.</summary>
    /// <param name="request">What, and where.</param>
    /// <param name="address">Where it is now, if it succeeded.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> for a request that makes no sense (no pages, misaligned, overflowing, outside
    /// the space, unknown flags, storage for private anonymous memory); <see cref="Status.AlreadyExists"/> if a fixed
    /// range is in use; <see cref="Status.NoAddressRange"/>; <see cref="Status.OutOfMemory"/> also over a limit and for
    /// more private memory than there are frames; what the object says. Nothing changed then.
    /// </returns>
    /// <remarks>A mapping that continues a neighbour joins it, and joins both if it closes the gap.</remarks>
    public Status Map(in MapRequest request, out VirtualAddress address)
    {
        if (request.IsPlain && TryMapPlain(request, out address))
            return Status.Success;
        address = default;
        Status status = Check(request);
        return status == Status.Success ? MapChecked(request, out address) : status;
    }

    private Status MapChecked(in MapRequest request, out VirtualAddress address)
    {
        if (request.Object is not { } memoryObject)
            return MapPlaced(request, out address);
        MapRequest placed = request;
        memoryObject.PlaceHint(ref placed);
        return MapPlaced(placed, out address);
    }

    /// <summary>
    /// The most frequent request: private anonymous memory anywhere, below what was mapped last, with a record at hand. Nothing
    /// is asked or changed but what this needs. Budget: 170 instructions.
    /// </summary>
    /// <returns>False, with nothing done, if it isn't that simple.</returns>
    private bool TryMapPlain(in MapRequest request, out VirtualAddress address)
    {
        ulong pages = request.Pages;
        Protection protection = request.Protection;
        ulong dataPages = (protection & Protection.Write) != 0 ? pages : 0;
        // Without a page it is more than any number.
        if (pages - 1 >= _frames.TotalFrames || ((protection | request.MaximumProtection) & ~AllProtections) != 0
            || (protection & ~request.MaximumProtection) != 0)
        {
            address = default;
            return false;
        }
        _lock.EnterWrite();
        // In a frozen space nothing is faultable.
        if (_faultable is not { } own || _spareArea is not { } area || !_areas.FindGapAgain(pages, out address, out VArea? next)
            || next!.Left is not null || next.Gap == pages || IsLike(next, request, own)
            || _mappedPages + pages > _limits.Mapped || _dataPages + dataPages > _limits.Data)
        {
            _lock.ExitWrite();
            address = default;
            return false;
        }
        _spareArea = null;
        _mappedPages += pages;
        _dataPages += dataPages;
        area.Space = this;
        area.Start = address;
        area.Pages = pages;
        area.Object = own;
        area.Offset = 0;
        area.Flags = VAreaFlags.Private;
        area.SetProtections(protection, request.MaximumProtection);
        _areas.InsertLeaf(area, next);
        _lastHit = area;
        _lock.ExitWrite();
        return true;
    }

    private Status MapPlaced(in MapRequest request, out VirtualAddress address)
    {
        address = default;
        _lock.EnterWrite();
        Status status = IsFrozen ? Status.AccessDenied : MapLocked(request, out address);
        _lock.ExitWrite();
        if (status != Status.Success)
            address = default;
        // Best effort, as with MAP_POPULATE: what can't be had now comes by a fault, or is refused there.
        else if ((request.Flags & (VAreaFlags.Prefetch | VAreaFlags.Locked)) != 0)
            Populate(new PageRange(address, request.Pages));
        return status;
    }

    private Status Check(in MapRequest request)
    {
        VAreaFlags flags = request.Flags;
        ulong pages = request.Pages;
        bool isAnonymous = request.Object is null;
        if (pages == 0 || ((request.Protection | request.MaximumProtection) & ~AllProtections) != 0 || (flags & ~AllFlags) != 0
            || request.Placement > Placement.FixedReplace || request.Alignment < Page.Size || !BitOperations.IsPow2(request.Alignment)
            || request.Offset + pages < pages || request.GuardPages > VArea.MaximumPages)
            return Status.InvalidArgument;
        if (isAnonymous ? (flags & VAreaFlags.Private) == 0 || request.Storage is not null : (flags & VAreaFlags.WipeOnFork) != 0)
            return Status.InvalidArgument;
        if ((flags & PolicyFlags) != 0 && (request.Object is not PhysicalRangeObject || (flags & PolicyFlags) == PolicyFlags))
            return Status.InvalidArgument;
        if (request.Storage is { Space: not null })
            return Status.Busy;
        if ((request.Protection & ~request.MaximumProtection) != 0)
            return Status.AccessDenied;
        if (request.Placement != Placement.Anywhere && (request.Address.Value & (request.Alignment - 1)) != 0)
            return Status.InvalidArgument;
        bool isTooMuch = pages > _frames.TotalFrames && IsData(request) && (flags & VAreaFlags.NoReserve) == 0;
        return isTooMuch || pages > VArea.MaximumPages ? Status.OutOfMemory : Status.Success;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsData(in MapRequest request) =>
        (request.Flags & VAreaFlags.Private) != 0 && (request.Protection & Protection.Write) != 0;

    private Status MapLocked(in MapRequest request, out VirtualAddress address)
    {
        Status status = Place(request, out address, out VArea? next);
        if (status != Status.Success)
            return status;
        ReplacedPages replaced = default;
        if (request.Placement == Placement.FixedReplace)
            CountReplaced(new PageRange(address, request.Pages), ref replaced);
        if (!IsWithinLimits(request, replaced) || (request.Object is null && !EnsurePrivateObject()))
            return Status.OutOfMemory;
        MemoryObject memoryObject = request.Object ?? _private!;
        if (replaced.Mapped != 0)
            return MapInPlaceOf(request, memoryObject);
        if (request.Storage is null && TryExtendNeighbour(request, memoryObject, address, next))
            return Status.Success;
        if ((request.Storage ?? TakeArea()) is not { } area)
            return Status.OutOfMemory;
        Fill(area, request, memoryObject, address);
        if (memoryObject != _private)
        {
            status = memoryObject.OnOpen(area);
            if (status != Status.Success)
            {
                Forget(area);
                return status;
            }
        }
        _areas.Insert(area, next);
        Count(area, (long)area.Pages);
        // Whoever maps will soon touch it.
        _lastHit = area;
        return Status.Success;
    }

    /// <summary>Makes a varea in the place of what is there.</summary>
    private Status MapInPlaceOf(in MapRequest request, MemoryObject memoryObject)
    {
        if ((request.Storage ?? TakeArea()) is not { } area)
            return Status.OutOfMemory;
        Fill(area, request, memoryObject, request.Address);
        Status status = memoryObject.OnOpen(area);
        if (status == Status.Success)
        {
            status = UnmapLocked(area.Range);
            if (status != Status.Success)
                memoryObject.OnClose(area);
        }
        if (status != Status.Success)
        {
            Forget(area);
            return status;
        }
        _areas.Insert(area);
        Count(area, (long)area.Pages);
        PageRange range = area.Range;
        JoinAround(area);
        JoinWhatRecordsLeft(range);
        return Status.Success;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fill(VArea area, in MapRequest request, MemoryObject memoryObject, VirtualAddress address)
    {
        area.Space = this;
        area.Start = address;
        area.Pages = request.Pages;
        area.Object = memoryObject;
        area.Offset = memoryObject == _private ? 0 : request.Offset;
        area.Flags = (request.Flags & ~VAreaFlags.CallerProvided) | (request.Storage is null ? VAreaFlags.None : VAreaFlags.CallerProvided);
        area.SetProtections(request.Protection, request.MaximumProtection);
        area.ObjectState = null;
        _hasCallersRecords |= request.Storage is not null;
    }

    /// <summary>Gives back a record that never was in the tree.</summary>
    private void Forget(VArea area)
    {
        area.Space = null;
        area.Object = null;
        area.ObjectState = null;
        if ((area.Flags & VAreaFlags.CallerProvided) == 0)
            ReturnArea(area);
    }

    /// <summary>Chooses the address.</summary>
    /// <param name="request">What, and where.</param>
    /// <param name="address">The address.</param>
    /// <param name="next">The first varea that ends behind the address.</param>
    private Status Place(in MapRequest request, out VirtualAddress address, out VArea? next)
    {
        if (request.Placement != Placement.Anywhere)
        {
            address = request.Address;
            next = null;
            var range = new PageRange(address, request.Pages);
            if (!range.IsValid || !_range.Contains(range))
                return Status.InvalidArgument;
            next = _areas.FindAtOrAfter(address);
            return request.Placement == Placement.Fixed && next is not null && next.Start < range.End ? Status.AlreadyExists : Status.Success;
        }
        if (request.Address.Value != 0 && TryPlaceAtHint(request, out address))
        {
            next = _areas.FindAtOrAfter(address);
            return Status.Success;
        }
        return FindFree(request, out address, out next) ? Status.Success : Status.NoAddressRange;
    }

    private bool TryPlaceAtHint(in MapRequest request, out VirtualAddress address)
    {
        address = request.Address.AlignDown(request.Alignment);
        var range = new PageRange(address, request.Pages);
        return range.IsValid && _range.Contains(range) && IsWithin(range, request) && IsFreeWithGuards(range, request.GuardPages);
    }

    private static bool IsWithin(PageRange range, in MapRequest request) =>
        range.Start >= request.Lowest && (request.Highest.Value == 0 || range.End <= request.Highest);

    /// <summary>The highest free place for a request, and the varea behind it.</summary>
    private bool FindFree(in MapRequest request, out VirtualAddress address, out VArea? next)
    {
        if ((request.Lowest.Value | request.Highest.Value | request.GuardPages) == 0 && request.Alignment == Page.Size
            && _areas.FindGapAgain(request.Pages, out address, out next))
            return true;
        VirtualAddress highest = request.Highest.Value == 0 || request.Highest > _range.End ? _range.End : request.Highest;
        // The gap is aligned, not the mapping behind its guard: a guard is made a multiple of the alignment.
        ulong guardBytes = ((request.GuardPages << Page.Shift) + request.Alignment - 1) & ~(request.Alignment - 1);
        ulong pages = request.Pages + 2 * (guardBytes >> Page.Shift);
        bool isFound = _areas.FindGap(pages, request.Lowest, highest, request.Alignment, out address, out next);
        address += guardBytes;
        return isFound;
    }

    private bool IsFree(PageRange range) => _areas.FindAtOrAfter(range.Start) is not { } area || area.Start >= range.End;

    private bool IsFreeWithGuards(PageRange range, ulong guardPages)
    {
        ulong guardBytes = guardPages << Page.Shift;
        VirtualAddress start = range.Start - _range.Start < guardBytes ? _range.Start : new VirtualAddress(range.Start.Value - guardBytes);
        VirtualAddress end = _range.End - range.End < guardBytes ? _range.End : range.End + guardBytes;
        return IsFree(PageRange.Between(start, end));
    }

    /// <summary>Pages that a mapping takes the place of, as limits count them.</summary>
    private struct ReplacedPages
    {
        public ulong Mapped;
        public ulong Data;
        public ulong Locked;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWithinLimits(in MapRequest request, in ReplacedPages replaced)
    {
        if (_mappedPages - replaced.Mapped + request.Pages > _limits.Mapped)
            return false;
        if (IsData(request) && _dataPages - replaced.Data + request.Pages > _limits.Data)
            return false;
        return (request.Flags & VAreaFlags.Locked) == 0 || _lockedPages - replaced.Locked + request.Pages <= _limits.Locked;
    }

    private void CountReplaced(PageRange range, ref ReplacedPages replaced)
    {
        for (VArea? area = _areas.FindAtOrAfter(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            ulong pages = PagesIn(area, range);
            replaced.Mapped += pages;
            if (area.IsPrivate && area.IsWritable)
                replaced.Data += pages;
            if ((area.Flags & VAreaFlags.Locked) != 0)
                replaced.Locked += pages;
        }
    }

    private bool EnsurePrivateObject()
    {
        if (_private is not null)
            return true;
        if (_manager.Pools.PrivateObjects.Take() is not { } created)
            return false;
        created.Initialize(this);
        _private = created;
        _faultable = created;
        return true;
    }

    private void DropPrivateObject()
    {
        if (_private is not { } old)
            return;
        DropBackup();
        _private = null;
        _faultable = null;
        old.Owner = null;
        _manager.Pools.PrivateObjects.Return(old);
    }

    /// <summary>Maps by making a neighbour longer, and joins both neighbours if the mapping closes the gap between them.</summary>
    private bool TryExtendNeighbour(in MapRequest request, MemoryObject memoryObject, VirtualAddress address, VArea? next)
    {
        VirtualAddress end = address + (request.Pages << Page.Shift);
        if (_areas.EndingAt(address, next) is { } previous && IsLike(previous, request, memoryObject)
            && previous.Pages + request.Pages <= VArea.MaximumPages
            && (memoryObject == _private || request.Offset == previous.Offset + previous.Pages)
            && memoryObject.OnExpand(previous, request.Pages, false) == Status.Success)
        {
            previous.Pages += request.Pages;
            Count(previous, (long)request.Pages);
            if (next is not null && next.Start == end && previous.IsContinuedBy(next))
                Join(previous, next);
            else
                _areas.Moved(previous);
            return true;
        }
        if (next is null || next.Start != end || !IsLike(next, request, memoryObject) || next.Pages + request.Pages > VArea.MaximumPages
            || (memoryObject != _private && request.Offset + request.Pages != next.Offset)
            || memoryObject.OnExpand(next, request.Pages, true) != Status.Success)
            return false;
        next.Start = address;
        next.Pages += request.Pages;
        if (memoryObject != _private)
            next.Offset = request.Offset;
        Count(next, (long)request.Pages);
        _areas.Moved(next);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsLike(VArea area, in MapRequest request, MemoryObject memoryObject) =>
        area.Object == memoryObject && area.Protection == request.Protection && area.MaximumProtection == request.MaximumProtection
        && area.Flags == (request.Flags & ~VAreaFlags.CallerProvided);

    /// <summary>Makes two neighbours one: the first takes over the second.</summary>
    private void Join(VArea area, VArea next)
    {
        ulong pages = (next.End - area.Start) >> Page.Shift;
        area.Object!.OnMerge(area, next);
        _areas.Remove(next);
        if (_lastHit == next)
            _lastHit = null;
        area.Pages = pages;
        _areas.Moved(area);
        Forget(next);
    }

    /// <summary>Joins a varea with its neighbours where they continue each other.</summary>
    /// <returns>The varea that now contains it.</returns>
    private VArea JoinAround(VArea area)
    {
        if (VAreaTree.Previous(area) is { } previous && previous.IsContinuedBy(area))
        {
            Join(previous, area);
            area = previous;
        }
        if (VAreaTree.Next(area) is { } next && area.IsContinuedBy(next))
            Join(area, next);
        return area;
    }

    /// <summary>Joins neighbours around a range whose vareas went: what is left behind a cut in a caller's record may continue into the varea behind it.</summary>
    private void JoinWhatRecordsLeft(PageRange range)
    {
        if (_hasCallersRecords)
            JoinIn(range);
    }

    /// <summary>Joins all neighbours in and around a range that continue each other.</summary>
    private void JoinIn(PageRange range)
    {
        VArea? area = _areas.FindBefore(range.Start) ?? _areas.First;
        while (area is not null && area.Start <= range.End)
        {
            VArea? next = VAreaTree.Next(area);
            if (next is not null && area.IsContinuedBy(next))
                Join(area, next);
            else
                area = next;
        }
    }
}
