using System;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Processes;

namespace Kernel.Files;

/// <summary>Bytes on their way from writers to readers: of pipe(), or of a fifo while it is open.</summary>
/// <remarks>
/// The bytes are in a ring of pages that come when they are written and go when they have been read. Its mutex is held while
/// bytes are copied, which may fault; the counts of ends are guarded by the kernel not being preempted.
/// </remarks>
internal sealed unsafe class Pipe : Inode
{
    /// <summary>Writes of at most so many bytes are not mixed with others (PIPE_BUF).</summary>
    public const ulong AtomicSize = Page.Size;

    private const int DefaultPages = 16;
    private const int MostPages = 256;
    private const int PagesOfTheUnprivileged = 256;

    private Mutex _lock;
    private WaitQueue _readable;
    private WaitQueue _writable;
    private byte** _pages;
    private int _pageCount;
    private ulong _head;
    private ulong _used;
    private int _readers;
    private int _writers;
    private uint _readerOpens;
    private uint _writerOpens;
    private Inode? _fifo;

    /// <summary>How many bytes fit.</summary>
    public int Capacity => _pageCount << Page.Shift;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KindName => "pipe:"u8;

    /// <summary>Makes both ends of a pipe.</summary>
    /// <param name="flags">NonBlocking or Direct.</param>
    /// <param name="reader">With a reference for the caller.</param>
    /// <param name="writer">With a reference for the caller.</param>
    public static Errno Open(OpenFlags flags, in Caller caller, out OpenFile? reader, out OpenFile? writer)
    {
        writer = null;
        reader = null;
        if (TryCreate(null) is not { } pipe)
            return Errno.ENOMEM;
        pipe.User = caller.User.FileUser;
        pipe.Group = caller.User.FileGroup;
        reader = OpenFile.TryCreate(pipe, pipe, flags | OpenFlags.ReadOnly);
        if (reader is null)
        {
            pipe.Release();
            return Errno.ENOMEM;
        }
        pipe._readers = 1;
        writer = OpenFile.TryCreate(pipe, pipe.AddReference(), flags | OpenFlags.WriteOnly);
        if (writer is null)
        {
            pipe.Release();
            reader.Release();
            reader = null;
            return Errno.ENOMEM;
        }
        pipe._writers = 1;
        pipe._writerOpens = 1;
        return Errno.None;
    }

    /// <summary>What a fifo carries; made when nobody has it open. <see cref="OnOpen"/> must follow.</summary>
    public static Pipe? OfFifo(Inode fifo) => fifo.Pipe ??= TryCreate(fifo);

    /// <summary>Changes the capacity (F_SETPIPE_SZ).</summary>
    /// <param name="bytes">Rounded up to a power of two of pages.</param>
    /// <param name="isPrivileged">Whether any capacity is allowed.</param>
    /// <returns>The new capacity; <see cref="Errno.EBUSY"/> if more is in it.</returns>
    public SysResult SetCapacity(ulong bytes, bool isPrivileged)
    {
        int pages = 1;
        while (pages < MostPages && (ulong)pages << Page.Shift < bytes)
            pages *= 2;
        if ((ulong)pages << Page.Shift < bytes || pages > PagesOfTheUnprivileged)
            return isPrivileged ? Errno.EINVAL : Errno.EPERM;
        _lock.Lock();
        SysResult result = Resize(pages);
        _lock.Unlock();
        _writable.WakeAll();
        return result;
    }

    /// <inheritdoc/>
    /// <remarks>A fifo's ends wait for each other (fifo(7)).</remarks>
    public override Errno OnOpen(OpenFile file)
    {
        bool reads = file.CanRead, writes = file.CanWrite;
        if (writes && !reads && file.IsNonBlocking && _readers == 0)
        {
            DropIfUnused();
            return Errno.ENXIO;
        }
        if (reads)
        {
            _readers++;
            _readerOpens++;
        }
        if (writes)
        {
            _writers++;
            _writerOpens++;
        }
        // For poll: hang-up is told only once there was a writer.
        file.Private = _writers > 0 ? 0 : _writerOpens + 1UL;
        _readable.WakeAll();
        _writable.WakeAll();
        Errno error = Errno.None;
        if (!file.IsNonBlocking && reads != writes)
            error = reads ? WaitForOther(ref _readable, ref _writers, ref _writerOpens) : WaitForOther(ref _writable, ref _readers, ref _readerOpens);
        if (error != Errno.None)
            OnClose(file);
        return error;
    }

