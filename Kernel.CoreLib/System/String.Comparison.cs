using System.Diagnostics.CodeAnalysis;

namespace System;

public sealed partial class String : IEquatable<string>, IComparable<string>
{
    /// <summary>Whether the string is null or has no characters.</summary>
    public static bool IsNullOrEmpty([NotNullWhen(false)] string? value) => value is null || value.Length == 0;

    /// <summary>Whether the string is null or only white space.</summary>
    public static bool IsNullOrWhiteSpace([NotNullWhen(false)] string? value) => value is null || value.AsSpan().IsWhiteSpace();

    /// <summary>Whether both are the same text.</summary>
    public static bool Equals(string? a, string? b) =>
        (object?)a == b || (a is not null && b is not null && a.Length == b.Length && a.AsSpan().SequenceEqual(b.AsSpan()));

    /// <summary>Whether both are the same text under the comparison.</summary>
    public static bool Equals(string? a, string? b, StringComparison comparisonType) =>
        (object?)a == b || (a is not null && b is not null && a.AsSpan().Equals(b.AsSpan(), comparisonType));

    /// <summary>Whether both are the same text.</summary>
    public static bool operator ==(string? a, string? b) => Equals(a, b);

    /// <summary>Whether the texts differ.</summary>
    public static bool operator !=(string? a, string? b) => !Equals(a, b);

    /// <summary>Orders two strings by UTF-16 unit; null comes first.</summary>
    public static int CompareOrdinal(string? strA, string? strB) => Compare(strA, strB, StringComparison.Ordinal);

    /// <summary>Orders two strings; null comes first. Differs from .NET: by UTF-16 unit, not by culture.</summary>
    public static int Compare(string? strA, string? strB) => Compare(strA, strB, StringComparison.Ordinal);

    /// <summary>Orders two strings; null comes first.</summary>
    public static int Compare(string? strA, string? strB, StringComparison comparisonType)
    {
        if ((object?)strA == strB)
            return 0;
        if (strA is null)
            return -1;
        return strB is null ? 1 : strA.AsSpan().CompareTo(strB.AsSpan(), comparisonType);
    }

    /// <summary>Whether the text is the same.</summary>
    public bool Equals([NotNullWhen(true)] string? value) => Equals(this, value);

    /// <summary>Whether the text is the same under the comparison.</summary>
    public bool Equals([NotNullWhen(true)] string? value, StringComparison comparisonType) => Equals(this, value, comparisonType);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is string other && Equals(this, other);

    /// <summary>Orders by UTF-16 unit. Differs from .NET: no culture.</summary>
    public int CompareTo(string? strB) => Compare(this, strB, StringComparison.Ordinal);

    /// <summary>A hash of the text. Differs from .NET: the same in every run.</summary>
    public override int GetHashCode() => GetHashCode(this.AsSpan(), StringComparison.Ordinal);

    /// <summary>A hash of the text under which equal strings have equal hashes.</summary>
    public int GetHashCode(StringComparison comparisonType) => GetHashCode(this.AsSpan(), comparisonType);

    /// <summary>A hash of the text.</summary>
    public static int GetHashCode(ReadOnlySpan<char> value) => GetHashCode(value, StringComparison.Ordinal);

    /// <summary>A hash of the text under which equal texts have equal hashes (FNV-1a over UTF-16 units).</summary>
    public static int GetHashCode(ReadOnlySpan<char> value, StringComparison comparisonType)
    {
        const uint FnvOffset = 2166136261, FnvPrime = 16777619;
        bool ignoreCase = MemoryExtensions.IgnoresCase(comparisonType);
        uint hash = FnvOffset;
        foreach (char c in value)
            hash = (hash ^ (ignoreCase ? char.ToUpper(c) : c)) * FnvPrime;
        return (int)hash;
    }
}
