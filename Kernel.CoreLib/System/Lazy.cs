using System.Threading;

namespace System;

/// <summary>A value made when it is first read.</summary>
/// <remarks>Differs from .NET: two processors that read it for the first time at once may both run the function; all get the same result.</remarks>
public class Lazy<T>(Func<T> valueFactory)
{
    private object? _box;

    /// <summary>Whether the value has been made.</summary>
    public bool IsValueCreated => _box is not null;

    /// <summary>The value.</summary>
    public T Value
    {
        get
        {
            if (_box is null)
                Interlocked.CompareExchange(ref _box, new Box(valueFactory()), null);
            return ((Box)_box!).Value;
        }
    }

    private sealed class Box(T value)
    {
        public T Value { get; } = value;
    }
}
