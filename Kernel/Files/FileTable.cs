using System;
using System.Threading;
using Kernel.Abi;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Files;

/// <summary>The descriptors of a process. Shared by processes made with CLONE_FILES.</summary>
/// <remarks>
/// A slot is an open file's address; its lowest bit is the close-on-exec flag. The first 512 slots are in one block that grows,
/// the others in a frame for each 512. The kernel not being preempted guards it.
/// </remarks>
internal sealed unsafe class FileTable
{
    /// <summary>More descriptors than this no process may have, whatever its limit (fs.nr_open).</summary>
    public const int Most = SlotsPerFrame * SlotsPerFrame;

    private const int SlotsPerFrame = (int)Page.Size / sizeof(long);
    private const int FirstCapacity = 16;
    private const nint ClosedOnExecute = 1;

    private int _references = 1;
    private nint* _first;
    private int _firstCapacity;
    private nint** _others;
    private int _lowestFree;

    /// <summary>Descriptors in use.</summary>
    public int Count { get; private set; }

    /// <summary>No descriptor is this or higher.</summary>
    public int End { get; private set; }

    /// <summary>An empty one. Null when memory has run out.</summary>
    public static FileTable? TryCreate() => FilePools.Tables.Take();

    /// <summary>A copy for a new process. Null when memory has run out.</summary>
    public FileTable? Fork()
    {
        if (FilePools.Tables.Take() is not { } copy)
            return null;
        for (int descriptor = 0; descriptor < End; descriptor++)
        {
            nint slot = Read(descriptor);
            if (slot == 0)
                continue;
            nint* target = copy.MakeSlot(descriptor);
            if (target == null)
            {
                copy.Release();
                return null;
            }
            FileOf(slot).AddReference();
            *target = slot;
            copy.Count++;
            copy.End = descriptor + 1;
        }
        copy._lowestFree = _lowestFree;
        return copy;
    }

    /// <summary>Takes a reference. Returns itself.</summary>
    public FileTable AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Whether other processes use it too.</summary>
    public bool IsShared => Volatile.Read(ref _references) > 1;

