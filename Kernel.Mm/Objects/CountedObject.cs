using System.Threading;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>A memory object that lives as long as somebody refers to it: each varea does, and whoever created it until <see cref="Release"/>.</summary>
public abstract class CountedObject : MemoryObject
{
    // Vareas that name it, as far as Verify has come.
    internal int AreasFound;

    // An open varea counts in the high half, and as a reference in the low half.
    private const int AreaShift = 32;
    private const long OneArea = (1L << AreaShift) + 1;

    private long _references;

    /// <summary>Vareas and other holders.</summary>
    public int References => (int)Volatile.Read(ref _references);

    /// <summary>Vareas that have been opened and not closed.</summary>
    public int Areas => (int)(Volatile.Read(ref _references) >> AreaShift);

    /// <inheritdoc/>
    public override Status OnOpen(VArea area)
    {
        Interlocked.Add(ref _references, OneArea);
        return Status.Success;
    }

    /// <inheritdoc/>
    public override void OnClose(VArea area) => Drop(OneArea);

    /// <summary>Takes one more reference.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Drops a reference; the last one destroys the object.</summary>
    public void Release() => Drop(1);

    /// <summary>Makes the creator's reference the only one.</summary>
    protected void InitializeReferences() => _references = 1;

    private void Drop(long counted)
    {
        if (Interlocked.Add(ref _references, -counted) == 0)
            Destroy();
    }

    /// <summary>Frees everything that the object has, and its storage.</summary>
    protected abstract void Destroy();
}
