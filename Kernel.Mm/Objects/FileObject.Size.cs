using System;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Objects;

/// <content>Size, holes, and room made beforehand.</content>
public sealed unsafe partial class FileObject
{
    private const ulong MostPages = (MaximumSize >> Page.Shift) + 1;

    /// <summary>Makes the file longer, with a hole, or shorter: pages behind the end are gone from every mapping then, private copies too.</summary>
    /// <param name="bytes">The new size.</param>
    /// <returns><see cref="Status.InvalidArgument"/> beyond the largest size.</returns>
    /// <remarks>No space's lock is held. Never allocates.</remarks>
    public Status SetSize(ulong bytes)
    {
        if (bytes > MaximumSize)
            return Status.InvalidArgument;
        _changes.EnterWrite();
        _lock.EnterWrite();
        bool isShorter = bytes < _size;
        _size = bytes;
        FrameList taken = default;
        taken.Clear();
        if (isShorter)
        {
            ClearInPage(bytes, Page.Size - (bytes & Page.OffsetMask));
            Take(Page.CountFor(bytes), MostPages, ref taken);
        }
        _lock.ExitWrite();
        if (isShorter)
            RemoveFromMappings(Page.CountFor(bytes), MostPages, takesPrivate: true);
        Free(ref taken);
        _changes.ExitWrite();
        return Status.Success;
    }

    /// <summary>Makes a hole; the size stays. Whole pages are gone from every mapping then, but for private copies.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="bytes">At least one.</param>
    /// <returns><see cref="Status.InvalidArgument"/> for no bytes, or beyond the largest size.</returns>
    /// <remarks>No space's lock is held. Never allocates.</remarks>
    public Status PunchHole(ulong offset, ulong bytes)
    {
        if (!IsProper(offset, bytes))
            return Status.InvalidArgument;
        ulong end = offset + bytes;
        ulong first = Page.CountFor(offset), endPage = end >> Page.Shift;
        _changes.EnterWrite();
        _lock.EnterWrite();
        FrameList taken = default;
        taken.Clear();
        // In the page that the hole begins in, and in the one that it ends in.
        ClearInPage(offset, ulong.Min(bytes, Page.Size - (offset & Page.OffsetMask)));
        if (endPage >= first)
            ClearInPage(endPage << Page.Shift, end & Page.OffsetMask);
        Take(first, endPage, ref taken);
        _lock.ExitWrite();
        if (taken.Count != 0)
            RemoveFromMappings(first, endPage, takesPrivate: false);
        Free(ref taken);
        _changes.ExitWrite();
        return Status.Success;
    }

    /// <summary>Gives every page of a range a frame, so that writing there later doesn't fail.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="bytes">At least one.</param>
    /// <param name="keepsSize">Whether the size stays where it is; else the file reaches behind the range afterwards.</param>
    /// <returns>
    /// <see cref="Status.InvalidArgument"/> as for <see cref="PunchHole"/>; <see cref="Status.OutOfMemory"/> or
    /// <see cref="Status.NoSpace"/>: nothing changed then.
    /// </returns>
    public Status Allocate(ulong offset, ulong bytes, bool keepsSize)
    {
        if (!IsProper(offset, bytes))
            return Status.InvalidArgument;
        ulong first = offset >> Page.Shift, end = Page.CountFor(offset + bytes);
        if (end - first > _manager.Frames.TotalFrames)
            return Status.NoSpace;
        _changes.EnterWrite();
        _lock.EnterWrite();
        Status status = Status.Success;
        ulong page = first;
        for (; page < end && status == Status.Success; page++)
            status = AllocatePage(page);
        bool isDone = status == Status.Success;
        for (ulong made = first; made < page; made++)
            Settle(made, isDone);
        if (isDone && !keepsSize && offset + bytes > _size)
            _size = offset + bytes;
        _lock.ExitWrite();
        _changes.ExitWrite();
        return status;
    }

    /// <summary>The first byte at or behind an offset that lies in a page with a frame.</summary>
    /// <returns>Null if there is none before the end.</returns>
    public ulong? FindData(ulong offset)
    {
        _lock.EnterRead();
        ulong size = _size;
        ulong? page = _pages.FindNext(offset >> Page.Shift, Page.CountFor(size));
        _lock.ExitRead();
        return offset < size && page is { } found ? ulong.Max(offset, found << Page.Shift) : null;
    }

    /// <summary>The first byte at or behind an offset that lies in a hole; the end counts as one.</summary>
    /// <returns>Null if the offset is not before the end.</returns>
    public ulong? FindHole(ulong offset)
    {
        _lock.EnterRead();
        ulong page = offset >> Page.Shift;
        ulong end = Page.CountFor(_size);
        while (page < end && _pages.WordsAt(page, out int count) is var words && !FindHole(words, ref page, count))
        {
        }
        ulong found = ulong.Min(ulong.Max(offset, page << Page.Shift), _size);
        bool isInside = offset < _size;
        _lock.ExitRead();
        return isInside ? found : null;
    }

    /// <summary>Moves on to a page without a frame in the words of a node.</summary>
    /// <returns>False if there is none; the page is the one behind the node then.</returns>
    private static bool FindHole(ulong* words, ref ulong page, int count)
    {
        if (words == null)
            return true;
        for (int i = 0; i < count; i++, page++)
            if (words[i] == 0)
                return true;
        return false;
    }

    private static bool IsProper(ulong offset, ulong bytes) => bytes != 0 && offset <= MaximumSize && bytes <= MaximumSize - offset;

    /// <summary>Makes a page if there is none, and marks it as new. Locked for writing.</summary>
    private Status AllocatePage(ulong page)
    {
        if (_pages.Find(page) is not null)
            return Status.Success;
        Status status = EnsurePage(page, out FrameNumber frame);
        if (status == Status.Success)
            _manager.Frames.Table.Descriptor(frame)->OwnerWord = NewPageMark;
        return status;
    }

    private const ulong NewPageMark = 1;

    /// <summary>Takes the mark off a page, or takes the page out again.</summary>
    private void Settle(ulong page, bool keeps)
    {
        if (_pages.Find(page) is not { } frame)
            return;
        FrameDescriptor* descriptor = _manager.Frames.Table.Descriptor(frame);
        bool isNew = descriptor->OwnerWord == NewPageMark;
        descriptor->OwnerWord = 0;
        if (!isNew || keeps)
            return;
        _pages.TakeFirst(ref page, page + 1);
        _host?.Uncharge(1);
        _manager.DropReference(frame);
    }

    /// <summary>Clears bytes of one page, if it has a frame. Locked for writing.</summary>
    private void ClearInPage(ulong offset, ulong bytes)
    {
        if (bytes < Page.Size && _pages.Find(offset >> Page.Shift) is { } frame)
            new Span<byte>(Content(frame) + (offset & Page.OffsetMask), (int)bytes).Clear();
    }

    /// <summary>Takes pages out of the index; their references stay until they are freed. Locked for writing.</summary>
    private void Take(ulong first, ulong end, ref FrameList taken)
    {
        while (_pages.TakeFirst(ref first, end) is { } frame)
            taken.Push(_manager.Frames.Table, frame);
    }

    private void Free(ref FrameList taken)
    {
        _host?.Uncharge(taken.Count);
        while (taken.Count != 0)
            _manager.DropReference(taken.Pop(_manager.Frames.Table));
    }
}
