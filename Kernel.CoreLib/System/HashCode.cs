using System.Collections.Generic;
using System.Numerics;

namespace System;

/// <summary>Mixes hash codes. Differs from .NET: the result is the same in every run.</summary>
public struct HashCode
{
    private const uint Prime1 = 0x9E3779B1;
    private const uint Prime2 = 0x85EBCA77;
    private const int Rotation = 13;
    private const int FoldShift = 15;

    private uint _state;

    /// <summary>Mixes in the hash code of a value.</summary>
    public void Add<T>(T value) => AddHash(value is null ? 0 : EqualityComparer<T>.Default.GetHashCode(value));

    /// <summary>Mixes in the hash code that a comparer gives a value.</summary>
    public void Add<T>(T value, IEqualityComparer<T>? comparer) => AddHash(value is null ? 0 : (comparer ?? EqualityComparer<T>.Default).GetHashCode(value));

    /// <summary>Mixes in bytes.</summary>
    public void AddBytes(ReadOnlySpan<byte> value)
    {
        foreach (byte element in value)
            AddHash(element);
    }

    /// <summary>The mixed hash code.</summary>
    public readonly int ToHashCode()
    {
        uint hash = _state;
        hash ^= hash >> FoldShift;
        hash *= Prime2;
        hash ^= hash >> Rotation;
        return (int)hash;
    }

    /// <summary>The mixed hash code of one value.</summary>
    public static int Combine<T1>(T1 value1)
    {
        HashCode hash = default;
        hash.Add(value1);
        return hash.ToHashCode();
    }

    /// <summary>The mixed hash code of two values.</summary>
    public static int Combine<T1, T2>(T1 value1, T2 value2)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        return hash.ToHashCode();
    }

    /// <summary>The mixed hash code of three values.</summary>
    public static int Combine<T1, T2, T3>(T1 value1, T2 value2, T3 value3)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        hash.Add(value3);
        return hash.ToHashCode();
    }

    /// <summary>The mixed hash code of four values.</summary>
    public static int Combine<T1, T2, T3, T4>(T1 value1, T2 value2, T3 value3, T4 value4)
    {
        HashCode hash = default;
        hash.Add(value1);
        hash.Add(value2);
        hash.Add(value3);
        hash.Add(value4);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override readonly int GetHashCode() => ToHashCode();

    private void AddHash(int hash) => _state = BitOperations.RotateLeft(_state + (uint)hash * Prime2, Rotation) * Prime1;
}
