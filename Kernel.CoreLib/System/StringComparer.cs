using System.Collections.Generic;

namespace System;

/// <summary>Comparers of strings for dictionaries and sorting.</summary>
public sealed class StringComparer : IEqualityComparer<string>, IComparer<string>
{
    private readonly StringComparison _comparison;

    private StringComparer(StringComparison comparison) => _comparison = comparison;

    /// <summary>By UTF-16 unit.</summary>
    public static StringComparer Ordinal { get; } = new(StringComparison.Ordinal);

    /// <summary>By UTF-16 unit, A to Z equal a to z.</summary>
    public static StringComparer OrdinalIgnoreCase { get; } = new(StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => string.Equals(x, y, _comparison);

    /// <inheritdoc/>
    public int GetHashCode(string obj) => obj.GetHashCode(_comparison);

    /// <inheritdoc/>
    public int Compare(string? x, string? y) => string.Compare(x, y, _comparison);
}
