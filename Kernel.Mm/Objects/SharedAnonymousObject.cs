using System;
using System.Threading;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>Anonymous memory that several spaces may map, and that a fork shares: zeros until somebody writes.</summary>
public sealed unsafe class SharedAnonymousObject : IndexedObject
{
    /// <summary>Length in pages; accesses behind it are bus errors.</summary>
    public ulong Pages { get; private set; }

    /// <inheritdoc/>
    public override MemoryObjectKind Kind => MemoryObjectKind.SharedAnonymous;

    /// <summary>Makes an object without any frame yet.</summary>
    /// <param name="manager">Whose frames it takes.</param>
    /// <param name="pages">Its length.</param>
    /// <returns>Null when memory has run out. The caller has a reference: <see cref="CountedObject.Release"/>.</returns>
    public static SharedAnonymousObject? Create(MemoryManager manager, ulong pages)
    {
        if (manager.Pools.SharedObjects.Take() is not { } created)
            return null;
        created.Pages = pages;
        created.Initialize(manager);
        return created;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => "shared"u8;

    /// <inheritdoc/>
    public override PageAnswer OnPageFault(ref PageRequest request)
    {
        if (request.Page >= Pages)
            return PageAnswer.BeyondEnd;
        _lock.EnterWrite();
        bool isThere = TryGetPage(request.Page, out request.Frame);
        _lock.ExitWrite();
        return isThere ? PageAnswer.Frame : PageAnswer.OutOfMemory;
    }

    /// <inheritdoc/>
    public override Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination)
    {
        if (page >= Pages)
            return Status.BeyondEnd;
        _lock.EnterRead();
        if (_pages.Find(page) is { } frame)
            new ReadOnlySpan<byte>(Content(frame, offset), destination.Length).CopyTo(destination);
        else
            destination.Clear();
        _lock.ExitRead();
        return Status.Success;
    }

    /// <inheritdoc/>
    public override Status WritePage(VArea area, ulong page, uint offset, ReadOnlySpan<byte> source)
    {
        if (page >= Pages)
            return Status.BeyondEnd;
        _lock.EnterWrite();
        bool isThere = TryGetPage(page, out FrameNumber frame);
        if (isThere)
            source.CopyTo(new Span<byte>(Content(frame, offset), source.Length));
        _lock.ExitWrite();
        if (!isThere)
            return Status.OutOfMemory;
        _manager.DropReference(frame);
        return Status.Success;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        DropPages();
        _manager.Pools.SharedObjects.Return(this);
    }

    /// <summary>A page's frame, made if there is none, with a reference for the caller. The lock is held for writing.</summary>
    private bool TryGetPage(ulong page, out FrameNumber frame)
    {
        frame = default;
        if (_pages.Find(page) is { } found)
        {
            frame = found;
        }
        else
        {
            if (_manager.Frames.AllocateZeroed(FrameOwner.User) is not { } created)
                return false;
            if (!_pages.Add(page, created))
            {
                _manager.Frames.Free(created);
                return false;
            }
            _manager.Frames.Table.Descriptor(created)->References = 1;
            frame = created;
        }
        Interlocked.Increment(ref _manager.Frames.Table.Descriptor(frame)->References);
        return true;
    }

    private static void* Content(FrameNumber frame, uint offset) => (byte*)DirectMap.Pointer(frame.Address) + offset;
}
