using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace System;

/// <summary>A value or nothing.</summary>
[NonVersionable]
public partial struct Nullable<T> where T : struct
{
    private readonly bool hasValue;
    internal T value;

    /// <summary>Holds a value.</summary>
    public Nullable(T value)
    {
        this.value = value;
        hasValue = true;
    }

    /// <summary>Whether there is a value.</summary>
    public readonly bool HasValue => hasValue;

    /// <summary>The value; throws <see cref="InvalidOperationException"/> when there is none.</summary>
    public readonly T Value
    {
        get
        {
            if (!hasValue)
                ThrowHelper.InvalidOperation("The nullable has no value.");
            return value;
        }
    }

    /// <summary>The value, or the type's default.</summary>
    public readonly T GetValueOrDefault() => value;

    /// <summary>The value, or what is given.</summary>
    public readonly T GetValueOrDefault(T defaultValue) => hasValue ? value : defaultValue;

    /// <inheritdoc/>
    public override bool Equals(object? other) => hasValue ? other is not null && value.Equals(other) : other is null;

    /// <inheritdoc/>
    public override int GetHashCode() => hasValue ? value.GetHashCode() : 0;

    /// <summary>The value as text; empty for nothing.</summary>
    public override string? ToString() => hasValue ? value.ToString() : "";

    /// <summary>A value is never nothing.</summary>
    public static implicit operator Nullable<T>(T value) => new Nullable<T>(value);

    /// <summary>The value; throws when there is none.</summary>
    public static explicit operator T(Nullable<T> value) => value!.Value;
}
