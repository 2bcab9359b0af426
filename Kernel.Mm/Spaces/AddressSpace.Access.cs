using System;
using System.Threading;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Spaces;

/// <content>Reading and writing the memory of a space that isn't loaded, and keeping pages for I/O.</content>
public sealed unsafe partial class AddressSpace
{
    // Pins taken through this space and not dropped.
    private int _pinnedPages;

    /// <summary>Pins taken by <see cref="Pin"/> and not dropped.</summary>
    internal int PinnedPages => _pinnedPages;

    /// <summary>Whether I/O may rely on pages of this space.</summary>
    private bool HasPins => _pinnedPages != 0 || _manager.HasPagesGot;

    /// <summary>Reads memory, page by page, whether or not the pages are present. Reading maps nothing.</summary>
    /// <param name="address">Any.</param>
    /// <param name="destination">Filled as far as it succeeds.</param>
    /// <returns>
    /// <see cref="Status.BadAddress"/> at the first page that is not mapped, <see cref="Status.AccessDenied"/> where nothing may
    /// be read; what the object says. Pages before that have been read.
    /// </returns>
    public Status Read(VirtualAddress address, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int length = (int)ulong.Min(Page.Size - address.PageOffset, (ulong)destination.Length);
            _lock.EnterRead();
            Status status = ReadPage(address, destination[..length]);
            _lock.ExitRead();
            if (status != Status.Success)
                return status;
            address += (ulong)length;
            destination = destination[length..];
        }
        return Status.Success;
    }

    /// <summary>Writes memory, page by page, as if a thread of the space did: private pages are made.</summary>
    /// <param name="address">Any.</param>
    /// <param name="source">What to write.</param>
    /// <returns>As <see cref="Read"/>; <see cref="Status.OutOfMemory"/>. Pages before that have been written.</returns>
    public Status Write(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int length = (int)ulong.Min(Page.Size - address.PageOffset, (ulong)source.Length);
            Status status = WritePage(address, source[..length]);
            if (status != Status.Success)
                return status;
            address += (ulong)length;
            source = source[length..];
        }
        return Status.Success;
    }

    /// <summary>Makes a page present and keeps its frame for I/O: it is neither freed nor replaced until <see cref="Unpin"/>.</summary>
    /// <param name="address">In the page.</param>
    /// <param name="forWrite">Whether the device writes to it.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>As <see cref="Write(VirtualAddress, ReadOnlySpan{byte})"/>.</returns>
    /// <remarks>
    /// A private page that others see too is replaced by a copy first, whatever the device does, and a fork copies pinned pages at
    /// once: the one entry that may name a pinned page is that of the space that pinned it, which thus may write to it at any time.
    /// </remarks>
    public Status Pin(VirtualAddress address, bool forWrite, out FrameNumber frame)
    {
        frame = default;
        while (true)
        {
            Status status = Touch(address, forWrite);
            if (status != Status.Success)
                return status;
            _lock.EnterRead();
            bool isLocked = TryLockTable(address, out LeafTable leaf);
            var walk = new PageTableWalk(_translations.Root, address);
            bool isThere = walk.IsMapped && (walk.IsWritable || !forWrite);
            bool isDevice = isThere && walk.Entry(walk.LastLevel).IsUncounted;
            bool isOthers = isThere && !isDevice && !walk.IsWritable && !IsFrozen && Find(address) is { IsPrivate: true } && !IsAlone(walk, leaf);
            if (isThere && !isDevice && !isOthers)
            {
                frame = walk.Physical.Frame;
                _manager.Pin(frame);
                Interlocked.Increment(ref _pinnedPages);
            }
            if (isLocked)
                leaf.Unlock();
            _lock.ExitRead();
            if (isThere && !isOthers)
                return isDevice ? Status.NotSupported : Status.Success;
            if (isOthers && MakeOwn(address) == Status.OutOfMemory)
                return Status.OutOfMemory;
        }
    }

    /// <summary>Whether nobody else sees the page at the end of a walk. Its leaf table, if it has one, is locked.</summary>
    private bool IsAlone(in PageTableWalk walk, LeafTable leaf)
    {
        PageTableEntry entry = walk.Entry(walk.LastLevel);
        return entry.IsLarge ? LargePage.IsExclusive(_frames, entry.Target.Frame) : leaf.Users == 1 && IsAlone(entry);
    }

    /// <summary>Replaces a private page that others see by a copy. It may have gone meanwhile.</summary>
    private Status MakeOwn(VirtualAddress address)
    {
        _lock.EnterWrite();
        Status status = Find(address) is { IsPrivate: true } area && !IsFrozen ? ReplaceByPrivate(area, address, copies: true, unshares: true) : Status.Success;
        DropEmptyBackup();
        _lock.ExitWrite();
        return status;
    }

    /// <summary>Ends <see cref="Pin"/>; the frame is freed if the page was unmapped meanwhile.</summary>
    public void Unpin(FrameNumber frame)
    {
        Interlocked.Decrement(ref _pinnedPages);
        _manager.Unpin(frame);
    }

    /// <summary>Makes a page accessible, by a fault if it must.</summary>
    private Status Touch(VirtualAddress address, bool forWrite) =>
        Fault(address, forWrite ? FaultAccess.Write : FaultAccess.Read) switch
        {
            FaultResult.Resolved or FaultResult.Spurious or FaultResult.ResolvedAfterInputOutput => Status.Success,
            FaultResult.NotAllowed => Status.AccessDenied,
            FaultResult.OutOfMemory => Status.OutOfMemory,
            FaultResult.BusError => Status.BeyondEnd,
            _ => Status.BadAddress,
        };

    /// <summary>Locks the leaf table over an address, if there is one: a file's truncation takes entries out of a shared table without this space's lock.</summary>
    private bool TryLockTable(VirtualAddress address, out LeafTable leaf)
    {
        leaf = default;
        PageTableEntry* block = _table.FindBlock(address);
        while (block != null)
        {
            PageTableEntry named = Read(block);
            if (!named.IsPresent || named.IsLarge)
                return false;
            leaf = _table.LeafOf(named);
            leaf.Lock();
            if (Read(block).Target == named.Target)
                return true;
            leaf.Unlock();
        }
        return false;
    }

    private Status ReadPage(VirtualAddress address, Span<byte> destination)
    {
        if (Find(address) is not { } area)
            return Status.BadAddress;
        if (!area.IsAccessible)
            return Status.AccessDenied;
        bool isLocked = TryLockTable(address, out LeafTable leaf);
        Status? result = ReadMapped(address, destination);
        if (isLocked)
            leaf.Unlock();
        return result ?? area.Object!.ReadPage(area, area.PageAt(address), address.PageOffset, destination);
    }

    /// <summary>Reads a page that the table names; null if it names none.</summary>
    private Status? ReadMapped(VirtualAddress address, Span<byte> destination)
    {
        var walk = new PageTableWalk(_translations.Root, address);
        if (walk.IsMapped)
        {
            if (walk.Entry(walk.LastLevel).IsUncounted)
                return Status.NotSupported;
            new ReadOnlySpan<byte>(DirectMap.Pointer(walk.Physical), destination.Length).CopyTo(destination);
            return Status.Success;
        }
        // A page that was kept while nothing was allowed has not faulted back yet.
        if (walk.LastLevel == 1 && !walk.Entry(1).IsEmpty)
        {
            new ReadOnlySpan<byte>((byte*)DirectMap.Pointer(walk.Entry(1).Target) + address.PageOffset, destination.Length).CopyTo(destination);
            return Status.Success;
        }
        return null;
    }

    private Status WritePage(VirtualAddress address, ReadOnlySpan<byte> source)
    {
        while (true)
        {
            Status status = Touch(address, forWrite: true);
            if (status != Status.Success)
                return status;
            _lock.EnterRead();
            var walk = new PageTableWalk(_translations.Root, address);
            bool isThere = walk.IsMapped && walk.IsWritable;
            bool isDevice = isThere && walk.Entry(walk.LastLevel).IsUncounted;
            // No fork, unmap or protect can come between: they need the lock for writing. An advice may have come since the fault.
            if (isThere && !isDevice)
            {
                NoteWritten(address);
                source.CopyTo(new Span<byte>(DirectMap.Pointer(walk.Physical), source.Length));
            }
            _lock.ExitRead();
            if (isThere)
                return isDevice ? Status.NotSupported : Status.Success;
        }
    }

    /// <summary>Sets the dirty bit, as no processor does for what is written through the direct map. The page is there.</summary>
    private void NoteWritten(VirtualAddress address)
    {
        PageTableEntry* entry = _table.FindBlock(address);
        if (!entry->IsLarge)
            entry = PageTableWalk.EntryFor(_table.LeafOf(*entry).Entries, address, 1);
        Interlocked.Or(ref *(ulong*)entry, (ulong)PageFlags.Dirty);
    }
}
