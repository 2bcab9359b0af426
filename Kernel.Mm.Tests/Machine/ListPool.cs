using System.Collections.Concurrent;
using System.Threading;

namespace Kernel.Mm.Tests;

/// <summary>A pool of objects for tests: counts what is out, and can refuse.</summary>
public sealed class ListPool<T> : ObjectPool<T>
    where T : class, new()
{
    private readonly ConcurrentDictionary<T, bool> _out = new(ReferenceEqualityComparer.Instance);
    private int _left = int.MaxValue;

    /// <summary>Objects taken and not returned.</summary>
    public int InUse => _out.Count;

    /// <summary>How many more can be taken.</summary>
    public int Left
    {
        get => _left;
        set => _left = value;
    }

    public override T? Take()
    {
        if (_left != int.MaxValue && Interlocked.Decrement(ref _left) < 0)
        {
            _left = 0;
            return null;
        }
        var item = new T();
        _out[item] = true;
        return item;
    }

    public override void Return(T item)
    {
        if (!_out.TryRemove(item, out _))
            throw new System.InvalidOperationException("returned twice, or never taken");
    }

    private sealed class ReferenceEqualityComparer : System.Collections.Generic.IEqualityComparer<T>
    {
        public static readonly ReferenceEqualityComparer Instance = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

        public int GetHashCode(T item) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(item);
    }
}