    /// <inheritdoc/>
    public override void OnClose(OpenFile file)
    {
        if (file.CanRead)
            _readers--;
        if (file.CanWrite)
            _writers--;
        _readable.WakeAll();
        _writable.WakeAll();
        DropIfUnused();
    }

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position)
    {
        if (to.Left == 0)
            return 0;
        Errno error = Errno.None;
        _lock.Lock();
        while (error == Errno.None)
        {
            if (_used > 0)
            {
                while (_used > 0 && to.Left > 0 && !to.HasFailed)
                    TakeOut(ref to);
                break;
            }
            if (_writers == 0)
                break;
            if (file.IsNonBlocking)
                error = Errno.EAGAIN;
            else
                error = WaitFor(ref _readable, isRead: true, 0);
        }
        _lock.Unlock();
        if (to.Done > 0)
            _writable.WakeAll();
        return to.Result(error);
    }

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position)
    {
        if (from.Left == 0)
            return 0;
        ulong needed = from.Left <= AtomicSize ? from.Left : 1;
        Errno error = Errno.None;
        _lock.Lock();
        while (from.Left > 0 && !from.HasFailed && error == Errno.None)
        {
            if (_readers == 0)
            {
                Signals.Send(Thread.Current.Process, Signal.SIGPIPE);
                error = Errno.EPIPE;
            }
            else if ((ulong)Capacity - _used >= needed)
            {
                needed = 1;
                error = PutIn(ref from);
                _readable.WakeAll();
            }
            else if (file.IsNonBlocking)
            {
                error = Errno.EAGAIN;
            }
            else
            {
                error = WaitFor(ref _writable, isRead: false, needed);
            }
        }
        _lock.Unlock();
        if (from.Done > 0)
            Touch(FileTimes.Modify | FileTimes.Change);
        return from.Result(error);
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, ref Poller poller)
    {
        PollEvents events = PollEvents.None;
        if (file.CanRead)
        {
            poller.Wait(ref _readable);
            if (_used > 0)
                events |= PollEvents.Readable;
            if (_writers == 0 && file.Private != _writerOpens + 1UL)
                events |= PollEvents.HangUp;
        }
        if (file.CanWrite)
        {
            poller.Wait(ref _writable);
            if ((ulong)Capacity - _used >= AtomicSize)
                events |= PollEvents.Writable;
            if (_readers == 0)
                events |= PollEvents.Error;
        }
        return events;
    }

    /// <inheritdoc/>
    public override SysResult Control(OpenFile file, uint request, ulong argument)
    {
        const uint bytesToRead = 0x541b;
        if (request != bytesToRead)
            return Errno.ENOTTY;
        return UserMemory.Write(argument, (int)_used) ? 0 : Errno.EFAULT;
    }

    /// <inheritdoc/>
    public override Errno Synchronize() => Errno.EINVAL;

    /// <inheritdoc/>
    protected override void Destroy()
    {
        for (int page = 0; page < _pageCount; page++)
            ByteBlocks.Return(_pages[page]);
        ByteBlocks.Return(_pages);
        FilePools.Pipes.Return(this);
    }

    private static Pipe? TryCreate(Inode? fifo)
    {
        if (FilePools.Pipes.Take() is not { } pipe)
            return null;
        if (pipe.Resize(DefaultPages).IsError)
        {
            FilePools.Pipes.Return(pipe);
            return null;
        }
        pipe.Initialize(PipeFileSystem.Instance, FileMode.Fifo | 0x180, 0, 0);
        pipe.Links = 1;
        pipe._fifo = fifo;
        return pipe;
    }

    /// <summary>A fifo that nobody has open any more carries nothing.</summary>
    private void DropIfUnused()
    {
        if (_fifo is not { } fifo || _readers > 0 || _writers > 0)
            return;
        fifo.Pipe = null;
        Release();
    }

    private static Errno WaitForOther(ref WaitQueue queue, ref int others, ref uint opens)
    {
        uint before = opens;
        while (others == 0 && opens == before)
        {
            Waiter waiter = default;
            queue.Add(&waiter);
            WaitResult result = others == 0 && opens == before ? Scheduler.Sleep() : WaitResult.Woken;
            queue.Remove(&waiter);
            if (result == WaitResult.Interrupted)
                return Errno.ERESTARTSYS;
        }
        return Errno.None;
    }

    /// <summary>Waits with the mutex free; it is held again afterwards.</summary>
    private Errno WaitFor(ref WaitQueue queue, bool isRead, ulong needed)
    {
        Waiter waiter = default;
        _lock.Unlock();
        queue.Add(&waiter);
        bool isReady = isRead ? _used > 0 || _writers == 0 : (ulong)Capacity - _used >= needed || _readers == 0;
        WaitResult result = isReady ? WaitResult.Woken : Scheduler.Sleep();
        queue.Remove(&waiter);
        _lock.Lock();
        return result == WaitResult.Interrupted ? Errno.ERESTARTSYS : Errno.None;
    }

    /// <summary>Gives out bytes of one page.</summary>
    private void TakeOut(ref Transfer to)
    {
        int page = (int)(_head >> Page.Shift), offset = (int)(_head & Page.OffsetMask);
        int length = (int)Math.Min(_used, Page.Size - (ulong)offset);
        int moved = to.Put(new ReadOnlySpan<byte>(_pages[page] + offset, length));
        _used -= (ulong)moved;
        _head += (ulong)moved;
        if (_head == (ulong)Capacity)
            _head = 0;
        // The page is done with unless the ring is so full that its start is in use again.
        bool hasLeft = offset + moved == (int)Page.Size;
        if (_used == 0 || (hasLeft && _used <= (ulong)Capacity - Page.Size))
        {
            ByteBlocks.Return(_pages[page]);
            _pages[page] = null;
        }
        if (_used == 0)
            _head = 0;
    }

    /// <summary>Takes bytes in, up to the end of a page.</summary>
    private Errno PutIn(ref Transfer from)
    {
        ulong tail = _head + _used;
        if (tail >= (ulong)Capacity)
            tail -= (ulong)Capacity;
        int page = (int)(tail >> Page.Shift), offset = (int)(tail & Page.OffsetMask);
        if (_pages[page] == null)
        {
            _pages[page] = ByteBlocks.Take(ByteBlocks.Longest);
            if (_pages[page] == null)
                return Errno.ENOMEM;
        }
        int length = (int)Math.Min((ulong)Capacity - _used, Page.Size - (ulong)offset);
        _used += (ulong)from.Take(new Span<byte>(_pages[page] + offset, length));
        if (_used == 0)
        {
            ByteBlocks.Return(_pages[page]);
            _pages[page] = null;
        }
        return Errno.None;
    }

    /// <summary>Changes how many pages the ring has; the oldest page becomes its first.</summary>
    private SysResult Resize(int pages)
    {
        if (_used > (ulong)pages << Page.Shift || (_pageCount > 0 && pages < _pageCount && _used > 0 && (int)((_used + Page.Size) >> Page.Shift) >= pages))
            return Errno.EBUSY;
        byte* block = ByteBlocks.Take(pages * sizeof(byte*));
        if (block == null)
            return Errno.ENOMEM;
        var grown = (byte**)block;
        int first = (int)(_head >> Page.Shift);
        // A full ring that begins inside a page has its end in the same page.
        bool isSplit = _used > (ulong)Capacity - (_head & Page.OffsetMask) && _used > 0;
        if (isSplit)
        {
            ByteBlocks.Return(block);
            return Errno.EBUSY;
        }
        for (int page = 0; page < pages; page++)
            grown[page] = page < _pageCount ? _pages[(first + page) % _pageCount] : null;
        for (int page = pages; page < _pageCount; page++)
            ByteBlocks.Return(_pages[(first + page) % _pageCount]);
        ByteBlocks.Return(_pages);
        _pages = grown;
        _pageCount = pages;
        _head &= Page.OffsetMask;
        return Capacity;
    }
}

/// <summary>Where pipes have their numbers from.</summary>
internal sealed class PipeFileSystem : FileSystem
{
    private const ulong Magic = 0x5049_5045;

    private PipeFileSystem() => TakeDevice();

    public static PipeFileSystem Instance { get; private set; } = null!;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> TypeName => "pipefs"u8;

    /// <summary>Once, at boot.</summary>
    public static void Create() => Instance = new PipeFileSystem();

    /// <inheritdoc/>
    public override void GetStatistics(out FileSystemStatistics statistics) =>
        statistics = new FileSystemStatistics { Type = Magic, BlockSize = Page.Size };

    /// <inheritdoc/>
    public override void Destroy()
    {
    }
}
