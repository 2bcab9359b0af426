using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>
/// The pages of a file: behind a file of a tmpfs, a memfd, shared memory. Its size is in bytes; pages that were never written are
/// holes, which read as zeros.
/// </summary>
/// <remarks>
/// <para>
/// Split by operation: FileObject.cs (life, and what vareas ask), .Content.cs (reading and writing without mapping),
/// .Size.cs (size, holes, room), .Mappings.cs (which vareas show it, and taking pages from them).
/// </para>
/// <para>
/// Its lock guards size and the list of mappings too. <see cref="_changes"/> is held while pages are taken away, and is outside
/// every space's lock.
/// </para>
/// </remarks>
public sealed unsafe partial class FileObject : IndexedObject
{
    /// <summary>The largest size, in bytes.</summary>
    public const ulong MaximumSize = long.MaxValue;

    private FileHost? _host;
    private SpaceLock _changes;
    private ulong _size;

    /// <summary>Length in bytes. Accesses behind its last page are bus errors.</summary>
    public ulong Size => Volatile.Read(ref _size);

    /// <summary>What stands behind it, if anything.</summary>
    public FileHost? Host => _host;

    /// <inheritdoc/>
    public override MemoryObjectKind Kind => MemoryObjectKind.File;

    /// <summary>Makes an empty file.</summary>
    /// <param name="manager">Whose frames it takes.</param>
    /// <param name="host">What stands behind it; null for memory without a name.</param>
    /// <returns>Null when memory has run out. The caller has a reference: <see cref="CountedObject.Release"/>.</returns>
    public static FileObject? Create(MemoryManager manager, FileHost? host = null)
    {
        if (manager.Pools.Files.Take() is not { } created)
            return null;
        created._host = host;
        created._size = 0;
        created.Initialize(manager);
        return created;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => _host is { } host ? host.NameFor(area) : "shared"u8;

    /// <inheritdoc/>
    /// <remarks>What is read or executed brings its neighbours along that are in the file already (<see cref="AddressSpace.MapAround"/>).</remarks>
    public override PageAnswer OnPageFault(ref PageRequest request)
    {
        _lock.EnterRead();
        if (request.Page >= Page.CountFor(_size))
        {
            _lock.ExitRead();
            return PageAnswer.BeyondEnd;
        }
        PageAnswer? answer = Answer(ref request);
        _lock.ExitRead();
        return answer ?? MakePageFor(ref request);
    }

    /// <inheritdoc/>
    public override bool HasPage(VArea area, ulong page)
    {
        _lock.EnterRead();
        bool isThere = _pages.Find(page) is not null;
        _lock.ExitRead();
        return isThere;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        _host?.Uncharge(_pages.Count);
        DropPages();
        _host?.OnReleased(this);
        _host = null;
        _manager.Pools.Files.Return(this);
    }

    /// <summary>A fault in a hole: the file gets a page of zeros.</summary>
    private PageAnswer MakePageFor(ref PageRequest request)
    {
        _lock.EnterWrite();
        PageAnswer answer = PageAnswer.BeyondEnd;
        // Another thread may have been faster, or made the file shorter.
        if (request.Page < Page.CountFor(_size))
            answer = EnsurePage(request.Page, out _) switch
            {
                Status.Success => Answer(ref request)!.Value,
                Status.NoSpace => PageAnswer.NoSpace,
                _ => PageAnswer.OutOfMemory,
            };
        _lock.ExitWrite();
        return answer;
    }

    /// <summary>Maps a page that is only read, with its neighbours, or gives it to the caller. Locked.</summary>
    /// <returns>Null if it is in a hole.</returns>
    private PageAnswer? Answer(ref PageRequest request)
    {
        ulong* word = _pages.WordsAt(request.Page, out int count);
        if (word == null || *word == 0)
            return null;
        if (!request.ForWrite && !request.NeedsFrame)
        {
            ulong after = ulong.Min((ulong)count, Page.CountFor(_size) - request.Page);
            return request.Area.Space!.MapAround(request, word, (ulong)(PageIndex.WordsPerNode - count), after);
        }
        request.Frame = new PhysicalAddress(*word).Frame;
        AddReference(request.Frame);
        return PageAnswer.Frame;
    }

    /// <summary>The frame of a page, made if there is none. Locked for writing.</summary>
    /// <returns><see cref="Status.OutOfMemory"/>, <see cref="Status.NoSpace"/>.</returns>
    private Status EnsurePage(ulong page, out FrameNumber frame)
    {
        if (_pages.Find(page) is { } found)
        {
            frame = found;
            return Status.Success;
        }
        frame = default;
        if (_host is { } host && !host.TryCharge(1))
            return Status.NoSpace;
        if (_manager.Frames.AllocateZeroed(FrameOwner.PageCache) is { } created)
        {
            if (TryAdd(page, created))
            {
                frame = created;
                return Status.Success;
            }
            _manager.Frames.FreeZeroed(created);
        }
        _host?.Uncharge(1);
        return Status.OutOfMemory;
    }

    private bool TryAdd(ulong page, FrameNumber frame)
    {
        if (!_pages.Add(page, frame))
            return false;
        _manager.Frames.Table.Descriptor(frame)->References = 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddReference(FrameNumber frame) => Interlocked.Increment(ref _manager.Frames.Table.Descriptor(frame)->References);

    private static byte* Content(FrameNumber frame) => (byte*)DirectMap.Pointer(frame.Address);
}
