using Kernel.Mm.Physical;

namespace Kernel.Mm.Objects;

/// <summary>A memory object whose pages stand in an index of its own: shared memory, files.</summary>
/// <remarks>A frame in the index has one reference for it.</remarks>
public abstract unsafe class IndexedObject : CountedObject
{
    // The list of all (MemoryManager).
    internal IndexedObject? Next;
    internal IndexedObject? Previous;

    private protected MemoryManager _manager = null!;
    private protected PageIndex _pages;

    // Guards the index; an object's lock: inside a space's, outside a leaf table's.
    private protected SpaceLock _lock;

    /// <summary>Pages that have a frame.</summary>
    public ulong ResidentPages => _pages.Count;

    /// <summary>Frames that its index takes besides.</summary>
    public ulong IndexFrames => _pages.NodeCount;

    internal ref PageIndex Index => ref _pages;

    /// <inheritdoc/>
    public override bool AllowsWriting(FrameNumber frame) => frame != _manager.ZeroFrame;

    /// <summary>Whether what it counts is what there is (<see cref="MemoryManager.Verify"/>).</summary>
    /// <param name="references">By frame: one more is counted for each in the index.</param>
    internal virtual bool Verify(uint* references) => _pages.Tally(references) == _pages.Count;

    /// <summary>Begins its life: no page, one reference.</summary>
    private protected void Initialize(MemoryManager manager)
    {
        _manager = manager;
        _pages.Initialize(manager.Frames);
        InitializeReferences();
        manager.AddToList(this);
    }

    /// <summary>Ends its life, but for its storage: all pages go.</summary>
    private protected void DropPages()
    {
        _manager.RemoveFromList(this);
        _pages.DropAll(_manager);
    }
}