    /// <summary>Drops a reference; the last one closes everything.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        for (int descriptor = 0; descriptor < End; descriptor++)
            Close(descriptor);
        ByteBlocks.Return(_first);
        if (_others != null)
        {
            for (int index = 0; index < SlotsPerFrame; index++)
                ByteBlocks.Return(_others[index]);
            ByteBlocks.Return(_others);
        }
        FilePools.Tables.Return(this);
    }

    /// <summary>The open file of a descriptor, with a reference for the caller; null if there is none.</summary>
    public OpenFile? Get(int descriptor)
    {
        nint slot = Read(descriptor);
        return slot == 0 ? null : FileOf(slot).AddReference();
    }

    /// <summary>As <see cref="Get"/>, without a reference: only for a look that can't sleep.</summary>
    public OpenFile? Peek(int descriptor)
    {
        nint slot = Read(descriptor);
        return slot == 0 ? null : FileOf(slot);
    }

    /// <summary>Gives an open file the lowest free descriptor.</summary>
    /// <param name="file">The table takes over the caller's reference if it succeeds.</param>
    /// <param name="lowest">The descriptor is at least this.</param>
    /// <param name="limit">And below this: the process's limit.</param>
    /// <param name="closeOnExec">The descriptor's flag.</param>
    /// <returns>The descriptor; <see cref="Errno.EMFILE"/>, <see cref="Errno.ENOMEM"/>.</returns>
    public SysResult Add(OpenFile file, int lowest, ulong limit, bool closeOnExec)
    {
        int descriptor = Math.Max(lowest, _lowestFree);
        while (descriptor < End && Read(descriptor) != 0)
            descriptor++;
        if (lowest <= _lowestFree)
            _lowestFree = descriptor;
        if ((ulong)descriptor >= Math.Min(limit, Most))
            return Errno.EMFILE;
        nint* slot = MakeSlot(descriptor);
        if (slot == null)
            return Errno.ENOMEM;
        *slot = file.Handle | (closeOnExec ? ClosedOnExecute : 0);
        Count++;
        if (descriptor >= End)
            End = descriptor + 1;
        return descriptor;
    }

    /// <summary>Gives an open file a certain descriptor, closing what had it.</summary>
    /// <param name="descriptor">Below <see cref="Most"/>.</param>
    /// <param name="file">The table takes over the caller's reference if it succeeds.</param>
    /// <param name="closeOnExec">The descriptor's flag.</param>
    /// <returns><see cref="Errno.ENOMEM"/>.</returns>
    public Errno Set(int descriptor, OpenFile file, bool closeOnExec)
    {
        nint* slot = MakeSlot(descriptor);
        if (slot == null)
            return Errno.ENOMEM;
        nint old = *slot;
        *slot = file.Handle | (closeOnExec ? ClosedOnExecute : 0);
        if (descriptor >= End)
            End = descriptor + 1;
        if (old == 0)
            Count++;
        else
            CloseFile(FileOf(old));
        return Errno.None;
    }

    /// <summary>Closes a descriptor.</summary>
    /// <returns><see cref="Errno.EBADF"/>.</returns>
    public Errno Close(int descriptor)
    {
        nint* slot = Slot(descriptor);
        if (slot == null || *slot == 0)
            return Errno.EBADF;
        nint old = *slot;
        *slot = 0;
        Count--;
        if (descriptor < _lowestFree)
            _lowestFree = descriptor;
        CloseFile(FileOf(old));
        return Errno.None;
    }

    /// <summary>Closes what has the flag: a new program starts. The table is not shared.</summary>
    public void CloseOnExecute()
    {
        for (int descriptor = 0; descriptor < End; descriptor++)
            if ((Read(descriptor) & ClosedOnExecute) != 0)
                Close(descriptor);
    }

    /// <summary>The descriptor's close-on-exec flag; it must be in use.</summary>
    public bool IsClosedOnExec(int descriptor) => (Read(descriptor) & ClosedOnExecute) != 0;

    /// <summary>Sets it. The descriptor must be in use.</summary>
    public void SetClosedOnExec(int descriptor, bool value)
    {
        nint* slot = Slot(descriptor);
        *slot = value ? *slot | ClosedOnExecute : *slot & ~ClosedOnExecute;
    }

    private static OpenFile FileOf(nint slot) => OpenFile.FromHandle(slot & ~ClosedOnExecute);

    private void CloseFile(OpenFile file)
    {
        // Closing any descriptor of a file gives up the process's record locks on it (fcntl(2)).
        if (file.Inode is { FirstLock: not null })
            FileLock.ReleaseAllOf(file.Inode, this);
        file.Release();
    }

    private nint Read(int descriptor)
    {
        nint* slot = Slot(descriptor);
        return slot == null ? 0 : *slot;
    }

    private nint* Slot(int descriptor)
    {
        if ((uint)descriptor >= (uint)End)
            return null;
        if (descriptor < SlotsPerFrame)
            return descriptor < _firstCapacity ? _first + descriptor : null;
        nint* slots = _others == null ? null : _others[descriptor / SlotsPerFrame];
        return slots == null ? null : slots + descriptor % SlotsPerFrame;
    }

    private nint* MakeSlot(int descriptor)
    {
        if (descriptor < SlotsPerFrame)
            return descriptor < _firstCapacity || TryGrowFirst(descriptor) ? _first + descriptor : null;
        if (_others == null)
        {
            _others = (nint**)TakeCleared(SlotsPerFrame);
            if (_others == null)
                return null;
        }
        ref nint* slots = ref _others[descriptor / SlotsPerFrame];
        if (slots == null)
            slots = TakeCleared(SlotsPerFrame);
        return slots == null ? null : slots + descriptor % SlotsPerFrame;
    }

    private bool TryGrowFirst(int descriptor)
    {
        int capacity = Math.Max(_firstCapacity, FirstCapacity);
        while (capacity <= descriptor)
            capacity *= 2;
        nint* grown = TakeCleared(capacity);
        if (grown == null)
            return false;
        new ReadOnlySpan<nint>(_first, _firstCapacity).CopyTo(new Span<nint>(grown, capacity));
        ByteBlocks.Return(_first);
        _first = grown;
        _firstCapacity = capacity;
        return true;
    }

    private static nint* TakeCleared(int slots)
    {
        byte* block = ByteBlocks.Take(slots * sizeof(nint));
        if (block != null)
            new Span<byte>(block, slots * sizeof(nint)).Clear();
        return (nint*)block;
    }
}
