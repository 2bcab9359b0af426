using System.Numerics;
using Kernel.Mm.Objects;

namespace Kernel.Mm.Spaces;

/// <content>Mapping.</content>
public sealed unsafe partial class AddressSpace
{
    private const Protection AllProtections = Protection.Read | Protection.Write | Protection.Execute | Protection.User;
    private const VAreaFlags AllFlags = (VAreaFlags)((int)VAreaFlags.Uncached * 2 - 1);
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
        address = default;
        Status status = Check(request);
        if (status != Status.Success)
            return status;
        MapRequest placed = request;
        placed.Flags &= ~VAreaFlags.CallerProvided;
        placed.Object?.PlaceHint(ref placed);
        _lock.EnterWrite();
        status = IsFrozen ? Status.AccessDenied : MapLocked(ref placed);
        _lock.ExitWrite();
        if (status != Status.Success)
            return status;
        address = placed.Address;
        // Best effort, as with MAP_POPULATE: what can't be had now comes by a fault, or is refused there.
        if ((placed.Flags & (VAreaFlags.Prefetch | VAreaFlags.Locked)) != 0)
            Populate(new PageRange(address, placed.Pages));
        return Status.Success;
    }

    private Status Check(in MapRequest request)
    {
        bool isAnonymous = request.Object is null;
        if (request.Pages == 0 || (request.Protection & ~AllProtections) != 0 || (request.MaximumProtection & ~AllProtections) != 0
            || (request.Flags & ~AllFlags) != 0 || request.Placement > Placement.FixedReplace
            || request.Alignment < Page.Size || !BitOperations.IsPow2(request.Alignment) || request.Offset + request.Pages < request.Offset
            || request.GuardPages > VArea.MaximumPages)
            return Status.InvalidArgument;
        if (isAnonymous && ((request.Flags & VAreaFlags.Private) == 0 || request.Storage is not null))
            return Status.InvalidArgument;
        if ((request.Flags & VAreaFlags.WipeOnFork) != 0 && !isAnonymous)
            return Status.InvalidArgument;
        if ((request.Flags & PolicyFlags) != 0 && (request.Object is not PhysicalRangeObject || (request.Flags & PolicyFlags) == PolicyFlags))
            return Status.InvalidArgument;
        if (request.Storage is { Space: not null })
            return Status.Busy;
        if ((request.Protection & ~request.MaximumProtection) != 0)
            return Status.AccessDenied;
        if (request.Placement != Placement.Anywhere
            && (!request.Address.IsPageAligned || (request.Address.Value & (request.Alignment - 1)) != 0))
            return Status.InvalidArgument;
        if (request.Pages > VArea.MaximumPages)
            return Status.OutOfMemory;
        bool isData = (request.Flags & VAreaFlags.Private) != 0 && (request.Protection & Protection.Write) != 0;
        return isData && request.Pages > _frames.TotalFrames ? Status.OutOfMemory : Status.Success;
    }

    private Status MapLocked(ref MapRequest request)
    {
        Status status = Place(ref request, out VArea? next);
        if (status != Status.Success)
            return status;
        ulong replaced = request.Placement == Placement.FixedReplace ? PagesMappedIn(new PageRange(request.Address, request.Pages)) : 0;
        if (!IsWithinLimits(request, replaced))
            return Status.OutOfMemory;
        if (request.Object is null)
        {
            if (!EnsurePrivateObject())
                return Status.OutOfMemory;
            request.Object = _private;
        }
        if (replaced != 0)
            return MapInPlaceOf(request);
        VArea? previous = next is null ? _areas.Last : VAreaTree.Previous(next);
        if (request.Storage is null && TryExtendNeighbour(request, previous, next))
            return Status.Success;
        if ((request.Storage ?? _manager.Pools.Areas.Take()) is not { } area)
            return Status.OutOfMemory;
        Fill(area, request);
        if (area.Object != _private)
        {
            status = area.Object!.OnOpen(area);
            if (status != Status.Success)
            {
                Forget(area);
                return status;
            }
        }
        _areas.Insert(area, previous, next);
        Count(area, (long)area.Pages);
        return Status.Success;
    }

    /// <summary>Makes a varea in the place of what is there.</summary>
    private Status MapInPlaceOf(in MapRequest request)
    {
        if ((request.Storage ?? _manager.Pools.Areas.Take()) is not { } area)
            return Status.OutOfMemory;
        Fill(area, request);
        Status status = area.Object!.OnOpen(area);
        if (status == Status.Success)
        {
            status = UnmapLocked(area.Range);
            if (status != Status.Success)
                area.Object.OnClose(area);
        }
        if (status != Status.Success)
        {
            Forget(area);
            return status;
        }
        _areas.Insert(area);
        Count(area, (long)area.Pages);
        JoinAround(area);
        return Status.Success;
    }

    private void Fill(VArea area, in MapRequest request)
    {
        area.Space = this;
        area.Start = request.Address;
        area.Pages = request.Pages;
        area.Object = request.Object;
        area.Offset = request.Object == _private ? 0 : request.Offset;
        area.Flags = request.Storage is null ? request.Flags : request.Flags | VAreaFlags.CallerProvided;
        area.Protection = request.Protection;
        area.MaximumProtection = request.MaximumProtection;
        area.ObjectState = null;
    }

    /// <summary>Gives back a record that never was in the tree.</summary>
    private void Forget(VArea area)
    {
        area.Space = null;
        area.Object = null;
        area.ObjectState = null;
        if ((area.Flags & VAreaFlags.CallerProvided) == 0)
            _manager.Pools.Areas.Return(area);
    }

    /// <summary>Chooses the address.</summary>
    /// <param name="request">Its address is set.</param>
    /// <param name="next">The first varea that ends behind the address.</param>
    private Status Place(ref MapRequest request, out VArea? next)
    {
        next = null;
        if (request.Placement != Placement.Anywhere)
        {
            var range = new PageRange(request.Address, request.Pages);
            if (!range.IsValid || !_range.Contains(range))
                return Status.InvalidArgument;
            next = _areas.FindAtOrAfter(range.Start);
            return request.Placement == Placement.Fixed && next is not null && next.Start < range.End ? Status.AlreadyExists : Status.Success;
        }
        if (request.Address.Value != 0 && TryPlaceAtHint(ref request))
        {
            next = _areas.FindAtOrAfter(request.Address);
            return Status.Success;
        }
        if (FindFree(request, out next) is not { } found)
            return Status.NoAddressRange;
        request.Address = found;
        return Status.Success;
    }

    private bool TryPlaceAtHint(ref MapRequest request)
    {
        var range = new PageRange(request.Address.AlignDown(request.Alignment), request.Pages);
        if (!range.IsValid || !_range.Contains(range) || !IsWithin(range, request) || !IsFreeWithGuards(range, request.GuardPages))
            return false;
        request.Address = range.Start;
        return true;
    }

    private static bool IsWithin(PageRange range, in MapRequest request) =>
        range.Start >= request.Lowest && (request.Highest.Value == 0 || range.End <= request.Highest);

    /// <summary>The highest free place for a request, and the varea behind it.</summary>
    private VirtualAddress? FindFree(in MapRequest request, out VArea? next)
    {
        VirtualAddress highest = request.Highest.Value == 0 || request.Highest > _range.End ? _range.End : request.Highest;
        if (request.GuardPages == 0)
            return _areas.FindGap(request.Pages, request.Lowest, highest, request.Alignment, out next);
        // The gap is aligned, not the mapping behind its guard: a guard is made a multiple of the alignment.
        ulong guardBytes = ((request.GuardPages << Page.Shift) + request.Alignment - 1) & ~(request.Alignment - 1);
        ulong pages = request.Pages + 2 * (guardBytes >> Page.Shift);
        return _areas.FindGap(pages, request.Lowest, highest, request.Alignment, out next) is { } gap ? gap + guardBytes : null;
    }

    private bool IsFree(PageRange range) => _areas.FindAtOrAfter(range.Start) is not { } area || area.Start >= range.End;

    private bool IsFreeWithGuards(PageRange range, ulong guardPages)
    {
        ulong guardBytes = guardPages << Page.Shift;
        VirtualAddress start = range.Start - _range.Start < guardBytes ? _range.Start : new VirtualAddress(range.Start.Value - guardBytes);
        VirtualAddress end = _range.End - range.End < guardBytes ? _range.End : range.End + guardBytes;
        return IsFree(PageRange.Between(start, end));
    }

    private bool IsWithinLimits(in MapRequest request, ulong replaced)
    {
        if (_mappedPages - replaced + request.Pages > _limits.Mapped)
            return false;
        bool isData = (request.Flags & VAreaFlags.Private) != 0 && (request.Protection & Protection.Write) != 0;
        if (isData && _dataPages + request.Pages > _limits.Data)
            return false;
        return (request.Flags & VAreaFlags.Locked) == 0 || _lockedPages + request.Pages <= _limits.Locked;
    }

    private ulong PagesMappedIn(PageRange range)
    {
        ulong pages = 0;
        for (VArea? area = _areas.FindAtOrAfter(range.Start); area is not null && area.Start < range.End; area = VAreaTree.Next(area))
        {
            VirtualAddress start = area.Start < range.Start ? range.Start : area.Start;
            VirtualAddress end = area.End > range.End ? range.End : area.End;
            pages += (end - start) >> Page.Shift;
        }
        return pages;
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
    private bool TryExtendNeighbour(in MapRequest request, VArea? previous, VArea? next)
    {
        VirtualAddress end = request.Address + (request.Pages << Page.Shift);
        bool joinsPrevious = previous is not null && previous.End == request.Address && IsLike(previous, request)
            && previous.Pages + request.Pages <= VArea.MaximumPages
            && (previous.Object == _private || request.Offset == previous.Offset + previous.Pages);
        if (joinsPrevious && previous!.Object!.OnExpand(previous, request.Pages, false) == Status.Success)
        {
            previous.Pages += request.Pages;
            Count(previous, (long)request.Pages);
            if (next is not null && next.Start == end && previous.IsContinuedBy(next))
                Join(previous, next);
            else
                _areas.Moved(previous);
            return true;
        }
        bool joinsNext = next is not null && next.Start == end && IsLike(next, request)
            && next.Pages + request.Pages <= VArea.MaximumPages
            && (next.Object == _private || request.Offset + request.Pages == next.Offset);
        if (!joinsNext || next!.Object!.OnExpand(next, request.Pages, true) != Status.Success)
            return false;
        next.Start = request.Address;
        next.Pages += request.Pages;
        if (next.Object != _private)
            next.Offset = request.Offset;
        Count(next, (long)request.Pages);
        _areas.Moved(next);
        return true;
    }

    private static bool IsLike(VArea area, in MapRequest request) =>
        area.Object == request.Object && area.Protection == request.Protection && area.MaximumProtection == request.MaximumProtection
        && area.Flags == request.Flags && (area.Flags & VAreaFlags.CallerProvided) == 0;

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
