using System;
using System.Threading;
using Kernel.Mm.Objects;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Frozen spaces: read-only from then on, and the source of any number of others.</content>
public sealed unsafe partial class AddressSpace
{
    /// <summary>
    /// Makes the space read-only for good. Shared vareas go; private memory keeps its content, and others may refer to it.
    /// </summary>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if it has no private memory to keep; <see cref="Status.Busy"/> if it is frozen
    /// already, or I/O pins pages; <see cref="Status.OutOfMemory"/>. Nothing changed then.
    /// </returns>
    /// <remarks>RT-Thread Smart's conversion of a backup to read-only.</remarks>
    public Status Freeze()
    {
        _lock.EnterWrite();
        Status status = FreezeLocked();
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Makes a space that shows a frozen one: its vareas refer to the frozen memory, and copy a page when it is written.</summary>
    /// <param name="duplicate">The new space, if it succeeded.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> if this space isn't frozen (<see cref="Fork"/> is for these);
    /// <see cref="Status.OutOfMemory"/>.
    /// </returns>
    public Status Duplicate(out AddressSpace? duplicate)
    {
        duplicate = null;
        _lock.EnterRead();
        Status status = !IsFrozen ? Status.InvalidArgument : Status.OutOfMemory;
        if (IsFrozen && _manager.CreateSpace(_range) is { } created)
        {
            created._lock.EnterWrite();
            status = DuplicateInto(created);
            if (status != Status.Success)
            {
                Discard(created);
            }
            else
            {
                created._lock.ExitWrite();
                duplicate = created;
            }
        }
        _lock.ExitRead();
        return status;
    }

    /// <summary>Reads one of a frozen space's pages for a guest.</summary>
    /// <param name="page">Page number of the address here.</param>
    /// <param name="frame">The frame, with a reference for the caller.</param>
    /// <param name="hadInputOutput">Whether there was I/O.</param>
    internal PageAnswer GetFrozenPage(ulong page, out FrameNumber frame, out bool hadInputOutput)
    {
        // A frozen space may itself show another: one after the other, however long the chain is. None goes while one shows it.
        AddressSpace? space = this;
        PageAnswer answer;
        do
        {
            AddressSpace looked = space;
            looked._lock.EnterRead();
            answer = looked.FindFrozenPage(ref page, out frame, out hadInputOutput, out space);
            looked._lock.ExitRead();
        }
        while (space is not null);
        return answer;
    }

    /// <param name="page">Page number of the address here, and then in the space to ask.</param>
    /// <param name="frame">The frame, with a reference.</param>
    /// <param name="hadInputOutput">Whether there was I/O.</param>
    /// <param name="shown">The frozen space to ask instead, if this one shows that one's memory and has no page of its own.</param>
    private PageAnswer FindFrozenPage(ref ulong page, out FrameNumber frame, out bool hadInputOutput, out AddressSpace? shown)
    {
        var address = new VirtualAddress(page << Page.Shift);
        frame = _manager.ZeroFrame;
        hadInputOutput = false;
        shown = null;
        if (Find(address) is not { } area)
            return PageAnswer.BeyondEnd;
        if (TryReferToFrozenPage(address, ref frame))
            return PageAnswer.Frame;
        if (area.Object is PrivateObject other && other != _private)
        {
            page = area.PageAt(address);
            shown = other.Owner;
            return PageAnswer.Retry;
        }
        if (area.Object != _private)
        {
            var request = new PageRequest { Area = area, Page = area.PageAt(address), Address = address, NeedsFrame = true };
            PageAnswer answer = area.Object!.OnPageFault(ref request);
            frame = request.Frame;
            hadInputOutput = request.HadInputOutput;
            return answer;
        }
        Interlocked.Increment(ref _frames.Table.Descriptor(frame)->References);
        return PageAnswer.Frame;
    }

    /// <summary>Takes a reference on the frame that the table names, if it names one.</summary>
    private bool TryReferToFrozenPage(VirtualAddress address, ref FrameNumber frame)
    {
        bool isLocked = TryLockTable(address, out LeafTable leaf);
        PageTableEntry* block = _table.FindBlock(address);
        bool isFound = true;
        if (isLocked && leaf.Entries[PageTableWalk.IndexOf(address, 1)] is { IsEmpty: false } entry)
            frame = entry.Target.Frame;
        else if (!isLocked && block != null && block->IsPresent)
            frame = block->Target.Frame + (ulong)PageTableWalk.IndexOf(address, 1);
        else
            isFound = false;
        if (isFound)
            Interlocked.Increment(ref _frames.Table.Descriptor(frame)->References);
        if (isLocked)
            leaf.Unlock();
        return isFound;
    }

    private Status FreezeLocked()
    {
        if (IsFrozen)
            return Status.Busy;
        if (_private is null)
            return Status.InvalidArgument;
        if (HasPins)
            return Status.Busy;
        for (VArea? area = _areas.First; area is not null; area = VAreaTree.Next(area))
            if (!area.IsPrivate && !OwnEdges(area.Range, isRemoval: true))
                return Status.OutOfMemory;
        VArea? next;
        for (VArea? area = _areas.First; area is not null; area = next)
        {
            next = VAreaTree.Next(area);
            if (area.IsPrivate)
                continue;
            _areas.Remove(area);
            Count(area, -(long)area.Pages);
            RemovePages(area.Range);
            Close(area);
        }
        _lastHit = null;
        var walk = new BlockWalk(_table, _range.Start, _range.End);
        while (walk.MoveNext())
        {
            PageTableEntry* block = walk.Entry;
            Interlocked.And(ref *(ulong*)block, ~(ulong)PageFlags.Writable);
        }
        _batch.AddAll();
        FlushBatch();
        IsFrozen = true;
        _faultable = null;
        return Status.Success;
    }

    private Status DuplicateInto(AddressSpace duplicate)
    {
        duplicate._limits = _limits;
        for (VArea? area = _areas.First; area is not null; area = VAreaTree.Next(area))
        {
            if (_manager.Pools.Areas.Take() is not { } copy)
                return Status.OutOfMemory;
            copy.CopyPropertiesFrom(area);
            copy.Flags &= ~(VAreaFlags.Locked | VAreaFlags.WipeOnFork);
            copy.Object = _private;
            copy.Offset = area.Start.Value >> Page.Shift;
            copy.Space = duplicate;
            copy.Start = area.Start;
            copy.Pages = area.Pages;
            Status status = _private!.OnOpen(copy);
            if (status != Status.Success)
            {
                duplicate.Forget(copy);
                return status;
            }
            duplicate._areas.Insert(copy);
            duplicate.Count(copy, (long)copy.Pages);
        }
        duplicate.JoinIn(_range);
        return Status.Success;
    }
}
