using System.Threading;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>A memory object that lives as long as somebody refers to it: each varea does, and whoever created it until <see cref="Release"/>.</summary>
public abstract class CountedObject : MemoryObject
{
    // Vareas that name it, as far as Verify has come.
    internal int AreasFound;

    private int _references;

    /// <summary>Vareas and other holders.</summary>
    public int References => Volatile.Read(ref _references);

    /// <inheritdoc/>
    public override Status OnOpen(VArea area)
    {
        AddReference();
        return Status.Success;
    }

    /// <inheritdoc/>
    public override void OnClose(VArea area) => Release();

    /// <summary>Takes one more reference.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Drops a reference; the last one destroys the object.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Destroy();
    }

    /// <summary>Makes the creator's reference the only one.</summary>
    protected void InitializeReferences() => _references = 1;

    /// <summary>Frees everything that the object has, and its storage.</summary>
    protected abstract void Destroy();
}
