namespace System.Collections.Generic;

/// <summary>A key and its value.</summary>
public readonly struct KeyValuePair<TKey, TValue>(TKey key, TValue value)
{
    /// <summary>The key.</summary>
    public TKey Key { get; } = key;

    /// <summary>The value.</summary>
    public TValue Value { get; } = value;

    /// <summary>Takes the pair apart.</summary>
    public void Deconstruct(out TKey key, out TValue value)
    {
        key = Key;
        value = Value;
    }

    /// <summary>[key, value].</summary>
    public override string ToString() => TupleText.OfPair(Key?.ToString(), Value?.ToString());
}

/// <summary>Makes pairs.</summary>
public static class KeyValuePair
{
    /// <summary>A pair.</summary>
    public static KeyValuePair<TKey, TValue> Create<TKey, TValue>(TKey key, TValue value) => new(key, value);
}
