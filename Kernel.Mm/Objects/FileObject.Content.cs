using System;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <content>Reading and writing without a mapping.</content>
public sealed unsafe partial class FileObject
{
    /// <summary>Reads bytes; holes read as zeros and stay holes.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Memory of the kernel; filled up to the file's end.</param>
    /// <returns>How many bytes were read; zero at the end.</returns>
    public int Read(ulong offset, Span<byte> destination)
    {
        ulong size = Size;
        if (offset >= size)
            return 0;
        int length = (int)ulong.Min((ulong)destination.Length, size - offset);
        for (int done = 0; done < length;)
        {
            uint inPage = (uint)((offset + (ulong)done) & Page.OffsetMask);
            int part = int.Min(length - done, (int)(Page.Size - inPage));
            CopyFromPage((offset + (ulong)done) >> Page.Shift, inPage, destination.Slice(done, part));
            done += part;
        }
        return length;
    }

    /// <summary>Writes bytes, and makes the file longer if need be.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="source">Memory of the kernel.</param>
    /// <param name="written">How many bytes were written.</param>
    /// <returns><see cref="Status.InvalidArgument"/> beyond the largest size, <see cref="Status.OutOfMemory"/>, <see cref="Status.NoSpace"/>.</returns>
    public Status Write(ulong offset, ReadOnlySpan<byte> source, out int written)
    {
        written = 0;
        while (written < source.Length)
        {
            Status status = BeginWrite(offset + (ulong)written, source.Length - written, out PageWrite write);
            if (status != Status.Success)
                return status;
            source.Slice(written, write.Bytes.Length).CopyTo(write.Bytes);
            status = EndWrite(ref write, write.Bytes.Length);
            if (status != Status.Success)
                return status;
            written += write.Bytes.Length;
        }
        return Status.Success;
    }

    /// <summary>A page's frame, kept from being freed until <see cref="PutPage"/>; for reading it without a lock.</summary>
    /// <returns>Null for a hole: zeros.</returns>
    public FrameNumber? GetPage(ulong page)
    {
        _lock.EnterRead();
        FrameNumber? found = _pages.Find(page);
        if (found is { } frame)
            AddReference(frame);
        _lock.ExitRead();
        return found;
    }

    /// <summary>Gives a frame back that <see cref="GetPage"/> gave.</summary>
    public void PutPage(FrameNumber frame) => _manager.DropReference(frame);

    /// <summary>Begins to write bytes of one page from a source that may wait or fault. Always followed by <see cref="EndWrite"/>.</summary>
    /// <param name="offset">The first byte; may be behind the end.</param>
    /// <param name="length">At least one; what goes beyond the page is left for another call.</param>
    /// <param name="write">Where to put the bytes.</param>
    /// <returns>As <see cref="Write"/>; nothing has to be ended then.</returns>
    /// <remarks>Whoever changes a file keeps other writers and changes of size away meanwhile; readers and faults may go on.</remarks>
    public Status BeginWrite(ulong offset, int length, out PageWrite write)
    {
        write = default;
        if (offset >= MaximumSize)
            return Status.InvalidArgument;
        uint inPage = (uint)(offset & Page.OffsetMask);
        length = (int)ulong.Min((ulong)length, ulong.Min(Page.Size - inPage, MaximumSize - offset));
        write.Offset = offset;
        FrameNumber frame;
        if (GetPage(write.Page) is { } found)
        {
            frame = found;
        }
        else
        {
            if (_host is { } host && !host.TryCharge(1))
                return Status.NoSpace;
            // Nobody sees the page before it is written.
            bool isWhole = length == (int)Page.Size;
            if ((isWhole ? _manager.Frames.Allocate(FrameOwner.PageCache) : _manager.Frames.AllocateZeroed(FrameOwner.PageCache)) is not { } created)
            {
                _host?.Uncharge(1);
                return Status.OutOfMemory;
            }
            frame = created;
            write.IsNew = true;
        }
        write.Frame = frame;
        write.Bytes = new Span<byte>(Content(frame) + inPage, length);
        return Status.Success;
    }

    /// <summary>Ends what <see cref="BeginWrite"/> began; the file reaches at least behind the bytes then.</summary>
    /// <param name="write">What was written.</param>
    /// <param name="count">How many of the bytes were put there; if none, the file stays as it was.</param>
    /// <returns><see cref="Status.OutOfMemory"/> if the index can't grow; nothing was written then.</returns>
    public Status EndWrite(ref PageWrite write, int count)
    {
        if (count < write.Bytes.Length)
            CutShort(ref write, count);
        if (count == 0)
        {
            Abandon(write);
            return Status.Success;
        }
        if (!write.IsNew && write.End <= Size)
        {
            _manager.DropReference(write.Frame);
            return Status.Success;
        }
        Status status = Status.Success;
        _changes.EnterWrite();
        _lock.EnterWrite();
        if (!write.IsNew)
            _manager.DropReference(write.Frame);
        else
            status = Insert(write);
        if (status == Status.Success && write.End > _size)
            _size = write.End;
        _lock.ExitWrite();
        _changes.ExitWrite();
        return status;
    }

    /// <inheritdoc/>
    public override Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination)
    {
        if (page >= Page.CountFor(Size))
            return Status.BeyondEnd;
        CopyFromPage(page, offset, destination);
        return Status.Success;
    }

    /// <inheritdoc/>
    /// <remarks>Up to the end of the last page, as through a mapping: the size stays.</remarks>
    public override Status WritePage(VArea area, ulong page, uint offset, ReadOnlySpan<byte> source)
    {
        _lock.EnterWrite();
        Status status = Status.BeyondEnd;
        if (page < Page.CountFor(_size))
        {
            status = EnsurePage(page, out FrameNumber frame);
            if (status == Status.Success)
                source.CopyTo(new Span<byte>(Content(frame) + offset, source.Length));
        }
        _lock.ExitWrite();
        return status;
    }

    private void CopyFromPage(ulong page, uint offset, Span<byte> destination)
    {
        _lock.EnterRead();
        if (_pages.Find(page) is { } frame)
            new ReadOnlySpan<byte>(Content(frame) + offset, destination.Length).CopyTo(destination);
        else
            destination.Clear();
        _lock.ExitRead();
    }

    /// <summary>Puts a new page into the file. Locked for writing.</summary>
    private Status Insert(in PageWrite write)
    {
        Status status = Status.Success;
        if (_pages.Find(write.Page) is { } other)
            // A fault has made the page meanwhile.
            write.Bytes.CopyTo(new Span<byte>(Content(other) + (write.Offset & Page.OffsetMask), write.Bytes.Length));
        else if (TryAdd(write.Page, write.Frame))
            return Status.Success;
        else
            status = Status.OutOfMemory;
        _manager.Frames.Free(write.Frame);
        _host?.Uncharge(1);
        return status;
    }

    /// <summary>Leaves bytes of a write out that may have been touched: behind the end, and in a new page, there are zeros.</summary>
    private void CutShort(ref PageWrite write, int count)
    {
        Span<byte> rest = write.Bytes[count..];
        write.Bytes = write.Bytes[..count];
        ulong size = Size;
        ulong kept = !write.IsNew && size > write.End ? size - write.End : 0;
        if (kept < (ulong)rest.Length)
            rest[(int)kept..].Clear();
    }

    private void Abandon(in PageWrite write)
    {
        if (!write.IsNew)
        {
            _manager.DropReference(write.Frame);
            return;
        }
        _manager.Frames.Free(write.Frame);
        _host?.Uncharge(1);
    }
}
