namespace Kernel.Mm;

/// <summary>Where Kernel.Mm takes objects of one class from. The environment decides what is behind it: frames in the kernel.</summary>
/// <remarks>Any thread may call; the pool's lock is inside every lock of Kernel.Mm but the frame allocator's.</remarks>
public abstract class ObjectPool<T>
    where T : class, new()
{
    /// <summary>Takes an object with the state that its constructor gives.</summary>
    /// <returns>Null when memory has run out.</returns>
    public abstract T? Take();

    /// <summary>Gives an object back. Nothing refers to it any more.</summary>
    public abstract void Return(T item);
}
